"""What the next annual return has to take back, and what else a correction calls for (accounting.md §1.3, §1.4)."""

from __future__ import annotations

from collections.abc import Sequence

from saas.adjustments.correction.books import OpenBooks
from saas.adjustments.correction.method import Choice
from saas.adjustments.correction.methods import Method
from saas.adjustments.correction.plan import Reminder
from saas.adjustments.correction.vouchers import Line, Stage, Voucher
from saas.kernel.i18n import Text, _
from saas.kernel.money import ZERO, Money


def reminders_for(choice: Choice, vouchers: Sequence[Voucher], books: OpenBooks) -> tuple[Reminder, ...]:
    """One per voucher whose earlier-year items went into this year's profit, and one for a late fee."""
    found: list[Reminder] = []
    year = books.open_period.year
    carried = choice.method is Method.BLUE_CURRENT and choice.facts.standard in ("small", "enterprise")
    for voucher in vouchers:
        profit, paid = _profit(voucher.lines, books), voucher.stage is Stage.PAYMENT
        earlier = carried and voucher.about is not None and voucher.about.year < year
        if profit and (paid or earlier):
            found.append(_reminder(year, profit, late_fee=paid))
    return tuple(found)


def _profit(lines: Sequence[Line], books: OpenBooks) -> Money:
    """By how much these lines raise the profit before income tax."""
    result = [line for line in lines if books.is_pl(line.account) and not books.has_role(line.account, "income_tax")]
    return Money(-sum(line.net.fen for line in result))


def _reminder(year: int, profit: Money, *, late_fee: bool) -> Reminder:
    amount = abs(profit)
    if late_fee:
        text = _("Annual return %(year)s: add back %(amount)s, late fees are not deductible.", year=year, amount=amount)
        return Reminder(year, "increase", amount, "late_fee", text)
    if profit > ZERO:
        text = _(
            "Annual return %(year)s: deduct %(amount)s, it was taxed in the year it belongs to.",
            year=year,
            amount=amount,
        )
        return Reminder(year, "decrease", amount, "prior_year", text)
    text = _(
        "Annual return %(year)s: add back %(amount)s, it was deducted in the year it belongs to.",
        year=year,
        amount=amount,
    )
    return Reminder(year, "increase", amount, "prior_year", text)


def warnings_for(choice: Choice, vouchers: Sequence[Voucher], books: OpenBooks) -> tuple[Text, ...]:
    """What a reviewer should look at before approving."""
    lines = [line for voucher in vouchers for line in voucher.lines if voucher.stage is Stage.CORRECTION]
    found: list[Text] = []
    if choice.method is Method.BLUE_CURRENT and any(_against_side(line, books) for line in lines):
        found.append(
            _("An expense is credited or an income debited: reports that read only the usual column drop this line.")
        )
    if choice.method is Method.BLUE_CURRENT and not _profit(lines, books):
        found.append(_("The profit does not change: this only moves last year's amount between accounts of this year."))
    if choice.method is Method.RESTATE and not lines:
        found.append(_("Nothing to book: only last year's comparative figures move between accounts."))
    if books.today < books.open_period.first:
        found.append(_("The open period lies in the future: check which period is really open."))
    return tuple(found)


def _against_side(line: Line, books: OpenBooks) -> bool:
    return books.is_pl(line.account) and line.amount > ZERO and books.is_income(line.account) == line.on_debit


def advice_for(choice: Choice, vouchers: Sequence[Voucher], books: OpenBooks) -> tuple[Text, ...]:
    """What the correction calls for beside itself, and the plan does not contain yet."""
    lines = [line for v in vouchers for line in v.lines if v.stage is Stage.CORRECTION and not v.waiting]
    stages = {voucher.stage for voucher in vouchers}
    found: list[Text] = []
    if Stage.CATCH_UP not in stages:
        if _changed(lines, books, "inventory", "production_cost", "overhead"):
            found.append(_("Stock or production cost changes: if part of it was sold or used, correct the cost too."))
        if _changed(lines, books, "fixed_asset"):
            found.append(_("Fixed assets change: catch up the depreciation of the months already closed."))
    if Stage.CARRY_FORWARD not in stages and "D11" in choice.path and _any_pl(lines, books):
        found.append(_("December was carried forward: renew the carry-forward of profit and loss."))
    if choice.facts.year == "earlier_closed" and Stage.TAX not in stages and (_any_pl(lines, books) or _stood(lines)):
        found.append(_("The earlier year's tax changes: compute it and add the entry."))
    return tuple(found)


def _changed(lines: Sequence[Line], books: OpenBooks, *roles: str) -> bool:
    return bool(sum(line.net.fen for line in lines if books.has_role(line.account, *roles)))


def _any_pl(lines: Sequence[Line], books: OpenBooks) -> bool:
    """Does any income or expense account end up different?"""
    sums: dict[str, int] = {}
    for line in lines:
        if books.is_pl(line.account):
            sums[line.account] = sums.get(line.account, 0) + line.net.fen
    return any(sums.values())


def _stood(lines: Sequence[Line]) -> bool:
    return any(line.stands_for for line in lines)
