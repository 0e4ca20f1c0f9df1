"""Where the marks of a drawn chart stand. Only places are reckoned here; templates draw them.

Lengths are in the units of the drawing (pixels on a screen, tenths of a millimetre on paper); y grows downwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

GAP = 0.28  # of a column's step that stays empty
LEAST = 3.0  # units: a column of nearly nothing is still seen


@dataclass(frozen=True, slots=True)
class Column:
    """One upright bar; without a value it has no height. `tip` is where its number stands."""

    left: float
    width: float
    top: float
    height: float
    middle: float
    tip: float
    known: bool


@dataclass(frozen=True, slots=True)
class Columns:
    """Upright bars on their base line, and the line of a target."""

    columns: list[Column]
    base: float
    target: float | None


def columns(
    values: Sequence[float | None], *, width: float, top: float, bottom: float, target: float | None = None
) -> Columns:
    """Bars from nought, never from a cut-off axis: as high as their value says. Negative values hang down."""
    seen = [value for value in (*values, target, 0.0) if value is not None]
    least, most = min(seen), max(seen)
    span = (most - least) or 1.0

    def down(value: float) -> float:
        return round(bottom - (bottom - top) * (value - least) / span, 1)

    step, base = width / max(len(values), 1), down(0.0)
    made = [_column(place, value, step, base, down) for place, value in enumerate(values)]
    return Columns(made, base, down(target) if target is not None else None)


def _column(place: int, value: float | None, step: float, base: float, down: Callable[[float], float]) -> Column:
    left, bar = place * step + step * GAP / 2, step * (1 - GAP)
    middle = round(place * step + step / 2, 1)
    if value is None:
        return Column(round(left, 1), round(bar, 1), base, 0.0, middle, base, known=False)
    end = down(value)
    height = max(abs(end - base), LEAST)
    upper = base if value < 0 else round(base - height, 1)
    return Column(round(left, 1), round(bar, 1), upper, round(height, 1), middle, min(upper, base), known=True)


def lengths(values: Sequence[float], width: float) -> list[float]:
    """Bars lying beside each other: the largest fills the width, a negative one has none."""
    most = max((*values, 0.0))
    return [round(max(value, 0.0) / most * width, 1) if most > 0 else 0.0 for value in values]


def ceiling(value: float) -> float:
    """The end of a scale: 1, 2 or 5 times a power of ten, not below the value."""
    if value <= 0:
        return 1.0
    power = 1.0
    while power < value:
        power *= 10
    while power >= value * 10:
        power /= 10
    return next(power / 10 * part for part in (1, 2, 5, 10) if power / 10 * part >= value)
