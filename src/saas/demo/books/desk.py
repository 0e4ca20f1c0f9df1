"""The bookkeeper's desk: today's date, what the company owns and owes, and the vouchers written so far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from saas.demo.books import amounts, parties
from saas.demo.books.company import Company
from saas.demo.books.voucher import Balances, Entry, Voucher, credit, debit
from saas.demo.books.wording import Wording


@dataclass(slots=True)
class Asset:
    """One depreciating thing. Straight line, 5 % residual for fixed assets, none for what is amortised."""

    role: str
    worn_role: str  # the account credited
    expense_role: str
    cost: int
    months: int
    residual_percent: int
    age: int = 0  # months already written off

    @property
    def monthly(self) -> int:
        base = self.cost - amounts.percent(self.cost, self.residual_percent)
        return base // self.months if self.age < self.months else 0


@dataclass(slots=True)
class Desk:
    """State of the simulation. Events read it and post vouchers, which change it."""

    company: Company
    rng: Random
    today: date
    balance: Balances = field(default_factory=lambda: Balances(int))
    vouchers: list[Voucher] = field(default_factory=list)
    assets: list[Asset] = field(default_factory=list)
    customers: list[str] = field(default_factory=list)
    suppliers: list[str] = field(default_factory=list)
    staff: list[str] = field(default_factory=list)
    landlord: str = ""
    rent: int = 0  # a month, net
    wage_bill: int = 0  # a month, gross
    cost_share: float = 0.7  # cost of sales as a share of revenue
    cit_accrued: int = 0  # this year
    rent_paid_until: str = ""  # "2026-08": the last month an earlier payment covers
    last_invoice: dict[str, str] = field(default_factory=dict)  # by supplier
    bonus_owed: int = 0  # accrued in December, paid apart from the wages
    words: Wording = field(init=False)
    invoices: parties.Invoices = field(init=False)

    def __post_init__(self) -> None:
        self.words = Wording(self.rng)
        self.invoices = parties.Invoices(self.rng)

    def post(
        self,
        kind: str,
        summary: str,
        *entries: Entry,
        series: str = "",
        invoice: str = "",
        cites: Voucher | None = None,
    ) -> Voucher:
        """Write a voucher; lines of nothing are left out."""
        lines = [entry for entry in entries if entry.amount]
        voucher = Voucher(self.today, kind, summary, lines, series, reference=invoice, cites=cites)
        for entry in lines:
            self.balance[entry.key] += entry.signed
        self.vouchers.append(voucher)
        return voucher

    def say(self, phrase: str, **slots: object) -> str:
        """A summary; {y} {m} {q} are today's year, month and quarter unless given."""
        now = {"y": self.today.year, "m": self.today.month, "q": (self.today.month + 2) // 3}
        return self.words.say(phrase, **{**now, **slots})

    def invoice(self) -> str:
        return self.invoices.next(self.today.year)

    def total(self, role: str) -> int:
        """The balance of a role over its auxiliaries, fen, debit positive."""
        return sum(fen for (each, _), fen in self.balance.items() if each == role)

    def parties_of(self, role: str) -> Iterator[tuple[str, int]]:
        """Auxiliaries of a role with a balance, in stable order."""
        return iter([(aux, fen) for (each, aux), fen in self.balance.items() if each == role and fen])

    def from_bank(self, fen: int) -> Entry:
        """Pay from the bank; shareholders lend first when it would not suffice, as small companies live."""
        short = fen - self.balance["bank.main", ""]
        if short > 0:
            lend(self, amounts.round_up(short + 2_000_000, 10_000))
        return credit("bank.main", fen)

    def from_cash(self, fen: int) -> Entry:
        """Pay in cash; cash is drawn from the bank first when the till would not suffice."""
        short = fen - self.balance["cash", ""]
        if short > 0:
            drawn = amounts.round_up(short + 300_000, 1_000)
            paid = self.from_bank(drawn)
            self.post("withdraw", self.say("withdraw"), debit("cash", drawn), paid)
        return credit("cash", fen)


def lend(desk: Desk, fen: int) -> None:
    person = desk.company.shareholders[0]
    desk.post(
        "shareholder_in",
        desk.say("shareholder_in", person=person),
        debit("bank.main", fen),
        credit("payable.shareholder", fen, person),
    )


def month_end_before(day: date) -> date:
    return day.replace(day=1) - timedelta(days=1)
