"""An invoice list against the books: by number where the books carry it, else by amount and party within a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import polars as pl

from saas.checks.digest import digest
from saas.checks.invoice_numbers import invoice_numbers
from saas.checks.outside.bank_matching import Item, match
from saas.checks.roles import role_in
from saas.ledgers.frame import Ledger

Direction = Literal["in", "out"]
TAIL = 8  # digits by which a number that was written short is known
DAYS = 62  # between an invoice and its entry where no number ties them
VAT = {"in": ("tax.vat.input",), "out": ("tax.vat.output", "tax.vat.simple", "tax.vat")}


@dataclass(frozen=True, slots=True)
class Invoice:
    """One invoice of the list; amounts in fen, below zero for a red one."""

    number: str
    day: date
    party: str
    amount: int
    tax: int
    status: str
    claimed: str

    @property
    def total(self) -> int:
        return self.amount + self.tax


@dataclass(frozen=True, slots=True)
class Booked:
    """An invoice and the vouchers that book it; none where nobody booked it."""

    invoice: Invoice
    vouchers: tuple[str, ...]
    by: Literal["number", "amount", ""]


def booked(ledger: Ledger, lines: pl.DataFrame, direction: Direction) -> list[Booked]:
    """Every invoice of the list (invoice_reading.LINES) with its vouchers, in the list's order."""
    every = [_invoice(row, direction) for row in lines.iter_rows(named=True) if row["date"] is not None]
    by_number = _by_number(ledger, [one.number for one in every])
    used = {voucher for found in by_number.values() for voucher in found}
    rest = [one for one in every if one.number not in by_number and not one.status]
    by_amount = _by_amount(ledger, rest, direction, used)
    return [
        Booked(one, tuple(by_number[one.number]), "number")
        if one.number in by_number
        else Booked(one, by_amount.get(one.number, ()), "amount" if one.number in by_amount else "")
        for one in every
    ]


def _invoice(row: dict[str, object], direction: Direction) -> Invoice:
    party = row["seller"] if direction == "in" else row["buyer"]
    amount, tax = (int(str(row[name] or 0)) for name in ("amount_fen", "tax_fen"))
    day = row["date"]
    assert isinstance(day, date)  # the caller left the others out
    return Invoice(str(row["number"]), day, str(party), amount, tax, str(row["status"]), str(row["claimed"]))


def _by_number(ledger: Ledger, wanted: Iterable[str]) -> dict[str, list[str]]:
    """number → vouchers that carry it, whole or by its last digits."""
    carried = invoice_numbers(ledger).select("voucher", "invoice")
    whole: dict[str, list[str]] = {}
    tails: dict[str, list[str]] = {}
    for voucher, number in carried.iter_rows():
        whole.setdefault(number, []).append(voucher)
        if TAIL <= len(number) < 20:
            tails.setdefault(number[-TAIL:], []).append(voucher)
    found = {number: whole.get(number) or tails.get(number[-TAIL:], []) for number in wanted}
    return {number: list(dict.fromkeys(vouchers)) for number, vouchers in found.items() if vouchers}


def _by_amount(
    ledger: Ledger, invoices: list[Invoice], direction: Direction, used: set[str]
) -> dict[str, tuple[str, ...]]:
    """Invoices without a number in the books: their tax on the VAT account, else their total, once each."""
    found: dict[str, tuple[str, ...]] = {}
    for basis in ("tax", "total"):
        left = [one for one in invoices if one.number not in found and getattr(one, basis)]
        entries = _taxed(ledger, direction, used) if basis == "tax" else _whole(ledger, used)
        items = [Item(one.number, one.day, getattr(one, basis), one.party) for one in left]
        for pair in match(items, entries, days=DAYS).matches:
            vouchers = tuple(dict.fromkeys(item.key.rpartition("#")[0] for item in pair.books))
            used |= set(vouchers)
            found |= {item.key: vouchers for item in pair.bank}
    return found


def _taxed(ledger: Ledger, direction: Direction, used: set[str]) -> list[Item]:
    """The lines on the VAT account of this direction."""
    lines = digest(ledger).lines.filter(role_in(*VAT[direction]), pl.col("side") == ("D" if direction == "in" else "C"))
    rows = lines.filter(~pl.col("voucher").is_in(list(used)), pl.col("date").is_not_null())
    numbered = rows.with_columns(nth=pl.int_range(pl.len()).over("voucher"))
    wanted = numbered.select("voucher", "nth", "date", "fen", "aux", "text")
    return [Item(f"{voucher}#{nth}", day, fen, aux, text) for voucher, nth, day, fen, aux, text in wanted.iter_rows()]


def _whole(ledger: Ledger, used: set[str]) -> list[Item]:
    """Vouchers by their amount: where no VAT is booked apart, the invoice's total is the entry."""
    rows = digest(ledger).vouchers.filter(~pl.col("voucher").is_in(list(used)), pl.col("date").is_not_null())
    wanted = rows.select("voucher", "date", "amount", "party", "text")
    return [Item(f"{voucher}#0", day, fen, party, text) for voucher, day, fen, party, text in wanted.iter_rows()]


def grace(day: date, months: int) -> date:
    """The day until which an invoice of `day` may wait for its entry."""
    return day + timedelta(days=31 * months)
