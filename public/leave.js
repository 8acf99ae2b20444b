// On every page: leaving quickly, copying, printing, and asking before words are lost. Each page works without it.
// As GOV.UK's "Exit this page", but the history entry is replaced. Words come from the link's data attributes.
(() => {
  const link = document.querySelector("a.leave[href]");
  if (link) leaving();

  function leaving() {
    const patience = 5000;
    const live = document.createElement("span");
    const cover = document.createElement("div");
    let presses = 0;
    let modified = false;
    let timer;

    live.className = "visually-hidden";
    live.setAttribute("role", "status");
    link.after(live);
    cover.className = "leaving";
    cover.setAttribute("role", "alert");

    // Three small lights show the count; `word` names what is read out.
    const tell = (count, word) => {
      clearTimeout(timer);
      presses = count;
      link.toggleAttribute("data-pressed", count > 0);
      if (count) link.dataset.pressed = count;
      live.textContent = link.dataset[word] || "";
    };

    const go = () => {
      tell(0);
      document.body.append(cover);
      document.body.classList.add("is-leaving");
      cover.textContent = link.dataset.loading;
      location.replace(link.href);
    };

    const expire = () => {
      tell(0, "expired");
      timer = setTimeout(tell, patience, 0);
    };

    link.addEventListener("click", (event) => {
      event.preventDefault();
      go();
    });

    addEventListener("keyup", (event) => {
      if (event.key === "Shift" && !modified) {
        if (presses === 2) return go();
        tell(presses + 1, presses ? "pressOne" : "pressTwo");
        timer = setTimeout(expire, patience);
      } else if (presses) expire();
      // The Shift of a capital letter is not a press.
      modified = event.shiftKey;
    });

    // A page that comes back from memory is uncovered.
    addEventListener("pageshow", () => {
      tell(0);
      document.body.classList.remove("is-leaving");
      cover.remove();
    });
  }

  async function copy(button) {
    const { copyTarget, done } = button.dataset;
    const target = document.getElementById(copyTarget);
    const words = button.querySelector("span") || button;
    const before = words.textContent;
    if (before === done) return;
    try {
      await navigator.clipboard.writeText((target.value ?? target.textContent).trim());
      words.textContent = done;
      setTimeout(() => (words.textContent = before), 4000);
    } catch {
      // Not allowed here: select it, to be copied by hand.
      getSelection().selectAllChildren(target);
    }
  }

  // Where a page has several forms, sending one would lose what stands in another.
  const desk = document.querySelector("[data-unsaved]");
  if (desk) document.addEventListener("submit", (event) => {
    const fields = [...desk.querySelectorAll("textarea")];
    const unsaved = fields.find((field) => field.form !== event.target && field.value.trim());
    if (!unsaved || confirm(desk.dataset.unsaved)) return;
    event.preventDefault();
    unsaved.focus();
  });

  const helpers = "[data-copy-target], [data-print]";
  for (const button of document.querySelectorAll(helpers)) button.hidden = false;
  document.addEventListener("click", ({ target }) => {
    const button = target.closest(helpers);
    if (button) "print" in button.dataset ? print() : copy(button);
  });
})();
