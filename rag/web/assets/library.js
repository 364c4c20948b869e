// The list of articles: sort, open, delete after a question.
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-action]");
  if (!button) return;
  const { action, article, column, title } = button.dataset;
  if (action === "sort") trigger("sort", { column });
  if (action === "more") trigger("more", {});
  if (action === "open") trigger("read", { article });
  if (action === "delete") {
    const dialog = element.querySelector("dialog.sure");
    dialog.querySelector(".sure-title").textContent = title;
    dialog.returnValue = "no";
    dialog.addEventListener("close", () => dialog.returnValue === "yes" && trigger("delete", { article }), {
      once: true,
    });
    dialog.showModal();
  }
});
