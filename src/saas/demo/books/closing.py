"""Closing: the vouchers a program derives from the balances, so they can be derived again after something changed."""

from __future__ import annotations

from collections.abc import Iterable

from saas.demo.books.accounts import BookChart
from saas.demo.books.amounts import percent
from saas.demo.books.voucher import Balances, Draft, Entry, credit, debit

DERIVED = ("close_income", "close_expense", "year_close")
SURPLUS = 10  # per cent of the year's profit to 法定盈余公积 (公司法)


def close(kind: str, balance: Balances, chart: BookChart, forgotten: Iterable[str] = ()) -> list[Entry]:
    """The lines of a closing voucher of this kind. `forgotten` roles are left standing (an injected error)."""
    if kind == "year_close":
        return _close_year(-balance["year_profit", ""])
    left = set(forgotten)
    wanted = [role for role in chart.pnl_roles if role not in left and _income(role) == (kind == "close_income")]
    held = {role: balance[role, ""] for role in wanted if balance[role, ""]}
    if not held:
        return []
    whole = sum(held.values())
    if kind == "close_income":
        return [*(debit(role, -fen) for role, fen in held.items()), credit("year_profit", -whole)]
    return [debit("year_profit", whole), *(credit(role, fen) for role, fen in held.items())]


def reclose(draft: Draft, chart: BookChart) -> None:
    """Derive every closing voucher again, in the order of the books; those with nothing to close disappear."""
    balance = Balances(int, draft.opening)
    for voucher in draft.vouchers:
        if voucher.kind in DERIVED:
            forgotten = [role for period, role in draft.unclosed if period == voucher.period]
            voucher.entries = close(voucher.kind, balance, chart, forgotten)
        for entry in voucher.entries:
            balance[entry.key] += entry.signed
    draft.vouchers = [voucher for voucher in draft.vouchers if voucher.entries]


def _income(role: str) -> bool:
    return role.startswith(("revenue.", "nonop."))


def _close_year(profit: int) -> list[Entry]:
    """本年利润 to 未分配利润, a loss the other way round; then the surplus reserve."""
    if profit <= 0:
        return [debit("retained", -profit), credit("year_profit", -profit)] if profit else []
    reserve = percent(profit, SURPLUS)
    return [
        debit("year_profit", profit),
        credit("retained", profit),
        debit("retained", reserve),
        credit("surplus", reserve),
    ]
