"""From figures to points and from points to a total: pure functions, so that everybody can reckon them again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from saas.insights.measures.measure import Measure
from saas.kernel.i18n import Text, _

FULL = Decimal(100)
LEAST_COUNTED = 50  # percent of the weights that must have points before a total says anything


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the card and the measures it consists of, each counted alike."""

    label: Text
    measures: tuple[str, ...]


PARTS: dict[str, Part] = {
    "quality": Part(_("Quality"), ("first_time_right", "rework")),
    "speed": Part(_("Speed"), ("sla_hit", "first_response")),
    "satisfaction": Part(_("Satisfaction"), ("csat", "complaint_rate")),
    "learning": Part(_("Learning"), ("training_completion", "exam_pass", "checklist_on_time")),
}


def points(measure: Measure, value: Decimal | None, target: Decimal | None) -> Decimal | None:
    """0–100. At the target or better 100, else in proportion; a share without a target counts as it is.

    None where nothing was counted, or where a figure that is no share has no target.
    """
    if value is None:
        return None
    if target is None:
        if measure.unit != "share":
            return None
        return _tenth((value if measure.better == "up" else 1 - value) * FULL)
    if (value >= target) if measure.better == "up" else (value <= target):
        return FULL
    bigger, smaller = (target, value) if measure.better == "up" else (value, target)
    return _tenth(max(smaller / bigger, Decimal(0)) * FULL)


def part_points(given: Iterable[Decimal | None]) -> Decimal | None:
    """The mean of what was counted."""
    counted = [one for one in given if one is not None]
    return _tenth(sum(counted, Decimal(0)) / len(counted)) if counted else None


def total(parts: Mapping[str, Decimal | None], weights: Mapping[str, int]) -> Decimal | None:
    """The weighted mean of the parts that have points; None where these weigh less than half."""
    counted = {name: value for name, value in parts.items() if value is not None and weights.get(name)}
    weight = sum(weights[name] for name in counted)
    if weight < LEAST_COUNTED:
        return None
    return _tenth(sum((value * weights[name] for name, value in counted.items()), Decimal(0)) / weight)


def _tenth(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)
