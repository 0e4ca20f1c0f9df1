"""Leads: from the first word to a client, or to the reason why not (R20.4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.queries import client as client_of
from saas.kernel.access import Actor
from saas.kernel.clock import CHINA
from saas.kernel.errors import Invalid
from saas.kernel.i18n import _
from saas.kernel.module import Event
from saas.kernel.money import Money
from saas.kernel.perform import start
from saas.kernel.rows import own_row
from saas.kernel.serials import next_serial
from saas.kernel.tenancy import of_this_firm
from saas.kernel.workflow import Action, State, Workflow, states
from saas.services.offering import catalogue
from saas.services.sources import partners
from saas.services.sources.partners import OriginForm
from saas.services.sources.source_models import Lead

Line = Annotated[str, Meta(max_length=120)]
Words = Annotated[str, Meta(max_length=1000)]


class NewLead(Struct, kw_only=True):
    """`key` is made with the page: pressed twice, it is one lead."""

    key: UUID
    company: Line
    contact: Line
    phone: Annotated[str, Meta(max_length=30)] = ""
    wants: Words
    source: Literal["client", "partner", "own", "platform", "walk_in", "other"]
    referrer_id: UUID | None = None
    partner_id: UUID | None = None
    owner_id: UUID
    month: Money | None = None


class Reason(Struct):
    reason: Words


class Offered(Struct):
    month: Money


class Won(Struct):
    client_id: UUID


class Lost(Struct):
    why: Literal["price", "not_offered", "competitor", "no_need", "silent"]
    words: Words


# fmt: off
LEAD = Workflow(
    "lead",
    label=_("Sales lead"),
    row=Lead,
    path="services/leads",
    initial="new",
    url=lambda lead: f"/services/leads/{lead.id}",
    title=lambda lead: f"{lead.number} {lead.company}",
    assignee=lambda lead: lead.owner_id,
    states=(
        State("new", _("New"), "assignee", 480, tone="due", step=_("New")),
        State("contacted", _("In contact"), "assignee", 2400, step=_("In contact")),
        State("offered", _("With an offer"), "assignee", 4800, tone="wait", step=_("With an offer")),
        State("won", _("Became a client"), final=True, tone="done", step=_("Decided")),
        State("lost", _("Not won"), final=True, tone="sealed", step=_("Decided")),
    ),
    actions=(
        Action("contact", _("Spoken with them"), states("new"), "contacted", "services.write", Lead.contact_made,
               form=Reason, emits="lead.contacted", tone="primary"),
        Action("offer", _("Offer made"), states("new", "contacted"), "offered", "services.write", Lead.offer,
               form=Offered, emits="lead.offered", tone="primary"),
        Action("win", _("Became a client"), states("contacted", "offered"), "won", "services.write", Lead.win,
               form=Won, emits="lead.won", tone="primary",
               consequence=_("The client’s source is written down with it.")),
        Action("lose", _("Not won"), states("new", "contacted", "offered"), "lost", "services.write", Lead.lose,
               form=Lost, emits="lead.lost", tone="quiet"),
        Action("reopen", _("Take it up again"), states("lost"), "contacted", "services.write", Lead.reopen,
               form=Reason, emits="lead.reopened", tone="quiet"),
    ),
)
# fmt: on


async def leads(session: AsyncSession, state: str = "") -> Sequence[Lead]:
    """Those of one state; without one, everything still open."""
    query = select(Lead).where(of_this_firm(Lead))
    query = query.where(Lead.state == state) if state else query.where(Lead.state.not_in(("won", "lost")))
    return (await session.scalars(query.order_by(Lead.opened_at.desc()).limit(300))).all()


async def lead(session: AsyncSession, lead_id: UUID) -> Lead:
    return await own_row(session, Lead, lead_id)


async def add(session: AsyncSession, given: NewLead, actor: Actor, now: datetime) -> Lead:
    known: Lead | None = await session.scalar(select(Lead).where(of_this_firm(Lead), Lead.id == given.key))
    if known is not None:
        return known
    referrer = given.referrer_id if given.source == "client" else None
    through = given.partner_id if given.source == "partner" else None
    if given.source == "partner" and through is None:
        raise Invalid(_("Choose the partner it came through."))
    if referrer is not None:
        await client_of(session, referrer)
    if through is not None:
        await partners.partner(session, through)
    year = now.astimezone(CHINA).year
    made = Lead(
        id=given.key, number=f"XS-{year}-{await next_serial(session, 'lead', year):04d}", company=given.company,
        contact=given.contact, phone=given.phone, wants=given.wants, source=given.source, referrer_id=referrer,
        partner_id=through, owner_id=given.owner_id, month=given.month, opened_at=now,
    )  # fmt: skip
    await start(session, LEAD, made, actor, now=now, summary=given.company)
    return made


async def won(session: AsyncSession, event: Event) -> None:
    """The reaction to `lead.won`: the client's source, where nobody wrote another one down."""
    made: Lead = event.row
    if made.client_id is None:
        return
    client = await client_of(session, made.client_id)
    if await partners.origin(session, client.id) is not None:
        return
    source = made.source if made.source != "client" or made.referrer_id not in (None, client.id) else "other"
    given = OriginForm(source=source, referrer_id=made.referrer_id, partner_id=made.partner_id, words=made.number)  # type: ignore[arg-type]
    await partners.set_origin(session, client, given, event.actor, event.now)


async def lost(session: AsyncSession, event: Event) -> None:
    """The reaction to `lead.lost`: what we do not offer becomes an idea for the catalogue."""
    made: Lead = event.row
    if made.lost_why == "not_offered":
        words = f"{made.wants}：{made.lost_words}"[:300]
        await catalogue.note_idea(session, event.actor, event.now, words, origin=f"lead:{made.id}",
                                  why=made.lost_why, url=LEAD.url(made))  # fmt: skip
