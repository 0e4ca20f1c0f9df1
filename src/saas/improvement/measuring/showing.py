"""A figure before and after as a page shows it: in words, as a chart and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import inf
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.improvement.measuring import counting
from saas.improvement.measuring.chart import curve
from saas.improvement.measuring.rates import Rate, Ratio, ratio
from saas.improvement.measuring.targets import Target
from saas.kernel import clock
from saas.kernel.i18n import Text, _

BACK = 365  # days the chart looks back from the change


async def shown(
    session: AsyncSession, target: Target, day: date | None, days: int, baseline: Rate | None, outcome: Rate | None
) -> dict[str, Any]:
    """For templates/improvement/_measured.html: `day` is when it took effect, None while it has not been decided.

    What was frozen is shown as it was frozen; what is still running is counted now.
    """
    today = clock.today()
    turn = day or today
    since = min(turn, today) - timedelta(days=BACK)
    counted = await counting.counts(session, target, since, today)
    first = baseline or counted.between(turn - timedelta(days=days), min(turn - timedelta(days=1), today))
    later = outcome
    if later is None and day is not None and day <= today:
        later = counted.between(day, min(day + timedelta(days=days - 1), today))
    months = counted.by_month(since.replace(day=1), today)
    return {
        "label": target.label,
        "formula": target.formula,
        "before": _side(first, target.per),
        "after": _side(later, target.per) if later is not None else None,
        "frozen": baseline is not None,
        "final": outcome is not None,
        "verdict": verdict(later, first) if later is not None else None,
        "curve": curve(months, target.per, day),
        "rows": [_side(month, target.per) for month in reversed(months)],
        "day": day,
    }


def _side(rate: Rate, per: int) -> dict[str, Any]:
    return {
        "since": rate.since,
        "until": rate.until,
        "month": f"{rate.since:%Y-%m}",
        "count": rate.count,
        "base": f"{rate.base:,}",
        "value": in_words(rate, per),
        "interval": between(rate, per),
        "few": rate.few,
    }


def in_words(rate: Rate, per: int) -> Text | str:
    """4.2 (per 1,000) or 12.5 %; words where there is too little to say."""
    if rate.few:
        return _("too few to say (n = %(n)s)", n=rate.base)
    return f"{rate.share * per:.1f}" + (" %" if per == 100 else "")


def between(rate: Rate, per: int) -> str:
    """The 95 % interval; "" below n = 5."""
    if rate.few:
        return ""
    low, high = rate.interval
    return f"{low * per:.1f} – {high * per:.1f}" + (" %" if per == 100 else "")


def verdict(after: Rate, before: Rate) -> tuple[Text, str]:
    """What can be said about the difference, and its tone."""
    if after.few or before.few:
        return _("Too little was counted to say anything yet."), ""
    found = ratio(after, before)
    if found.high < 1:
        return _("Clearly less than before (%(times)s).", times=times(found)), "green"
    if found.low > 1:
        return _("Clearly more than before (%(times)s).", times=times(found)), "red"
    return _("No clear difference yet (%(times)s).", times=times(found)), "amber"


def times(found: Ratio) -> str:
    """×0.42 (0.21 – 0.83)."""
    value = f"×{found.value:.2f}" if found.value is not None else "—"
    high = "∞" if found.high == inf else f"{found.high:.2f}"
    return f"{value}, {found.low:.2f} – {high}"


def stored(rate: dict[str, Any] | None) -> Rate | None:
    return Rate.restore(rate) if rate else None


def rows(rates: Sequence[Rate], per: int) -> list[dict[str, Any]]:
    """Rates as a table shows them."""
    return [_side(rate, per) for rate in rates]
