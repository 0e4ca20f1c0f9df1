"""What is on record about clients, gathered for the signs: a number of queries that does not grow with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from saas.cases.models import Case
from saas.cases.workflow import OPEN as OPEN_CASES
from saas.cases.workflow import RUNNING as RUNNING_CASES
from saas.checks.models import FoundAnomaly
from saas.clients.models import Client, Communication, Contract, Receipt
from saas.kernel.clock import CHINA
from saas.kernel.money import ZERO, Money
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.notices.models import Answer, Notice
from saas.refunds.models import OVER, Refund
from saas.risks.relations.signs import UNANSWERED_DAYS, AboutClient, AboutContract
from saas.surveys.models import Survey, SurveyAnswer

HALF_A_YEAR = timedelta(days=182)
WRITTEN = ("email", "wechat", "sms", "letter")
WAITING = ("accepted", "delivered", "viewed", "no_proof", "bounced", "expired")  # letters without an answer


async def about(session: AsyncSession, client_ids: Sequence[UUID], now: datetime) -> dict[UUID, AboutClient]:
    """Each of these clients."""
    today = now.astimezone(CHINA).date()
    contracts = await _contracts(session, client_ids, today)
    counted: dict[str, Mapping[UUID, int]] = {
        "unanswered": await _unanswered(session, client_ids, now),
        "low_answers": await _low_answers(session, client_ids, now - HALF_A_YEAR),
    }
    for name, query in _counts(client_ids, now, today).items():
        counted[name] = {row[0]: row[1] for row in (await session.execute(query)).all()}
    return {
        one: AboutClient(**{name: found.get(one, 0) for name, found in counted.items()}, contract=contracts.get(one))
        for one in client_ids
    }


def _counts(ids: Sequence[UUID], now: datetime, today: date) -> dict[str, Select[Any]]:
    """One query for each thing that is only counted."""

    def of(table: Any, *conditions: Any) -> Select[Any]:
        query = select(table.client_id, func.count()).where(of_this_firm(table), table.client_id.in_(ids), *conditions)
        return query.group_by(table.client_id)

    severe = FoundAnomaly.severity.in_(("high", "critical"))
    return {
        "open_cases": of(Case, Case.state.in_(OPEN_CASES)),
        "late_cases": of(Case, Case.state.in_(RUNNING_CASES), Case.due_at < now),
        "severe_findings": of(FoundAnomaly, FoundAnomaly.state.in_(("open", "confirmed")), severe),
        "refunds": of(Refund, Refund.state.not_in(OVER)),
        "silent_letters": of(Notice, Notice.state.in_(WAITING), Notice.answer_by < today),
        "objections": of(Notice, Notice.state == "objected", Notice.answered_at > now - HALF_A_YEAR),
    }


async def _unanswered(session: AsyncSession, ids: Sequence[UUID], now: datetime) -> Mapping[UUID, int]:
    """Messages and questions of a client that nobody has answered, once they wait longer than they should.

    What is said on the telephone or face to face is answered there; a confirmation, an objection or an answer to our
    own questions belongs to its letter, case or refund, which has a clock of its own.
    """
    calendar = await calendar_of(session)
    waiting = [*await _messages(session, ids, now), *await _questions(session, ids, now)]
    allowed = UNANSWERED_DAYS * calendar.minutes_per_day
    return Counter(client_id for client_id, at in waiting if calendar.working_minutes(at, now) > allowed)


async def _messages(session: AsyncSession, ids: Sequence[UUID], now: datetime) -> Sequence[tuple[UUID, datetime]]:
    """Written ones about no record, after which nothing went out."""
    last_out = (
        select(Communication.client_id, func.max(Communication.at).label("at"))
        .where(of_this_firm(Communication), Communication.client_id.in_(ids), Communication.direction == "out")
        .group_by(Communication.client_id)
        .subquery()
    )
    query = (
        select(Communication.client_id, Communication.at)
        .outerjoin(last_out, last_out.c.client_id == Communication.client_id)
        .where(of_this_firm(Communication), Communication.client_id.in_(ids), Communication.direction == "in")
        .where(or_(last_out.c.at.is_(None), Communication.at > last_out.c.at), Communication.addendum_to_id.is_(None))
        .where(Communication.at > now - HALF_A_YEAR)
        .where(Communication.subject_kind == "", Communication.channel.in_(WRITTEN))
    )
    return [(row[0], row[1]) for row in (await session.execute(query)).all()]


async def _questions(session: AsyncSession, ids: Sequence[UUID], now: datetime) -> Sequence[tuple[UUID, datetime]]:
    """About a letter, without a reply."""
    reply = aliased(Answer)
    replied = exists().where(reply.firm_id == Answer.firm_id, reply.reply_to_id == Answer.id)
    query = (
        select(Notice.client_id, Answer.at)
        .join(Notice, (Notice.firm_id == Answer.firm_id) & (Notice.id == Answer.notice_id))
        .where(of_this_firm(Answer), Notice.client_id.in_(ids), Answer.kind == "question")
        .where(Answer.at > now - HALF_A_YEAR, ~replied)
    )
    return [(row[0], row[1]) for row in (await session.execute(query)).all()]


async def _low_answers(session: AsyncSession, ids: Sequence[UUID], since: datetime) -> dict[UUID, int]:
    """Surveys whose latest answer is low."""
    query = (
        select(Survey.client_id, Survey.id, SurveyAnswer.low)
        .join(SurveyAnswer, (SurveyAnswer.firm_id == Survey.firm_id) & (SurveyAnswer.survey_id == Survey.id))
        .where(of_this_firm(Survey), Survey.client_id.in_(ids), SurveyAnswer.at > since)
        .order_by(SurveyAnswer.at)
    )
    latest = {survey: (client, low) for client, survey, low in (await session.execute(query)).all()}
    counts: dict[UUID, int] = {}
    for client, low in latest.values():
        if low:
            counts[client] = counts.get(client, 0) + 1
    return counts


async def _contracts(session: AsyncSession, ids: Sequence[UUID], today: date) -> dict[UUID, AboutContract]:
    """The contract in force of each client, else the one that ended last."""
    received = (
        select(Receipt.contract_id, func.sum(Receipt.amount).label("fen"))
        .where(of_this_firm(Receipt))
        .group_by(Receipt.contract_id)
        .subquery()
    )
    query = (
        select(Contract, received.c.fen)
        .outerjoin(received, received.c.contract_id == Contract.id)
        .where(of_this_firm(Contract), Contract.client_id.in_(ids), Contract.starts_on <= today)
        .order_by(Contract.ends_on)
    )
    found: dict[UUID, AboutContract] = {}
    for contract, fen in (await session.execute(query)).all():
        paid = fen if isinstance(fen, Money) else Money(int(fen or 0)) if fen is not None else ZERO
        found[contract.client_id] = AboutContract(
            contract.number, contract.starts_on, contract.ends_on, contract.price, paid,
            contract.cancelled_on is not None,
        )  # fmt: skip
    return found


async def active_clients(session: AsyncSession) -> Sequence[Client]:
    query = select(Client).where(of_this_firm(Client), Client.archived_at.is_(None), Client.merged_into_id.is_(None))
    return (await session.scalars(query.order_by(Client.sort_key))).all()
