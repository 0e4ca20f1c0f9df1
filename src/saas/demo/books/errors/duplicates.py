"""The same document booked twice."""

from __future__ import annotations

from datetime import timedelta

from saas.demo.books.errors.entries import affordable, first_debit
from saas.demo.books.errors.registry import ErrorSpec, Mistake, Scene, error
from saas.demo.books.voucher import Entry, Voucher
from saas.kernel.months import month_end

SMALL_CHANGE = 1_000_00  # fen; duplicates below would drown in bank fees and taxi fares
INVOICED = ("purchase", "freight", "ad", "subcontract", "advice")
PAID = ("pay_supplier", "utility", "freight", "ad", "advice", "office", "travel")


@error("duplicate_voucher", "N25", also=("N08", "N44"))
def duplicate_voucher(scene: Scene, spec: ErrorSpec) -> Mistake:
    """The same document booked again some days later."""
    return _again(scene, spec, keep_invoice=False)


@error("duplicate_invoice", "N25", "N44", also=("N08",))
def duplicate_invoice(scene: Scene, spec: ErrorSpec) -> Mistake:
    """The same invoice, number and all, booked again some days later."""
    return _again(scene, spec, keep_invoice=True)


def _again(scene: Scene, spec: ErrorSpec, keep_invoice: bool) -> Mistake:
    def fits(voucher: Voucher) -> bool:
        room = voucher.date.day + 3 < month_end(voucher.date).day
        large = max(e.debit for e in voucher.entries) >= SMALL_CHANGE
        return room and large and bool(voucher.reference) >= keep_invoice and affordable(scene, voucher, 1)

    voucher = scene.pick(spec, *(INVOICED if keep_invoice else PAID), where=fits)
    again = voucher.copy()
    again.date = voucher.date + timedelta(days=_days_later(scene, voucher, far=keep_invoice))
    if not keep_invoice:
        again.reference = ""
    scene.insert(again)
    red = [Entry(e.role, e.aux, -e.debit, -e.credit) for e in voucher.entries]
    return Mistake([voucher, again], voucher.period, first_debit(scene, voucher.entries), red, "booked twice")


def _days_later(scene: Scene, voucher: Voucher, far: bool) -> int:
    """Within the month and a week; an invoice may also come back after one or two months."""
    later = scene.rng.randrange(20, 60)
    if far and scene.rng.random() < 0.5 and f"{voucher.date + timedelta(days=later):%Y-%m}" <= scene.draft.months[-1]:
        return later
    return min(scene.rng.randrange(1, 6), month_end(voucher.date).day - voucher.date.day)
