"""Every SELECT on the register, on affected clients and on competitors' terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, String, case, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case
from saas.clients.models import Client
from saas.improvement.regulations.kinds import Filter, parts
from saas.improvement.regulations.regulation_models import AffectedClient, CompetitorTerms, Regulation
from saas.kernel.errors import Missing
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.tasks.models import Task

REVIEW_EVERY = timedelta(days=365)


async def regulation(session: AsyncSession, regulation_id: UUID, *, lock: bool = False) -> Regulation:
    """One entry of this firm's register; Missing for any other id."""
    return await own_row(session, Regulation, regulation_id, lock=lock)


async def regulation_or_none(session: AsyncSession, regulation_id: UUID) -> Regulation | None:
    query = select(Regulation).where(of_this_firm(Regulation), Regulation.id == regulation_id)
    found: Regulation | None = await session.scalar(query)
    return found


async def register(
    session: AsyncSession, today: date, *, kinds: Sequence[str], view: str = "", search: str = ""
) -> Sequence[Regulation]:
    """`view`: "" in force, coming, over, review (not looked at for a year). The latest stands first."""
    found = [of_this_firm(Regulation), Regulation.kind.in_(kinds), Regulation.archived_at.is_(None)]
    found.append(_view(view, today))
    if search.strip():
        like = f"%{search.strip()}%"
        texts = (Regulation.title, Regulation.changes, Regulation.impact, Regulation.number)
        found.append(or_(*(cast(column, String).ilike(like) for column in texts)))
    query = select(Regulation).where(*found)
    return (await session.scalars(query.order_by(Regulation.effective_on.desc().nulls_last(), Regulation.id))).all()


def _view(view: str, today: date) -> ColumnElement[bool]:
    over = Regulation.repealed_on < today
    if view == "coming":
        return Regulation.effective_on > today
    if view == "over":
        return over
    if view == "review":
        return Regulation.reviewed_on <= today - REVIEW_EVERY
    return or_(Regulation.effective_on.is_(None), Regulation.effective_on <= today) & over.is_not(True)


async def to_review(session: AsyncSession, today: date) -> Sequence[Regulation]:
    """Entries that nobody looked at for a year."""
    query = select(Regulation).where(*_stale(today))
    return (await session.scalars(query.order_by(Regulation.reviewed_on, Regulation.id))).all()


async def count_to_review(session: AsyncSession, today: date) -> int:
    return await session.scalar(select(func.count()).select_from(Regulation).where(*_stale(today))) or 0


def _stale(today: date) -> tuple[ColumnElement[bool], ...]:
    return (
        of_this_firm(Regulation), Regulation.archived_at.is_(None), Regulation.reviewed_on <= today - REVIEW_EVERY
    )  # fmt: skip


async def turning(session: AsyncSession, today: date, until: date) -> Sequence[Regulation]:
    """What comes into force, or ends, after today and up to that day."""
    days = or_(Regulation.effective_on.between(today + timedelta(days=1), until),
               Regulation.repealed_on.between(today, until))  # fmt: skip
    return (await session.scalars(
        select(Regulation).where(of_this_firm(Regulation), Regulation.archived_at.is_(None), days)
    )).all()  # fmt: skip


async def matching(session: AsyncSession, wanted: Filter) -> Sequence[Client]:
    """The clients a rule touches today, by name; none where it binds the firm itself."""
    if wanted.whom == "firm":
        return []
    found = [of_this_firm(Client), Client.archived_at.is_(None), Client.merged_into_id.is_(None)]
    for name in ("taxpayer_kind", "standard", "filing_period"):
        if getattr(wanted, name):
            found.append(getattr(Client, name) == getattr(wanted, name))
    for column, words in ((Client.industry, wanted.industry), (Client.address, wanted.region)):
        if parts(words):
            found.append(or_(*(column.icontains(word, autoescape=True) for word in parts(words))))
    return (await session.scalars(select(Client).where(*found).order_by(Client.sort_key))).all()


@dataclass(frozen=True, slots=True)
class Touched:
    """A client a rule was rolled out to, with the task and the case that were opened."""

    row: AffectedClient
    client: Client
    task: Task | None
    case: Case | None


async def touched(session: AsyncSession, regulation_id: UUID) -> list[Touched]:
    """By client; those with an open task first."""
    query = (
        select(AffectedClient, Client, Task, Case)
        .join(Client, (Client.firm_id == AffectedClient.firm_id) & (Client.id == AffectedClient.client_id))
        .outerjoin(Task, (Task.firm_id == AffectedClient.firm_id) & (Task.id == AffectedClient.task_id))
        .outerjoin(Case, (Case.firm_id == AffectedClient.firm_id) & (Case.id == AffectedClient.case_id))
        .where(of_this_firm(AffectedClient), AffectedClient.regulation_id == regulation_id)
        .order_by(Task.done_at.nulls_first(), Client.sort_key)
    )
    return [Touched(*row) for row in (await session.execute(query)).all()]


async def one_touched(session: AsyncSession, regulation_id: UUID, client_id: UUID) -> AffectedClient:
    query = select(AffectedClient).where(of_this_firm(AffectedClient), AffectedClient.regulation_id == regulation_id,
                                         AffectedClient.client_id == client_id)  # fmt: skip
    found = await session.scalar(query.with_for_update())
    if found is None:
        raise Missing()
    return found


async def done_rates(session: AsyncSession, regulation_ids: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    """(done, given) of the tasks of each entry: the done rate and its n."""
    done = func.sum(case((Task.done_at.is_not(None), 1), else_=0))
    query = (
        select(AffectedClient.regulation_id, done, func.count())
        .join(Task, (Task.firm_id == AffectedClient.firm_id) & (Task.id == AffectedClient.task_id))
        .where(of_this_firm(AffectedClient), AffectedClient.regulation_id.in_(regulation_ids))
        .group_by(AffectedClient.regulation_id)
    )
    return {row[0]: (int(row[1]), row[2]) for row in (await session.execute(query)).all()}


async def promised(session: AsyncSession, bulk_id: UUID, client_id: UUID) -> AffectedClient | None:
    """Whose case a bulk opening brings."""
    query = select(AffectedClient).where(of_this_firm(AffectedClient), AffectedClient.bulk_id == bulk_id,
                                         AffectedClient.client_id == client_id)  # fmt: skip
    found: AffectedClient | None = await session.scalar(query)
    return found


async def readings(session: AsyncSession) -> Sequence[CompetitorTerms]:
    """Every reading of competitors' terms, the latest first."""
    query = select(CompetitorTerms).where(of_this_firm(CompetitorTerms))
    return (await session.scalars(query.order_by(CompetitorTerms.seen_on.desc(), CompetitorTerms.competitor))).all()
