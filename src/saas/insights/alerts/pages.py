"""The rules of alerts, making and ending one, and answering what they found."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership
from saas.identity.queries import members, members_by_id
from saas.insights.alerts.alert_models import KpiAlarm, KpiAlert
from saas.insights.alerts.watching import ROOM, rules, words
from saas.insights.dashboards.boards import tabs, to_choose
from saas.insights.dashboards.units import said, typed
from saas.insights.measures.catalogue import MEASURES
from saas.insights.rooms import ROOMS
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.errors import Forbidden
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.module import composition
from saas.kernel.outbox import enqueue
from saas.kernel.pages import Db, Req, actor_of, page, show_datetime, to
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.tasks.errands import open_of

MANAGE = {"permission": "insights.manage"}
SHOWN = 50
KINDS: dict[str, Text] = {"limit": _("beyond a limit"), "trend": _("worse three times in a row")}
SIDES: dict[str, Text] = {"above": _("above"), "below": _("below")}
WINDOWS: dict[str, Text] = {"day": _("once a day"), "week": _("once a week"), "month": _("once a month")}
Hour = Annotated[int, Meta(ge=0, le=23)]


class NewAlert(Struct):
    """`bound` in the unit the page shows; only for a limit. Hours are those of the firm's day."""

    measure: str
    owner: UUID
    kind: Literal["limit", "trend"] = "limit"
    side: Literal["above", "below"] = "above"
    bound: str = ""
    days: Literal[30, 90] = 30
    window: Literal["day", "week", "month"] = "week"
    quiet_from: Hour = 20
    quiet_until: Hour = 8


class Answer(Struct):
    answer: Annotated[str, Meta(max_length=500)]


@get(f"/f/{{slug:str}}{ROOM}", opt={"permission": "insights.read"})
async def index(request: Req, session: Db) -> Response[str]:
    return await _page(request, session)


@post(f"/f/{{slug:str}}{ROOM}", opt=MANAGE, status_code=200)
async def make(request: Req, session: Db) -> Response[Any]:
    """A rule; the same rule sent twice is made once. It is looked at right away, not only when the hour is full."""
    form = await submitted(request, NewAlert)
    bound = await _checked(session, form) if form.ok else None
    if not form.ok:
        return await _page(request, session, form, status=422)
    given, now, actor = form.taken, clock.now(), actor_of(request)
    wanted = {"measure": given.measure, "kind": given.kind, "side": given.side, "bound": bound, "days": given.days,
                  "window": given.window, "owner_id": given.owner, "quiet_from": given.quiet_from,
                  "quiet_until": given.quiet_until}  # fmt: skip
    if not any(all(getattr(rule, name) == value for name, value in wanted.items()) for rule in await rules(session)):
        row = KpiAlert(**wanted, made_at=now, made_by=actor.id)
        session.add(row)
        await session.flush()
        record(session, actor, "insights.alert", now, subject=row, measure=given.measure, kind=given.kind)
        enqueue(session, "insights.watch")
    return to(ROOM, request)


async def _owners(session: AsyncSession) -> list[Membership]:
    """Whoever may open the page their task leads to, and is here."""
    roles = next(grant.roles for grant in composition().grants if grant.permission == "insights.read")
    return [member for member in await members(session) if roles & set(member.roles)]


async def _checked(session: AsyncSession, form: Submitted[NewAlert]) -> Decimal | None:
    """The limit in the measure's unit; what is wrong stands beneath its field."""
    given = form.taken
    if given.owner not in {member.id for member in await _owners(session)}:
        form.refuse("owner", _("Choose somebody who may see the firm’s figures."))
    if given.measure not in MEASURES:
        form.refuse("measure", _("Choose one of the measures."))
        return None
    if given.kind == "trend":
        if MEASURES[given.measure].live:
            form.refuse("kind", _("This figure is counted as it stands now and has no trend: give a limit."))
        return None
    try:
        return typed(MEASURES[given.measure].unit, given.bound)
    except ValueError:
        form.refuse("bound", _("This is not a number."))
        return None


@post(f"/f/{{slug:str}}{ROOM}/{{alert_id:uuid}}/end", opt=MANAGE, status_code=200)
async def end(request: Req, session: Db, alert_id: FromPath[UUID]) -> Response[Any]:
    row, now = await own_row(session, KpiAlert, alert_id, lock=True), clock.now()
    if row.ended_at is None:
        row.ended_at = now
        record(session, actor_of(request), "insights.alert_ended", now, subject=row, measure=row.measure)
    return to(ROOM, request)


