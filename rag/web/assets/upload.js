// What is too large or too many is said before it is sent.
const limits = element.querySelector("[data-files]").dataset;
const complain = (text) => {
  const note = element.querySelector(".upload-problem");
  note.textContent = text;
  note.hidden = !text;
};
document.addEventListener(
  "change",
  (event) => {
    if (!event.target.matches("#upload input[type=file], input[type=file]")) return;
    const files = [...event.target.files];
    const large = files.find((file) => file.size > Number(limits.bytes));
    const problem =
      files.length > Number(limits.files) ? limits.tooMany : large ? limits.tooLarge.replace("{name}", large.name) : "";
    complain(problem);
    if (problem) {
      event.stopImmediatePropagation();
      event.target.value = "";
    }
  },
  true,
);
