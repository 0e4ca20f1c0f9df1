"""What refunds do when something happens: greet the request, follow the talk, follow people and merged clients."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.firms.notifications import notify
from saas.kernel.i18n import _
from saas.kernel.module import Event, Holding
from saas.kernel.perform import perform
from saas.kernel.tenancy import of_this_firm
from saas.refunds import queries
from saas.refunds.asking.chasing import OF_PAPERS, UNREACHED
from saas.refunds.asking.client_mails import RECEIVED, REGISTERED
from saas.refunds.forms import Take
from saas.refunds.models import OVER, Refund
from saas.refunds.payment import errands
from saas.refunds.workflow import REFUND
from saas.tasks.errands import finish
from saas.tasks.models import Task

FIRST_CONTACT = _("Contact the client: say what happens next, check who asks, explain the policy")
MAILS = frozenset(kind.name for kind in REGISTERED)


async def received(session: AsyncSession, event: Event) -> None:
    """At once: the client gets number and promised day, the preparer the task to make the first contact."""
    refund: Refund = event.row
    if refund.contact_id is not None:
        await RECEIVED.send(session, refund, await clients.contact(session, refund.contact_id), event.now)
    await errands.give(session, refund, FIRST_CONTACT, event.now, role="bookkeeper", assignee_id=refund.preparer_id)


async def talked(session: AsyncSession, refund: Refund, now: datetime, by: UUID | None) -> None:
    """The first recorded exchange is the first contact."""
    await finish(session, refund.id, (FIRST_CONTACT.msgid,), now, by)


async def talk_is_over(session: AsyncSession, event: Event) -> None:
    """Complete, taken back or rejected: nobody has to make contact or wait for papers any more."""
    await errands.end(session, event.row, (FIRST_CONTACT.msgid, *OF_PAPERS), event)


async def supplied(session: AsyncSession, event: Event) -> None:
    """What was missing is here."""
    await errands.end(session, event.row, OF_PAPERS, event)


async def taken(session: AsyncSession, event: Event) -> None:
    """Whoever prepares it from now on is told, and inherits the open errands of the one before."""
    refund: Refund = event.row
    before = event.detail.get("before")
    if before:
        mine = (of_this_firm(Task), Task.subject_id == refund.id, Task.workflow == "", Task.done_at.is_(None))
        passed_on = update(Task).where(*mine, Task.assignee_id == UUID(before)).values(assignee_id=refund.preparer_id)
        await session.execute(passed_on)
    if refund.preparer_id is not None and refund.preparer_id != event.actor.id:
        said = _("%(title)s: %(state)s", title=refund.number, state=REFUND.state(refund.state).label)
        await notify(session, [refund.preparer_id], "assigned", said, REFUND.url(refund), event.now)


async def message_failed(session: AsyncSession, event: Event) -> None:
    """A mail about a refund came back: its preparer has to find another way."""
    if event.row.subject_kind not in MAILS:
        return
    refund = await queries.refund_or_none(session, event.row.subject_id)
    if refund is not None and refund.state not in OVER:
        await errands.give(session, refund, UNREACHED, event.now, role="bookkeeper", assignee_id=refund.preparer_id)


async def follow_merge(session: AsyncSession, event: Event) -> None:
    """The refunds of a merged client go to the other one, as its contracts did."""
    into = event.row
    mine = (of_this_firm(Refund), Refund.client_id == event.detail["merged_id"])
    await session.execute(update(Refund).where(*mine).values(client_id=into.id))


async def holdings(session: AsyncSession, member_id: UUID) -> Sequence[Holding]:
    """Open refunds this member prepares."""
    return [Holding(_("Open refunds"), len(await _prepared(session, member_id)))]


async def follow_leaving(session: AsyncSession, event: Event) -> None:
    """Each open refund goes to whoever takes the work over; a refusal (they approved it) stops the leaving."""
    form = Take(UUID(event.detail["to_id"]))
    for refund_id in await _prepared(session, UUID(event.detail["member_id"])):
        await perform(session, REFUND, refund_id, "take", event.actor, form, now=event.now)


async def _prepared(session: AsyncSession, member_id: UUID) -> Sequence[UUID]:
    query = select(Refund.id).where(
        of_this_firm(Refund), Refund.preparer_id == member_id, Refund.state.not_in(OVER)
    )  # fmt: skip
    return (await session.scalars(query.order_by(Refund.number))).all()
