"""One figure on paper: value, target, change and course, its definition beneath; all in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from saas.insights.dashboards.readings import Reading, change, goal
from saas.insights.dashboards.units import in_unit, number, said, suffix
from saas.insights.measures.measure import Unit
from saas.insights.reports.months import month_of
from saas.kernel.charts import columns, lengths
from saas.kernel.i18n import Text, _

WIDE, NARROW = 800, 500  # tenths of a millimetre: alone, and beside what it consists of
TOP, BOTTOM, FOOT = 36, 288, 62  # the columns, and what stands beneath them: month and n
LOW = 200  # where they end on the overview
LETTER = 12.5  # a digit's width at the size of the labels
CLOSE, RISE, DROP = 32, 8, 24  # of a label to the target’s line; above and below the tip of its column
PARTS = 6  # of what a figure consists; the smallest stand together as others
BAR = 150


def card(reading: Reading, *, low: bool = False) -> dict[str, Any]:
    """For the template; nothing is left to reckon there. `low`: without parts and less high, as the overview has it."""
    measure, figure = reading.measure, reading.now
    parts = [] if low else _parts(reading)
    drawn = len(reading.figures) > 1
    return {
        "key": measure.key,
        "name": measure.name,
        "definition": measure.definition,
        "n": figure.n,
        "value": number(measure.unit, figure.value) if figure.value is not None else "",
        "unit": suffix(measure.unit),
        "few": figure.hidden and figure.n > 0,
        "reached": reading.reached,
        "target": goal(measure, reading.target),
        "change": change(reading) if drawn else _("as it stood when this was printed"),
        "chart": course(reading, NARROW if parts else WIDE, LOW if low else BOTTOM) if drawn else None,
        "parts": parts,
    }


def course(reading: Reading, width: int, bottom: int = BOTTOM) -> dict[str, Any]:
    """Six months as columns, each with its value and its n; the month of the report is the coloured one."""
    unit = reading.measure.unit
    values = [float(in_unit(unit, f.value)) if f.value is not None else None for f in reading.figures]
    target = float(in_unit(unit, reading.target)) if reading.target is not None else None
    empty = all(value is None for value in values)
    target = None if empty else target  # nothing to compare with it
    drawn, step = columns(values, width=width, top=TOP, bottom=bottom, target=target), width / len(values)
    marks = []
    for place, (column, span, figure) in enumerate(zip(drawn.columns, reading.spans, reading.figures, strict=True)):
        words = brief(unit, figure.value)
        last, aim = place == len(values) - 1, drawn.target
        inside = aim is not None and 0 <= column.tip - aim < CLOSE and column.height > CLOSE  # not through the line
        marks.append(
            {
                "at": column,
                "label": words if last or len(words) * LETTER <= step else "",
                "end": len(words) * LETTER > step,  # too wide for its column: it ends with it
                "down": column.tip + DROP if inside else column.tip - RISE,
                "inside": inside,
                "right": round(column.left + column.width, 1),
                "last": last,
                "month": month_of(span[0]),
                "n": str(figure.n),
            }
        )
    return {"width": width, "height": bottom + FOOT, "marks": marks, "base": drawn.base, "target": drawn.target,
            "empty": empty, "middle": round((TOP + bottom) / 2, 1),
            "months": bottom + 28, "counts": bottom + 55}  # fmt: skip


def brief(unit: Unit, value: Decimal | None) -> str:
    """A number above a column: without its unit, yuan without fen."""
    if value is None:
        return ""
    shown = in_unit(unit, value)
    return f"{shown:,.0f}".replace("-", "−") if unit == "fen" else number(unit, value)


def _parts(reading: Reading) -> list[dict[str, Any]]:
    """What the figure consists of, the smallest together; nothing where every part is nought."""
    unit = reading.measure.part_unit
    parts = [(label, Decimal(value)) for label, value in reading.now.parts]
    if not any(value for _label, value in parts):
        return []
    shown = _first(parts)
    bars = lengths([float(value) for _label, value in shown], BAR)
    return [
        {"label": label, "value": said(unit, value), "bar": bar}
        for (label, value), bar in zip(shown, bars, strict=True)
    ]


def _first(parts: Sequence[tuple[Text | str, Decimal]]) -> list[tuple[Text | str, Decimal]]:
    if len(parts) <= PARTS:
        return list(parts)
    ordered = sorted(parts, key=lambda part: part[1], reverse=True)
    rest = sum((value for _label, value in ordered[PARTS - 1 :]), Decimal(0))
    return [*ordered[: PARTS - 1], (_("Others"), rest)]
