// An article to read beside the chat or the list: scrolled to the quote, closed by its button or Escape.
const place = element.closest("#reader-panel") ? "reader" : "source";
const openClass = `${place}-open`;

function close() {
  document.body.classList.remove(openClass);
  document.dispatchEvent(new CustomEvent(`hoidap:${place}-closed`));
}

element.addEventListener("click", (event) => {
  const action = event.target.closest("button[data-action]")?.dataset.action;
  if (action === "close-source") close();
  if (action === "ask-about") trigger("about", { article: element.querySelector(".source").dataset.article });
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && element.checkVisibility() && document.body.classList.contains(openClass)) close();
});

watch("value", () => {
  const source = element.querySelector(".source");
  document.body.classList.toggle(openClass, Boolean(source));
  if (!source) return;
  source.focus({ preventScroll: true });
  const body = source.querySelector(".body");
  const quote = source.querySelector("mark.cited");
  body.scrollTo({ top: quote ? quote.offsetTop - body.clientHeight / 3 : 0 });
});
