"""Every step of a calculation as members and clients see it."""

from __future__ import annotations

import pytest
from jinja2 import Environment

from saas.kernel.i18n import reading
from saas.kernel.money import Money
from saas.kernel.pages import environment
from saas.refunds.calculation import reckon
from saas.refunds.ladder_view import PARTS, ladder_view
from saas.refunds.models import Refund
from saas.refunds.policies.policy_models import RefundPolicy
from tests.refunds.worked import EXAMPLES


def refund_of(example: str, amount: int | None = None, why: str = "") -> Refund:
    terms, contract, service, _expected = EXAMPLES[example]
    ladder = reckon(terms, "r", contract, service)
    given = Money(ladder.refund if amount is None else amount)
    return Refund(reason="r", ladder=ladder.store(), computed=Money(ladder.refund), amount=given, override_reason=why)


def shown(example: str, locale: str = "en", **changed: object) -> str:
    with reading(locale):  # type: ignore[arg-type]
        ladder = ladder_view(refund_of(example, **changed), EXAMPLES[example][0], RefundPolicy(version=3))  # type: ignore[arg-type]
        env: Environment = environment()
        return env.get_template("refunds/_ladder.html").render(ladder=ladder)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_step_stands_there_with_rule_count_and_balance(example: str) -> None:
    terms = EXAMPLES[example][0]
    refund = refund_of(example)
    with reading("en"):
        view = ladder_view(refund, terms, RefundPolicy(version=3))
    assert view["lines"][-1]["balance"] == view["total"]["amount"].fen == EXAMPLES[example][3][0]
    assert len(view["lines"]) == len(refund.ladder) - 1
    assert all(f"policy version 3, part {PARTS[line['rule']]}" in line["basis"] for line in view["lines"])
    assert all(0 <= line[bar] <= 100 for line in view["lines"] for bar in ("kept", "taken", "added") if bar in line)


def test_the_page_shows_quantity_times_price_and_the_total_in_capitals() -> None:
    html = shown("R09", "zh")
    assert "18/31 × 300.00" in html
    assert "4 × 300.00" in html
    assert "2,225.81" in html
    assert "贰仟贰佰贰拾伍元捌角壹分" in html
    assert "系统计算，未改动" in html


def test_what_is_no_refund_is_said_beneath() -> None:
    assert "600.00 are still to be paid by the client" in shown("R10")
    assert "3,800.00 of the client’s loss go beyond" in shown("claim")
    assert "As service credit: 2,310.00, with a bonus of 10 %" in shown("R12")


def test_an_override_is_never_silent() -> None:
    html = shown("R01", amount=200000, why="agreed in the talk")
    assert "changed by hand" in html
    assert "Offered instead: 2,000.00 (-100.00). Reason: agreed in the talk" in html


def test_nothing_is_shown_before_anything_was_reckoned() -> None:
    assert ladder_view(Refund(reason="r", ladder=[]), EXAMPLES["R01"][0]) == {"shown": False}
