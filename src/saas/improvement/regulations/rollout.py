"""A rule reaches every client it touches: a task each, or a case each, once, however often the button is pressed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import bulk
from saas.cases.forms import ForMany
from saas.cases.models import Case
from saas.clients.models import Client
from saas.identity.queries import members
from saas.improvement.regulations import queries
from saas.improvement.regulations.kinds import Filter
from saas.improvement.regulations.regulation_models import AffectedClient, Regulation
from saas.kernel import clock, tenancy
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.clock import CHINA
from saas.kernel.errors import Invalid
from saas.kernel.i18n import Both, _
from saas.kernel.identifiers import uuid7
from saas.kernel.module import Event
from saas.kernel.tenancy import of_this_firm
from saas.tasks.models import Task

STEP = _("See what this means for the client and do it")
END_OF_DAY = time(18)
NOBODY = _("No client is touched by this rule. Change the filter first.")


def url(regulation: Regulation) -> str:
    return f"/improvement/regulations/{regulation.id}"


def title(regulation: Regulation) -> Both:
    """Number and name, in both languages."""
    zh, en = (f"{regulation.number} {regulation.title.get(language, '')}".strip() for language in ("zh", "en"))
    return Both(zh, en)


async def give_tasks(session: AsyncSession, actor: Actor, regulation: Regulation, due_on: date, now: datetime) -> int:
    """A task for the bookkeeper of every client that has none yet; how many. Invalid where none is touched."""
    waiting = [(row, client) for row, client in await _reach(session, regulation) if row.task_id is None]
    here = {m.id for m in await members(session)}
    due = datetime.combine(due_on, END_OF_DAY, CHINA)
    tasks = [_task(regulation, client, client.bookkeeper_id in here, due, now) for _row, client in waiting]
    session.add_all(tasks)
    await session.flush()
    for (row, client), task in zip(waiting, tasks, strict=True):
        row.task_id = task.id
        record(session, actor, "improvement.roll_out", now, subject=regulation, client_id=client.id, timeline=True,
               summary=str(title(regulation)))  # fmt: skip
    await session.flush()
    return len(tasks)


def _task(regulation: Regulation, client: Client, has_bookkeeper: bool, due: datetime, now: datetime) -> Task:
    return Task(
        subject_kind="regulation", subject_id=regulation.id, client_id=client.id, title=title(regulation), step=STEP,
        url=f"{url(regulation)}#clients", assignee_id=client.bookkeeper_id if has_bookkeeper else None,
        role="" if has_bookkeeper else "bookkeeper", created_at=now, due_at=due,
    )  # fmt: skip


async def ask_for_cases(session: AsyncSession, actor: Actor, regulation: Regulation, now: datetime) -> int:
    """A case of external cause for every client that has none from this rule; opened behind the page, how many."""
    touched = [row for row, _client in await _reach(session, regulation) if row.bulk_id is None]
    if not touched:
        return 0
    words = [regulation.changes.get("zh"), regulation.impact.get("zh")]
    day = regulation.effective_on or clock.today()
    form = ForMany(key=uuid7(), title=str(title(regulation))[:200], severity="medium", source="staff",
                   description="\n".join(str(part) for part in words if part)[:4000], period=f"{day:%Y-%m}",
                   client_ids=[row.client_id for row in touched])  # fmt: skip
    made = await bulk.promise(session, actor, form, now, origin=url(regulation))
    for row in touched:
        row.bulk_id = made.id
    await session.flush()
    return len(touched)


async def case_opened(session: AsyncSession, event: Event) -> None:
    """One of the promised cases is there: its client's row names it."""
    case: Case = event.row
    bulk_id = case.extra.get("bulk_id")
    row = await queries.promised(session, UUID(bulk_id), case.client_id) if bulk_id else None
    if row is not None:
        row.case_id = case.id


async def _reach(session: AsyncSession, regulation: Regulation) -> Sequence[tuple[AffectedClient, Client]]:
    """A row for each client the filter finds today, those of before kept; locked until the transaction ends."""
    found = {client.id: client for client in await queries.matching(session, Filter.of(regulation.clients))}
    if not found:
        raise Invalid(NOBODY)
    values = [{"firm_id": tenancy.current_firm_id(), "id": uuid7(), "regulation_id": regulation.id, "client_id": one}
              for one in found]  # fmt: skip
    await session.execute(insert(AffectedClient).values(values).on_conflict_do_nothing())
    query = select(AffectedClient).where(of_this_firm(AffectedClient), AffectedClient.regulation_id == regulation.id,
                                         AffectedClient.client_id.in_(found))  # fmt: skip
    rows = (await session.scalars(query.with_for_update())).all()
    return sorted(((row, found[row.client_id]) for row in rows), key=lambda pair: pair[1].sort_key)


async def finish(session: AsyncSession, row: AffectedClient, actor: Actor, result: str, now: datetime) -> None:
    """The client's task is done, and what was done is kept."""
    task = await session.get(Task, (row.firm_id, row.task_id)) if row.task_id else None
    if task is None or task.done_at is not None:
        return
    task.finish(now, actor.id)
    row.result = result
    record(session, actor, "improvement.rolled_out", now, subject=row, client_id=row.client_id, timeline=True,
           summary=result[:200])  # fmt: skip
