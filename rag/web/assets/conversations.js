// Earlier conversations live in this browser's storage only, each under its own key, so that tabs do not overwrite
// each other. What is read from there is shown with textContent: it is data.
const PREFIX = `hoidap:conversation:${document.querySelector(".top .user")?.textContent ?? ""}:`;
const MOST = 50;
const list = element.querySelector(".kept");
const exportButton = element.querySelector("[data-action='export']");
let current = null;

function kept() {
  const found = [];
  for (let place = 0; place < localStorage.length; place += 1) {
    const key = localStorage.key(place);
    if (!key.startsWith(PREFIX)) continue;
    try {
      found.push({ key, ...JSON.parse(localStorage.getItem(key)) });
    } catch {
      localStorage.removeItem(key);
    }
  }
  return found.sort((one, other) => other.saved - one.saved);
}

function keep(text) {
  const conversation = JSON.parse(text);
  const entry = JSON.stringify({ saved: Date.now(), title: conversation.turns[0].question, conversation: text });
  current = PREFIX + conversation.id;
  for (;;) {
    try {
      localStorage.setItem(current, entry);
      break;
    } catch {
      const oldest = kept().filter((one) => one.key !== current).pop(); // the storage is full
      if (!oldest) break;
      localStorage.removeItem(oldest.key);
    }
  }
  for (const old of kept().slice(MOST)) localStorage.removeItem(old.key);
}

function button(text, action, key) {
  const made = document.createElement("button");
  made.type = "button";
  made.dataset.action = action;
  made.dataset.key = key;
  made.textContent = text;
  return made;
}

function show() {
  const rows = kept().map((one) => {
    const row = document.createElement("li");
    const open = button(one.title, "open", one.key);
    if (one.key === current) open.setAttribute("aria-current", "true");
    const forget = button("×", "forget", one.key);
    forget.setAttribute("aria-label", `${list.dataset.forget}: ${one.title}`);
    row.append(open, forget);
    return row;
  });
  if (!rows.length) {
    const none = document.createElement("li");
    none.className = "none";
    none.textContent = list.dataset.none;
    rows.push(none);
  }
  list.replaceChildren(...rows);
}

function exportMarkdown() {
  const turns = [...document.querySelectorAll("#transcript .turn")].map((turn) => turn.dataset.markdown);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([turns.join("\n\n") + "\n"], { type: "text/markdown" }));
  link.download = `hoi-dap-${new Date().toISOString().slice(0, 10)}.md`;
  link.click();
  URL.revokeObjectURL(link.href);
}

element.addEventListener("click", (event) => {
  const clicked = event.target.closest("button[data-action]");
  if (!clicked) return;
  const { action, key } = clicked.dataset;
  if (action === "export") exportMarkdown();
  const entry = key && JSON.parse(localStorage.getItem(key) ?? "null");
  if (action === "open" && entry) {
    current = key;
    trigger("open", { conversation: entry.conversation });
  }
  if (action === "forget" && entry && confirm(list.dataset.sure.replace("{title}", entry.title))) {
    localStorage.removeItem(key);
  }
  show();
});
window.addEventListener("storage", show); // another tab
document.addEventListener("hoidap:conversation", ({ detail }) => {
  exportButton.hidden = detail === 0;
  if (detail === 0) current = null;
  show();
});
watch("value", () => {
  if (props.value) keep(props.value);
  show();
});
show();
