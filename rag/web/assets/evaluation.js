// The evaluation runs: choose one, ask one of its questions again.
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-action]");
  if (button?.dataset.action === "choose") trigger("choose", { run: button.dataset.run });
  if (button?.dataset.action === "again") trigger("again", { question: button.dataset.question });
});
