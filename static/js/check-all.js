// The box in a table's head checks every row of that table; it is half set when some are.
const rows = (table) => [...table.querySelectorAll("tbody input[type=checkbox]")];

document.addEventListener("change", (event) => {
  const table = event.target.closest("table");
  const head = table?.querySelector("[data-check-all]");
  if (!head) return;
  if (event.target === head) for (const row of rows(table)) row.checked = head.checked;
  const checked = rows(table).filter((row) => row.checked).length;
  head.checked = checked > 0 && checked === rows(table).length;
  head.indeterminate = checked > 0 && !head.checked;
});
