"""A ledger and a statement of its bank account: what either lacks is a finding, with the entry where it is known."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from saas.checks.catalogue import BY_ID
from saas.checks.finding import Finding
from saas.checks.outside.bank_reading import LINES
from saas.checks.outside.reconciling import reconcile
from saas.checks.rules.bank_items import unmatched_items
from tests.checks.ledger_text import ledger_of

BOOKS = """
2026-09-01 记-0 付利息 | D 5603 20.00 | C 1001 20.00
2026-09-02 记-1 收甲公司货款 | D 100201 5000.00 | C 1122 5000.00
2026-09-10 记-2 付房租 | D 560201 3000.00 | C 100201 3000.00
2026-09-11 记-3 付乙公司货款 | D 2202 800.00 | C 100201 800.00
2026-09-29 记-4 付丙公司货款 | D 2202 450.00 | C 100201 450.00
2026-09-30 记-5 提现 | D 1001 100.00 | C 100202 100.00
"""


def statement(*rows: tuple[int, int, str, str]) -> pl.DataFrame:
    """(day of September, fen in, who, what)."""
    full = [
        (n, date(2026, 9, day), who, what, "", max(fen, 0), max(-fen, 0), None)
        for n, (day, fen, who, what) in enumerate(rows, 2)
    ]
    return pl.DataFrame(full, schema=LINES, orient="row")


def found(*rows: tuple[int, int, str, str], **settings: Any) -> list[Finding]:
    known = {**BY_ID["N55"].settings, "bank_lines": {"100201": statement(*rows)}} | settings
    return unmatched_items(ledger_of(BOOKS), known)


ALL = [(2, 500_000, "甲公司", "货款"), (12, -300_000, "房东", "房租"), (11, -80_000, "乙公司", "货款")]
PAID = (30, -45_000, "丙公司", "货款")


def test_silent_where_everything_agrees() -> None:
    assert found(*ALL, PAID) == []


def test_a_fee_is_told_with_its_entry() -> None:
    [one] = found(*ALL, (21, -1_500, "", "网银手续费"), PAID)
    assert (one.severity, one.amount.fen if one.amount else 0, one.period) == ("medium", 1_500, "2026-09")
    lines = one.compared["expected"]["lines"]
    assert [(line["account"][:4], line.get("debit"), line.get("credit")) for line in lines] == [
        ("5603", "15.00", None),
        ("1002", None, "15.00"),
    ]


def test_a_receipt_that_nobody_booked_is_high() -> None:
    [one] = found(*ALL, (20, 123_400, "丁公司", "货款"), PAID)
    assert (one.severity, "丁公司" in str(one.message.params), one.vouchers) == ("high", True, [])


def test_what_did_not_reach_the_bank() -> None:
    """Long ago it is wrong; in the last days it may be under way."""
    told = {f.vouchers[0]: f.severity for f in found(ALL[0], ALL[1], (30, -1, "", "x")) if f.vouchers}
    assert told == {"2026-09 记-3": "medium", "2026-09 记-4": "low"}


def test_another_account_is_not_in_question() -> None:
    assert all("记-5" not in "".join(f.vouchers) for f in found(*ALL))


def test_the_same_line_imported_again_is_the_same_finding() -> None:
    first = found(*ALL, (20, 123_400, "丁公司", "货款"), PAID)
    again = found((20, 123_400, "丁公司", "货款"), *ALL, PAID)
    assert [f.object for f in first] == [f.object for f in again]


def test_a_pair_made_by_hand_stays() -> None:
    rows = [*ALL, (20, -45_000, "丙公司", "货款")]  # nine days before the books: too far apart
    assert len(found(*rows)) == 1
    pairs = {"bank_pairs": {"100201": {"100201@2026-09-20@-45000@0": "2026-09 记-4#0"}}}
    assert found(*rows, **pairs) == []


def test_a_statement_of_another_year_says_nothing() -> None:
    lines = statement(*ALL).with_columns(pl.col("date").dt.offset_by("-3y"))
    assert reconcile(ledger_of(BOOKS), "100201", lines) is None
