"""Writing the next version of a procedure, and what happens when one comes in force."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists.procedures import procedure_queries as queries
from saas.checklists.procedures import reading
from saas.checklists.procedures.procedure_forms import ProcedureForm
from saas.checklists.procedures.procedure_models import Procedure, ProcedureVersion
from saas.checklists.procedures.procedure_workflow import PROCEDURE
from saas.kernel import clock
from saas.kernel.access import SYSTEM, Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict
from saas.kernel.i18n import _
from saas.kernel.module import Event
from saas.kernel.perform import perform, start

TEXTS = ("title_zh", "title_en", "body_zh", "body_en", "source", "effective_on", "change", "read_days")
COPIED = ("title_zh", "title_en", "body_zh", "body_en", "source", "rules", "steps", "readers", "read_days")


async def next_version(session: AsyncSession, procedure: Procedure, actor: Actor, now: datetime) -> ProcedureVersion:
    """A draft that begins as a copy of the newest version; the one in work where there is one."""
    known = await queries.versions(session, procedure.id)
    in_work = next((v for v in known if v.state in queries.IN_WORK), None)
    if in_work is not None:
        return in_work
    copied: dict[str, Any] = {name: getattr(known[0], name) for name in COPIED}
    draft = ProcedureVersion(
        procedure_id=procedure.id,
        version=known[0].version + 1,
        effective_on=clock.today(),
        author_id=actor.id,
        **copied,
    )
    try:
        async with session.begin_nested():
            await start(session, PROCEDURE, draft, actor, now=now)
    except IntegrityError as error:  # of two that begin in the same moment, the number lets one win
        raise Conflict(_("Somebody else has just begun the next version. Open it and go on there.")) from error
    return draft


async def new_procedure(session: AsyncSession, form: ProcedureForm, actor: Actor, now: datetime) -> ProcedureVersion:
    """One of the firm's own, with its first draft."""
    procedure = Procedure(starter_key=str(form.key), position=1000)
    session.add(procedure)
    await session.flush()
    draft = ProcedureVersion(procedure_id=procedure.id, version=1, author_id=actor.id)
    _fill(draft, form, actor)
    await start(session, PROCEDURE, draft, actor, now=now)
    return draft


def write(session: AsyncSession, draft: ProcedureVersion, form: ProcedureForm, actor: Actor, now: datetime) -> None:
    """Put what was typed into a draft; Conflict where it is no draft any more."""
    if draft.state != "draft":
        raise Conflict(_("This version is not a draft any more: its text stays as it is."))
    _fill(draft, form, actor)
    record(session, actor, "procedures.write", now, subject=draft, summary=draft.title_zh, version=draft.version)


def _fill(draft: ProcedureVersion, form: ProcedureForm, actor: Actor) -> None:
    for name in TEXTS:
        setattr(draft, name, getattr(form, name))
    draft.rules = [rule.strip().upper() for rule in form.rules.replace("，", ",").split(",") if rule.strip()]
    draft.steps, draft.readers = list(form.steps), list(form.readers)
    draft.editors = sorted({*(draft.editors or []), str(actor.id)})


async def approved(session: AsyncSession, event: Event) -> None:
    """Its day may be today."""
    if event.row.effective_on <= clock.today():
        await put_in_force(session, event.row.id, event.now)


async def began(session: AsyncSession, event: Event) -> None:
    """What came with the product is announced by the daily reminder, not one by one."""
    if event.row.author_id is not None:
        await reading.told(session, event)


async def begin_coming(session: AsyncSession) -> None:
    """Hourly: approved versions whose day has come are in force from now on."""
    now, today = clock.now(), clock.today()
    for version_id in await queries.coming_on(session, today):
        await put_in_force(session, version_id, now)


async def put_in_force(session: AsyncSession, version_id: UUID, now: datetime) -> None:
    """Only one version counts: the one before goes first."""
    version = await queries.version(session, version_id)
    for earlier in await queries.versions(session, version.procedure_id):
        if earlier.state == "in_force" and earlier.id != version.id:
            await perform(session, PROCEDURE, earlier.id, "replace", SYSTEM, now=now)
    await perform(session, PROCEDURE, version_id, "begin", SYSTEM, now=now)
