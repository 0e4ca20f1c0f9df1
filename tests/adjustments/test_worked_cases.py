"""The worked cases of accounting.md §1.7 (cases.txt, word for word), under every standard they are written for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from saas.adjustments.correction import costs
from saas.adjustments.correction.facts import Period
from saas.adjustments.correction.methods import Method
from saas.adjustments.correction.preflight import preflight
from saas.adjustments.correction.vouchers import Voucher, balanced, totals
from saas.kernel.money import Money

from .runner import Scenario, expected, run
from .scenarios import SCENARIOS
from .worked_cases import TEXT, books, case

RUNS = [
    pytest.param(s, standard, id=f"{s.id}{'-' + s.variant if s.variant else ''}-{standard}")
    for s in SCENARIOS
    for standard in s.standards
]


@pytest.mark.parametrize(("scenario", "standard"), RUNS)
def test_method(scenario: Scenario, standard: str) -> None:
    _case, _books, plan = run(scenario, standard)
    immaterial = standard == "enterprise" and scenario.row == "D13"
    assert plan.choice.method is scenario.method
    assert plan.choice.row == ("D14" if immaterial else scenario.row)


@pytest.mark.parametrize(("scenario", "standard"), RUNS)
def test_vouchers_as_printed(scenario: Scenario, standard: str) -> None:
    """Dates, numbers, summaries, accounts, sides, amounts and their order."""
    c, _books, plan = run(scenario, standard)

    def shown(voucher: Voucher) -> tuple[Any, ...]:
        content = [(line.account, line.aux, line.debit, line.credit) for line in voucher.lines]
        return voucher.date, voucher.word, voucher.number, voucher.summary, content

    assert [shown(v) for v in plan.vouchers] == [shown(v) for _kind, v in c.proposed[scenario.variant]]
    reds = [kind == "red" for kind, _voucher in c.proposed[scenario.variant]]
    assert [v.colour == "red" for v in plan.vouchers] == reds


@pytest.mark.parametrize(("scenario", "standard"), RUNS)
def test_books_are_right_afterwards(scenario: Scenario, standard: str) -> None:
    c, b, plan = run(scenario, standard)
    booked = [line for v in [*c.bad, *c.ctx] for line in v.lines] if not plan.rewritten else []
    proposed = [line for v in [*plan.vouchers, *plan.rewritten] for line in v.lines]
    assert all(balanced(v.lines) for v in [*plan.vouchers, *plan.rewritten])
    assert totals([*booked, *proposed]) == expected(scenario, standard)
    prior_year = [line.net.fen for line in proposed if b.has_role(line.account, "prior_year")]
    assert sum(prior_year) == 0


@pytest.mark.parametrize("standard", ["small", "enterprise"])
@pytest.mark.parametrize("scenario", [s for s in SCENARIOS if s.method.value.startswith("red")], ids=lambda s: s.id)
def test_red_is_minus_bad_line_by_line(scenario: Scenario, standard: str) -> None:
    c, _books, plan = run(scenario, standard)
    for red, bad in zip([v for v in plan.vouchers if v.colour == "red"], c.bad, strict=True):
        assert [(r.account, r.aux, r.debit, r.credit) for r in red.lines] == [
            (line.account, line.aux, -line.debit, -line.credit) for line in bad.lines
        ]


@pytest.mark.parametrize(("scenario", "standard"), RUNS)
def test_passes_preflight(scenario: Scenario, standard: str) -> None:
    c, b, plan = run(scenario, standard)
    assert [str(p) for check in preflight(plan, b, {v.key: v for v in c.bad}) for p in check.problems] == []


@pytest.mark.parametrize(("scenario", "standard"), RUNS)
def test_reminders_of_the_next_annual_return(scenario: Scenario, standard: str) -> None:
    _case, _books, plan = run(scenario, standard)
    prior = [(r.direction, r.amount) for r in plan.reminders if r.cause == "prior_year"]
    assert prior == [(direction, Money.of(amount)) for direction, amount in scenario.reminders]
    assert all(reminder.year == 2026 for reminder in plan.reminders)


def test_the_draft_is_rewritten_in_place() -> None:
    """E01: 记-9 keeps its number and date, and is debited to 5601."""
    _case, _books, plan = run(SCENARIOS[0], "small")
    assert [(v.key, v.summary, v.lines[0].account) for v in plan.rewritten] == [("2026-05 记-9", "购宣传品", "5601")]


def test_the_early_voucher_waits_for_its_month() -> None:
    """E12: the case's clock pauses until June."""
    _case, _books, plan = run(next(s for s in SCENARIOS if s.id == "E12"), "small")
    assert plan.waits_for == Period(2026, 6)
    assert [v.waiting for v in plan.vouchers] == [False, True]


def test_line_only() -> None:
    """E08 with the tenant option: one voucher C 1122[丙] -8000.00 | C 1122[丁] 8000.00."""
    _case, _books, plan = run(next(s for s in SCENARIOS if s.id == "E08"), "small", line_only=True)
    [voucher] = plan.vouchers
    assert (plan.choice.method, voucher.number, voucher.summary) == (
        Method.LINE_ONLY,
        38,
        "更正2026年4月12日记-16号凭证",
    )
    assert [(line.account, line.aux, line.credit) for line in voucher.lines] == [
        ("1122", "丙", Money.of("-8000")),
        ("1122", "丁", Money.of("8000")),
    ]


def test_one_voucher_of_double_amount_is_refused() -> None:
    """E05: a single blue voucher of 10000 is refused, with the reason."""
    _case, _books, plan = run(next(s for s in SCENARIOS if s.id == "E05"), "small")
    assert Method.DOUBLE_ENTRY in dict(plan.choice.refused)


def test_cost_follows_stock() -> None:
    """E13: 60 % sold, so 1200 of the 2000 too much went into cost; the second mistake is computed, not typed."""
    c, b = case("E13"), books("E13", "small")
    second = costs.sold_share(c.bad[1], Money.of("-2000"), Decimal("0.6"), b)
    assert [line.amount for line in second.right] == [Money.of("6000"), Money.of("6000")]


def test_every_printed_case_is_tested() -> None:
    assert {s.id for s in SCENARIOS} == {f"E{n:02}" for n in range(1, 23)}
    printed = {(c, v) for c in {s.id for s in SCENARIOS} for v in case(c).proposed}
    assert printed == {(s.id, s.variant) for s in SCENARIOS}


def test_no_printed_voucher_is_overlooked() -> None:
    """As many vouchers read as the text has lines for them, so that a slip in the text cannot pass unseen."""
    printed = [row for row in TEXT.splitlines() if row.startswith(("  bad", "  ctx", "  red", "  blue"))]
    cases = [case(f"E{n:02}") for n in range(1, 23)]
    read = [len(c.bad) + len(c.ctx) + sum(map(len, c.proposed.values())) for c in cases]
    assert sum(read) == len(printed) == 73
