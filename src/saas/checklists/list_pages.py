"""The board of a month, the lists of runs, and the same rows as a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists import list_export, queries, run_queries
from saas.checklists.models import ChecklistRun
from saas.checklists.plan import first_day, last_day
from saas.checklists.rows import row, tabs
from saas.checklists.run_queries import VIEWS, Wanted
from saas.clients import queries as clients
from saas.clients.models import Client
from saas.identity.models import Membership
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.errors import Missing
from saas.kernel.i18n import Both, _
from saas.kernel.pages import Db, Req, actor_of, address_in, page
from saas.kernel.uploads import attachment

BOARD = "/f/{slug:str}/checklists"
LIST = "/f/{slug:str}/checklists/runs"
PAGE = 50
EXPORTED = 20_000  # rows of one file
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@get(BOARD, opt={"permission": "checklists.read"})
async def board(
    request: Req, session: Db, month: FromQuery[str] = "", q: FromQuery[str] = "", after: FromQuery[str] = ""
) -> Response[str]:
    """Clients down, checklists across: what is on the table in one month, and how far it is."""
    shown, now, at = _month(month), clock.now(), address_in(request)
    found = list(await clients.clients(session, q, limit=PAGE + 1, after=after))
    more, found = len(found) > PAGE, found[:PAGE]
    runs = await run_queries.between(session, [c.id for c in found], *_stretch(shown))
    columns, lines = await _grid(session, found, runs, now)
    before, following = last_day_before(shown), last_day(shown) + timedelta(1)
    return await page(
        request,
        "checklists/board.html",
        session=session,
        tabs=await tabs(session, actor_of(request), "board", at, now),
        month=shown,
        q=q,
        columns=columns,
        lines=lines,
        any_client=bool(found),
        previous_url=at(f"/checklists?month={before:%Y-%m}&q={q}"),
        next_url=at(f"/checklists?month={following:%Y-%m}&q={q}"),
        more_url=at(f"/checklists?month={shown}&q={q}&after={found[-1].sort_key}") if more else "",
        **powers(request),
    )


def powers(request: Req) -> dict[str, Any]:
    """What this person may do with checklists, for the buttons."""
    actor = actor_of(request)
    names = ("start", "manage", "export")
    return {f"may_{name}": actor.may(f"checklists.{name}") for name in names}


def last_day_before(month: str) -> date:
    return first_day(month) - timedelta(1)


def _month(text: str) -> str:
    """The month asked for, else the one that is running."""
    try:
        return f"{date.fromisoformat(f'{text}-01'):%Y-%m}"
    except ValueError:
        return f"{clock.today():%Y-%m}"


def _stretch(month: str) -> tuple[datetime, datetime]:
    start, end = first_day(month), last_day(month) + timedelta(1)
    return tuple(datetime.combine(day, time(), clock.CHINA) for day in (start, end))  # type: ignore[return-value]


async def _grid(
    session: AsyncSession, found: Sequence[Client], runs: Sequence[ChecklistRun], now: datetime
) -> tuple[list[Both], list[dict[str, Any]]]:
    """The heads, and for each client one cell a checklist: its runs of the month."""
    far, members = await run_queries.progress(session, [r.id for r in runs]), await members_by_id(session)
    names = {r.checklist_id: r.name for r in runs}
    order = [c.checklist.id for c in await queries.current(session) if c.checklist.id in names]
    cells: dict[UUID, dict[UUID, list[dict[str, Any]]]] = {c.id: {} for c in found}
    for run in runs:
        shown = row(run, far.get(run.id, (0, 0)), members, now)
        cells[run.client_id].setdefault(run.checklist_id, []).append(shown)
    lines = [{"client": c, "cells": [cells[c.id].get(one, []) for one in order]} for c in found]
    return [names[one] for one in order], lines


@get(LIST, opt={"permission": "checklists.read"})
async def index(
    request: Req,
    session: Db,
    view: FromQuery[str] = "mine",
    checklist: FromQuery[UUID | None] = None,
    person: FromQuery[UUID | None] = None,
    number: FromQuery[int] = 1,
) -> Response[str]:
    """The runs of one view, those due first on top."""
    if view not in VIEWS:
        raise Missing()
    actor, now, at = actor_of(request), clock.now(), address_in(request)
    wanted, number = Wanted(view, checklist, person), max(1, number)
    found = await run_queries.listed(session, wanted, actor, now, limit=PAGE + 1, offset=(number - 1) * PAGE)
    more, found = len(found) > PAGE, found[:PAGE]
    members = await members_by_id(session)
    kept = f"/checklists/runs?view={view}&checklist={checklist or ''}&person={person or ''}"
    return await page(
        request,
        "checklists/index.html",
        session=session,
        view=view,
        tabs=await tabs(session, actor, "open" if view == "closed" else view, at, now),
        rows=await _rows(session, found, members, now),
        filtered=checklist is not None or person is not None,
        menus=await _menus(session, members, checklist, person),
        shown=_("Page %(n)s", n=number),
        previous_url=at(f"{kept}&number={number - 1}") if number > 1 else "",
        next_url=at(f"{kept}&number={number + 1}") if more else "",
        export_url=at(kept.replace("/runs?", "/export?")),
        **powers(request),
    )


async def _rows(
    session: AsyncSession, found: Sequence[ChecklistRun], members: Mapping[UUID, Membership], now: datetime
) -> list[dict[str, Any]]:
    far = await run_queries.progress(session, [run.id for run in found])
    return [row(run, far.get(run.id, (0, 0)), members, now) for run in found]


async def _menus(
    session: AsyncSession, members: Mapping[UUID, Membership], checklist: UUID | None, person: UUID | None
) -> dict[str, Any]:
    lists = [(str(c.checklist.id), str(c.plan.name.said)) for c in await queries.current(session)]
    people = [(str(m.id), m.name) for m in sorted(members.values(), key=lambda m: m.name) if m.left_at is None]
    return {"lists": lists, "people": people, "checklist": str(checklist or ""), "person": str(person or "")}


@get(f"{BOARD}/export", opt={"permission": "checklists.export"})
async def export(
    request: Req,
    session: Db,
    view: FromQuery[str] = "open",
    checklist: FromQuery[UUID | None] = None,
    person: FromQuery[UUID | None] = None,
) -> Response[bytes]:
    """The filtered runs as a workbook, with every step and its evidence on a second sheet."""
    if view not in VIEWS:
        raise Missing()
    actor, now = actor_of(request), clock.now()
    found = await run_queries.listed(session, Wanted(view, checklist, person), actor, now, limit=EXPORTED)
    steps = await queries.steps(session, [run.id for run in found])
    content = list_export.workbook(found, steps, await members_by_id(session))
    record(session, actor, "checklists.export", now, rows=len(found))
    return attachment(content, f"{_('Checklists')}-{clock.today()}.xlsx", XLSX)


ROUTES = [board, index, export]
