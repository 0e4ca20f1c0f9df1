"""Leads: the list, a new one, one lead with its steps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.identity.queries import member, members, members_by_id
from saas.kernel import clock
from saas.kernel.actions import action_routes
from saas.kernel.errors import Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.kernel.records import view
from saas.services.offering.idea_pages import LOST
from saas.services.sources import leads, partners
from saas.services.sources.leads import LEAD, NewLead
from saas.services.words import SOURCES, tabs

AT = "/f/{slug:str}/services/leads"
READ, WRITE = {"permission": "services.read"}, {"permission": "services.write"}


@get(AT, opt=READ)
async def index(request: Req, session: Db, view: FromQuery[str] = "") -> Response[str]:
    """Everything open; those decided by their state."""
    state = view if view in {one.name for one in LEAD.states} else ""
    found, people, at = await leads.leads(session, state), await members_by_id(session), address_in(request)
    return await page(
        request, "services/leads.html", session=session, tabs=tabs(request, "leads"), state=state,
        rows=[{"lead": one, "state": LEAD.state(one.state), "source": SOURCES[one.source],
               "owner": people[one.owner_id].name if one.owner_id in people else ""} for one in found],
        states=[{"label": one.label, "on": one.name == state,
                 "url": at("/services/leads" + ("" if one.name == state else f"?view={one.name}"))}
                for one in LEAD.states],
        may_write=actor_of(request).may("services.write"),
    )  # fmt: skip


@get(AT + "/new", opt=WRITE)
async def new(request: Req, session: Db, partner: FromQuery[str] = "") -> Response[str]:
    raw = {"key": str(uuid7()), "owner_id": str(actor_of(request).id), "partner_id": partner,
           "source": "partner" if partner else "walk_in"}  # fmt: skip
    return await _form(request, session, Submitted(raw))


@post(AT + "/new", opt=WRITE, status_code=200)
async def create(request: Req, session: Db) -> Response[Any]:
    form = await submitted(request, NewLead)
    if form.ok and (await member(session, form.taken.owner_id)).left_at is not None:
        form.refuse("owner_id", _("Choose somebody who works here."))
    if not form.ok:
        return await _form(request, session, form, 422)
    try:
        async with session.begin_nested():
            made = await leads.add(session, form.taken, actor_of(request), clock.now())
    except Refusal as refusal:
        form.refuse("partner_id", refusal.reason)
        return await _form(request, session, form, refusal.status)
    return to(LEAD.url(made), request)


async def _form(request: Req, session: AsyncSession, form: Submitted[Any], status: int = 200) -> Response[str]:
    return await page(
        request, "services/lead_form.html", session=session, status=status, form=form, sources=list(SOURCES.items()),
        key=form.raw.get("key") or str(uuid7()),
        partners=[(str(one.id), one.name) for one in await partners.partners(session) if one.ended_at is None],
        clients=[(str(c.id), f"{c.number} {c.name}") for c in await clients.clients(session, limit=500)],
        people=[(str(m.id), m.name) for m in await members(session)],
    )  # fmt: skip


@get(AT + "/{row_id:uuid}", opt=READ)
async def detail(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    return await show(request, session, row_id)


async def show(
    request: Req, session: AsyncSession, row_id: UUID, *, form: Submitted[Any] | None = None,
    refusal: Refusal | None = None, status: int = 200,
) -> Response[Any]:  # fmt: skip
    one, actor, now = await leads.lead(session, row_id), actor_of(request), clock.now()
    partner = await partners.partner(session, one.partner_id) if one.partner_id else None
    return await page(
        request, "services/lead.html", session=session, status=status, refusal=refusal, lead=one,
        record=await view(session, LEAD, one, actor, now), record_url=address_in(request)(LEAD.url(one)),
        form=form or Submitted(), source=SOURCES[one.source], partner=partner, reasons=list(LOST.items()),
        lost=LOST.get(one.lost_why, ""),
        referrer=await clients.client(session, one.referrer_id) if one.referrer_id else None,
        client=await clients.client(session, one.client_id) if one.client_id else None,
        clients=[(str(c.id), f"{c.number} {c.name}") for c in await clients.clients(session, limit=500)],
    )  # fmt: skip


ROUTES = [index, new, create, detail, *action_routes(LEAD, show)]
