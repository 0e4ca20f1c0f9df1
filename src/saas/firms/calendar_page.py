"""The working calendar: the firm's hours from a day on, its own special days, and the State Council's lists by year."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms import queries
from saas.firms.calendar import state_days, working_calendar
from saas.firms.forms import Hours, SpecialDay
from saas.firms.models import WorkingHours
from saas.firms.tabs import settings_tabs
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.calendar import WORKING_HOURS, hours
from saas.kernel.errors import Invalid
from saas.kernel.forms import Submitted, submitted
from saas.kernel.holidays import Days
from saas.kernel.i18n import _, reader
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to

DEFAULT_HOURS = ", ".join(str(stretch).replace("–", "-") for stretch in WORKING_HOURS)
PATH = "/f/{slug:str}/settings/calendar"


@get(PATH, opt={"permission": "firms.read"})
async def calendar(request: Req, session: Db, year: FromQuery[int] = 0) -> Response[str]:
    return await _show(request, session, Submitted(), year=year)


@post(f"{PATH}/hours", opt={"permission": "firms.settings"})
async def save_hours(request: Req, session: Db) -> Response[Any]:
    """From today or later: what was due by the old hours stays due."""
    form = await submitted(request, Hours)
    if form.ok:
        _check_hours(form, form.taken.hours, needed=True)
        if form.taken.valid_from < clock.today():
            form.refuse("valid_from", _("Choose today or a later day."))
    if not form.ok:
        return await _show(request, session, form, status=422)
    rows = await queries.working_hours(session)
    row = next((r for r in rows if r.valid_from == form.taken.valid_from), None)
    if row is None:
        special = rows[-1].special_days if rows else {}
        row = WorkingHours(valid_from=form.taken.valid_from, special_days=special)
        session.add(row)
    row.hours = form.taken.hours
    since = row.valid_from.isoformat()
    record(session, actor_of(request), "firms.change_hours", clock.now(), subject=row, hours=row.hours, since=since)
    return to("/settings/calendar", request)


@post(f"{PATH}/days", opt={"permission": "firms.settings"})
async def save_day(request: Req, session: Db) -> Response[Any]:
    form = await submitted(request, SpecialDay)
    if form.ok:
        _check_hours(form, form.taken.hours, needed=False)
    if not form.ok:
        return await _show(request, session, form, status=422)
    await _set_day(request, session, form.taken.day, form.taken.hours)
    return to(f"/settings/calendar?year={form.taken.day.year}", request)


@post(f"{PATH}/days/remove", opt={"permission": "firms.settings"})
async def remove_day(request: Req, session: Db) -> Response[Any]:
    form = await submitted(request, SpecialDay)
    if form.ok:
        await _set_day(request, session, form.taken.day, None)
    return to("/settings/calendar", request)


async def _set_day(request: Req, session: AsyncSession, day: date, written: str | None) -> None:
    """Give a day its own hours ("" is a day off), or none of its own again (None), in every row still to come."""
    rows = await queries.working_hours(session)
    if not rows:
        rows = [WorkingHours(valid_from=clock.today(), hours=DEFAULT_HOURS)]
        session.add(rows[0])
    in_force = [r for r in rows if r.valid_from <= clock.today()][-1:]
    for row in {r.id: r for r in [*in_force, *(r for r in rows if r.valid_from > clock.today())]}.values():
        days = {k: v for k, v in (row.special_days or {}).items() if k != day.isoformat()}
        row.special_days = days if written is None else {**days, day.isoformat(): written}
    record(session, actor_of(request), "firms.change_day", clock.now(), day=day.isoformat(), hours=written)


def _check_hours(form: Submitted[Any], written: str, *, needed: bool) -> None:
    try:
        if not hours(written) and needed:
            form.refuse("hours", _("Working hours are written like 09:00-12:00, 13:30-18:00."))
    except Invalid as error:
        form.refuse("hours", error.reason)


async def _show(
    request: Req, session: AsyncSession, form: Submitted[Any], *, year: int = 0, status: int = 200
) -> Response[str]:
    today, days, own = clock.today(), state_days(), await working_calendar(session)
    rows = await queries.working_hours(session)
    in_force = [r for r in rows if r.valid_from <= today]
    shown = year if 2015 <= year <= today.year + 5 else today.year
    return await page(
        request,
        "firms/calendar.html",
        session=session,
        tabs=settings_tabs(request),
        form=form,
        current=in_force[-1].hours if in_force else DEFAULT_HOURS,
        coming=[r for r in rows if r.valid_from > today],
        minutes=own.minutes_per_day,
        special=_special(in_force[-1] if in_force else None),
        year=shown,
        year_tabs=_year_tabs(days, today, shown, address_in(request)("/settings/calendar")),
        provisional=shown not in days.published,
        missing=list(own.years_missing(today)),
        rest=_stretches(sorted(day for day in days.rest if day.year == shown)),
        work=[_day(day) for day in sorted(days.work) if day.year == shown],
        version=own.version,
        today=today,
        may_change=actor_of(request).may("firms.settings"),
        status=status,
    )


def _special(row: WorkingHours | None) -> list[dict[str, Any]]:
    return [{"day": day, "hours": written} for day, written in sorted((row.special_days if row else {}).items())]


def _year_tabs(days: Days, today: date, shown: int, url: str) -> list[dict[str, Any]]:
    """Two years back to the next one; those whose list is not out carry a mark."""
    return [
        {
            "label": str(year) if year in days.published else _("%(year)s (provisional)", year=year),
            "url": f"{url}?year={year}",
            "active": year == shown,
        }
        for year in range(today.year - 2, today.year + 2)
    ]


def _stretches(days: list[date]) -> list[str]:
    """Days off as stretches: "10-01 – 10-07"."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == timedelta(1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return [_day(r[0]) if len(r) == 1 else f"{_day(r[0])} – {_day(r[-1])}" for r in runs]


def _day(day: date) -> str:
    """Without its year, which stands above the list."""
    return f"{day.day} {day:%b}" if reader() == "en" else f"{day:%m-%d}"


ROUTES = [calendar, save_hours, save_day, remove_day]
