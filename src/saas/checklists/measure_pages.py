"""On time and complete: by checklist and by person, over a stretch that the address names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromQuery

from saas.checklists import measures, queries
from saas.checklists.measures import Line, Rate
from saas.checklists.rows import tabs
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Db, Req, actor_of, address_in, page

STRETCHES = {"30": _("30 days"), "90": _("90 days"), "365": _("a year")}


@get("/f/{slug:str}/checklists/on-time", opt={"permission": "checklists.read"})
async def on_time(request: Req, session: Db, days: FromQuery[str] = "90") -> Response[str]:
    """What was due in the stretch, and what of it was done in time."""
    chosen, now, at = days if days in STRETCHES else "90", clock.now(), address_in(request)
    since = datetime.combine(clock.today() - timedelta(days=int(chosen)), time(), clock.CHINA)
    until = datetime.combine(clock.today() + timedelta(days=1), time(), clock.CHINA)
    lists = {c.checklist.id: c.plan.name.said for c in await queries.current(session)}
    people = {m.id: m.name for m in (await members_by_id(session)).values()}
    whole = await measures.whole(session, since, until, now)
    return await page(
        request,
        "checklists/on_time.html",
        session=session,
        tabs=await tabs(session, actor_of(request), "on_time", at, now),
        whole=_shown(whole, ""),
        by_checklist=_lines(await measures.by_checklist(session, since, until, now), lists),
        by_person=_lines(await measures.by_person(session, since, until, now), people),
        since=since.date(),
        until=_last(until.date()),
        fewest=measures.FEWEST,
        stretches=[
            {"label": label, "url": at(f"/checklists/on-time?days={key}"), "active": key == chosen}
            for key, label in STRETCHES.items()
        ],
    )


def _last(day: date) -> date:
    return day - timedelta(days=1)


def _lines(lines: Sequence[Line], names: Mapping[UUID, Text | str]) -> list[dict[str, Any]]:
    return [_shown(line, names.get(line.key) if line.key else _("nobody yet")) for line in lines]


def _shown(line: Line, name: Text | str | None) -> dict[str, Any]:
    return {"name": name or "—", "on_time": _rate(line.on_time), "completeness": _rate(line.completeness)}


def _rate(rate: Rate) -> dict[str, Any]:
    """Percent, n, and the words for both."""
    percent = rate.percent
    return {
        "percent": percent if percent is not None else 0,
        "shown": f"{percent} %" if percent is not None else "—",
        "n": rate.n,
        "hits": rate.hits,
        "tone": "" if percent is None or percent >= 95 else "amber" if percent >= 80 else "red",
    }


ROUTES = [on_time]
