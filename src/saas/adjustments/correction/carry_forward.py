"""Carrying profit and loss forward: renewed after a correction (D11, E16), or completed where it was left (E14)."""

from __future__ import annotations

from collections.abc import Mapping

from saas.adjustments.correction import wording
from saas.adjustments.correction.books import OpenBooks
from saas.adjustments.correction.facts import Period, Settings
from saas.adjustments.correction.plan import Plan
from saas.adjustments.correction.vouchers import Entry, Line, Stage, credit, debit
from saas.kernel.errors import Invalid
from saas.kernel.i18n import _
from saas.kernel.money import ZERO, Money


def renew(plan: Plan, books: OpenBooks, settings: Settings, *, retained_too: bool) -> list[Entry]:
    """The entries that carry the plan's own changes of P&L forward, for an open December (or a month carried already).

    `retained_too`: the year's profit was already moved to retained earnings, so that follows as well, with the surplus
    reserve where the client accrues it. Empty when the plan changes no P&L account.
    """
    changes: dict[str, Money] = {}
    for voucher in plan.vouchers:
        if voucher.waiting or voucher.stage is Stage.CARRY_FORWARD:
            continue
        for line in voucher.lines:
            if books.is_pl(line.account):
                changes[line.account] = changes.get(line.account, ZERO) + line.net
    changes = {code: change for code, change in sorted(changes.items()) if change}
    if not changes:
        return []
    about = books.open_period
    entries = [_carried(wording.CARRY_FORWARD, changes, books, about)]
    profit = -Money(sum(change.fen for change in changes.values()))
    if retained_too and profit:
        entries += _to_retained(profit, books, settings, about)
    return entries


def complete_closing(left: Mapping[str, Money], period: Period, books: OpenBooks) -> Entry:
    """The supplement for P&L balances that the closing of `period` left behind: {account: debit minus credit}.

    It is booked in the open period as a correction of its own (E14). Invalid when nothing was left.
    """
    open_balances = {code: balance for code, balance in sorted(left.items()) if balance}
    if not open_balances:
        raise Invalid(_("Every income and expense account is carried forward already."))
    names = "、".join(books.named(Line(code)) for code in open_balances)
    return _carried(wording.closing(period, names), open_balances, books, period, Stage.CORRECTION)


def _carried(
    summary: str,
    changes: Mapping[str, Money],
    books: OpenBooks,
    about: Period,
    stage: Stage = Stage.CARRY_FORWARD,
) -> Entry:
    """Every account against the year's profit; an account keeps its usual side of the closing, red where it fell."""
    profit = books.account("year_profit")
    lines: list[Line] = []
    for code, change in changes.items():
        name = books.named(Line(code))
        if books.is_income(code):
            lines += [debit(code, -change, name=name), credit(profit.code, -change, name=profit.name)]
        else:
            lines += [debit(profit.code, change, name=profit.name), credit(code, change, name=name)]
    return Entry(
        summary,
        tuple(lines),
        stage=stage,
        about=about,
        basis=_("The change of every income and expense account, against the year's profit"),
    )


def _to_retained(profit: Money, books: OpenBooks, settings: Settings, about: Period) -> list[Entry]:
    year_profit, retained = books.account("year_profit"), books.retained()
    entries = [
        Entry(
            wording.PROFIT_TO_RETAINED,
            (
                debit(year_profit.code, profit, name=year_profit.name),
                credit(retained.code, profit, name=retained.name),
            ),
            stage=Stage.CARRY_FORWARD,
            about=about,
        )
    ]
    if settings.surplus_reserve is not None:
        surplus, share = books.account("surplus"), profit * settings.surplus_reserve
        lines = (debit(retained.code, share, name=retained.name), credit(surplus.code, share, name=surplus.name))
        entries.append(Entry(wording.SURPLUS_RESERVE, lines, stage=Stage.CARRY_FORWARD, about=about))
    return entries
