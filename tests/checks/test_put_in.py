"""Entries put in between afterwards, and the ones beside which they stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from saas.checks.signals.beside import beside_put_in
from saas.checks.signals.people import out_of_order
from saas.ledgers.frame import Ledger
from tests.checks.ledger_text import ledger_of

DAYS = 100
PER_DAY = 20


def books(*more: str, delays: int = 0) -> Ledger:
    """Vouchers in the order of their numbers, entered on their day or up to `delays` days later, and some more."""
    rows, entered = ["other"], {}
    for at in range(DAYS * PER_DAY):
        day, turn = date(2024, 1, 1) + timedelta(at // PER_DAY), at % PER_DAY
        yuan = f"{300 + at * 37 % 6000}.{at % 90 + 10}"
        account = f"51{at % 7:02d}"
        by = f"{{preparer=ANNE, entered_time=10:{turn:02d}:00}}"
        rows.append(f"{day} J-{at} posting | D {account} {yuan} | C 2101 {yuan} {by}")
        entered[at] = day + timedelta(at * 7 % (delays + 1))
    for number, line in enumerate(more, DAYS * PER_DAY):
        rows.append(line.replace("J-?", f"J-{number}"))
        entered[number] = date.fromisoformat(line[:10])
    ledger = ledger_of("\n".join(rows))
    days = pl.col("number").replace_strict(entered, return_dtype=pl.Date)
    return replace(ledger, lines=ledger.lines.with_columns(entered_date=days))


ORIGINAL = 1012  # of 20 February, 10:12
PART = "2024-02-20 J-? posting | D 5104 {} | C 2101 {} {{preparer=ANNE, entered_time=10:12:30}}"


def amount(ledger: Ledger, number: int) -> int:
    return int(ledger.lines.filter(pl.col("number") == number)["debit"].max())  # type: ignore[arg-type]


def test_the_first_part_of_a_split_sum_is_told_by_the_others() -> None:
    whole = amount(books(), ORIGINAL)
    account = books().lines.filter(pl.col("number") == ORIGINAL)["account"][0]
    part = PART.replace("5104", account).format(*[f"{whole / 100 * 1.1:.2f}"] * 2)
    found = beside_put_in(books(part))
    assert [v.split()[-1] for v in found["voucher"]] == [f"J-{ORIGINAL}"]
    assert beside_put_in(books()).is_empty()
    far = PART.replace("5104", account).format(*[f"{whole / 100 * 9:.2f}"] * 2)
    assert beside_put_in(books(far)).is_empty()  # another sum altogether


@pytest.mark.parametrize("delays", [0, 3])
def test_numbers_given_before_the_entry_is_made_still_follow_the_calendar(delays: int) -> None:
    """An office that enters up to three days later has no order by the minute; half a year is another matter."""
    told = out_of_order(books(PART.format("77.10", "77.10"), delays=delays))
    assert [v.split()[-1] for v in told["voucher"]] == [f"J-{DAYS * PER_DAY}"]
