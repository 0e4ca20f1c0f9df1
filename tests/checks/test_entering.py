"""N31, N32, N35, N36 and N37."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from saas.ledgers.frame import REPEATED, Ledger
from tests.checks.ledger_text import found, ledger_of

MANY = [
    f"2026-{month:02d}-{day:02d} 记-{day} 付办公费 | D 5602 {day * 7 + month}.00 | C 1002 {day * 7 + month}.00"
    for month in range(1, 13)
    for day in range(1, 19)
]


def entered(ledger: Ledger, hours: dict[int, str], usual: str = "10:15:00") -> Ledger:
    """The same ledger with the hour of entry by row."""
    times = pl.col("row").replace_strict(hours, default=usual, return_dtype=REPEATED)
    return replace(ledger, lines=ledger.lines.with_columns(entered_time=times, entered_date=pl.lit(date(2026, 6, 3))))


def test_a_pair_that_no_company_has_is_found_in_a_large_ledger() -> None:
    odd = "2026-06-30 记-90 转账 | D 1405 900.00 | C 2211 900.00"
    [finding] = found("N35", ledger_of("\n".join([*MANY, odd])))
    assert (finding.vouchers, finding.severity) == (["2026-06 记-90"], "low")
    assert found("N35", ledger_of("\n".join([*MANY[:100], odd]))) == []
    usual = "2026-06-30 记-90 购货 | D 1405 900.00 | C 2202 900.00"
    assert found("N35", ledger_of("\n".join([*MANY, usual]))) == []


def test_a_stranger_among_the_preparers_is_found() -> None:
    mine = [f"{line} {{preparer=王}}" for line in MANY]
    [finding] = found("N36", ledger_of("\n".join([*mine[:-1], f"{MANY[-1]} {{preparer=admin}}"])))
    assert (finding.vouchers, finding.compared["person"]) == (["2026-12 记-18"], "admin")


def test_one_preparer_and_cover_for_an_absence_are_silent() -> None:
    mine = [f"{line} {{preparer=王}}" for line in MANY]
    assert found("N36", ledger_of("\n".join(mine))) == []
    cover = [f"{line} {{preparer=李}}" for line in MANY[:30]]
    assert found("N36", ledger_of("\n".join([*cover, *mine[30:]]))) == []


def test_one_entry_at_night_is_for_information_and_a_night_shift_is_not() -> None:
    ledger = ledger_of("\n".join(MANY))
    [finding] = found("N37", entered(ledger, {20: "02:30:00", 21: "02:30:00"}))
    assert (finding.rows, finding.severity) == ([20, 21], "info")
    assert found("N37", entered(ledger, {}, usual="23:30:00")) == []
    assert found("N37", ledger) == []


def test_a_round_expense_among_uneven_ones_is_for_information() -> None:
    uneven = [
        f"2026-{month:02d}-{day:02d} 记-{day} 付咨询费 | D 5602 1{month:02d}{day}.50 | C 1002 1{month:02d}{day}.50"
        for month in range(1, 13)
        for day in (3, 9)
    ]
    large = [line.replace("5602 1", "5602 21").replace("1002 1", "1002 21") for line in uneven]
    odd = "2026-06-15 记-15 付策划费 | D 5602 30000.00 | C 1002 30000.00"
    [finding] = found("N31", ledger_of("\n".join([*large, odd])))
    assert (finding.vouchers, finding.severity) == (["2026-06 记-15"], "info")
    assert found("N31", ledger_of("\n".join([*uneven, odd]))) == []  # too few large ones to know


def test_first_digits_that_are_all_nines_are_a_remark_and_natural_ones_are_not() -> None:
    def books(amounts: list[int]) -> Ledger:
        return ledger_of(
            "\n".join(
                f"2026-{at % 12 + 1:02d}-10 记-{at} 付费用 | D 5602 {fen}.00 | C 1002 {fen}.00"
                for at, fen in enumerate(amounts, 1)
            )
        )

    nines = [int(f"9{at:0{n}d}") for n in range(1, 6) for at in range(0, 10**n, max(1, 10**n // 220))]
    [finding] = found("N32", books(nines))
    assert (finding.severity, finding.vouchers) == ("info", [])
    natural = sorted({int(10 ** (1 + 3 * at / 900)) for at in range(900)})
    assert found("N32", books(natural)) == []
    assert found("N32", books(nines[:300])) == []


def test_where_many_enter_a_little_nobody_is_a_stranger() -> None:
    mine = [f"{line} {{preparer=王}}" for line in MANY]
    few = [f"{line} {{preparer=员工{at}}}" for at, line in enumerate(MANY[-3:])]
    assert found("N36", ledger_of("\n".join([*mine[:-3], *few]))) == []
