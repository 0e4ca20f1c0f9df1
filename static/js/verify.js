// Compares a chosen file with the issued one, in the browser: the file never leaves it.
const form = document.querySelector("[data-compare]");

const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

form?.addEventListener("submit", async (event) => {
  const file = form.querySelector("[type=file]").files[0];
  if (!file || !crypto.subtle) return; // the server compares
  event.preventDefault();
  const same = hex(await crypto.subtle.digest("SHA-256", await file.arrayBuffer())) === form.dataset.compare;
  form.querySelector("[data-same]").hidden = !same;
  form.querySelector("[data-other]").hidden = same;
});
