// The header: light and dark, remembered; and what Gradio leaves in English.
const THEME = "hoidap:theme";
document.documentElement.lang = element.querySelector("[data-language]").dataset.language;
const remembered = localStorage.getItem(THEME);
if (remembered) document.body.classList.toggle("dark", remembered === "dark");
element.addEventListener("click", (event) => {
  const action = event.target.closest("button[data-action]")?.dataset.action;
  if (action === "menu") document.body.classList.toggle("side-open");
  if (action !== "theme") return;
  const dark = document.body.classList.toggle("dark");
  localStorage.setItem(THEME, dark ? "dark" : "light");
});
// On a narrow screen the side is a drawer: a tap beside it, Escape or a choice in it closes it.
const closeSide = () => document.body.classList.remove("side-open");
document.addEventListener("click", (event) => {
  const inside = event.target.closest("#side, [data-action='menu']");
  if (!inside || event.target.closest("#new-conversation, [data-action='open']")) closeSide();
});
document.addEventListener("keydown", (event) => event.key === "Escape" && closeSide());
// Days are picked the way the browser picks days; the value stays plain text.
const pickDays = () => {
  const days = document.querySelectorAll("#days input");
  for (const day of days) day.type = "date";
  return days.length > 0;
};
const waiting = new MutationObserver(() => pickDays() && waiting.disconnect());
if (!pickDays()) waiting.observe(document.body, { childList: true, subtree: true });
