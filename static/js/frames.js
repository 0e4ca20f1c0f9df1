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
