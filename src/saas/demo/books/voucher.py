"""Vouchers as the maker handles them: by role, in fen, not yet numbered."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

Key = tuple[str, str]  # (role or code, auxiliary)
Balances = defaultdict[Key, int]  # fen, debit positive

JOURNAL_LETTERS = {"收": "R", "付": "P", "转": "T"}


@dataclass(slots=True)
class Entry:
    """One line. Red is a negative amount on its own side.

    `code` overrides the role's account; `misprint` is a code that only the exported file shows.
    """

    role: str
    aux: str = ""
    debit: int = 0
    credit: int = 0
    code: str = ""
    misprint: str = ""

    @property
    def account(self) -> str:
        """What names the account posted to: a role, or a code that overrides it (BookChart.account)."""
        return self.code or self.role

    @property
    def key(self) -> Key:
        return self.account, self.aux

    @property
    def signed(self) -> int:
        return self.debit - self.credit

    @property
    def amount(self) -> int:
        return self.debit or self.credit


def debit(role: str, fen: int, aux: str = "") -> Entry:
    return Entry(role, aux, debit=fen)


def credit(role: str, fen: int, aux: str = "") -> Entry:
    return Entry(role, aux, credit=fen)


@dataclass(slots=True, eq=False)
class Voucher:
    """One voucher. `kind` names the business event, `series` what recurs every month ("" when it does not)."""

    date: dt.date
    kind: str
    summary: str  # "{cited}" stands for the voucher cited
    entries: list[Entry]
    series: str = ""
    reference: str = ""  # invoice number
    cites: Voucher | None = None
    document_date: dt.date | None = None
    entered: dt.datetime | None = None
    preparer: str = ""
    attachments: int = 1
    word: str = ""
    number: int = 0
    exported: bool = True  # False: the program has it, the file lost it

    @property
    def period(self) -> str:
        return f"{self.date:%Y-%m}"

    def id(self, *, journal_ids: bool) -> str:
        """As the ledger that is read from the company's file names it: "2026-03 记-12", or "202603J0012"."""
        if journal_ids:
            return journal_id(self.period, self.word, self.number)
        return f"{self.period} {self.word}-{self.number}"

    @property
    def text(self) -> str:
        """The summary as printed, in the wording of accounting.md §1.3 where it cites another voucher."""
        if self.cites is None:
            return self.summary
        day = self.cites.date
        return self.summary.format(cited=f"{day.year}年{day.month}月{day.day}日{self.cites.word}-{self.cites.number}号")

    @property
    def roles(self) -> set[str]:
        return {entry.role for entry in self.entries}

    def side(self, role: str) -> int:
        """The signed sum on a role, debit positive."""
        return sum(entry.signed for entry in self.entries if entry.role == role)

    def copy(self) -> Voucher:
        return replace(self, entries=[replace(entry) for entry in self.entries])


def journal_id(period: str, word: str, number: int) -> str:
    """The id that a foreign program prints: month, a letter for the voucher word, four digits."""
    return f"{period.replace('-', '')}{JOURNAL_LETTERS.get(word, 'J')}{number:04d}"


@dataclass(frozen=True, slots=True)
class Shift:
    """A difference in the exported balances that no voucher explains: from this period on, fen, debit positive."""

    period: str
    role: str
    fen: int
    at_opening: bool  # True: already in the period's opening; False: only from its closing on


@dataclass(slots=True)
class Draft:
    """Books being made: vouchers in the order they were written, before they are numbered and rendered."""

    months: list[str]
    opening: Balances
    vouchers: list[Voucher]
    customers: list[str] = field(default_factory=list)
    suppliers: list[str] = field(default_factory=list)
    staff: list[str] = field(default_factory=list)
    unclosed: set[tuple[str, str]] = field(default_factory=set)  # (period, role) that the closing forgot
    shifts: list[Shift] = field(default_factory=list)

    def of(self, *kinds: str, period: str | None = None) -> list[Voucher]:
        return [v for v in self.vouchers if v.kind in kinds and (period is None or v.period == period)]


def posted(balances: Balances, vouchers: Iterable[Voucher]) -> Balances:
    """The balances after these vouchers (a new mapping)."""
    after = Balances(int, balances)
    for voucher in vouchers:
        for entry in voucher.entries:
            after[entry.key] += entry.signed
    return after
