"""Runs that come again month after month confirm their sums, and tell the one that departs from its place."""

from __future__ import annotations

from random import Random

import polars as pl

from saas.checks.ranking import soft_evidence
from saas.checks.signals.runs import kept, out_of_place, places
from saas.ledgers.frame import Ledger
from tests.checks.ledger_text import ledger_of

MONTHS, LENGTH = 8, 80


def entry(month: int, at: int, fen: int, number: int | None = None) -> str:
    yuan = f"{fen // 100}.{fen % 100:02d}"
    shown = month * 1000 + at * 2 if number is None else number
    return f"2024-{month:02d}-25 J-{shown} share | D 5101 {yuan} | C 2101 {yuan}"


def share(month: int, at: int) -> int:
    """A fixed key: every month another total, always divided alike."""
    return (40_000 + at * 7919 % 5003 * 97) * (100 + month * 7 % 11) // 100


def run(changed: dict[tuple[int, int], int] | None = None, *more: str) -> Ledger:
    sums = {(month, at): share(month, at) for month in range(1, MONTHS + 1) for at in range(LENGTH)} | (changed or {})
    return ledger_of("\n".join(["other", *(entry(*place, fen) for place, fen in sums.items()), *more]))


def states(ledger: Ledger) -> dict[str, str]:
    """Of the vouchers that are not in their place, by number."""
    odd = places(ledger).filter(~pl.col("state").is_in(["kept", ""]))
    return {voucher.split("-")[-1]: state for voucher, state in odd.select("voucher", "state").iter_rows()}


def test_a_run_confirms_every_sum_that_keeps_its_share() -> None:
    assert states(run()) == {}
    assert kept(run()).height > 0.95 * MONTHS * LENGTH
    assert out_of_place(run()).filter(pl.col("strength") > 0.05).is_empty()


def test_a_sum_that_loses_its_share_is_told_and_its_neighbours_are_not() -> None:
    for wrong in (share(4, 30) * 10, 5_000_00, share(4, 30) // 2):
        ledger = run({(4, 30): wrong})
        assert states(ledger) == {"4060": "changed"}
        [(voucher, signal, _strength)] = out_of_place(ledger).sort("strength").tail(1).iter_rows()
        assert (voucher.split("-")[-1], signal) == ("4060", "N34")


def test_an_entry_put_in_is_told_and_its_neighbours_keep_their_places() -> None:
    assert states(run(None, entry(4, 0, 1234_56, number=4061))) == {"4061": "put_in"}


def test_of_an_entry_and_its_copy_beside_it_neither_is_confirmed() -> None:
    assert states(run(None, entry(4, 30, share(4, 30), number=4061))) == {"4060": "loose", "4061": "loose"}


def test_one_sum_that_moves_with_no_run_and_equal_sums_say_nothing() -> None:
    fees = {(month, at): 5_00 for month in range(1, MONTHS + 1) for at in range(LENGTH)}
    assert states(run(fees | {(4, 30): 15_00})) == {}
    free = Random(6)
    assert states(run({place: free.randrange(10_000, 900_000) for place in fees})) == {}


def test_what_a_run_confirms_counts_less_against_a_voucher() -> None:
    """The sum 60,000.00 is round by its share of a round total: nobody rounded it."""
    months = range(1, MONTHS + 1)
    by_key = {(month, 30): 6_000_000 for month in months} | {(month, at): share(1, at) for month in months
                                                               for at in range(LENGTH) if at != 30}  # fmt: skip
    told = soft_evidence(run(by_key)).filter(pl.col("signal") == "N31")["strength"].max()
    alone = soft_evidence(run({(4, 30): 6_000_000})).filter(pl.col("signal") == "N31")["strength"].max()
    assert isinstance(told, float)
    assert isinstance(alone, float)
    assert told < alone / 2
