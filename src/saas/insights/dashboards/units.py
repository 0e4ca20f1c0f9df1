"""A value in its measure's unit as people read it, and what they type back into that unit."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from saas.insights.measures.measure import Unit
from saas.kernel.i18n import Text, _
from saas.kernel.money import Money

UNITS: dict[str, Text] = {
    "share": _("per cent"),
    "wh": _("working hours"),
    "wd": _("working days"),
    "days": _("days"),
    "minutes": _("minutes"),
    "count": _("items"),
    "fen": _("yuan"),
    "score": _("points"),
    "per_100": _("per 100"),
    "per_1000": _("per 1,000"),
    "ratio": _("ratio"),
}
SHORT: dict[str, Text] = {
    "wh": _("h"),
    "wd": _("wd"),
    "days": _("days"),
    "minutes": _("minutes"),
    "fen": _("yuan"),
    "per_100": _("per 100"),
    "per_1000": _("per 1,000"),
}
PLACES = {
    "share": 1,
    "wh": 1,
    "wd": 1,
    "days": 1,
    "minutes": 0,
    "count": 2,
    "fen": 2,
    "score": 2,
    "per_100": 2,
    "per_1000": 1,
    "ratio": 2,
}
SCALE = {"share": Decimal(100), "fen": Decimal("0.01")}  # from the stored unit to the shown one
LARGEST = Decimal(10) ** 12


def in_unit(unit: Unit, value: Decimal) -> Decimal:
    """The value as shown: percent, hours, days, yuan; rounded half up, whole numbers without a point."""
    shown = value * SCALE.get(unit, Decimal(1))
    rounded = shown.quantize(Decimal(1).scaleb(-PLACES.get(unit, 1)), ROUND_HALF_UP)
    whole = rounded.to_integral_value()
    return whole if rounded == whole and unit != "fen" else rounded


def number(unit: Unit, value: Decimal | None) -> str:
    """Digits without the unit, with a real minus sign; a dash for nothing."""
    if value is None:
        return "—"
    shown = in_unit(unit, value)
    if unit == "fen":
        return str(Money(int(value.to_integral_value(ROUND_HALF_UP)))).replace("-", "−")
    return f"{shown:,f}".replace("-", "−")


def suffix(unit: Unit) -> Text | str:
    return "%" if unit == "share" else SHORT.get(unit, "")


def said(unit: Unit, value: Decimal | None) -> str:
    """Digits and unit in one, in the language of whoever reads now: "95 %", "3.5 working days"."""
    return str(worded(unit, value))


def worded(unit: Unit, value: Decimal | None) -> Text | str:
    """The same for what is kept, and read later in other languages."""
    digits = number(unit, value)
    if value is None or unit not in {"share", *SHORT}:
        return digits
    return f"{digits} %" if unit == "share" else _("%(value)s %(unit)s", value=digits, unit=UNITS[unit])


def typed(unit: Unit, text: str) -> Decimal:
    """What a person typed in the shown unit, in the stored one; ValueError where it is no number or beyond reason."""
    try:
        value = Decimal(text.replace(",", "").replace("%", "").replace("−", "-").strip())
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not value.is_finite() or abs(value) > LARGEST or (unit == "share" and not 0 <= value <= 100):
        raise ValueError(text)
    return (value / SCALE.get(unit, Decimal(1))).quantize(Decimal("0.0001"))
