"""Telling members what concerns them: a row in the product, and a mail where they wish one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms import queries
from saas.firms.models import Notification
from saas.identity.mails import Message, deliver
from saas.identity.models import Person
from saas.identity.queries import member as member_of
from saas.identity.queries import person as person_of
from saas.identity.queries import persons_of
from saas.kernel import clock
from saas.kernel.access import ROLES
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.module import Transition
from saas.kernel.outbox import enqueue

PATIENCE = timedelta(minutes=1)  # whoever sees it in the product by then gets no mail
STALE = timedelta(days=1)  # after which a mail would only confuse


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notification, and whether it comes by mail unless a person says otherwise."""

    label: Text
    by_mail: bool


KINDS: dict[str, Kind] = {
    "assigned": Kind(_("Something is given to you"), by_mail=False),
    "review": Kind(_("Something waits for your review"), by_mail=True),
    "mention": Kind(_("Somebody mentions you"), by_mail=True),
    "answer": Kind(_("A client answers"), by_mail=True),
    "escalation": Kind(_("Something is overdue"), by_mail=True),
    "digest": Kind(_("Books were checked before filing"), by_mail=True),
    "filing": Kind(_("Returns are due"), by_mail=True),
    "course": Kind(_("A course is due"), by_mail=True),
    "budget": Kind(_("The month’s refund budget is nearly used"), by_mail=True),
    "calendar": Kind(_("The working calendar needs you"), by_mail=True),
    "informed": Kind(_("A step you are to know of"), by_mail=False),
    "help": Kind(_("A colleague asks or answers"), by_mail=False),
    "thanks": Kind(_("A colleague thanks you"), by_mail=False),
    "plan": Kind(_("A limit of your plan is near"), by_mail=True),
    "support": Kind(_("Support asks to look in, or has ended"), by_mail=True),
    "audit": Kind(_("The day’s head of the audit trail"), by_mail=True),
    "security": Kind(_("The firm’s security"), by_mail=True),
}


async def notify(
    session: AsyncSession,
    member_ids: Iterable[UUID],
    kind: str,
    text: Text,
    url: str,
    now: datetime,
    patience: timedelta = PATIENCE,
) -> list[Notification]:
    """Tell these members; `url` is under the firm. What somebody has unread already is not said twice.

    The mail waits so long for them to see it in the product.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind of notification {kind}")
    wanted = set(member_ids)
    members = [m for m in await queries.people(session) if m.id in wanted]
    persons = await persons_of(session, [m.person_id for m in members])
    told = []
    for member in members:
        if await queries.is_told(session, member.id, kind, url, text):
            continue
        row = Notification(id=uuid7(), member_id=member.id, kind=kind, text=text, url=url, created_at=now)
        session.add(row)
        told.append(row)
        if wants_mail(persons[member.person_id], kind):
            enqueue(session, "firms.mail_notification", due_at=now + patience, notification_id=row.id)
    return told


def wants_mail(person: Person, kind: str) -> bool:
    """As the person chose, else as the kind has it."""
    return bool(person.preferences.get("mail", {}).get(kind, KINDS[kind].by_mail))


async def observe(session: AsyncSession, step: Transition) -> None:
    """Of every transition: whose turn it is now learns of it, unless it was they who did it."""
    row, state = step.row, step.workflow.state(step.target)
    handed = step.source == step.target and step.action == "hand_to"
    if (step.source == step.target and not handed) or state.final:
        return
    text = _("%(title)s: %(state)s", title=step.workflow.title(row), state=state.label)
    owner = step.workflow.assignee(row) if step.workflow.assignee else None
    if state.responsible == "assignee" and owner is not None and owner != step.actor.id:
        kind = "answer" if step.actor.kind == "contact" else "assigned"
        await notify(session, [owner], kind, text, step.workflow.url(row), step.now)
    elif state.responsible in ROLES and step.source:
        reviewers = await queries.with_roles(session, [state.responsible])
        others = [m.id for m in reviewers if m.id not in (step.actor.id, owner)]
        await notify(session, others, "review", text, step.workflow.url(row), step.now)


async def mail_notification(session: AsyncSession, notification_id: str) -> None:
    """The mail of one notification; none if it was read meanwhile or is old news."""
    row = await session.get_one(Notification, (queries.firm_id(), UUID(notification_id)))
    now = clock.now()
    if row.read_at is not None or row.mailed_at is not None or now - row.created_at > STALE:
        return
    firm, member = await queries.firm(session), await member_of(session, row.member_id)
    person = await person_of(session, member.person_id)
    row.mailed_at = now
    message = Message(
        row.text,
        [KINDS[row.kind].label, row.text],
        f"/f/{firm.slug}{row.url}",
        foot=_("You get this mail because of your settings under My account → Notifications."),
    )
    await deliver(message, person.email, person.name, person.locale)
