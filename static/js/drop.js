// A file may be dropped on the whole box; its name and size stand there before anything is sent.
const box = (event) => event.target instanceof Element && event.target.closest("[data-drop]");

function show(drop) {
  const files = [...drop.querySelector("input[type=file]").files];
  const text = drop.querySelector("[data-drop-text]");
  text.dataset.empty ??= text.textContent;
  text.textContent = files.map((f) => `${f.name} (${Math.ceil(f.size / 1024).toLocaleString()} KB)`).join(", ") || text.dataset.empty;
}

for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => {
    const drop = box(event);
    if (!drop) return;
    event.preventDefault();
    drop.classList.add("drop-over");
  });
}

document.addEventListener("dragleave", (event) => {
  const drop = box(event);
  if (drop && !drop.contains(event.relatedTarget)) drop.classList.remove("drop-over");
});

document.addEventListener("drop", (event) => {
  const drop = box(event);
  if (!drop) return;
  event.preventDefault();
  drop.classList.remove("drop-over");
  const input = drop.querySelector("input[type=file]");
  input.files = event.dataTransfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

document.addEventListener("change", (event) => {
  const drop = box(event);
  if (drop) show(drop);
});
