"""Reminders to a client whose papers are missing, and offers that end; both hourly, mails in working hours only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.chasing import REMINDERS
from saas.clients.models import Contact
from saas.firms.notifications import notify
from saas.firms.queries import with_roles
from saas.kernel import clock
from saas.kernel.access import SYSTEM
from saas.kernel.audit import record
from saas.kernel.calendar import Calendar
from saas.kernel.i18n import _
from saas.kernel.perform import calendar_of, perform
from saas.kernel.tenancy import of_this_firm
from saas.refunds.asking.client_mails import REMINDER
from saas.refunds.forms import Reason
from saas.refunds.models import Missing, Refund
from saas.refunds.payment import errands
from saas.refunds.workflow import REFUND

TAKE_OVER = _("The client does not answer: take over the talk")
UNREACHED = _("The mail about the refund did not reach the client: find another way")
OF_PAPERS = (TAKE_OVER.msgid, UNREACHED.msgid)


async def chase(session: AsyncSession) -> None:
    """Remind whoever is due, once a step; with the last reminder the manager hears of it."""
    calendar, now = await calendar_of(session), clock.now()
    if not _at_work(calendar, now):
        return
    query = (
        select(Missing, Refund)
        .join(Refund, (Refund.firm_id == Missing.firm_id) & (Refund.id == Missing.refund_id))
        .where(of_this_firm(Missing), Refund.state == "clarifying", Missing.answered_at.is_(None),
               Missing.waived_by.is_(None))
        .order_by(Missing.asked_at, Missing.id)
    )  # fmt: skip
    batches: dict[UUID, tuple[Refund, list[Missing]]] = {}
    for one, refund in await session.execute(query):
        batches.setdefault(refund.id, (refund, []))[1].append(one)
    for refund, asked in batches.values():
        await _remind(session, calendar, refund, asked, now)


async def _remind(
    session: AsyncSession, calendar: Calendar, refund: Refund, asked: Sequence[Missing], now: datetime
) -> None:
    """One mail for everything that is missing, counted from the oldest."""
    waited = calendar.working_days(asked[0].asked_at.astimezone(clock.CHINA).date(),
                                   now.astimezone(clock.CHINA).date())  # fmt: skip
    due = sum(waited >= days for days in REMINDERS)
    if due <= asked[0].chased:
        return
    for one in asked:
        one.chased = max(one.chased, due)
    contact = await session.scalar(
        select(Contact).where(of_this_firm(Contact), Contact.id == asked[0].contact_id, Contact.left_at.is_(None))
    )
    if contact is not None and await REMINDER.send(session, refund, contact, now) is not None:
        record(session, SYSTEM, "refunds.remind", now, subject=refund, client_id=refund.client_id, timeline=True,
               summary=contact.name, number=due)  # fmt: skip
    if due == len(REMINDERS) and asked[0].escalated_at is None:
        await _escalate(session, refund, asked, now)


async def _escalate(session: AsyncSession, refund: Refund, asked: Sequence[Missing], now: datetime) -> None:
    """A task for the manager, who telephones, waives, or records what was said."""
    for one in asked:
        one.escalated_at = now
    await errands.give(session, refund, TAKE_OVER, now, role="manager")
    record(session, SYSTEM, "refunds.escalate", now, subject=refund, client_id=refund.client_id, timeline=True)
    managers = await with_roles(session, ["manager"]) or await with_roles(session, ["owner"])
    told = [*(m.id for m in managers), *([refund.preparer_id] if refund.preparer_id else [])]
    said = _("The client does not answer: %(title)s", title=refund.number)
    await notify(session, told, "escalation", said, REFUND.url(refund), now)


async def lapse(session: AsyncSession) -> None:
    """An offer whose last day is over goes back to the calculation; the client is never held to silence."""
    now = clock.now()
    query = select(Refund).where(
        of_this_firm(Refund), Refund.state.in_(("countersigned", "offered")), Refund.offered_until < clock.today()
    )
    for refund in (await session.scalars(query)).all():
        reason = Reason(str(_("The offer ended on %(day)s without an answer.", day=refund.offered_until)))
        await perform(session, REFUND, refund.id, "lapse", SYSTEM, reason, now=now)


def _at_work(calendar: Calendar, now: datetime) -> bool:
    local = now.astimezone(clock.CHINA)
    minute = local.hour * 60 + local.minute
    return any(stretch.start <= minute < stretch.end for stretch in calendar.hours_of(local.date()))
