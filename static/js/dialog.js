// Browsers that do not know command="show-modal" yet open dialogs this way; a click on the ground closes them in all.
const native = "commandForElement" in HTMLButtonElement.prototype;

document.addEventListener("click", (event) => {
  const opener = event.target.closest("button[command='show-modal']");
  if (opener && !native) document.getElementById(opener.getAttribute("commandfor"))?.showModal();
  if (event.target instanceof HTMLDialogElement) event.target.close();
});

// What was refused stands open again, with what was typed.
document.querySelector("dialog:has([aria-invalid='true'])")?.showModal();