@post(f"/f/{{slug:str}}{ROOM}/alarms/{{alarm_id:uuid}}", opt={"permission": "insights.read"}, status_code=200)
async def answer(request: Req, session: Db, alarm_id: FromPath[UUID]) -> Response[Any]:
    """What is done about it: by its owner or whoever manages; the first answer stays."""
    alarm, actor, now = await own_row(session, KpiAlarm, alarm_id, lock=True), actor_of(request), clock.now()
    alert = await own_row(session, KpiAlert, alarm.alert_id)
    if actor.id != alert.owner_id and not actor.may("insights.manage"):
        raise Forbidden(_("Its owner or a manager answers an alert."), action="insights.answer")
    form = await submitted(request, Answer)
    if not form.ok:
        return await _page(request, session, answered=form, status=422, asked_id=alarm.id)
    if alarm.answered_at is None:
        alarm.answer, alarm.answered_at, alarm.answered_by = form.taken.answer, now, actor.id
        record(session, actor, "insights.answer", now, subject=alarm, summary=form.taken.answer)
        for task in await open_of(session, alarm.id):
            task.finish(now, actor.id)
    return to(ROOM, request)


async def _page(
    request: Req,
    session: AsyncSession,
    form: Submitted[NewAlert] | None = None,
    *,
    answered: Submitted[Answer] | None = None,
    asked_id: UUID | None = None,
    status: int = 200,
) -> Response[str]:
    names = {key: member.name for key, member in (await members_by_id(session)).items()}
    query = select(KpiAlarm, KpiAlert).join(KpiAlert, KpiAlert.id == KpiAlarm.alert_id)
    query = query.where(of_this_firm(KpiAlarm), of_this_firm(KpiAlert)).order_by(KpiAlarm.at.desc()).limit(SHOWN)
    actor = actor_of(request)
    manages = actor.may("insights.manage")
    return await page(
        request,
        "insights/alerts.html",
        session=session,
        status=status,
        tabs=tabs(request, ROOM, rooms=ROOMS),
        rules=[_rule(alert, names) for alert in await rules(session) if alert.measure in MEASURES],
        alarms=[
            {**_alarm(alarm, alert, names), "may_answer": manages or actor.id == alert.owner_id}
            for alarm, alert in (await session.execute(query)).all()
            if alert.measure in MEASURES
        ],
        answered=answered or Submitted(),
        asked_id=asked_id,
        form=form or Submitted({"owner": str(actor.id or ""), "quiet_from": 20, "quiet_until": 8}),
        measures=to_choose(),
        people=[(str(member.id), member.name) for member in await _owners(session)],
        kinds=list(KINDS.items()),
        sides=list(SIDES.items()),
        windows=list(WINDOWS.items()),
        spans=[("30", _("Last %(n)s days", n=30)), ("90", _("Last %(n)s days", n=90))],
        may_manage=manages,
    )


def _rule(alert: KpiAlert, names: dict[UUID, str]) -> dict[str, Any]:
    measure = MEASURES[alert.measure]
    limit = _("%(side)s %(bound)s", side=SIDES[alert.side], bound=said(measure.unit, alert.bound))
    quiet = _("quiet from %(since)s:00 to %(until)s:00", since=alert.quiet_from, until=alert.quiet_until)
    return {
        "id": alert.id,
        "name": measure.name,
        "url": f"/insights/measures/{alert.measure}?period={alert.days}d",
        "when": limit if alert.kind == "limit" else KINDS["trend"],
        "days": _("Last %(n)s days", n=alert.days),
        "window": WINDOWS[alert.window],
        "owner": names.get(alert.owner_id, ""),
        "quiet": quiet if alert.quiet_from != alert.quiet_until else "",
    }


def _alarm(alarm: KpiAlarm, alert: KpiAlert, names: dict[UUID, str]) -> dict[str, Any]:
    return {
        "id": alarm.id,
        "words": words(alert, alarm),
        "at": show_datetime(alarm.at),
        "owner": names.get(alert.owner_id, ""),
        "open": alarm.answered_at is None,
        "answer": alarm.answer,
        "by": names.get(alarm.answered_by, "") if alarm.answered_by else "",
        "url": f"/insights/measures/{alert.measure}?period={alert.days}d",
    }


ROUTES = [index, make, end, answer]
