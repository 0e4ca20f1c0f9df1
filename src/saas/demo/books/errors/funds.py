"""Balances that cannot be: cash, bank and stock below zero."""

from __future__ import annotations

from saas.demo.books.errors.registry import CannotInject, ErrorSpec, Mistake, Scene, error
from saas.demo.books.voucher import Voucher
from saas.kernel.months import month_end

PAYMENTS = ("utility", "ad", "advice", "freight", "pay_supplier", "travel", "rent", "pay_wages")


@error("negative_cash", "N09", also=("N08", "N35"))
def negative_cash(scene: Scene, spec: ErrorSpec) -> Mistake:
    """A bank payment booked as paid in cash that was not there."""
    return _wrong_purse(scene, spec, "cash")


@error("negative_bank", "N10", also=("N08", "N35"))
def negative_bank(scene: Scene, spec: ErrorSpec) -> Mistake:
    """A payment booked to the company's other bank account, which did not hold as much."""
    if not scene.company.second_bank:
        raise CannotInject("negative_bank: the company has one bank account only")
    return _wrong_purse(scene, spec, "bank.second")


def _wrong_purse(scene: Scene, spec: ErrorSpec, purse: str) -> Mistake:
    """Book a bank payment out of `purse`, the smallest that overdraws it at the month's end."""

    def overdraws(voucher: Voucher) -> bool:
        paid = -voucher.side("bank.main")
        return paid > 0 and _held_at_month_end(scene, voucher, purse) < paid

    voucher = scene.pick(spec, *PAYMENTS, where=overdraws, skip_first=2)
    right = voucher.copy().entries
    for entry in voucher.entries:
        if entry.role == "bank.main":
            entry.role = purse
    return Mistake([voucher], voucher.period, scene.chart.code(purse), right, f"paid from the bank, booked to {purse}")


@error("negative_stock", "N10", also=("N08", "N23", "N34", "N38"))
def negative_stock(scene: Scene, spec: ErrorSpec) -> Mistake:
    """More cost carried over than the stock holds, because a purchase is not booked yet."""
    role = "raw" if scene.company.industry == "restaurant" else "goods"
    voucher = scene.pick(spec, "cost", skip_first=2)
    right = voucher.copy().entries
    beyond = _held_at_month_end(scene, voucher, role)
    beyond += max(round(abs(beyond) * scene.rng.uniform(0.05, 0.25) / 100) * 100, 120_000)
    for entry in voucher.entries:
        entry.debit += beyond if entry.debit else 0
        entry.credit += beyond if entry.credit else 0
    return Mistake([voucher], voucher.period, scene.chart.code(role), right, "cost carried beyond the stock")


def _held_at_month_end(scene: Scene, voucher: Voucher, role: str) -> int:
    """The most the account holds from the voucher's day to the month's end: an overdraft must show on every day."""
    held = sum(fen for (each, _), fen in scene.draft.opening.items() if each == role)
    most: int | None = None
    end = month_end(voucher.date)
    for other in scene.draft.vouchers:
        if other.date > end:
            break
        held += other.side(role)
        if other is voucher or most is not None:
            most = held if most is None else max(most, held)
    return held if most is None else most
