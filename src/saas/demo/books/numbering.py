"""What the program adds to a voucher when it is saved: word and number, who, when."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta
from random import Random

from saas.demo.books.agenda import next_working_day
from saas.demo.books.closing import DERIVED
from saas.demo.books.company import Company
from saas.demo.books.voucher import Draft, Voucher
from saas.kernel.months import month_end

MONEY = ("cash", "bank.main", "bank.second")


def number(draft: Draft, company: Company, rng: Random) -> None:
    """Number the vouchers of each month and word from 1, in the order they were written."""
    last: Counter[tuple[str, str]] = Counter()
    for voucher in draft.vouchers:
        voucher.document_date = voucher.document_date or voucher.date
        if company.month_end_dating:
            voucher.date = month_end(voucher.date)
        voucher.word = word_of(voucher) if company.three_words else "记"
        last[voucher.period, voucher.word] += 1
        voucher.number = last[voucher.period, voucher.word]
        voucher.attachments = 0 if voucher.kind in DERIVED else rng.choice((1, 1, 1, 2, 3))
        voucher.preparer = voucher.preparer or _preparer(voucher, company, rng)
        voucher.entered = voucher.entered or _entered(voucher, rng)


def word_of(voucher: Voucher) -> str:
    """收 when money comes in, 付 when it goes out (own transfers too), 转 when none moves."""
    moved = [entry for entry in voucher.entries if entry.role in MONEY]
    if not moved:
        return "转"
    return "收" if sum(entry.signed for entry in moved) > 0 else "付"


def _preparer(voucher: Voucher, company: Company, rng: Random) -> str:
    if voucher.period < company.taken_over:
        return company.predecessor
    return company.preparers[0] if rng.random() < 0.85 else rng.choice(company.preparers)


def _entered(voucher: Voucher, rng: Random) -> datetime:
    """Some days after the document, on a working day, in office hours."""
    day = next_working_day(voucher.date + timedelta(days=rng.randrange(0, 6)))
    minutes = rng.randrange(0, 180) if rng.random() < 0.45 else rng.randrange(270, 540)  # 9–12, 13:30–18
    clock = (datetime.combine(day, time(9)) + timedelta(minutes=minutes, seconds=rng.randrange(60))).time()
    return datetime.combine(day, clock)
