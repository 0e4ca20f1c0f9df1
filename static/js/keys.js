// Ctrl/⌘ K goes to the search field.
const field = document.querySelector("[data-search]");
const hint = field?.parentElement.querySelector("kbd");
if (hint && /Mac|iPhone|iPad/.test(navigator.platform)) hint.textContent = "⌘ K";

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || !field) return;
  event.preventDefault();
  field.focus();
  field.select();
});

// A single key presses the button, follows the link or enters the field that names it: data-key="j". Never while writing.
const writing = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest("dialog[open]") && event.target.form;
    if (form) { event.preventDefault(); form.requestSubmit(); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || writing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const wanted = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches("a, button")) wanted.click();
  else wanted.focus();
});

// A dialog opens with its first field entered, not its closing cross.
document.addEventListener("toggle", (event) => {
  if (event.target instanceof HTMLDialogElement && event.newState === "open")
    event.target.querySelector("textarea, input:not([type=hidden]), select")?.focus();
}, true);
