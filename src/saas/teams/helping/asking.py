"""Asking a colleague or a role about a record, and telling who has to know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.workflow import CASE
from saas.checklists.workflow import RUN
from saas.firms.notifications import notify
from saas.identity.queries import members
from saas.identity.rules import LEFT
from saas.kernel.access import ROLES, Actor
from saas.kernel.errors import Forbidden, Missing
from saas.kernel.forms import Submitted
from saas.kernel.i18n import _
from saas.kernel.module import Transition
from saas.kernel.perform import start
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.kernel.workflow import Workflow
from saas.notices.workflow import NOTICE
from saas.refunds.workflow import REFUND
from saas.tasks.models import Task
from saas.tasks.observer import title_of
from saas.teams.helping.help_models import Help
from saas.teams.helping.workflow import HELP

# What one can ask about, and who may see it.
SUBJECTS: dict[str, tuple[Workflow, str]] = {
    CASE.name: (CASE, "cases.read"),
    REFUND.name: (REFUND, "refunds.read"),
    RUN.name: (RUN, "checklists.read"),
    NOTICE.name: (NOTICE, "notices.read"),
}


class NewHelp(Struct):
    key: UUID  # made with the page: the same form sent twice asks once
    kind: str
    subject_id: UUID
    whom: str  # a role, or the id of a member
    question: Annotated[str, Meta(max_length=2000)]
    days: Annotated[int, Meta(ge=1, le=10)] = 1


async def subject_of(session: AsyncSession, actor: Actor, kind: str, subject_id: UUID) -> tuple[Workflow, Any]:
    """The record asked about; Missing where there is none, Forbidden where this person may not see it."""
    if kind not in SUBJECTS:
        raise Missing()
    workflow, permission = SUBJECTS[kind]
    table: Any = workflow.row
    row = await own_row(session, table, subject_id)
    if not actor.may(permission):
        raise Forbidden(_("Your role does not see this record."), action="teams.ask", subject_id=subject_id)
    return workflow, row


async def check(session: AsyncSession, form: Submitted[NewHelp], actor: Actor) -> None:
    """Whom: a role somebody else here has, or a colleague who still works here."""
    if not form.ok:
        return
    whom, here = form.taken.whom, await members(session)
    if whom == str(actor.id):
        form.refuse("whom", _("Ask somebody else: this is yourself."))
    elif whom in ROLES:
        if not any(whom in m.roles and m.id != actor.id for m in here):
            form.refuse("whom", _("Nobody else has this role."))
    elif whom not in {str(m.id) for m in here}:
        form.refuse("whom", LEFT)


async def ask(session: AsyncSession, actor: Actor, given: NewHelp, now: datetime) -> Help:
    """The question as a record with its own task and clock; the same form again gives the same one."""
    known = await session.scalar(select(Help).where(of_this_firm(Help), Help.id == given.key))
    if known is not None:
        return known
    workflow, row = await subject_of(session, actor, given.kind, given.subject_id)
    if actor.id is None:
        raise ValueError("somebody asks")
    is_role = given.whom in ROLES
    asked = Help(
        id=given.key, subject_kind=workflow.name, subject_id=row.id, client_id=row.subject_client_id,
        title=title_of(workflow, row), url=workflow.url(row), question=given.question, asker_id=actor.id,
        asked_at=now, helper_id=None if is_role else UUID(given.whom), role=given.whom if is_role else "",
        days=given.days,
    )  # fmt: skip
    await start(session, HELP, asked, actor, now=now, summary=given.question[:200])
    return asked


async def follow(session: AsyncSession, step: Transition) -> None:
    """After the tasks: a question to a role waits for anybody with it; who asked hears what became of it."""
    if step.workflow is not HELP:
        return
    row: Help = step.row
    url = HELP.url(row)
    if not step.source and row.helper_id is None:
        task = await session.scalar(
            select(Task).where(of_this_firm(Task), Task.subject_id == row.id, Task.done_at.is_(None))
        )
        if task is not None:
            task.role = row.role
        told = [m.id for m in await members(session) if row.role in m.roles and m.id != row.asker_id]
        said = _("%(name)s asks for help: %(title)s", name=step.actor.name, title=row.title)
        await notify(session, told, "help", said, url, step.now)
    elif step.source and step.target != "withdrawn":
        words = {
            "taken": _("%(name)s takes your question on: %(title)s", name=step.actor.name, title=row.title),
            "answered": _("%(name)s answers your question: %(title)s", name=step.actor.name, title=row.title),
            "declined": _("%(name)s declines your question: %(title)s", name=step.actor.name, title=row.title),
        }
        await notify(session, {row.asker_id} - {step.actor.id}, "help", words[step.target], url, step.now)


async def about(session: AsyncSession, subject_id: UUID) -> Sequence[Help]:
    """The questions about one record, the newest first."""
    query = select(Help).where(of_this_firm(Help), Help.subject_id == subject_id)
    return (await session.scalars(query.order_by(Help.asked_at.desc()))).all()


async def lately(session: AsyncSession, limit: int = 100) -> Sequence[Help]:
    """Open ones first, by when they are due."""
    query = select(Help).where(of_this_firm(Help))
    return (await session.scalars(query.order_by(Help.settled_at.desc().nulls_first(), Help.due_at).limit(limit))).all()


async def one(session: AsyncSession, help_id: UUID) -> Help:
    return await own_row(session, Help, help_id)
