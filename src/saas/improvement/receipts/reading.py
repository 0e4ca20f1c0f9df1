"""Asking colleagues to read something, their receipt, and reminding those who have not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.notifications import notify
from saas.firms.queries import with_roles
from saas.identity.models import Membership
from saas.improvement.receipts.receipt_models import ReadReceipt
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.i18n import Text, _
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.tasks.models import Task

READ = _("Read it and confirm")
REMIND_EVERY = timedelta(days=7)
KIND = "reading"  # of the tasks


@dataclass(frozen=True, slots=True)
class Matter:
    """What is to be read."""

    kind: str  # lesson, regulation
    id: UUID
    title: Text
    url: str  # under the firm


async def ask(
    session: AsyncSession, actor: Actor, matter: Matter, roles: Collection[str], days: int, now: datetime
) -> list[Membership]:
    """Everybody with one of these roles who was not asked before; each gets a task. Returns those asked now."""
    if actor.id is None:
        raise ValueError("somebody asks, never the system")
    calendar = await calendar_of(session)
    due, _provisional = calendar.add_minutes(now, days * calendar.minutes_per_day)
    known = {receipt.member_id for receipt in await of_subject(session, matter.id)}
    asked = [member for member in await with_roles(session, roles) if member.id not in known]
    for member in asked:
        session.add(
            ReadReceipt(subject_kind=matter.kind, subject_id=matter.id, member_id=member.id, asked_by=actor.id,
                        asked_at=now, due_at=due)
        )  # fmt: skip
        session.add(
            Task(subject_kind=KIND, subject_id=matter.id, title=matter.title, step=READ, url=matter.url,
                 assignee_id=member.id, created_at=now, due_at=due)
        )  # fmt: skip
    await session.flush()
    return asked


async def read(
    session: AsyncSession, actor: Actor, matter: Matter, now: datetime, answers: Sequence[int] = (), right: int = 0
) -> ReadReceipt:
    """The receipt, once: a second reading changes nothing. Whoever reads unasked gets one as well."""
    if actor.id is None:
        raise ValueError("a receipt has its reader")
    receipt = await of_member(session, matter.id, actor.id)
    if receipt is None:
        receipt = ReadReceipt(subject_kind=matter.kind, subject_id=matter.id, member_id=actor.id, asked_by=actor.id,
                              asked_at=now, due_at=now)  # fmt: skip
        session.add(receipt)
    if receipt.read_at is None:
        receipt.read_at, receipt.answers = now, list(answers)
        receipt.right, receipt.questions = right, len(answers)
        query = select(Task).where(
            of_this_firm(Task), Task.subject_kind == KIND, Task.subject_id == matter.id,
            Task.assignee_id == actor.id, Task.done_at.is_(None),
        )  # fmt: skip
        for task in (await session.scalars(query)).all():
            task.finish(now, actor.id)
    await session.flush()
    return receipt


async def of_subject(session: AsyncSession, subject_id: UUID) -> Sequence[ReadReceipt]:
    """Everybody's, those still open first, the most overdue at the top."""
    query = select(ReadReceipt).where(of_this_firm(ReadReceipt), ReadReceipt.subject_id == subject_id)
    return (await session.scalars(query.order_by(ReadReceipt.read_at.nulls_first(), ReadReceipt.due_at))).all()


async def of_member(session: AsyncSession, subject_id: UUID, member_id: UUID) -> ReadReceipt | None:
    query = select(ReadReceipt).where(
        of_this_firm(ReadReceipt), ReadReceipt.subject_id == subject_id, ReadReceipt.member_id == member_id
    )
    found: ReadReceipt | None = await session.scalar(query.with_for_update())
    return found


async def remind(session: AsyncSession) -> None:
    """The daily job: who has not read in time is told again, once a week, until they have."""
    now, today = clock.now(), clock.today()
    query = (
        select(ReadReceipt, Task)
        .join(Task, (Task.firm_id == ReadReceipt.firm_id) & (Task.subject_id == ReadReceipt.subject_id))
        .where(of_this_firm(ReadReceipt), ReadReceipt.read_at.is_(None), ReadReceipt.due_at < now)
        .where(Task.subject_kind == KIND, Task.assignee_id == ReadReceipt.member_id, Task.done_at.is_(None))
        .limit(1000)
    )
    for receipt, task in (await session.execute(query)).all():
        if receipt.reminded_on is not None and today - receipt.reminded_on < REMIND_EVERY:
            continue
        receipt.reminded_on = today
        text = _("Still to be read: %(title)s", title=task.title)
        await notify(session, [receipt.member_id], "escalation", text, task.url, now)
