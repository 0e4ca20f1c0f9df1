"""Points of one answer, of a hundred, and remarks where the kind has some."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from saas.training.questions import scenario as talks
from saas.training.questions import voucher_marking
from saas.training.questions.kinds import Number, Options, Order, Scenario, TrueFalse, Voucher, content_of, decimal_of

FULL = 100
Marked = tuple[int, list[dict[str, Any]]]


def mark(kind: str, stored: dict[str, Any], answer: dict[str, Any]) -> Marked:
    """(points of 100, remarks). An unanswered question has none, whatever its kind."""
    if not answer:
        return 0, []
    content = content_of(kind, stored)
    if isinstance(content, Voucher):
        return voucher_marking.mark(content.given, answer)
    if isinstance(content, Scenario):
        return walked_well(content, answer), []
    return FULL * _is_right(content, answer), []


def _is_right(content: Options | TrueFalse | Number | Order, answer: dict[str, Any]) -> bool:
    if isinstance(content, Options):
        right = [place for place, option in enumerate(content.options) if option.right]
        return sorted(answer.get("chosen", [])) == right
    if isinstance(content, TrueFalse):
        return answer.get("value") is content.answer
    if isinstance(content, Number):
        return is_near(content, str(answer.get("typed", "")))
    return list(answer.get("places", [])) == list(range(1, len(content.options) + 1))


def is_near(content: Number, typed: str) -> bool:
    """Within the tolerance, both ends included."""
    value = decimal_of(typed)
    return value is not None and abs(value - Decimal(content.answer)) <= Decimal(content.tolerance)


def walked_well(content: Scenario, answer: dict[str, Any]) -> int:
    """The points of the way taken, against the best way; a talk broken off keeps what it had."""
    full = talks.best(content)
    taken = sum(choice.points for _step, choice in talks.walked(content, answer.get("path", [])))
    return max(0, FULL * taken // full) if full > 0 else 0
