"""A change that is written down in a procedure: its next version goes with the change, and one approval does both."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists.forms import Reason
from saas.checklists.procedures import procedure_queries as procedures
from saas.checklists.procedures.procedure_models import ProcedureVersion
from saas.checklists.procedures.procedure_workflow import PROCEDURE
from saas.checklists.procedures.publishing import next_version
from saas.improvement.changes import queries
from saas.improvement.changes.change_models import Change
from saas.improvement.changes.forms import Draft
from saas.kernel.access import Actor
from saas.kernel.forms import Submitted
from saas.kernel.i18n import Text, _
from saas.kernel.module import Event
from saas.kernel.perform import perform

WRITE = "procedures.write"
TAKEN = _("A version of this procedure is on its way already. Finish or drop it first.")


async def choices(session: AsyncSession, actor: Actor) -> list[tuple[str, Text]]:
    """Procedures that whoever drafts a change may rewrite; none for those who write no procedures."""
    if not actor.may(WRITE):
        return []
    return [(str(procedure.id), version.title) for procedure, version in await procedures.library(session)]


async def version_of(session: AsyncSession, change: Change) -> ProcedureVersion | None:
    return await procedures.version(session, change.version_id) if change.version_id else None


async def check(session: AsyncSession, form: Submitted[Draft], actor: Actor) -> None:
    """The chosen procedure: one that this person may rewrite, and that nobody else is rewriting."""
    if not form.ok or form.taken.procedure_id is None:
        return
    if form.taken.key and await queries.change_or_none(session, form.taken.key):
        return  # the same form once more
    chosen, known = form.taken.procedure_id, {name for name, _title in await choices(session, actor)}
    if str(chosen) not in known:
        form.refuse("procedure_id", _("Please choose one."))
    elif any(version.state in procedures.IN_WORK for version in await procedures.versions(session, chosen)):
        form.refuse("procedure_id", TAKEN)


async def begin(session: AsyncSession, change: Change, procedure_id: UUID, actor: Actor, now: datetime) -> None:
    """The procedure's next version as a draft for the change's day; Conflict from whom was a moment faster."""
    procedure = await procedures.procedure(session, procedure_id)
    draft = await next_version(session, procedure, actor, now)
    draft.effective_on = change.effective_on
    draft.change = draft.change or f"{change.number} {change.title}"
    change.version_id = draft.id


async def follow_day(session: AsyncSession, change: Change) -> None:
    """What is still written begins on the change's day. What was handed in keeps its own, and the change takes that."""
    version = await version_of(session, change)
    if version is not None and version.state == "draft":
        version.effective_on = change.effective_on


async def approved(session: AsyncSession, event: Event) -> None:
    """Who approves the change puts the version in force, on the same day."""
    version = await version_of(session, event.row)
    if version is not None and version.state == "in_review":
        await perform(session, PROCEDURE, version.id, "approve", event.actor, now=event.now)


async def sent_back(session: AsyncSession, event: Event) -> None:
    """Whoever wrote the version can go on writing."""
    version = await version_of(session, event.row)
    if version is not None and version.state == "in_review":
        reason = Reason(event.row.reason)
        await perform(session, PROCEDURE, version.id, "send_back", event.actor, reason, now=event.now)


async def dropped(session: AsyncSession, event: Event) -> None:
    """A version that is not in force yet goes with the change; one that is stays until the next replaces it."""
    version = await version_of(session, event.row)
    if version is not None and version.state in procedures.IN_WORK:
        await perform(session, PROCEDURE, version.id, "drop", event.actor, now=event.now)
