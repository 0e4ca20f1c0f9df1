"""Starting runs by hand: one checklist for chosen clients, and what the schedule would make, at once."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists import making, queries
from saas.checklists.exempting import spare
from saas.checklists.forms import Begin, Exempt
from saas.checklists.making import Occasion
from saas.checklists.queries import Current
from saas.clients import queries as clients
from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.errors import Invalid
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.outbox import enqueue
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to

START = "/f/{slug:str}/checklists/start"
MOST = 500  # clients of one start


@get(START, opt={"permission": "checklists.start"})
async def start(
    request: Req, session: Db, checklist: FromQuery[str] = "", client: FromQuery[str] = ""
) -> Response[str]:
    """First the checklist, then the clients and the period."""
    raw = {"checklist_id": checklist, "client": [client] if client else [], "period": f"{clock.today():%Y-%m}"}
    return await _form(request, session, Submitted(raw))


@post(START, opt={"permission": "checklists.start"}, status_code=200)
async def begin(request: Req, session: Db) -> Response[Any]:
    """A run for each chosen client that has none for this period yet; nothing is made twice."""
    form = await submitted(request, Begin)
    if form.ok and not form.taken.client:
        form.refuse("client", _("Choose at least one client."))
    if form.ok and len(form.taken.client) > MOST:
        form.refuse("client", _("At most %(n)s clients at once.", n=MOST))
    if not form.ok:
        return await _form(request, session, form, status=422)
    found = await queries.one(session, form.taken.checklist_id)
    chosen = await clients.clients_by_id(session, form.taken.client)
    try:
        async with session.begin_nested():
            made = [await _one(request, session, found, c, form.taken.period) for c in _going(chosen.values(), found)]
    except Invalid as refusal:
        form.errors.update(refusal.fields)
        return await _form(request, session, form, status=422)
    new = [run for run in made if run is not None]
    record(session, actor_of(request), "checklists.start", clock.now(), subject=found.checklist,
           summary=found.plan.name.zh, runs=len(new), period=form.taken.period)  # fmt: skip
    if len(made) == 1 and new:
        return to(f"/checklists/runs/{new[0].id}", request)
    return to(f"/checklists/runs?view=open&checklist={found.checklist.id}", request)


def _going(chosen: Any, found: Current) -> list[Client]:
    """Clients that are here; the hand-over also for those who left."""
    return [c for c in chosen if c.merged_into_id is None and (c.archived_at is None or found.plan.after_leaving)]


async def _one(request: Req, session: AsyncSession, found: Current, client: Client, month: str) -> Any:
    actor, today = actor_of(request), clock.today()
    if found.plan.every in ("hand", "event"):
        return await making.begin_by_occasion(session, found, client, Occasion(today.isoformat()), actor, today)
    window = await making.window_by_hand(session, found.plan, _period(found, client, month), today)
    if window is None:
        raise Invalid(fields={"period": _("The return of this checklist has no filing day of its own.")})
    if (client.id, window.period) in await queries.made(session, found.checklist.id, [window.period]):
        return None
    return await making.begin(session, found, client, window, actor)


def _period(found: Current, client: Client, month: str) -> str:
    """The month, quarter or year in which this month lies, as the checklist counts."""
    try:
        day = date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise Invalid(fields={"period": _("Write the month like 2026-11.")}) from error
    every = found.plan.every
    length = client.filing_period if every == "filing" and found.plan.filing == "vat" else every
    if length in ("quarter", "filing"):
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return str(day.year) if length == "year" else f"{day:%Y-%m}"


async def _form(request: Req, session: AsyncSession, form: Submitted[Any], status: int = 200) -> Response[str]:
    lists = await queries.current(session)
    given = form.raw.get("client") or []
    return await page(
        request,
        "checklists/start.html",
        session=session,
        status=status,
        form=form,
        lists=[(str(c.checklist.id), str(c.plan.name.said)) for c in lists],
        clients=[(str(c.id), f"{c.number} {c.name}") for c in await clients.clients(session, limit=MOST)],
        chosen=given if isinstance(given, list) else [given],
        clients_url=address_in(request)("/clients"),
    )


@post("/f/{slug:str}/checklists/make", opt={"permission": "checklists.manage"}, status_code=200)
async def make_now(request: Req, session: Db) -> Response[Any]:
    """What the schedule would make within the hour, at once; in a job where there are many."""
    for checklist_id in await making.wanted(session):
        enqueue(session, "checklists.make", checklist_id=checklist_id)
    return to("/checklists", request)


@post("/f/{slug:str}/clients/{client_id:uuid}/checklists", opt={"permission": "checklists.manage"}, status_code=200)
async def exempt(request: Req, session: Db, client_id: FromPath[UUID]) -> Response[Any]:
    """With a reason: this client does not get the checklist; without one: it gets it again."""
    form = await submitted(request, Exempt)
    client = await clients.client(session, client_id)
    if form.ok:
        found = await queries.one(session, form.taken.checklist_id)
        await spare(session, actor_of(request), client.id, found, form.taken.reason)
    return to(f"/clients/{client.id}", request)


ROUTES = [start, begin, make_now, exempt]
