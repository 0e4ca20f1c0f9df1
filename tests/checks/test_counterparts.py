"""Payments whose sum no invoice has, where payments always pay invoices."""

from __future__ import annotations

import polars as pl

from saas.checks.signals.counterparts import without_counterpart
from saas.ledgers.frame import Ledger
from tests.checks.ledger_text import ledger_of

INVOICES = 700


def fen(at: int) -> int:
    return 30_011 + at * 104_729 % 300_007 * 10


def yuan(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"


def books(paid: dict[int, int] | None = None, every: int = 1) -> Ledger:
    """Invoices and their payments; `paid` differs from the invoice, and of others only one in `every` is paid so."""
    rows = ["other"]
    for at in range(INVOICES):
        day = f"2024-{at // 70 + 1:02d}-{at % 27 + 1:02d}"
        amount = (paid or {}).get(at, fen(at) if at % every == 0 else fen(at) - 1_00)
        rows.append(f"{day} I-{at} invoice | D 5101 {yuan(fen(at))} | C 2101 {yuan(fen(at))}")
        rows.append(f"{day} P-{at} payment | D 2101 {yuan(amount)} | C 1002 {yuan(amount)}")
    return ledger_of("\n".join(rows))


def found(ledger: Ledger) -> list[tuple[str, str]]:
    told = without_counterpart(ledger).sort("strength", descending=True)
    return [(voucher.split()[-1], signal) for voucher, signal, _strength in told.iter_rows()]


def test_a_payment_with_its_point_moved_is_told_before_the_invoice_it_meant() -> None:
    told = without_counterpart(books({345: fen(345) * 100})).filter(pl.col("signal") == "N38")
    strengths = {voucher.split()[-1]: strength for voucher, _signal, strength in told.iter_rows()}
    assert set(strengths) == {"P-345", "I-345"}
    assert strengths["P-345"] > strengths["I-345"]


def test_a_payment_and_an_invoice_that_no_slip_brings_together_both_lack_their_counterpart() -> None:
    assert sorted(found(books({345: 123_457}))) == [("I-345", "N34"), ("P-345", "N34")]


def test_nothing_is_said_where_every_payment_has_its_invoice_or_where_payments_are_free() -> None:
    assert found(books()) == []
    assert found(books(every=2)) == []
