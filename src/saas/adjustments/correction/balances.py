"""Before | change | after: what a plan does to each account, and to the statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from saas.adjustments.correction.books import OpenBooks
from saas.adjustments.correction.plan import Plan
from saas.adjustments.correction.vouchers import Key, Line
from saas.kernel.i18n import Text, _
from saas.kernel.money import ZERO, Money

Class = Literal["assets", "liabilities", "equity", "income", "expense", "profit"]

CLASSES: dict[Class, Text] = {
    "assets": _("assets"),
    "liabilities": _("liabilities"),
    "equity": _("owners' equity"),
    "income": _("income"),
    "expense": _("costs and expenses"),
    "profit": _("profit"),
}
CLASS_BY_CATEGORY: dict[str, Class] = {
    "asset": "assets",
    "cost": "assets",  # production cost not yet finished stands in the balance sheet as stock
    "common": "assets",
    "liability": "liabilities",
    "equity": "equity",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One account of the plan; amounts are debit minus credit."""

    account: str
    aux: str
    name: str
    before: Money
    change: Money

    @property
    def after(self) -> Money:
        return self.before + self.change


@dataclass(frozen=True, slots=True)
class ClassChange:
    """One class of the notice's table; amounts on the class's own side, so an asset and an income are both positive."""

    kind: Class
    before: Money
    change: Money

    @property
    def name(self) -> Text:
        return CLASSES[self.kind]

    @property
    def after(self) -> Money:
        return self.before + self.change


@dataclass(frozen=True, slots=True)
class ReportLine:
    """An income or expense account in this month's income statement: what changes, and what a naive report shows."""

    account: str
    name: str
    change: Money  # on the account's own side
    shown: Money  # by a report that reads only that side's column

    @property
    def dropped(self) -> bool:
        return self.change != self.shown


def effect(plan: Plan, books: OpenBooks, balances: Mapping[Key, Money]) -> list[Change]:
    """Every account the plan touches, in the plan's order, those it leaves unchanged included.

    `balances` are debit minus credit per (account, auxiliary) before the plan; an account it lacks stands at zero.
    Vouchers that still wait for their month are not counted.
    """
    sums: dict[Key, Money] = {}
    for line in _lines(plan):
        sums[line.key] = sums.get(line.key, ZERO) + line.net
    return [
        Change(account, aux, books.named(Line(account)), balances.get((account, aux), ZERO), change)
        for (account, aux), change in sums.items()
    ]


def by_class(plan: Plan, books: OpenBooks, balances: Mapping[Key, Money]) -> list[ClassChange]:
    """Assets, liabilities, equity, income, expense and profit before and after, as the notice prints them."""
    before = _classes([(account, balance) for (account, _aux), balance in balances.items()], books)
    change = _classes([(line.account, line.net) for line in _lines(plan)], books)
    return [ClassChange(kind, before[kind], change[kind]) for kind in CLASSES]


def income_statement(plan: Plan, books: OpenBooks) -> list[ReportLine]:
    """What the month's income statement shows of the plan, also with programs that read only the usual column."""
    found: dict[str, tuple[Money, Money]] = {}
    for line in _lines(plan):
        if not books.is_pl(line.account):
            continue
        income = books.is_income(line.account)
        change, shown = found.get(line.account, (ZERO, ZERO))
        natural = -line.net if income else line.net
        found[line.account] = change + natural, shown + (line.credit if income else line.debit)
    return [ReportLine(code, books.named(Line(code)), change, shown) for code, (change, shown) in found.items()]


def _lines(plan: Plan) -> list[Line]:
    return [line for voucher in plan.vouchers if not voucher.waiting for line in voucher.lines]


def _classes(amounts: Iterable[tuple[str, Money]], books: OpenBooks) -> dict[Class, Money]:
    sums: dict[Class, Money] = dict.fromkeys(CLASSES, ZERO)
    for code, net in amounts:
        kind = _class(code, books)
        sums[kind] += net if kind in ("assets", "expense") else -net
    sums["profit"] = sums["income"] - sums["expense"]
    return sums


def _class(code: str, books: OpenBooks) -> Class:
    """6901 counts as equity: it is on its way to retained earnings."""
    if books.is_pl(code):
        return "income" if books.is_income(code) else "expense"
    account = books.chart.accounts.get(code)
    return CLASS_BY_CATEGORY.get(account.category, "equity") if account else "assets"
