"""A measure read for a page: its six figures, its target, and how both are shown as a tile, a chart and its table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.insights.dashboards.asking import Asked
from saas.insights.dashboards.periods import Span, short
from saas.insights.dashboards.units import UNITS, in_unit, number, said, suffix
from saas.insights.measures.measure import Figure, Measure
from saas.insights.targets.reading import counting, history, reached
from saas.kernel.i18n import Text, _

Address = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Reading:
    """`figures` are those of `spans`, the last one the page's own. `obeys` is false where the measure knows no such
    filter: a figure of the whole firm under a person's name would be a wrong number, so there is none."""

    measure: Measure
    spans: tuple[Span, ...]
    figures: tuple[Figure, ...]
    target: Decimal | None
    obeys: bool = True

    @property
    def now(self) -> Figure:
        return self.figures[-1]

    @property
    def reached(self) -> bool | None:
        return reached(self.measure, self.now.value, self.target)


async def readings(session: AsyncSession, measures: Iterable[Measure], asked: Asked) -> list[Reading]:
    """Each measure over the six periods, with the target that counts on the last day."""
    set_targets = counting(await history(session), asked.period.until)
    return [await _read(session, measure, asked, set_targets.get(measure.key)) for measure in measures]


async def _read(session: AsyncSession, measure: Measure, asked: Asked, target: Decimal | None) -> Reading:
    spans = asked.period.spans
    if not asked.filters <= measure.filters:
        return Reading(measure, spans, tuple(Figure(0) for _span in spans), target, obeys=False)
    if measure.live:  # as it stands now: it has no past, and asking six times would give the same six times
        return Reading(measure, spans[-1:], (await measure.figure(session, asked.scope),), target)
    return Reading(measure, spans, tuple(await measure.over(session, asked.scope, spans)), target)


def tile(reading: Reading, asked: Asked, at: Address) -> dict[str, Any]:
    """For ui.tile."""
    measure, figure = reading.measure, reading.now
    return {
        "label": measure.name,
        "n": figure.n if reading.obeys else None,
        "value": number(measure.unit, figure.value),
        "unit": suffix(measure.unit) if figure.value is not None else "",
        "points": heights([f.value for f in reading.figures]),
        "on_target": reading.reached,
        "target": said(measure.unit, reading.target) if reading.target is not None else "",
        "change": change(reading) if reading.obeys else _("not counted by this filter"),
        "url": at(f"/insights/measures/{measure.key}") + asked.query(),
        "few": figure.hidden and figure.n > 0,
    }


def heights(values: Sequence[Decimal | None]) -> list[float]:
    """0–100, the least at the bottom; periods without a value are left out, fewer than two make no line."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return []
    least, most = min(known), max(known)
    return [round(float((value - least) / (most - least) * 100), 1) if most > least else 50.0 for value in known]


def goal(measure: Measure, target: Decimal | None) -> str:
    """A target with the side it is to be reached from: "≥ 95 %"; "" where there is none."""
    signs = {"up": "≥ ", "down": "≤ ", "": ""}
    return signs[measure.better] + said(measure.unit, target) if target is not None else ""


def change(reading: Reading) -> Text | str:
    """Against the period before, in the unit shown; "" where either has no value."""
    if reading.measure.live:
        return _("as it stands now")
    before, value, unit = reading.figures[-2].value, reading.now.value, reading.measure.unit
    if before is None or value is None:
        return ""
    difference = in_unit(unit, value) - in_unit(unit, before)
    if not difference:
        return _("as before")
    points = f"{'+' if difference > 0 else '−'}{abs(difference):,f}"
    return _("%(points)s points", points=points) if unit == "share" else points


def chart(reading: Reading, asked: Asked, at: Address) -> dict[str, Any]:
    """A figure with its table: what it consists of, else its course. The script draws from the table's own cells."""
    measure = reading.measure
    by_parts = bool(reading.now.parts)
    return {
        "key": measure.key,
        "title": measure.name,
        "kind": "bar" if by_parts else "line",
        "note": _("what the period consists of") if by_parts else _("six periods of the same length"),
        "head": _("Of which") if by_parts else _("Period"),
        "unit": UNITS[measure.unit],
        "mark": "%" if (measure.part_unit if by_parts else measure.unit) == "share" else "",
        "target": _plain(measure, reading.target) if reading.target is not None and not by_parts else "",
        "target_said": said(measure.unit, reading.target) if reading.target is not None else "",
        "rows": _parts(reading, asked, at) if by_parts else _course(reading, asked, at),
        "empty": not by_parts and all(figure.value is None for figure in reading.figures),
        "url": at(f"/insights/measures/{measure.key}") + asked.query(),
        "definition": measure.definition,
    }


def _parts(reading: Reading, asked: Asked, at: Address) -> list[dict[str, Any]]:
    url = at(f"/insights/measures/{reading.measure.key}") + asked.query()
    return [
        {"label": label, **_part(reading.measure, value), "n": "", "url": url} for label, value in reading.now.parts
    ]


def _part(measure: Measure, value: int | Decimal) -> dict[str, str]:
    unit, exact = measure.part_unit, Decimal(value)
    return {"data": f"{in_unit(unit, exact):f}", "value": said(unit, exact)}


def _course(reading: Reading, asked: Asked, at: Address) -> list[dict[str, Any]]:
    measure = reading.measure
    return [
        {
            "label": short(span),
            "data": _plain(measure, figure.value) if figure.value is not None else "",
            "value": _("Sample too small (n = %(n)s)", n=figure.n)
            if figure.hidden and figure.n
            else said(measure.unit, figure.value),
            "n": str(figure.n),
            "url": at(f"/insights/measures/{measure.key}") + asked.of_span(span),
        }
        for span, figure in zip(reading.spans, reading.figures, strict=True)
    ]


def _plain(measure: Measure, value: Decimal) -> str:
    return f"{in_unit(measure.unit, value):f}"
