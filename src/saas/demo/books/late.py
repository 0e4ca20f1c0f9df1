"""Vouchers booked afterwards, such as corrections: put in by date; numbers behind them move on, closings follow."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from saas.demo.books.accounts import BookChart
from saas.demo.books.closing import DERIVED
from saas.demo.books.company import Company
from saas.demo.books.numbering import word_of
from saas.demo.books.voucher import Draft, Entry, Voucher


@dataclass(frozen=True, slots=True)
class LateLine:
    """One line by the account's code, or its names where the client's program exports none. Red is negative. In fen."""

    account: str
    aux: str
    debit: int
    credit: int


@dataclass(frozen=True, slots=True)
class Late:
    """A voucher booked on `date` into books that are numbered already."""

    date: dt.date
    summary: str
    lines: tuple[LateLine, ...]


def book_late(draft: Draft, chart: BookChart, company: Company, late: Late) -> Voucher:
    """Put it behind the vouchers of its day and word. ValueError outside the months of the books."""
    roles = {key: role for role, of in chart.by_role.items() for key in (of.code, "-".join(of.names))}
    voucher = Voucher(late.date, "late", late.summary, [_entry(line, roles) for line in late.lines])
    if voucher.period not in draft.months:
        raise ValueError(f"the books have no month {voucher.period}")
    voucher.document_date, voucher.preparer = late.date, company.preparers[0]
    voucher.entered = dt.datetime.combine(late.date, dt.time(16, 30))
    voucher.word = word_of(voucher) if company.three_words else "记"
    at = next((n for n, other in enumerate(draft.vouchers) if _comes_after(other, voucher)), len(draft.vouchers))
    before = [v for v in draft.vouchers[:at] if (v.period, v.word) == (voucher.period, voucher.word)]
    voucher.number = before[-1].number + 1 if before else 1
    for other in draft.vouchers[at:]:
        if (other.period, other.word) == (voucher.period, voucher.word) and other.number >= voucher.number:
            other.number += 1
    draft.vouchers.insert(at, voucher)
    return voucher


def _comes_after(other: Voucher, voucher: Voucher) -> bool:
    closing = other.kind in DERIVED and other.period == voucher.period
    return other.date > voucher.date or closing


def _entry(line: LateLine, roles: dict[str, str]) -> Entry:
    role = roles.get(line.account, "")
    return Entry(role, line.aux, line.debit, line.credit, code="" if role else line.account)
