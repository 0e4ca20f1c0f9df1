"""Reading the health of many clients at once: a handful of queries, however many clients there are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case
from saas.cases.workflow import OPEN
from saas.clients.models import Client, Contract
from saas.improvement.measuring.counting import confirmed, local_day, moments
from saas.insights.health.health_models import HealthRules
from saas.insights.health.terms import NAMES, STARTER, Counts, Health, Rules, judged, renewal
from saas.insights.measures.measure import Scope
from saas.insights.measures.notices import issued
from saas.insights.models import AnswerFact
from saas.kernel import clock
from saas.kernel.tenancy import of_this_firm
from saas.notices.models import Notice
from saas.refunds.models import Refund
from saas.surveys.models import Survey

YEAR = timedelta(days=365)
PATIENCE = timedelta(days=7)  # a survey sent since is not yet unanswered
Parts = dict[UUID, Counts]


@dataclass(frozen=True, slots=True)
class State:
    """One client as it stands today."""

    client: Client
    health: Health
    renewal: str
    ends_on: date | None  # of the last contract


async def history(session: AsyncSession) -> Sequence[HealthRules]:
    """Every set of rules, the one that counts first."""
    newest = (HealthRules.applies_from.desc(), HealthRules.set_at.desc(), HealthRules.id.desc())
    return (await session.scalars(select(HealthRules).where(of_this_firm(HealthRules)).order_by(*newest))).all()


async def rules_on(session: AsyncSession, day: date) -> Rules:
    """Those in force on a day; the starter's where the firm has set none."""
    found = next((row for row in await history(session) if row.applies_from <= day), None)
    return Rules(**{name: getattr(found, name) for name in NAMES}) if found is not None else STARTER


async def states(session: AsyncSession, clients: Sequence[Client], rules: Rules) -> list[State]:
    """In the order of the clients given; what was counted for a client that became another counts there."""
    today = clock.today()
    became = await _merged(session)
    wanted = {client.id for client in clients}
    ids = wanted | {gone for gone, into in became.items() if into in wanted}
    narrow = ids if len(clients) == 1 else None  # a list of all ids would be longer than the year's rows
    found: Parts = {}
    for part in (await _cases(session, today, narrow), await _answers(session, today, narrow),
                 await _refunds(session, today, narrow), await _letters(session, today, narrow),
                 await _surveys(session, today, narrow)):  # fmt: skip
        for client_id, counts in part.items():
            kept = became.get(client_id, client_id)
            found[kept] = found.get(kept, Counts()) + counts
    ends = await _ends(session, narrow)
    return [
        State(client, judged(found.get(client.id, Counts()), rules), renewal(ends.get(client.id, ()), today, rules),
              max(ends.get(client.id, ()), default=None))
        for client in clients
    ]  # fmt: skip


async def _merged(session: AsyncSession) -> dict[UUID, UUID]:
    """Every client that became another, with the one that stands for it now, however long the chain."""
    query = select(Client.id, Client.merged_into_id).where(of_this_firm(Client), Client.merged_into_id.is_not(None))
    into = {row[0]: row[1] for row in (await session.execute(query)).all() if row[1] is not None}
    found: dict[UUID, UUID] = {}
    for gone, first in into.items():
        seen, kept = {gone}, first
        while kept in into and kept not in seen:
            seen.add(kept)
            kept = into[kept]
        found[gone] = kept
    return found


def _of(column: Any, ids: Collection[UUID] | None) -> list[ColumnElement[bool]]:
    return [] if ids is None else [column.in_(ids)]


async def _grouped(session: AsyncSession, query: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in (await session.execute(query)).all() if row[0] is not None]


async def _cases(session: AsyncSession, today: date, ids: Collection[UUID] | None) -> Parts:
    """A case is confirmed as everywhere (improvement/measuring/counting.py); complaints are counted apart."""
    begin, now = moments(today - YEAR, today)[0], clock.now()
    complaint = Case.source == "complaint"
    late = and_(~complaint, Case.state.in_(OPEN), Case.due_at < now)
    query = (
        select(
            Case.client_id,
            func.count().filter(*confirmed(), ~complaint, Case.opened_at >= begin),
            func.count().filter(late),
            func.count().filter(complaint, Case.opened_at >= begin),
        )
        .where(of_this_firm(Case), or_(Case.opened_at >= begin, Case.state.in_(OPEN)), *_of(Case.client_id, ids))
        .group_by(Case.client_id)
    )
    return {row[0]: Counts(cases=row[1], late=row[2], complaints=row[3]) for row in await _grouped(session, query)}


async def _answers(session: AsyncSession, today: date, ids: Collection[UUID] | None) -> Parts:
    """The rows that CSAT counts."""
    begin = moments(today - YEAR, today)[0]
    query = (
        select(AnswerFact.client_id, func.count(), func.sum(AnswerFact.value))
        .where(of_this_firm(AnswerFact), AnswerFact.scale == "1-5", AnswerFact.at >= begin)
        .where(*_of(AnswerFact.client_id, ids))
        .group_by(AnswerFact.client_id)
    )
    return {row[0]: Counts(answers=row[1], stars=int(row[2])) for row in await _grouped(session, query)}


async def _refunds(session: AsyncSession, today: date, ids: Collection[UUID] | None) -> Parts:
    begin = moments(today - YEAR, today)[0]
    query = (
        select(Refund.client_id, func.count())
        .where(of_this_firm(Refund), Refund.submitted_at >= begin, *_of(Refund.client_id, ids))
        .group_by(Refund.client_id)
    )
    return {row[0]: Counts(refunds=row[1]) for row in await _grouped(session, query)}


async def _letters(session: AsyncSession, today: date, ids: Collection[UUID] | None) -> Parts:
    """Letters that wanted an answer: given by the day they named, or that day is over."""
    in_time = func.coalesce(local_day(Notice.answered_at) <= Notice.answer_by, False)
    over = or_(Notice.answered_at.is_not(None), Notice.answer_by < today)
    letters = issued(Scope(today - YEAR, today), in_time).where(Notice.answer_by.is_not(None), over)
    rows = letters.where(*_of(Notice.client_id, ids)).subquery()
    query = select(rows.c.client_id, func.count(), func.count().filter(rows.c.mark)).group_by(rows.c.client_id)
    return {row[0]: Counts(asked=row[1], answered=row[2]) for row in await _grouped(session, query)}


async def _surveys(session: AsyncSession, today: date, ids: Collection[UUID] | None) -> Parts:
    begin, answered = moments(today - YEAR, today)[0], Survey.answered_at.is_not(None)
    query = (
        select(Survey.client_id, func.count(), func.count().filter(answered))
        .where(of_this_firm(Survey), Survey.sent_at >= begin, or_(answered, Survey.sent_at < clock.now() - PATIENCE))
        .where(*_of(Survey.client_id, ids))
        .group_by(Survey.client_id)
    )
    return {row[0]: Counts(asked=row[1], answered=row[2]) for row in await _grouped(session, query)}


async def _ends(session: AsyncSession, ids: Collection[UUID] | None) -> dict[UUID, list[date]]:
    """The ends of contracts that nobody cancelled; the contracts of a merged client went with it."""
    query = select(Contract.client_id, Contract.ends_on).where(
        of_this_firm(Contract), Contract.cancelled_on.is_(None), *_of(Contract.client_id, ids)
    )
    found: dict[UUID, list[date]] = {}
    for client_id, ends_on in (await session.execute(query)).all():
        found.setdefault(client_id, []).append(ends_on)
    return found
