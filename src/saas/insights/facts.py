"""The compact row of each closed case and refund, and of each letter that went out and asks for an answer.

Written when that happens, taken away when a case opens again or a letter is withdrawn, rebuilt at will from the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case
from saas.clients.models import Communication
from saas.improvement.measuring.counting import NOT_ONE
from saas.insights import answer_facts, closing_facts
from saas.insights.models import AnswerFact, ClosingFact, Fact
from saas.insights.sums import Stay, Sums, summed
from saas.kernel.calendar import Calendar
from saas.kernel.module import Event, Transition
from saas.kernel.perform import calendar_of
from saas.kernel.stages import StageEntry
from saas.kernel.tenancy import current_firm_id, of_this_firm
from saas.notices.models import Notice
from saas.refunds.models import OVER, Refund

BATCH = 500
TABLES: dict[str, Any] = {"case": Case, "refund": Refund, "notice": Notice}
KEPT = {  # entering one of these states writes the row
    "case": ("closed",),
    "refund": OVER,
    "notice": ("sending", "acknowledged", "objected"),
}


async def follow(session: AsyncSession, step: Transition) -> None:
    """The observer: a subject that ends, or a letter that goes out or is answered, gets its row; see `_is_void`."""
    kept = KEPT.get(step.workflow.name)
    if kept is None or step.source == step.target:
        return
    if step.target in kept:
        await keep(session, step.workflow.name, [step.row.id])
    elif _is_void(step, kept):
        await session.execute(delete(Fact).where(of_this_firm(Fact), Fact.subject_id == step.row.id))


def _is_void(step: Transition, kept: Sequence[str]) -> bool:
    """A case or refund that goes on after all; a letter only by being withdrawn: an answer stays given."""
    return step.target == "withdrawn" if step.workflow.name == "notice" else step.source in kept


async def moved(session: AsyncSession, event: Event) -> None:
    """The reaction to `client.merged`: what was counted for the one counts for the other."""
    gone = UUID(str(event.detail["merged_id"]))
    for table in (Fact, AnswerFact, ClosingFact):
        mine = update(table).where(of_this_firm(table), table.client_id == gone)
        await session.execute(mine.values(client_id=event.row.id))
    await closing_facts.settle(session, ClosingFact.client_id == event.row.id)


async def handed_over(session: AsyncSession, event: Event) -> None:
    """The reaction to `member.leaving`, after that of the letters: those under way count for who takes them."""
    leaving, taking = UUID(event.detail["member_id"]), UUID(event.detail["to_id"])
    theirs = select(Notice.id).where(of_this_firm(Notice), Notice.owner_id == taking)
    mine = (of_this_firm(Fact), Fact.workflow == "notice", Fact.member_id == leaving, Fact.subject_id.in_(theirs))
    await session.execute(update(Fact).where(*mine).values(member_id=taking))


async def rebuild(session: AsyncSession) -> None:
    """The job: every row anew from the log; what is gone loses its row."""
    await closing_facts.rebuild(session)
    await answer_facts.rebuild(session)
    await session.execute(delete(Fact).where(of_this_firm(Fact)))
    for workflow in TABLES:
        ids = await _closed(session, workflow)
        for start in range(0, len(ids), BATCH):
            await keep(session, workflow, ids[start : start + BATCH])


async def fill(session: AsyncSession) -> None:
    """The hourly job: rows that are missing, as after an import of history; nothing is written where all is there."""
    await closing_facts.fill(session)
    await answer_facts.fill(session)
    for workflow, table in TABLES.items():
        same = [Fact.confirmed == _confirmed()] if workflow == "notice" else []  # older rows of letters did not say so
        known = select(Fact.id).where(of_this_firm(Fact), Fact.subject_id == table.id, *same).exists()
        missing = await _closed(session, workflow, ~known)
        for start in range(0, len(missing), BATCH):
            await keep(session, workflow, missing[start : start + BATCH])


async def keep(session: AsyncSession, workflow: str, ids: Sequence[UUID]) -> None:
    """Write the rows of these subjects, each once, as the log has them now."""
    table = TABLES[workflow]
    await session.execute(delete(Fact).where(of_this_firm(Fact), Fact.subject_id.in_(ids)))
    found = (await session.scalars(select(table).where(of_this_firm(table), table.id.in_(ids)))).all()
    subjects = [subject for subject in found if not _is_left_out(subject)]
    stays, calendar = await _stays(session, ids), await calendar_of(session)
    sums = {subject.id: summed(workflow, stays.get(subject.id, ())) for subject in subjects}
    words = await _words(session, ids) if workflow == "case" else {}
    session.add_all(
        _fact(workflow, subject, sums[subject.id], _first(calendar, sums[subject.id], words.get(subject.id, ())))
        for subject in subjects
    )
    await session.flush()


def _fact(workflow: str, subject: Any, sums: Sums, first: int | None) -> Fact:
    at = {"case": "closed_at", "refund": "closed_at", "notice": "issued_at"}[workflow]
    owner = {"case": "owner_id", "refund": "preparer_id", "notice": "owner_id"}[workflow]
    return Fact(
        workflow=workflow, subject_id=subject.id, client_id=subject.client_id, member_id=getattr(subject, owner),
        rule=getattr(subject, "rule", ""), cause=getattr(subject, "cause_code", ""),
        reason=getattr(subject, "reason", ""), at=getattr(subject, at), gross=sums.gross, net=sums.net, first=first,
        submitted=sums.submitted, returned=sums.returned, failed=sums.failed, rework=sums.rework, proved=sums.proved,
        stages=sums.stages, **_beside(workflow, subject, sums),
    )  # fmt: skip


def _beside(workflow: str, subject: Any, sums: Sums) -> dict[str, Any]:
    """What is counted of it beside its times."""
    if workflow == "notice":
        return {"confirmed": sums.confirmed}
    return _found(subject) if workflow == "case" else {}


def _found(case: Case) -> dict[str, Any]:
    return {
        "in_time": case.closed_at <= case.due_at if case.closed_at and case.due_at else None,
        "source": case.source,
        "confirmed": case.likelihood is not None and case.outcome not in NOT_ONE,
        "after_filing": case.found_after_filing,
    }


def _is_left_out(subject: Any) -> bool:
    """A complaint is handled as a case and counted apart from anomalies (measures/satisfaction.py); of a letter that
    only informs no answer is awaited."""
    if isinstance(subject, Notice):
        return subject.answer_by is None
    return getattr(subject, "source", "") == "complaint"


async def _closed(session: AsyncSession, workflow: str, *of: Any) -> Sequence[UUID]:
    """Everything of these that has to have a row."""
    table = TABLES[workflow]
    kept: tuple[Any, ...]
    if workflow == "notice":
        kept = (Notice.answer_by.is_not(None), Notice.issued_at.is_not(None), Notice.state != "withdrawn")
    else:
        kept = (table.state.in_(KEPT[workflow]), table.closed_at.is_not(None), table.source != "complaint")
    query = select(table.id).where(of_this_firm(table), *kept, *of)
    return (await session.scalars(query.order_by(table.id))).all()


def _confirmed() -> Any:
    """Whether the log of a letter has the client's yes."""
    stays = (StageEntry.subject_id == Notice.id, StageEntry.state == "acknowledged")
    return select(StageEntry.id).where(of_this_firm(StageEntry), *stays).exists()


