"""What a digest says: ten figures with their change, what crossed its limit, what is late; kept in no language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import members_by_id
from saas.insights.alerts.alert_models import KpiAlarm, KpiAlert
from saas.insights.alerts.watching import words
from saas.insights.dashboards.asking import Asked
from saas.insights.dashboards.boards import OVERVIEW
from saas.insights.dashboards.periods import Period, Span, period_of
from saas.insights.dashboards.readings import Reading, readings, tile
from saas.insights.measures.catalogue import MEASURES
from saas.insights.measures.measure import Figure, Scope
from saas.insights.overdue import late
from saas.kernel.i18n import Text, _
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm

FIGURES = (*OVERVIEW, "backlog_age", "complaint_rate")  # ten
DAYS = "30d"  # a week alone would rest on too few records; the change is against the 30 days before
RECENT = timedelta(days=7)
LATEST = 10  # overdue things that are named


@dataclass(frozen=True, slots=True)
class Crossing:
    """A figure that crossed its limit: in words, whose it is, and whether anything is done about it."""

    words: Text
    owner: str
    open: bool
    url: str


async def gathered(session: AsyncSession, now: datetime) -> dict[str, Any]:
    """The content of a digest of this moment, ready to be kept as JSON."""
    calendar = await calendar_of(session)
    found = await readings(session, [MEASURES[key] for key in FIGURES], _asked(now.astimezone(calendar.zone)))
    total, oldest = await late(session, calendar, now, LATEST)
    return {
        "until": found[0].spans[-1][1].isoformat(),
        "figures": [_kept(reading) for reading in found],
        "alarms": [str(alarm_id) for alarm_id in await _alarms(session, now)],
        "late": total,
        "oldest": [
            {
                "title": one.task.title.store(),
                "step": one.task.step.store(),
                "url": one.task.url,
                "client": one.client.store() if one.client else None,
                "person": one.person,
                "days": one.days,
            }
            for one in oldest
        ],
    }


def _asked(now: datetime) -> Asked:
    whole = period_of(DAYS, now.date())
    assert whole is not None
    return Asked(Period(whole.key, whole.label, whole.spans[-2:]), Scope(whole.since, whole.until), {"period": DAYS})


def _kept(reading: Reading) -> dict[str, Any]:
    return {
        "key": reading.measure.key,
        "target": str(reading.target) if reading.target is not None else None,
        "figures": [
            {"since": since.isoformat(), "until": until.isoformat(), "n": figure.n, "hidden": figure.hidden,
             "value": str(figure.value) if figure.value is not None else None}
            for (since, until), figure in zip(reading.spans, reading.figures, strict=True)
        ],
    }  # fmt: skip


async def _alarms(session: AsyncSession, now: datetime) -> list[UUID]:
    """Those of the last seven days and those that nobody has answered yet, the newest first."""
    query = select(KpiAlarm.id).where(
        of_this_firm(KpiAlarm), or_(KpiAlarm.at >= now - RECENT, KpiAlarm.answered_at.is_(None))
    )
    return list((await session.scalars(query.order_by(KpiAlarm.at.desc()))).all())


def reading_of(kept: dict[str, Any]) -> Reading | None:
    """The figure as it was kept; None where the product no longer counts it."""
    measure = MEASURES.get(kept["key"])
    if measure is None:
        return None
    spans: tuple[Span, ...] = tuple(_span(one) for one in kept["figures"])
    figures = tuple(Figure(one["n"], _number(one["value"]), hidden=one["hidden"]) for one in kept["figures"])
    return Reading(measure, spans, figures, _number(kept["target"]))


def _span(one: dict[str, Any]) -> Span:
    return datetime.fromisoformat(one["since"]).date(), datetime.fromisoformat(one["until"]).date()


def _number(text: str | None) -> Decimal | None:
    return Decimal(text) if text is not None else None


def figures_of(content: dict[str, Any]) -> list[Reading]:
    return [reading for reading in map(reading_of, content["figures"]) if reading is not None]


def tiles(content: dict[str, Any], at: Callable[[str], str]) -> list[dict[str, Any]]:
    """As every board shows them; each opens the figure of today."""
    found = figures_of(content)
    if not found:
        return []
    first, last = found[0].spans[0], found[0].spans[-1]
    asked = Asked(Period(DAYS, "", (first, last)), Scope(*last), {"period": DAYS})
    return [tile(reading, asked, at) for reading in found]


async def crossings(session: AsyncSession, content: dict[str, Any]) -> list[Crossing]:
    """The alarms it names, as they stand now."""
    ids = [UUID(alarm_id) for alarm_id in content["alarms"]]
    if not ids:
        return []
    query = select(KpiAlarm, KpiAlert).join(KpiAlert, (KpiAlert.id == KpiAlarm.alert_id) & of_this_firm(KpiAlert))
    query = query.where(of_this_firm(KpiAlarm), KpiAlarm.id.in_(ids)).order_by(KpiAlarm.at.desc())
    names = {key: member.name for key, member in (await members_by_id(session)).items()}
    return [
        Crossing(words(alert, alarm), names.get(alert.owner_id, ""), alarm.answered_at is None,
                 f"/insights/alerts#alarm-{alarm.id}")
        for alarm, alert in (await session.execute(query)).all()
        if alert.measure in MEASURES
    ]  # fmt: skip


def oldest_of(content: dict[str, Any]) -> list[dict[str, Any]]:
    """What was late, each with the way to it; words of a ledger stay as entered."""
    return [
        {
            "title": Text.restore(one["title"]),
            "step": Text.restore(one["step"]),
            "url": one["url"],
            "who": one["person"] or _("nobody yet"),
            "client": _client(one["client"]),
            "days": _("%(n)s working days late", n=one["days"]),
        }
        for one in content["oldest"]
    ]


def _client(kept: dict[str, Any] | str | None) -> Text | str:
    """Its name; digests of before kept it in Chinese alone."""
    return Text.restore(kept) if isinstance(kept, dict) else kept or ""
