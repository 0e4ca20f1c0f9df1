// The voucher editor: totals and difference while typing, in whole fen. The server computes them again on every submit.
const AMOUNT = /^([+\-−]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?$/;

/** "1,234.5" → 123450n; "" → 0n; anything else → null. */
function fen(text) {
  const plain = text.replace(/[\s￥¥]/g, "");
  if (!plain) return 0n;
  const match = AMOUNT.exec(plain);
  if (!match) return null;
  const [, sign, whole, cents = ""] = match;
  const amount = BigInt(whole.replaceAll(",", "")) * 100n + BigInt(cents.padEnd(2, "0"));
  return sign && sign !== "+" ? -amount : amount;
}

function yuan(amount) {
  const size = amount < 0n ? -amount : amount;
  const whole = (size / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  return `${amount < 0n ? "−" : ""}${whole}.${(size % 100n).toString().padStart(2, "0")}`;
}

function sum(slip, side) {
  let total = 0n;
  for (const input of slip.querySelectorAll(`[data-side="${side}"]`)) total += fen(input.value) ?? 0n;
  return total;
}

function refresh(slip) {
  const [debit, credit] = [sum(slip, "debit"), sum(slip, "credit")];
  slip.querySelector('[data-total="debit"]').textContent = yuan(debit);
  slip.querySelector('[data-total="credit"]').textContent = yuan(credit);
  const balance = slip.querySelector("[data-balance]");
  const even = debit === credit;
  balance.textContent = even ? `＝ ${balance.dataset.balanced}` : `≠ ${balance.dataset.differs} ${yuan(debit - credit)}`;
  balance.className = `balance ${even ? "ink-green" : "ink-red"}`;
  for (const row of slip.querySelectorAll("tbody tr")) {
    const inputs = [...row.querySelectorAll("[data-side]")];
    for (const input of inputs) input.classList.toggle("faint", !input.value);
  }
}

function prepare(root) {
  for (const slip of root.querySelectorAll("[data-voucher]")) {
    refresh(slip);
    for (const adder of slip.querySelectorAll("[data-add-line]")) adder.hidden = false;
  }
}

document.addEventListener("input", (event) => {
  const slip = event.target.closest("[data-voucher]");
  if (slip && event.target.matches("[data-side]")) refresh(slip);
});

document.addEventListener("focusout", (event) => {
  if (!event.target.matches?.("[data-money]")) return;
  const amount = event.target.value.trim() ? fen(event.target.value) : null;
  if (amount !== null) event.target.value = yuan(amount).replace("−", "-");
});

document.addEventListener("click", (event) => {
  const adder = event.target.closest("[data-add-line]");
  if (!adder) return;
  const slip = adder.closest("[data-voucher]");
  const last = slip.querySelector("tbody tr:last-child");
  const row = last.cloneNode(true);
  const number = slip.querySelectorAll("tbody tr").length;
  for (const error of row.querySelectorAll(".error")) error.remove();
  for (const input of row.querySelectorAll("input")) {
    input.value = "";
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
    input.setAttribute("aria-label", input.getAttribute("aria-label").replace(String(number), String(number + 1)));
  }
  last.after(row);
  row.querySelector("input").focus();
  refresh(slip);
});

prepare(document);
document.addEventListener("htmx:after:swap", () => prepare(document));
