"""Habits of a long ledger: who enters what, when and in which batch; each oddity is the first of its kind."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import polars as pl
import pytest

from saas.checks.ranking import rank, soft_evidence
from saas.ledgers.frame import Ledger
from tests.checks.ledger_text import ledger_of

# four clerks, each with accounts of their own; cents never repeat, so that no sum is round and none comes twice
CLERKS = (("ANNE", "5101", "2101"), ("BOB", "5102", "1002"), ("CARL", "1122", "4001"), ("DORA", "1002", "1122"))
PER_DAY = 25


def batch(month: int, day: int) -> list[str]:
    """What one clerk enters in one day, a minute apart, with rising numbers."""
    at = (month - 1) * 28 + day - 1
    who, debit, credit = CLERKS[at % len(CLERKS)]
    return [
        line(at * PER_DAY + n, f"2024-{month:02d}-{day:02d}", f"10:{n:02d}:00", who, debit, credit, fen(at, n))
        for n in range(PER_DAY)
    ]


def fen(at: int, n: int) -> int:
    return 20011 + (at * 7919 + n * 104729) % 300007 * 10 + 1


def line(number: int, day: str, clock: str, who: str, debit: str, credit: str, amount: int) -> str:
    yuan = f"{amount // 100}.{amount % 100:02d}"
    entered = f"{{preparer={who}, entered_time={clock}, source={who[0]}}}"
    return f"{day} J-{number} posting | D {debit} {yuan} | C {credit} {yuan} {entered}"


@cache
def year() -> tuple[str, ...]:
    return tuple(row for month in range(1, 5) for day in range(1, 29) for row in batch(month, day))


def books(number: int, changed: str = "", added: str = "") -> Ledger:
    """The year with voucher `number` exchanged for another, or with one more at the end."""
    rows = list(year())
    if changed:
        rows[number] = changed
    return ledger_of("\n".join(["other", *rows, *([added] if added else [])]))


ORDINARY = year()[1512]  # a posting of ANNE or her colleagues in the middle of the ledger
HEAD, _, TAIL = ORDINARY.partition(" | ")
ODDITIES = {
    "N36": ORDINARY.replace("preparer=ANNE", "preparer=CARL"),
    "N37": ORDINARY.replace("entered_time=10", "entered_time=03"),
    "N39": ORDINARY.replace("D 5101", "D 2101").replace("C 2101", "C 5101"),
    "N35": ORDINARY.replace("C 2101", "C 4001"),
    "N31": f"{HEAD} | D 5101 50000.00 | C 2101 50000.00 {{preparer=ANNE, entered_time=10:12:00, source=A}}",
}


@pytest.mark.parametrize("signal", sorted(ODDITIES))
def test_an_oddity_stands_out_by_its_own_signal(signal: str) -> None:
    ledger = books(1512, changed=ODDITIES[signal])
    first = rank(ledger, [])[0]
    assert first.voucher == "2024-03 J-1512"
    assert max(first.terms, key=lambda term: term.weight).name == signal


def test_the_year_itself_has_nothing_to_show() -> None:
    assert [r for r in rank(books(0), []) if r.score >= 30] == []


def test_a_copy_at_the_end_of_a_day_is_a_lone_twin() -> None:
    copy = ORDINARY.replace("J-1512", "J-9999")
    evidence = soft_evidence(books(0, added=copy)).filter(signal="N25").sort("strength", descending=True)
    assert evidence["voucher"].to_list() == ["2024-03 J-9999", "2024-03 J-1512"]


def test_a_batch_entered_twice_is_no_row_of_lone_twins() -> None:
    rows = [row.replace(" J-15", " J-95") for row in year()[1500:1525]]
    evidence = soft_evidence(books(0, added="\n".join(rows))).filter(signal="N25")
    assert evidence["strength"].max() is None or float(evidence["strength"].max()) < 0.2  # type: ignore[arg-type]


def test_a_short_ledger_has_no_habits() -> None:
    short = ledger_of("\n".join(["other", *year()[:200], ODDITIES["N31"]]))
    assert soft_evidence(short).filter(signal="N39").is_empty()


def test_numbers_that_run_against_the_clock_are_told() -> None:
    """A voucher put in between afterwards, with a number of its own day but entered two hours later."""
    ledger = books(1512, changed=ORDINARY.replace("entered_time=10:12:00", "entered_time=12:40:00"))
    dated = replace(ledger, lines=ledger.lines.with_columns(entered_date=pl.col("date")))
    assert soft_evidence(dated).filter(signal="N04")["voucher"].to_list() == ["2024-03 J-1512"]
