"""The decision table: complete, without dead rows, and in step with its page."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import get_args

import pytest

from saas.adjustments.correction.document import page
from saas.adjustments.correction.entries import DRAFTERS
from saas.adjustments.correction.facts import Facts, Kind, Period, Posting, Settings, Year, year_of
from saas.adjustments.correction.method import choose
from saas.adjustments.correction.methods import NAMES, Method
from saas.adjustments.correction.table import TABLE
from saas.ledgers.frame import Standard

ROOT = Path(__file__).parents[2]
NO_VOUCHER = {Method.REFILL, Method.NO_ENTRY, Method.NOT_APPLICABLE, Method.ORDINARY, Method.UNDECIDED}
ALL = [
    Facts(posting, year, kind, standard, material, touches, turned, over, approved)
    for posting, year, kind, standard, material, touches, turned, over, approved in product(
        get_args(Posting),
        get_args(Year),
        get_args(Kind),
        get_args(Standard),
        (False, True),
        (frozenset(), frozenset({"pl"})),
        (False, True),
        (False, True),
        (False, True),
    )
]


def test_every_combination_of_facts_gets_a_method() -> None:
    """Several thousand combinations, each with exactly one method that is named and can be drafted."""
    for facts in ALL:
        choice = choose(facts)
        assert choice.method in DRAFTERS or choice.method in NO_VOUCHER
        assert choice.method in NAMES
        assert choice.method not in dict(choice.refused), facts


def test_no_row_is_dead() -> None:
    """Every row decides something, or passes something on."""
    used = {(row, choose(facts).method) for facts in ALL for row in choose(facts).path}
    for row in TABLE:
        assert any(name == row.id and row.method in (None, method) for name, method in used), row.id
    assert {row for row, _method in used} == {f"D{n}" for n in range(1, 23)} | {"—"}


@pytest.mark.parametrize(
    "facts", [f for f in ALL if f.year == "earlier_closed" and f.posting == "posted"][::97], ids=str
)
def test_small_enterprises_never_restate(facts: Facts) -> None:
    if facts.standard == "small":
        assert choose(facts).method not in (Method.RESTATE, Method.NET_ASSETS)


def test_nothing_posted_in_a_closed_year_is_copied_in_red() -> None:
    red = {Method.RED_BLUE, Method.RED_ONLY, Method.DIFF_RED, Method.LINE_ONLY, Method.RED_NOW_BLUE_THEN}
    closed = [f for f in ALL if f.posting == "posted" and f.year == "earlier_closed"]
    assert not {choose(facts).method for facts in closed} & red


def test_other_standards_are_not_guessed() -> None:
    facts = Facts("posted", "earlier_closed", "account", "other", touches=frozenset({"pl"}))
    assert choose(facts).method is Method.UNDECIDED


def test_open_december_is_treated_like_the_same_year() -> None:
    choice = choose(Facts("posted", "earlier_open", "amount_high", "small"))
    assert (choice.method, choice.path) == (Method.DIFF_RED, ("D11", "D3"))


def test_adjusting_event_before_the_statements_are_approved() -> None:
    """D21: restated although nobody called it material, and as the same year while December is open."""
    closed = Facts(
        "posted", "earlier_closed", "account", "enterprise", touches=frozenset({"pl"}), statements_approved=False
    )
    assert choose(closed).path == ("D21", "D15")
    still_open = Facts("posted", "earlier_open", "account", "enterprise", statements_approved=False)
    assert choose(still_open).path == ("D21", "D11", "D2")


@pytest.mark.parametrize(
    ("settings", "delivered", "allowed"),
    [
        (Settings(), False, False),
        (Settings(reopen=True), True, False),
        (Settings(reopen=True), False, True),
    ],
)
def test_reopening(settings: Settings, delivered: bool, allowed: bool) -> None:
    """§1.5: only by the firm's setting, and only while nothing was filed or handed over."""
    choice = choose(Facts("posted", "same", "account", "small", delivered=delivered, settings=settings))
    assert (Method.REOPEN in dict(choice.allowed)) is allowed
    assert (Method.REOPEN in dict(choice.refused)) is not allowed


def test_reopening_an_earlier_year_is_always_refused() -> None:
    facts = Facts("posted", "earlier_open", "account", "small", delivered=False, settings=Settings(reopen=True))
    assert Method.REOPEN in dict(choose(facts).refused)


@pytest.mark.parametrize(
    ("fault", "open_period", "today", "filed", "year"),
    [
        ("2026-03", "2026-05", "2026-05", False, "same"),
        ("2025-11", "2025-12", "2026-01", False, "earlier_open"),
        ("2025-11", "2025-12", "2026-06", True, "earlier_closed"),
        ("2025-11", "2026-01", "2026-01", False, "earlier_closed"),
        ("2025-11", "2025-12", "2025-12", False, "same"),
        ("2025-10", "2025-11", "2026-01", False, "same"),  # the books lag behind
    ],
)
def test_which_year(fault: str, open_period: str, today: str, filed: bool, year: Year) -> None:
    day = Period.parse(fault).first
    assert year_of(day, Period.parse(open_period), Period.parse(today).last, filed) == year


def test_the_page_is_in_step_with_the_table() -> None:
    assert (ROOT / "docs" / "correction-method.md").read_text(encoding="utf-8") == page()
