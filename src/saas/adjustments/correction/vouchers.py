"""Vouchers as the engine sees them: found ones, entries still without date and number, and drafts with both."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import IntEnum
from typing import Literal

from saas.adjustments.correction.facts import Period
from saas.kernel.i18n import Text
from saas.kernel.money import ZERO, Money

Colour = Literal["red", "blue", "mixed", "ordinary"]
Key = tuple[str, str]  # (account code, auxiliary)


class Stage(IntEnum):
    """What an entry of a plan is for; the plan decides in which order the stages are numbered."""

    CORRECTION = 1
    CATCH_UP = 2  # this year's depreciation or cost that follows from the correction
    TAX = 3
    RESTATEMENT = 4  # 6901 to retained earnings, and the surplus reserve
    CARRY_FORWARD = 5  # renewed 结转损益
    PAYMENT = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One line; exactly one side is not zero. Red is a negative amount on the original side."""

    account: str
    debit: Money = ZERO
    credit: Money = ZERO
    aux: str = ""
    name: str = ""
    stands_for: str = ""  # the P&L account of the earlier year in whose place this line stands
    quantity: Decimal | None = None  # negative when red, as the amount
    currency: str = ""  # "" is yuan

    @property
    def key(self) -> Key:
        return self.account, self.aux

    @property
    def net(self) -> Money:
        """Debit minus credit."""
        return self.debit - self.credit

    @property
    def on_debit(self) -> bool:
        return bool(self.debit)

    @property
    def amount(self) -> Money:
        """The amount on its side; negative when red."""
        return self.debit or self.credit

    def __neg__(self) -> Line:
        quantity = None if self.quantity is None else -self.quantity
        return replace(self, debit=-self.debit, credit=-self.credit, quantity=quantity)

    @property
    def content(self) -> tuple[str, str, Money, Money, Decimal | None, str]:
        """What an accountant compares: everything but the name."""
        return self.account, self.aux, self.debit, self.credit, self.quantity, self.currency

    def holding(self, amount: Money) -> Line:
        """The same line on the same side with another amount; no quantity moves."""
        line = replace(self, quantity=None)
        return replace(line, debit=amount) if self.on_debit else replace(line, credit=amount)


def debit(account: str, amount: Money, aux: str = "", name: str = "") -> Line:
    return Line(account, debit=amount, aux=aux, name=name)


def credit(account: str, amount: Money, aux: str = "", name: str = "") -> Line:
    return Line(account, credit=amount, aux=aux, name=name)


def totals(lines: Iterable[Line]) -> dict[Key, Money]:
    """Debit minus credit per account and auxiliary, zeros left out."""
    sums: dict[Key, Money] = {}
    for line in lines:
        sums[line.key] = sums.get(line.key, ZERO) + line.net
    return {key: amount for key, amount in sums.items() if amount}


def balanced(lines: Iterable[Line]) -> bool:
    return not sum((line.net.fen for line in lines), 0)


@dataclass(frozen=True, slots=True)
class Entry:
    """What has to be booked, before it has a date and a number."""

    summary: str
    lines: tuple[Line, ...]
    colour: Colour = "ordinary"
    stage: Stage = Stage.CORRECTION
    about: Period | None = None  # the period whose figures it puts right
    refers_to: str = ""  # key of the voucher it corrects
    word: str = ""  # 凭证字; "" lets the lines decide
    waits_for: Period | None = None  # the later month in which it has to be booked
    basis: Text | None = None  # how its amounts were found


@dataclass(frozen=True, slots=True)
class Voucher:
    """A voucher with date and 凭证字; `number` is None while it waits for its month."""

    date: date
    word: str
    number: int | None
    summary: str
    lines: tuple[Line, ...]
    colour: Colour = "ordinary"
    stage: Stage = Stage.CORRECTION
    about: Period | None = None
    refers_to: str = ""
    basis: Text | None = None

    @property
    def key(self) -> str:
        """As the canonical ledger names it: "2026-03 记-12"."""
        return f"{Period.of(self.date)} {self.word}-{self.number if self.number is not None else 'n'}"

    @property
    def waiting(self) -> bool:
        return self.number is None

    @property
    def amount(self) -> Money:
        """The larger of both sides' sums, without sign."""
        debits = sum((line.debit.fen for line in self.lines), 0)
        credits = sum((line.credit.fen for line in self.lines), 0)
        return Money(max(abs(debits), abs(credits)))

    @property
    def fingerprint(self) -> str:
        """SHA-256 over everything an accountant can change in it; equal fingerprints mean an unchanged voucher."""
        lines = [
            (line.account, line.aux, line.debit.fen, line.credit.fen, str(line.quantity or ""), line.currency)
            for line in self.lines
        ]
        content = [self.date.isoformat(), self.word, self.number, self.summary, lines]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Mistake:
    """One wrong (or missing, or surplus) voucher and what it should have been."""

    wrong: Voucher | None  # None: it was never booked
    right: tuple[Line, ...] = ()  # the entry as it should have been; empty for a duplicate
    subject: str = ""  # what it is, in the books' language: 办公室租金, 服务收入; or why: 设备误计入费用
    period: Period | None = None  # where it belongs, when not the month of `wrong`
    original: Voucher | None = None  # duplicate: the copy that stays
    restricted: bool = False  # npo: the item came from restricted funds

    @property
    def belongs_to(self) -> Period:
        """The period the right entry belongs to. ValueError when nothing says so."""
        if self.period is not None:
            return self.period
        if self.wrong is None:
            raise ValueError("an omission has to say to which period it belongs")
        return Period.of(self.wrong.date)
