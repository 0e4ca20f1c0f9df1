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
    left, income = set(forgotten), kind == "close_income"
    keys = [key for key in chart.pnl_among(key for key, _ in balance) if key not in left and _income(key) == income]
    held = {key: balance[key, ""] for key in keys if balance[key, ""]}
    if not held:
        return []
    whole = sum(held.values())
    if kind == "close_income":
        return [*(_line(key, chart, debit=-fen) for key, fen in held.items()), credit("year_profit", -whole)]
    return [debit("year_profit", whole), *(_line(key, chart, credit=fen) for key, fen in held.items())]


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


def _line(key: str, chart: BookChart, *, debit: int = 0, credit: int = 0) -> Entry:
    if key in chart.by_role:
        return Entry(key, debit=debit, credit=credit)
    return Entry("", debit=debit, credit=credit, code=key)


def _income(key: str) -> bool:
    return key.startswith(("revenue.", "nonop."))


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
