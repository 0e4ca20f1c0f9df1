"""One text to many clients: chosen by filter, drafted, approved by a second person, each client told exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case
from saas.cases.workflow import OPEN
from saas.clients import queries as clients
from saas.clients.models import Client
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.access import SYSTEM, Actor
from saas.kernel.errors import Conflict, Invalid, Refusal
from saas.kernel.i18n import Text, _
from saas.kernel.module import Event
from saas.kernel.outbox import enqueue
from saas.kernel.perform import perform, start
from saas.kernel.tenancy import of_this_firm
from saas.kernel.workflow import Action, Deed, State, Workflow, states
from saas.notices import drafts, issue
from saas.notices.sending import send_message
from saas.risks.incidents import mass_queries, queries
from saas.risks.incidents.forms import Reason
from saas.risks.incidents.incident_models import Incident
from saas.risks.incidents.mass_models import MassNotice, Told
from saas.risks.incidents.timeline import write

AT_ONCE = 20  # clients a job tells in one transaction
LIFE = timedelta(days=90)


class Filter(Struct, kw_only=True):
    """Which clients: "all", those with open cases, those of one bookkeeper, or those ticked one by one."""

    who: Literal["all", "open_cases", "bookkeeper", "picked"] = "all"
    bookkeeper_id: UUID | None = None
    taxpayer: Literal["", "small", "general"] = ""
    clients: list[UUID] = []


class NewMass(Filter, kw_only=True):
    """`key` is made with the page: pressed twice, it is one draft."""

    key: UUID
    channel: Literal["letter", "message"]
    subject_zh: Annotated[str, Meta(max_length=120)]
    subject_en: Annotated[str, Meta(max_length=120)] = ""
    text_zh: Annotated[str, Meta(max_length=4000)]
    text_en: Annotated[str, Meta(max_length=4000)] = ""


def is_second_person(mass: MassNotice, deed: Deed) -> Text | None:
    if deed.actor.id == mass.prepared_by:
        return _("Nobody approves their own notice: a second person has to do this.")
    return None


# fmt: off
MASS = Workflow(
    "mass_notice",
    label=_("Mass notice"),
    row=MassNotice,
    path="mass-notices",
    initial="draft",
    url=lambda mass: f"/incidents/{mass.incident_id}/notices/{mass.id}",
    title=lambda mass: mass.subject.get("zh", ""),
    states=(
        State("draft", _("Draft"), "manager", 60, tone="due", step=_("Draft")),
        State("sending", _("Being sent"), "system", step=_("Sent")),
        State("sent", _("Sent"), final=True, tone="done", step=_("Sent")),
        State("dropped", _("Discarded"), final=True, tone="sealed", step=_("Draft")),
    ),
    actions=(
        Action("approve", _("Approve and send"), states("draft"), "sending", "incidents.manage", MassNotice.approve,
               rules=(is_second_person,), fresh_sign_in=True, emits="mass_notice.approved", tone="primary",
               consequence=_("Each client is told once; it cannot be called back.")),
        Action("drop", _("Discard"), states("draft"), "dropped", "incidents.work", MassNotice.drop, form=Reason,
               emits="mass_notice.dropped", tone="quiet"),
        Action("finish", _("All told"), states("sending"), "sent", "incidents.manage", MassNotice.finish, by="system",
               emits="mass_notice.sent"),
    ),
)
# fmt: on


async def chosen(session: AsyncSession, asked: Filter) -> Sequence[Client]:
    """Active clients that the filter takes."""
    query = select(Client).where(of_this_firm(Client), Client.archived_at.is_(None), Client.merged_into_id.is_(None))
    if asked.taxpayer:
        query = query.where(Client.taxpayer_kind == asked.taxpayer)
    if asked.who == "bookkeeper":
        query = query.where(Client.bookkeeper_id == asked.bookkeeper_id)
    elif asked.who == "open_cases":
        open_ones = select(Case.client_id).where(of_this_firm(Case), Case.state.in_(OPEN))
        query = query.where(Client.id.in_(open_ones))
    elif asked.who == "picked":
        query = query.where(Client.id.in_(asked.clients))
    return (await session.scalars(query.order_by(Client.sort_key))).all()


async def draft(session: AsyncSession, incident: Incident, given: NewMass, actor: Actor, now: datetime) -> MassNotice:
    """A draft with its list of clients. The same key twice is the same draft; Invalid where nobody is chosen."""
    known = await mass_queries.mass_or_none(session, given.key)
    if known is not None:
        return known
    if incident.state in ("closed", "called_off") or actor.id is None:
        raise Conflict(_("This incident is closed: nothing is added any more."))
    people = await chosen(session, given)
    if not people:
        raise Invalid(_("No client is chosen by this filter."))
    mass = MassNotice(
        id=given.key, incident_id=incident.id, channel=given.channel,
        subject={"zh": given.subject_zh, "en": given.subject_en or given.subject_zh},
        text={"zh": given.text_zh, "en": given.text_en or given.text_zh},
        chosen={"who": given.who, "taxpayer": given.taxpayer, "clients": len(people)}, prepared_by=actor.id,
        prepared_at=now,
    )  # fmt: skip
    await start(session, MASS, mass, actor, now=now, summary=given.subject_zh)
    session.add_all(Told(mass_id=mass.id, client_id=client.id) for client in people)
    words = _("Notice to %(n)s clients drafted: %(subject)s", n=len(people), subject=given.subject_zh)
    write(session, incident, actor, now, "notice", words)
    await session.flush()
    return mass


async def approved(session: AsyncSession, event: Event) -> None:
    """The reaction to `mass_notice.approved`: a job tells the clients, a few at a time."""
    incident = await queries.incident(session, event.row.incident_id)
    write(session, incident, event.actor, event.now, "notice",
          _("Notice approved: %(subject)s", subject=event.row.subject["zh"]))  # fmt: skip
    enqueue(session, "risks.tell_clients", mass_id=event.row.id)
    await session.flush()


async def tell_clients(session: AsyncSession, mass_id: str) -> None:
    """A few clients, then the next job: what a crash undoes is done again, what is done is not."""
    mass = await mass_queries.mass_or_none(session, UUID(mass_id))
    if mass is None or mass.state != "sending":
        return
    now = clock.now()
    for told in await mass_queries.waiting(session, mass.id, AT_ONCE):
        await _tell(session, mass, told, now)
        told.settled_at = now
    await session.flush()
    count = await mass_queries.counts(session, mass.id)
    if count["settled"] < count["of"]:
        enqueue(session, "risks.tell_clients", mass_id=mass.id)
        return
    await perform(session, MASS, mass.id, "finish", SYSTEM, now=now)
    incident = await queries.incident(session, mass.incident_id)
    write(session, incident, SYSTEM, now, "notice",
          _("%(n)s clients told, %(unreached)s cannot be reached by machine: %(subject)s", n=count["of"],
            unreached=count["unreached"], subject=mass.subject["zh"]))  # fmt: skip
    await session.flush()


async def _tell(session: AsyncSession, mass: MassNotice, told: Told, now: datetime) -> None:
    """One client: a numbered letter, or a message with a link to whoever may approve there."""
    if mass.channel == "letter":
        try:
            async with session.begin_nested():
                told.notice_id = await _letter(session, mass, told.client_id, now)
                told.outcome = "letter"
        except Refusal as refusal:  # what the register does not say of this client stops nobody else's letter
            told.notice_id, told.outcome, told.remark = None, "unreached", str(refusal.reason)
        return
    sent = [
        await send_message(session, kind="mass_notice", subject_id=told.id, contact=contact, purpose="mass_notice",
                           now=now, life=LIFE, keep_hours=False)
        for contact in (await clients.approvers(session, told.client_id))[:1]
    ]  # fmt: skip
    told.outcome = "message" if any(delivery is not None for delivery in sent) else "unreached"


async def _letter(session: AsyncSession, mass: MassNotice, client_id: UUID, now: datetime) -> UUID:
    """Drafted as the preparer's, approved as the approver's: the letter's own two-person rule holds too."""
    client = await clients.client(session, client_id)
    speakers = await clients.contacts(session, client_id)
    locale = speakers[0].locale if speakers and speakers[0].locale in ("en", "both") else "zh"
    words = {"en": mass.text["en"], "both": f"{mass.text['zh']}\n\n{mass.text['en']}"}.get(locale, mass.text["zh"])
    subject = mass.subject["en"] if locale == "en" else mass.subject["zh"]
    content: dict[str, Any] = {"text": words, "duties": [], "recipients": []}
    notice = await drafts.draft(
        session, await _member(session, mass.prepared_by), kind="general", client=client, subject_kind="incident",
        subject_id=mass.id, title=Text("%(title)s", title=subject), content=content, locale=locale, answer_by=None,
        now=now,
    )  # fmt: skip
    await issue.approve(session, notice, await _member(session, mass.approved_by), now)
    return notice.id


async def _member(session: AsyncSession, member_id: UUID | None) -> Actor:
    member = (await members_by_id(session))[member_id] if member_id else None
    if member is None:
        raise ValueError("a mass notice has two people")
    return Actor("member", member.id, member.name, member.person_id, frozenset(member.roles))


async def resume(session: AsyncSession) -> None:
    """The hourly job: what stands still in the middle goes on (a worker that was lost, a queue that was emptied)."""
    query = select(MassNotice.id).where(of_this_firm(MassNotice), MassNotice.state == "sending")
    for mass_id in (await session.scalars(query)).all():
        await tell_clients(session, str(mass_id))