async def _stays(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, list[Stay]]:
    query = (
        select(
            StageEntry.subject_id, StageEntry.state, StageEntry.entered_at, StageEntry.working_minutes,
            StageEntry.paused_minutes,
        )
        .where(of_this_firm(StageEntry), StageEntry.subject_id.in_(ids))
        .order_by(StageEntry.entered_at, StageEntry.left_at, StageEntry.id)  # of one moment: what lasted is last
    )  # fmt: skip
    found: dict[UUID, list[Stay]] = {}
    for subject_id, state, entered_at, minutes, paused in (await session.execute(query)).all():
        found.setdefault(subject_id, []).append(Stay(state, entered_at, minutes or 0, paused or 0))
    return found


async def _words(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, list[datetime]]:
    """When something was said to the client about each, the first time first."""
    query = (
        select(Communication.subject_id, func.array_agg(Communication.at))
        .where(Communication.firm_id == current_firm_id(), Communication.subject_id.in_(ids))
        .where(Communication.direction == "out", Communication.addendum_to_id.is_(None))
        .group_by(Communication.subject_id)
    )
    return {row[0]: sorted(row[1]) for row in (await session.execute(query)).all() if row[0] is not None}


def _first(calendar: Calendar, sums: Sums, words: Sequence[datetime]) -> int | None:
    began = sums.began_at
    said = next((at for at in words if began is not None and at >= began), None)
    return calendar.working_minutes(began, said) if began is not None and said is not None else None
