"""How VAT enters a voucher: output on what is sold, input on what is bought."""

from __future__ import annotations

from saas.demo.books.amounts import percent
from saas.demo.books.desk import Desk
from saas.demo.books.voucher import Entry, credit, debit


def output_tax(desk: Desk, net: int) -> Entry:
    """销项税额, or the levy of a small-scale taxpayer. A negative net gives red tax."""
    return credit("vat.output" if desk.company.general else "vat.levy", percent(net, desk.company.output_rate))


def bought(desk: Desk, role: str, net: int, rate: int, aux: str = "") -> list[Entry]:
    """The debit lines of a purchase: net and input tax, or the gross cost where nothing can be deducted."""
    tax = percent(net, rate)
    if desk.company.general:
        return [debit(role, net, aux), debit("vat.input", tax)]
    return [debit(role, net + tax, aux)]


def gross(entries: list[Entry]) -> int:
    return sum(entry.signed for entry in entries)
