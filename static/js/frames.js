// A table wider than its frame scrolls inside it; then, and only then, the frame takes the keyboard's focus.
const observer = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

const watch = () => document.querySelectorAll(".table-frame").forEach((frame) => observer.observe(frame));
watch();
document.addEventListener("htmx:after:swap", watch);

// A row of tabs wider than the screen begins with the chosen one in sight.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const row = tab.parentElement;
  row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
}
