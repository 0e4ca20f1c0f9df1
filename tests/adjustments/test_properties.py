"""What holds for every correction, whatever the voucher: found by Hypothesis over random vouchers and facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from saas.adjustments.correction import balances
from saas.adjustments.correction.drafting import draft, renumbered
from saas.adjustments.correction.facts import Facts, Period, Settings
from saas.adjustments.correction.method import choose
from saas.adjustments.correction.methods import Method
from saas.adjustments.correction.net import touches
from saas.adjustments.correction.plan import Plan, profit_by_year
from saas.adjustments.correction.preflight import preflight
from saas.adjustments.correction.vouchers import Line, Mistake, Voucher, balanced, credit, debit, totals
from saas.kernel.money import ZERO, Money

from .worked_cases import books, chart, lines

KINDS = ("account", "side", "amount_high", "amount_low", "auxiliary", "duplicate", "omission", "early")
YEARS = ("same", "earlier_closed")
FULL_RED = {Method.RED_BLUE, Method.RED_ONLY, Method.RED_NOW_BLUE_THEN}
Situation = tuple[Facts, Mistake, str]


def leaves(standard: str) -> st.SearchStrategy[str]:
    codes = [a.code for a in chart(standard).accounts.values() if a.leaf and a.role != "prior_year"]
    return st.sampled_from(codes)


@st.composite
def entries(draw: st.DrawFn, standard: str) -> tuple[Line, ...]:
    """A balanced entry of two to five lines."""
    amounts = draw(st.lists(st.integers(1, 10_000_000), min_size=1, max_size=4))
    auxes = st.sampled_from(["", "甲", "乙"])
    debits = [debit(draw(leaves(standard)), Money(fen), draw(auxes)) for fen in amounts]
    return (*debits, credit(draw(leaves(standard)), Money(sum(amounts)), draw(auxes)))


@st.composite
def situations(draw: st.DrawFn, kinds: tuple[str, ...] = KINDS, years: tuple[str, ...] = YEARS) -> Situation:
    """Facts of any kind with a mistake that fits them."""
    standard: Any = draw(st.sampled_from(["small", "enterprise"]))
    kind: Any = draw(st.sampled_from(kinds))
    year: Any = draw(st.sampled_from(years))
    found = draw(entries(standard))
    right = draw(entries(standard))
    if kind in ("amount_high", "amount_low"):
        bigger = tuple(line.holding(line.amount * 2) for line in found)
        found, right = (bigger, found) if kind == "amount_high" else (found, bigger)
    assume({line.content for line in found} != {line.content for line in right})
    made = date(2026, 3, draw(st.integers(1, 31))) if year == "same" else date(2025, 11, draw(st.integers(1, 30)))
    wrong = None if kind == "omission" else Voucher(made, "记", draw(st.integers(1, 99)), "摘要", found)
    mistake = Mistake(
        wrong,
        () if kind == "duplicate" else found if kind == "early" else right,
        subject="设备误计入费用",
        period=Period(2026, 9) if kind == "early" else Period.of(made),
        original=Voucher(made, "记", 100, "摘要", found) if kind == "duplicate" else None,
    )
    options = Settings(
        line_only=draw(st.booleans()),
        pl_reverse=draw(st.sampled_from(["opposite_side", "same_side_negative"])),
        prior_year_to_nonoperating=draw(st.booleans()),
    )
    facts = Facts("posted", year, kind, standard, material=draw(st.booleans()), settings=options)
    facts = replace(facts, touches=touches([mistake], books("E17", standard)))
    return facts, mistake, standard


def plan_of(situation: Situation) -> Plan:
    facts, mistake, standard = situation
    return draft(choose(facts), [mistake], books("E17", standard))


@given(situations())
@settings(max_examples=300, deadline=None)
def test_every_voucher_balances(situation: Situation) -> None:
    assert all(balanced(voucher.lines) for voucher in plan_of(situation).vouchers)


@given(situations())
@settings(max_examples=300, deadline=None)
def test_wrong_and_corrections_make_right(situation: Situation) -> None:
    """Per account and auxiliary; under a restatement income and expense are compared as last year's profit."""
    _facts, mistake, standard = situation
    plan, b = plan_of(situation), books("E17", standard)
    restated = plan.choice.method is Method.RESTATE or any(line.stands_for for line in plan.lines)

    def of_profit(line: Line) -> bool:
        return b.is_pl(line.account) or b.has_role(line.account, "retained", "prior_year")

    def sums(found: tuple[Line, ...]) -> dict[Any, Money]:
        return totals(
            Line("profit", line.debit, line.credit) if restated and of_profit(line) else line for line in found
        )

    wrong = mistake.wrong.lines if mistake.wrong else ()
    assert sums((*wrong, *plan.lines)) == sums(mistake.right)


