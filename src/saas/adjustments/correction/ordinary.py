"""Ordinary vouchers that look like corrections and are none (D22, E15): findings of this kind are dismissed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from saas.adjustments.correction import wording
from saas.adjustments.correction.books import OpenBooks
from saas.adjustments.correction.facts import Period
from saas.adjustments.correction.vouchers import Entry, Line, Voucher
from saas.kernel.i18n import _


def invoice_arrived(accrual: Voucher, invoiced: Sequence[Line], books: OpenBooks) -> list[Entry]:
    """The goods received without invoice (暂估) are reversed in red, then booked by the invoice that has come."""
    reversed_lines = tuple(replace(-line, name=books.named(line)) for line in accrual.lines)
    month, estimate = Period.of(accrual.date), accrual.summary
    return [
        Entry(
            wording.accrual_back(month, estimate),
            reversed_lines,
            colour="red",
            about=month,
            refers_to=accrual.key,
            word=accrual.word,
            basis=_("The estimate of %(voucher)s, taken back because the invoice has come", voucher=accrual.key),
        ),
        Entry(
            wording.invoiced(estimate),
            tuple(replace(line, name=books.named(line)) for line in invoiced),
            colour="blue",
            word=accrual.word,
        ),
    ]
