// The conversation: clicks on what the server rendered become events. `element`, `trigger` and `watch` are Gradio's.
const turnOf = (node) => node.closest(".turn");
const form = (turn, name) => turn.querySelector(`form[data-action="${name}"]`);

// What the user opened stays open when the server renders the conversation anew.
const opened = new Set();
const keyOf = (node) => `${turnOf(node).dataset.turn} ${node.className}`;
function setOpen(formNode, isOpen) {
  formNode.hidden = !isOpen;
  opened[isOpen ? "add" : "delete"](keyOf(formNode));
}
function reopen() {
  for (const node of element.querySelectorAll(".turn form, .turn details")) {
    if (!opened.has(keyOf(node))) continue;
    if (node.tagName === "DETAILS") node.open = true;
    else node.hidden = false;
  }
}
element.addEventListener(
  "toggle",
  (event) => opened[event.target.open ? "add" : "delete"](keyOf(event.target)),
  true,
);

const actions = {
  choose: (button) => trigger("ask", { question: button.dataset.question, turn: null }),
  ask: (button) => trigger("ask", { question: button.dataset.question, turn: turnOf(button)?.dataset.turn ?? null }),
  cite: (button) => trigger("read", { turn: button.dataset.turn, n: button.dataset.n }),
  read: (button) =>
    trigger("read", { article: button.dataset.article, start: button.dataset.start, end: button.dataset.end }),
  "add-articles": () => trigger("to_library", {}),
  edit: (button) => {
    const editing = form(turnOf(button), "send-edited");
    setOpen(editing, editing.hidden);
    if (!editing.hidden) editing.elements.question.focus();
  },
  "cancel-edit": (button) => setOpen(button.closest("form"), false),
  copy: async (button) => {
    await copyText(turnOf(button).dataset.markdown);
    button.classList.add("done");
    const label = button.getAttribute("aria-label");
    button.setAttribute("aria-label", button.dataset.done);
    setTimeout(() => {
      button.classList.remove("done");
      button.setAttribute("aria-label", label);
    }, 1600);
  },
  "vote-right": (button) => trigger("vote", { turn: turnOf(button).dataset.turn, vote: "right" }),
  "vote-wrong": (button) => {
    // The vote counts at once; the reason is a courtesy.
    trigger("vote", { turn: turnOf(button).dataset.turn, vote: "wrong" });
    const feedback = form(turnOf(button), "send-feedback");
    setOpen(feedback, true);
    feedback.elements.reason.focus();
  },
  "cancel-feedback": (button) => setOpen(button.closest("form"), false),
};

const submissions = {
  "send-edited": (editing) => {
    trigger("ask", { question: editing.elements.question.value, turn: turnOf(editing).dataset.turn });
    setOpen(editing, false);
  },
  "send-feedback": (feedback) => {
    trigger("vote", {
      turn: turnOf(feedback).dataset.turn,
      vote: "wrong",
      reason: feedback.elements.reason.value,
      right_answer: feedback.elements.right_answer.value,
    });
    setOpen(feedback, false);
  },
};

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea"); // served over plain HTTP to another machine, or not permitted
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

let lastOpener = null;
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-action]");
  if (!button) return;
  if (button.dataset.action === "cite" || button.dataset.action === "read") lastOpener = button;
  actions[button.dataset.action]?.(button);
});
element.addEventListener("submit", (event) => {
  event.preventDefault();
  submissions[event.target.dataset.action]?.(event.target);
});
// Enter sends an edited question, as it sends a new one.
element.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && event.target.name === "question") {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});
document.addEventListener("hoidap:source-closed", () => lastOpener?.isConnected && lastOpener.focus());

// Follow the newest answer, unless the reader has scrolled away from the end.
let turns = 0;
watch("value", () => {
  reopen();
  const now = element.querySelectorAll(".turn").length;
  const scroller = element.closest("#transcript");
  const nearEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 240;
  const last = element.querySelector(".turn:last-of-type");
  if (last && (now > turns || nearEnd)) scroller.scrollTo({ top: last.offsetTop - 16, behavior: "smooth" });
  turns = now;
  document.dispatchEvent(new CustomEvent("hoidap:conversation", { detail: now }));
});
