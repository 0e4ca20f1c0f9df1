"""The check list before approval and execution: each line can fail, and says what is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from saas.adjustments.correction.books import OpenBooks
from saas.adjustments.correction.drafting import draft, edited
from saas.adjustments.correction.facts import Facts, Period
from saas.adjustments.correction.method import choose
from saas.adjustments.correction.plan import Plan
from saas.adjustments.correction.preflight import preflight
from saas.adjustments.correction.vouchers import Mistake, Voucher

from .worked_cases import books, lines

BOOKS = books("E02", "small")
WRONG = Voucher(date(2026, 3, 15), "记", 12, "付广告费", lines("D 5602 1200 | C 1002 1200", "small"))
PLAN = draft(
    choose(Facts("posted", "same", "account", "small")),
    [Mistake(WRONG, lines("D 5601 1200 | C 1002 1200", "small"))],
    BOOKS,
)
NOW = {WRONG.key: WRONG}


def problems(plan: Plan, b: OpenBooks = BOOKS, now: dict[str, Voucher] = NOW) -> dict[str, list[str]]:
    return {
        check.name.to("en"): [problem.to("en") for problem in check.problems]
        for check in preflight(plan, b, now)
        if not check.ok
    }


def retyped(position: int, text: str, summary: str = "订正") -> Plan:
    return edited(PLAN, position, summary, lines(text, "small") if text else (), BOOKS)


def test_all_is_well() -> None:
    assert problems(PLAN) == {}


@pytest.mark.parametrize(
    ("plan", "name", "sentence"),
    [
        (
            retyped(1, "D 5601 1200 | C 1002 1100"),
            "Every voucher balances",
            "2026-05 记-39: debit minus credit is 100.00.",
        ),
        (retyped(1, ""), "Every voucher balances", "2026-05 记-39 has no lines."),
        (
            retyped(1, "D 5601 0.00 | C 1002 0.00"),
            "Every voucher balances",
            "2026-05 记-39 has a line without an amount, or with both sides.",
        ),
        (retyped(1, "D 5601 1 | C 1002 1", " "), "Every voucher balances", "2026-05 记-39 has no summary."),
        (
            retyped(1, "D 5699 1200 | C 1002 1200"),
            "Accounts exist and have no detail accounts",
            "Account 5699 is not in the chart.",
        ),
        (
            retyped(1, "D 2221 1200 | C 1002 1200"),
            "Accounts exist and have no detail accounts",
            "Account 2221 has detail accounts: choose one of them.",
        ),
        (
            retyped(0, "D 5602 -1100 | C 1002 -1100"),
            "Red vouchers take back what was booked",
            "2026-05 记-38 is not the exact negative of 2026-03 记-12.",
        ),
    ],
)
def test_what_a_person_typed(plan: Plan, name: str, sentence: str) -> None:
    assert problems(plan) == {name: [sentence]}


def test_the_wrong_voucher_changed_meanwhile() -> None:
    changed = replace(WRONG, summary="付广告费(改)")
    name = "The wrong vouchers are unchanged since the analysis"
    assert problems(PLAN, now={WRONG.key: changed}) == {name: ["2026-03 记-12 was changed after the analysis."]}
    assert problems(PLAN, now={}) == {name: ["2026-03 记-12 is no longer in the books."]}


def test_others_took_the_numbers() -> None:
    booked = replace(BOOKS, last_numbers={"记": 40}, last_dates={"记": date(2026, 5, 18)})
    assert problems(PLAN, booked) == {
        "Dated in the open period": [
            "2026-05 记-38 is dated before the last voucher (2026-05-18).",
            "2026-05 记-39 is dated before the last voucher (2026-05-18).",
        ],
        "Numbers are the next free ones": [
            "2026-05 记-38: the next free number is 记-41.",
            "2026-05 记-39: the next free number is 记-42.",
        ],
    }


def test_the_period_was_closed_meanwhile() -> None:
    june = replace(BOOKS, open_period=Period(2026, 6), last_dates={})
    assert problems(PLAN, june) == {
        "Dated in the open period": [
            "2026-05 记-38 lies outside the open period 2026-06.",
            "2026-05 记-39 lies outside the open period 2026-06.",
        ]
    }


def test_a_waiting_month_that_is_over() -> None:
    sale = Voucher(date(2026, 4, 28), "记", 33, "确认服务收入", lines("D 1122 10 | C 5001 10", "small"))
    early = draft(
        choose(Facts("posted", "same", "early", "small")),
        [Mistake(sale, sale.lines, "服务收入", Period(2026, 6))],
        BOOKS,
    )
    july = replace(BOOKS, open_period=Period(2026, 7), last_numbers={"记": 37}, last_dates={})
    found = problems(early, july, {sale.key: sale})
    assert "2026-06 记-n waits for a month that is over." in found["Dated in the open period"]


def test_a_red_difference_takes_back_at_most_what_was_booked() -> None:
    high = draft(
        choose(Facts("posted", "same", "amount_high", "small")),
        [Mistake(WRONG, lines("D 5602 1000 | C 1002 1000", "small"))],
        BOOKS,
    )
    assert problems(high) == {}
    too_much = edited(high, 0, "冲销", lines("D 5602 -1300 | C 1002 -1300", "small"), BOOKS)
    assert problems(too_much) == {
        "Red vouchers take back what was booked": ["2026-05 记-38 takes back more than 2026-03 记-12 booked."]
    }
