// The source panel: opened by a citation, scrolled to the quote, closed by its button or Escape.
const panel = element.closest("#source-panel") ?? element;

function close() {
  document.body.classList.remove("source-open");
  document.dispatchEvent(new CustomEvent("hoidap:source-closed"));
}

element.addEventListener("click", (event) => {
  if (event.target.closest("[data-action='close-source']")) close();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("source-open")) close();
});

watch("value", () => {
  const source = element.querySelector(".source");
  document.body.classList.toggle("source-open", Boolean(source));
  if (!source) return;
  source.focus({ preventScroll: true });
  const body = source.querySelector(".body");
  const quote = source.querySelector("mark.cited");
  body.scrollTo({ top: quote ? quote.offsetTop - body.clientHeight / 3 : 0 });
});
