"""When we are late or silent: owner and manager hear of an overdue step, the client of how things stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import queries
from saas.cases.models import Case
from saas.cases.promises import NEXT, YOURS, progress
from saas.cases.queries import Wanted
from saas.cases.workflow import CASE
from saas.clients import queries as clients
from saas.clients.communication import log
from saas.firms.choices import choice
from saas.firms.notifications import notify
from saas.firms.queries import with_roles
from saas.kernel import clock
from saas.kernel.access import SYSTEM
from saas.kernel.calendar import Calendar
from saas.kernel.i18n import _
from saas.kernel.perform import calendar_of
from saas.notices.messages import MessageKind, Recipient, Words, register_message
from saas.notices.models import Delivery
from saas.notices.sending import send_message
from saas.tasks import queries as tasks

SILENT_FOR = 3  # working days without a word to the client (requirement A18.3)


async def escalate(session: AsyncSession) -> None:
    """Hourly: each step of a case that is past its time is told to its owner and a manager, once a step."""
    now = clock.now()
    late = [t for t in await tasks.overdue(session, now) if t.subject_kind == CASE.name and t.workflow]
    managers = [m.id for m in await with_roles(session, ["manager"]) or await with_roles(session, ["owner"])]
    for task in late:
        task.escalated_at = now
        told = {*managers, *([task.assignee_id] if task.assignee_id else [])}
        await notify(session, told, "escalation", _("Overdue: %(title)s", title=task.title), task.url, now)


async def inform(session: AsyncSession) -> None:
    """Daily: a client we have talked to and who then heard nothing for three working days is told how things stand.

    Not while it is the client's turn, and not where the firm chose to write by hand.
    """
    if await choice(session, "progress_mails") != "on":
        return
    calendar, now = await calendar_of(session), clock.now()
    open_cases = await queries.cases(session, Wanted(), limit=100_000)
    last = await queries.last_word(session, [case.id for case in open_cases])
    silent: dict[UUID, list[Case]] = {}
    for case in open_cases:
        heard = last.get(case.id)
        if heard is not None and case.state not in YOURS and _days(calendar, heard, now) >= SILENT_FOR:
            silent.setdefault(case.client_id, []).append(case)
    for client_id, cases in silent.items():
        await _tell(session, client_id, cases, now)


async def _tell(session: AsyncSession, client_id: UUID, cases: Sequence[Case], now: datetime) -> None:
    """One mail with the client's status page; it is on record for each case, so the silence begins anew."""
    people = await clients.approvers(session, client_id) or await clients.contacts(session, client_id)
    reachable = next((contact for contact in people if contact.email), None)
    if reachable is None:
        return
    await send_message(
        session, kind=PROGRESS.name, subject_id=client_id, contact=reachable, purpose="status", now=now,
        channel="email", keep_hours=True,
    )  # fmt: skip
    client = await clients.client(session, client_id)
    for case in cases:
        summary = str(_("Told how it stands: %(next)s", next=NEXT[case.state]))
        log(session, SYSTEM, client, now, channel="email", direction="out", summary=summary, contact=reachable,
            subject_kind=CASE.name, subject_id=case.id)  # fmt: skip


async def compose(session: AsyncSession, delivery: Delivery, to: Recipient) -> Words:
    """The mail: every open matter in the client's words, with the page that always shows the newest."""
    client = await clients.client(session, delivery.subject_id)
    matters = [progress(case) for case in await queries.open_of_client(session, client.id)]
    name = client.name_in(to.locales[0])
    return Words(
        _("How things stand with the books of %(client)s", client=name),
        _("%(firm)s tells you how things stand with your books:", firm=to.face.name_in(to.locales[0])),
        {"client": client, "matters": matters},
    )


def _days(calendar: Calendar, then: datetime, now: datetime) -> int:
    return calendar.working_days(then.astimezone(clock.CHINA).date(), now.astimezone(clock.CHINA).date())


PROGRESS = register_message(MessageKind("progress", "mail/cases/progress", compose))
