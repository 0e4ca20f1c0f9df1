"""The open books a plan is drafted into, and how accounts are found by their role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from saas.adjustments.correction.facts import Period, Touch
from saas.adjustments.correction.lacking import LacksAccount
from saas.adjustments.correction.vouchers import Line
from saas.ledgers.charts import Account, Chart

TOUCHED_BY_ROLE: dict[str, Touch] = {
    "tax.vat": "vat",
    "cash": "cash",
    "bank": "cash",
    "other_money": "cash",
    "inventory": "stock",
    "production_cost": "stock",
    "overhead": "stock",
    "fixed_asset": "fixed_asset",
    "depreciation": "fixed_asset",
    "cip": "fixed_asset",
}
NOT_PL_ROLES = ("prior_year",)  # stands among the P&L accounts of the chart and never reaches the income statement
RETAINED = "retained.undistributed"
LATE_FEE = ("loss.fine", "loss.nonop")
INCOME_ROLES = ("revenue", "income")


@dataclass(frozen=True, slots=True)
class OpenBooks:
    """Where the client's books stand today."""

    today: date
    open_period: Period
    chart: Chart
    last_numbers: Mapping[str, int] = field(default_factory=dict)  # per 凭证字, in the open period
    last_dates: Mapping[str, date] = field(default_factory=dict)  # date of that last voucher
    words: tuple[str, ...] = ("记",)  # the 凭证字 in use; ("收", "付", "转") where the client keeps three series

    def account(self, *roles: str) -> Account:
        """The account that plays the first of these roles the chart knows.

        A leaf with just this role, else the first leaf beneath it. LacksAccount when the chart has none: a person then
        says which account it is.
        """
        for role in roles:
            leaves = [self.chart.accounts[code] for code in self.chart.having(role) if self.chart.accounts[code].leaf]
            exact = [account for account in leaves if account.role == role]
            if leaves:
                return min(exact or leaves, key=lambda account: account.code)
        raise LacksAccount(roles[0], self.chart.standard)

    def retained(self) -> Account:
        """未分配利润, or 利润分配 itself where it has no detail accounts; never another detail of it."""
        found = [a for a in self.chart.accounts.values() if a.leaf and a.role == RETAINED]
        found += [a for a in self.chart.accounts.values() if a.leaf and a.role == "retained" and not a.parent]
        if not found:
            raise LacksAccount(RETAINED, self.chart.standard)
        return found[0]

    def named(self, line: Line) -> str:
        """The account's name as the chart has it, or as the line brought it."""
        account = self.chart.accounts.get(line.account)
        return account.name if account else line.name

    def is_pl(self, code: str) -> bool:
        """Does it go into the income statement?"""
        account = self.chart.accounts.get(code)
        return account is not None and account.category == "pnl" and account.role not in NOT_PL_ROLES

    def is_income(self, code: str) -> bool:
        """A P&L account that grows on the credit side."""
        account = self.chart.accounts[code]
        return account.role.split(".")[0] in INCOME_ROLES or (not account.role and account.side == "C")

    def role(self, code: str) -> str:
        account = self.chart.accounts.get(code)
        return account.role if account else ""

    def has_role(self, code: str, *roles: str) -> bool:
        """One of these roles, or one beneath it."""
        role = self.role(code)
        return any(role == wanted or role.startswith(f"{wanted}.") for wanted in roles)


def touched(lines: Iterable[Line], books: OpenBooks) -> frozenset[Touch]:
    """What these lines touch (`net.touches` asks this for the lines that change)."""
    found: set[Touch] = set()
    for line in lines:
        if books.is_pl(line.account):
            found.add("pl")
        found |= {touch for role, touch in TOUCHED_BY_ROLE.items() if books.has_role(line.account, role)}
    return frozenset(found)
