"""Invoice numbers: mistyped, or of an invoice younger than its voucher."""

from __future__ import annotations

from saas.demo.books.errors.registry import CannotInject, ErrorSpec, Mistake, Scene, error
from saas.demo.books.voucher import Voucher

INVOICED = ("sale", "purchase", "subcontract", "freight", "ad", "advice", "platform")


@error("malformed_invoice", "N44")
def malformed_invoice(scene: Scene, spec: ErrorSpec) -> Mistake:
    """A digit lost or doubled in typing: neither 20 digits nor an old form."""
    voucher = scene.pick(spec, *INVOICED, where=_invoiced)
    right = voucher.reference
    at = scene.rng.randrange(3, 17)
    lost = scene.rng.random() < 0.5
    voucher.reference = right[:at] + right[at + 1 :] if lost else right[:at] + right[at] + right[at:]
    return Mistake([voucher], voucher.period, right=voucher.copy().entries, note=f"invoice {right}")


@error("late_invoice", "N44")
def late_invoice(scene: Scene, spec: ErrorSpec) -> Mistake:
    """An invoice of the year after its voucher: the number says so."""
    voucher = scene.pick(spec, *INVOICED, where=_invoiced)
    right = voucher.reference
    voucher.reference = f"{int(right[:2]) + 1:02d}{right[2:]}"
    return Mistake([voucher], voucher.period, right=voucher.copy().entries, note=f"invoice {right}")


@error("repeated_invoice", "N44", "N25")
def repeated_invoice(scene: Scene, spec: ErrorSpec) -> Mistake:
    """One invoice as evidence for two different expenses."""
    voucher = scene.pick(spec, *INVOICED, where=_invoiced)
    others = [v for v in scene.draft.of(voucher.kind) if _invoiced(v) and v is not voucher]
    others = [v for v in others if v.entries[0].amount != voucher.entries[0].amount and v.date <= voucher.date]
    if not others:
        raise CannotInject("repeated_invoice: no second invoice of this kind")
    first = scene.rng.choice(others)
    right, voucher.reference = voucher.reference, first.reference
    scene.touched.add(id(first))
    return Mistake([first, voucher], voucher.period, right=voucher.copy().entries, note=f"invoice {right}")


def _invoiced(voucher: Voucher) -> bool:
    return len(voucher.reference) == 20