@given(situations(("account", "side", "auxiliary", "duplicate", "early"), ("same",)))
@settings(max_examples=200, deadline=None)
def test_red_is_minus_wrong_line_by_line(situation: Situation) -> None:
    plan, wrong = plan_of(situation), situation[1].wrong
    assume(plan.choice.method in FULL_RED and wrong is not None)
    assert wrong is not None
    assert [line.content for line in plan.vouchers[0].lines] == [(-line).content for line in wrong.lines]


@given(situations())
@settings(max_examples=200, deadline=None)
def test_dated_in_the_open_period_unless_it_waits(situation: Situation) -> None:
    plan, b = plan_of(situation), books("E17", situation[2])
    for voucher in plan.vouchers:
        assert b.open_period.covers(voucher.date) is not voucher.waiting
    numbers = [voucher.number for voucher in plan.vouchers if not voucher.waiting]
    assert numbers == list(range(21, 21 + len(numbers)))


@given(situations())
@settings(max_examples=100, deadline=None)
def test_the_same_input_gives_the_same_plan(situation: Situation) -> None:
    plan = plan_of(situation)
    assert plan == plan_of(situation)
    assert renumbered(plan, books("E17", situation[2])) == plan


@given(situations())
@settings(max_examples=200, deadline=None)
def test_a_fresh_plan_passes_preflight(situation: Situation) -> None:
    _facts, mistake, standard = situation
    now = {mistake.wrong.key: mistake.wrong} if mistake.wrong else {}
    plan = plan_of(situation)
    checks = preflight(plan, books("E17", standard), now)
    assert all(check.ok for check in checks), [str(p) for check in checks for p in check.problems]


@given(situations(years=("earlier_closed",)))
@settings(max_examples=200, deadline=None)
def test_restatement_leaves_nothing_on_the_prior_year_account(situation: Situation) -> None:
    plan, b = plan_of(situation), books("E17", situation[2])
    prior = [line.net for line in plan.lines if b.has_role(line.account, "prior_year")]
    assert sum(prior, ZERO) == ZERO


@given(situations())
@settings(max_examples=200, deadline=None)
def test_balance_sheet_stays_in_balance(situation: Situation) -> None:
    """Assets = liabilities + equity + profit, before and after."""
    plan, b = plan_of(situation), books("E17", situation[2])
    change = {row.kind: row.change for row in balances.by_class(plan, b, {})}
    assert change["assets"] == change["liabilities"] + change["equity"] + change["profit"]
    assert sum((row.change for row in balances.effect(plan, b, {})), ZERO) == ZERO


def test_profit_of_each_year() -> None:
    """An expense of last year: last year earned less, this year nothing, though the entry stands in this year's P&L."""
    b = books("E17", "small")
    choice = choose(Facts("posted", "earlier_closed", "omission", "small", touches=frozenset({"pl"})))
    plan = draft(choice, [Mistake(None, lines("D 5602 100.00 | C 2241 100.00", "small"), "租金", Period(2025, 11))], b)
    assert profit_by_year(plan, b) == {2025: Money.of("-100")}
