"""/services/given: what was given free, by year; the firm decides whether others see the total."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.identity.queries import member, members, members_by_id
from saas.kernel import clock
from saas.kernel.errors import Invalid
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to, working_time
from saas.services.giving import giving
from saas.services.giving.giving import WHY, FreeForm, Withdrawn
from saas.services.words import tabs

AT = "/f/{slug:str}/services/given"


@get(AT, opt={"permission": "services.read"})
async def index(request: Req, session: Db, year: FromQuery[int] = 0) -> Response[str]:
    return await show(request, session, year)


async def show(
    request: Req, session: AsyncSession, year: int = 0, *, form: Submitted[Any] | None = None, status: int = 200
) -> Response[str]:
    today, actor, at = clock.today(), actor_of(request), address_in(request)
    year = year if 2000 <= year <= today.year else today.year
    found = await giving.given_in(session, year)
    named = await clients.clients_by_id(session, [one.client_id for one in found if one.client_id])
    people = await members_by_id(session)
    raw = {"key": str(uuid7()), "on_day": today.isoformat(), "done_by": str(actor.id), "why": "goodwill"}
    return await page(
        request, "services/given.html", session=session, status=status, tabs=tabs(request, "given"), year=year,
        years=[{"label": str(n), "on": n == year, "url": at(f"/services/given?year={n}")}
               for n in sorted({*await giving.years(session), today.year}, reverse=True)],
        total=await giving.year_total(session, year), shown=await giving.shown(session),
        rows=[{"one": one, "client": named.get(one.client_id) if one.client_id else None,
               "why": WHY[one.why], "hours": working_time(one.minutes),
               "by": people[one.done_by].name if one.done_by in people else ""} for one in found],
        key=(form.raw.get("key") if form else "") or raw["key"],
        form=form or Submitted(raw), opened=form is not None, reasons=list(WHY.items()), today=today,
        people=[(str(m.id), m.name) for m in await members(session)],
        clients=[(str(c.id), f"{c.number} {c.name}") for c in await clients.clients(session, limit=500)],
        may_write=actor.may("services.write"), may_settings=actor.may("firms.settings"),
    )  # fmt: skip


@post(AT, opt={"permission": "services.write"}, status_code=200)
async def write(request: Req, session: Db) -> Response[Any]:
    form = await submitted(request, FreeForm)
    if form.ok:
        await _check(session, form)
    if not form.ok:
        return await show(request, session, form=form, status=422)
    given, name = form.taken, form.taken.to_whom
    if given.client_id is not None:
        name = (await clients.client(session, given.client_id)).name
    await giving.write(session, given, name, actor_of(request), clock.now())
    return to("/services/given", request)


async def _check(session: AsyncSession, form: Submitted[FreeForm]) -> None:
    given = form.taken
    if given.client_id is None and not given.to_whom:
        form.refuse("to_whom", _("Choose a client, or say to whom it was given."))
    if given.on_day > clock.today():
        form.refuse("on_day", _("This day has not come yet."))
    if given.value.fen < 0:
        form.refuse("value", _("A price is not below zero."))
    await member(session, given.done_by)


@post(AT + "/{row_id:uuid}/withdraw", opt={"permission": "services.write"}, status_code=200)
async def withdraw(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    form = await submitted(request, Withdrawn)
    if not form.ok:
        raise Invalid(_("Say in a few words why it is taken back."))
    await giving.withdraw(session, row_id, form.taken.reason, actor_of(request), clock.now())
    return to("/services/given", request)


ROUTES = [index, write, withdraw]
