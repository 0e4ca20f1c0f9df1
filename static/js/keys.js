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
