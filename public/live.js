// News for a console page that stays open: the counts in the rail follow, and a line that had its place from the beginning
// says when there is more to see: another number in the list that is shown, another case at the head of the queue. Nothing else moves. A page that nobody looks at listens to nothing: a browser keeps only
// a few connections to one server.
(() => {
  const line = document.getElementById("live");
  if (!line?.dataset.live || !window.EventSource) return;
  const counts = [...document.querySelectorAll("[data-count]")];
  const here = document.querySelector("nav [aria-current] [data-count]");
  const shown = here?.textContent;
  let source;
  let shownCase;
  let shownHead;

  function hear({ data }) {
    const now = JSON.parse(data);
    for (const count of counts) count.textContent = now[count.dataset.count];
    shownCase ??= now.case;
    shownHead ??= now.head;
    const isOther = here && (here.textContent !== shown || (here.dataset.count === "queue" && now.head !== shownHead));
    const isNews = now.case !== shownCase || isOther;
    line.classList.toggle("news", Boolean(isNews));
  }

  function listen() {
    if (document.hidden) {
      source?.close();
      source = undefined;
    } else if (!source) {
      source = new EventSource(line.dataset.live);
      source.onmessage = hear;
    }
  }

  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", () => source?.close());
  listen();
})();
