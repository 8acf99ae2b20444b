// The console by keyboard. What carries data-key is pressed by that key, or takes the focus if it is a field, or its first
// field does if it is a part of the page; `?` lists the keys of the page. Nothing happens while something is typed. Each page works without it.
(() => {
  const sheet = document.getElementById("keys");
  const [open] = document.querySelectorAll("[data-opens=keys]");
  if (!sheet?.showModal || !open) return;
  const OFF = "single keys off";
  const PATIENCE = 1500; // milliseconds between the two keys of a sequence
  const choice = sheet.querySelector("input");
  const list = sheet.querySelector("tbody");
  let first = "";
  let timer;

  const isOff = () => {
    try {
      return localStorage.getItem(OFF) !== null;
    } catch {
      return false;
    }
  };
  const keep = () => {
    try {
      if (choice.checked) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, "");
    } catch {
      // A browser that keeps nothing keeps them on.
    }
  };

  const isSeen = (element) => element.getClientRects().length > 0;
  const keyed = () => [...document.querySelectorAll("[data-key]")].filter(isSeen);
  const isPart = (element) => element.matches("section");
  const speaksFor = (element) => element.labels?.[0] ?? (isPart(element) ? element.querySelector("h2, h3") : element);
  const nameOf = (element) => element.dataset.keyName || speaksFor(element).textContent.trim();

  const cell = (kind, content) => {
    const made = document.createElement(kind);
    made.append(content);
    return made;
  };

  function show() {
    for (const row of list.querySelectorAll("[data-of-page]")) row.remove();
    for (const element of keyed()) {
      const key = cell("kbd", element.dataset.key);
      const head = cell("th", key);
      head.scope = "row";
      const row = document.createElement("tr");
      row.dataset.ofPage = "";
      row.append(head, cell("td", nameOf(element)));
      list.append(row);
    }
    choice.checked = !isOff();
    sheet.showModal();
  }

  function press(element) {
    if (isPart(element)) {
      element.scrollIntoView();
      element.querySelector("textarea, input:not([type=hidden]), select, summary, button, a")?.focus({ preventScroll: true });
    } else if (element.matches("input, select, textarea")) element.focus();
    else if (element.matches("summary")) {
      element.click();
      element.focus();
    } else element.click();
  }

  function walk(step) {
    const rows = [...document.querySelectorAll("table.queue a.ref")];
    const at = rows.indexOf(document.activeElement);
    rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1)]?.focus();
  }

  function pressed(key) {
    const whole = first ? `${first} ${key}` : key;
    clearTimeout(timer);
    first = "";
    if (whole === "?") return show();
    if (whole === "j" || whole === "k") return walk(whole === "j" ? 1 : -1);
    const keys = keyed();
    const meant = keys.find((element) => element.dataset.key === whole);
    if (meant) return press(meant);
    if (keys.some((element) => element.dataset.key.startsWith(`${whole} `))) {
      first = whole;
      timer = setTimeout(() => { first = ""; }, PATIENCE);
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat || sheet.open) return;
    const field = event.target.closest?.("input, select, textarea, [contenteditable]");
    // The sheet is closed by now; a slow browser may leave the focus in it for a moment.
    if (field && !sheet.contains(field)) return;
    if (event.key.length !== 1 || event.key === " " || isOff()) return;
    const key = event.key.toLowerCase();
    const isKnown = "?jk".includes(key) || first || keyed().some((element) => element.dataset.key.split(" ")[0] === key);
    if (!isKnown) return;
    event.preventDefault();
    pressed(key);
  });

  choice.addEventListener("change", keep);
  open.addEventListener("click", show);
  open.hidden = false;
})();
