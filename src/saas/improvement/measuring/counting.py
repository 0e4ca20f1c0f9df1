"""The queries behind every figure: how often something happened on which day, and out of how many."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case
from saas.improvement.measuring.rates import Counts, Rate
from saas.improvement.measuring.targets import STEPS, Target
from saas.kernel import clock
from saas.kernel.clock import CHINA
from saas.kernel.stages import StageEntry
from saas.kernel.tenancy import of_this_firm
from saas.ledgers.models import LedgerLine, PeriodVersion
from saas.refunds.models import Refund
from saas.surveys.models import Survey, SurveyAnswer
from saas.surveys.queries import is_latest

# What makes a voucher one: two that share a number, which is an error of the books, are told apart by their days.
A_VOUCHER = (LedgerLine.client_id, LedgerLine.period, LedgerLine.voucher, LedgerLine.date)
NOT_ONE = ("explained", "dismissed")  # outcomes of cases in which nothing was wrong


def confirmed() -> list[ColumnElement[bool]]:
    """Cases of this firm that were found to be true: somebody judged likelihood and impact, and nobody took it back."""
    return [of_this_firm(Case), Case.likelihood.is_not(None), Case.outcome.not_in(NOT_ONE)]


async def counts(session: AsyncSession, target: Target, since: date, until: date) -> Counts:
    """What this target counts, day by day, both days included."""
    if target.kind in ("rule", "cause"):
        column = Case.rule if target.kind == "rule" else Case.cause_code
        hits = await _daily(session, Case.opened_at, [*confirmed(), column == target.key], since, until)
        return Counts(hits, await vouchers(session, since, until))
    at, all_of, hit = _share(target)
    base = await _daily(session, at, all_of, since, until)
    return Counts(await _daily(session, at, [*all_of, hit], since, until), base)


async def rate(session: AsyncSession, target: Target, since: date, until: date) -> Rate:
    """One figure with its n: what other modules show."""
    return (await counts(session, target, since, until)).between(since, until)


async def before(session: AsyncSession, target: Target, day: date, days: int) -> Rate:
    """The baseline: so many days up to the day before."""
    return await rate(session, target, day - timedelta(days=days), day - timedelta(days=1))


async def after(session: AsyncSession, target: Target, day: date, days: int) -> Rate:
    """From the day on, so many days, none of them still to come."""
    until = min(day + timedelta(days=days - 1), clock.today())
    return await rate(session, target, day, max(until, day))


async def vouchers(session: AsyncSession, since: date, until: date) -> dict[date, int]:
    """Vouchers in the books by their day, in the version of each period that counts now."""
    one = book_lines(select(LedgerLine.date.label("day")), since, until).group_by(*A_VOUCHER).subquery()
    rows = (await session.execute(select(one.c.day, func.count()).group_by(one.c.day))).all()
    return {row[0]: row[1] for row in rows}


def book_lines(query: Any, since: date, until: date) -> Any:  # a Select, whatever it selects
    """The same query over the lines dated in these days, of the version of each period that counts now."""
    version = and_(
        PeriodVersion.firm_id == LedgerLine.firm_id,
        PeriodVersion.import_id == LedgerLine.import_id,
        PeriodVersion.client_id == LedgerLine.client_id,
        PeriodVersion.period == LedgerLine.period,
        PeriodVersion.content == "lines",
        PeriodVersion.is_current,
    )
    in_days = LedgerLine.date.between(since, until)
    return query.join(PeriodVersion, version).where(of_this_firm(LedgerLine), in_days, LedgerLine.void.is_not(True))


def moments(since: date, until: date) -> tuple[datetime, datetime]:
    """From midnight to midnight where the firm is; the second one is outside."""
    return datetime.combine(since, time(), CHINA), datetime.combine(until + timedelta(days=1), time(), CHINA)


def local_day(column: Any) -> ColumnElement[date]:
    return cast(func.timezone("Asia/Shanghai", column), Date)


async def _daily(
    session: AsyncSession, at: Any, conditions: list[ColumnElement[bool]], since: date, until: date
) -> dict[date, int]:
    begin, end = moments(since, until)
    day = local_day(at)
    query = select(day, func.count()).where(*conditions, at >= begin, at < end).group_by(day)
    return {row[0]: row[1] for row in (await session.execute(query)).all()}


def _share(target: Target) -> tuple[Any, list[ColumnElement[bool]], ColumnElement[bool]]:
    """When it counts, all that count, and which of them are hits."""
    if target.kind == "step":
        workflow, state = STEPS[target.key]
        net = StageEntry.working_minutes - StageEntry.paused_minutes
        stays = [of_this_firm(StageEntry), StageEntry.workflow == workflow.name, StageEntry.state == state.name]
        return StageEntry.left_at, stays, net > state.within
    if target.kind == "policy" or target.key == "own_error":
        closed = [of_this_firm(Refund), Refund.closed_at.is_not(None)]
        changed = or_(Refund.amount != Refund.computed, Refund.mediation != "", Refund.appeal != "")
        return Refund.closed_at, closed, Refund.at_fault.is_(True) if target.kind == "kpi" else changed
    if target.key == "low_rating":
        return _ratings()
    if target.key in ("rework", "late"):
        closed = [*confirmed(), Case.closed_at.is_not(None)]
        return Case.closed_at, closed, Case.rounds > 0 if target.key == "rework" else Case.closed_at > Case.due_at
    ours = Case.source.in_(("client", "authority"))
    return Case.opened_at, confirmed(), Case.found_after_filing.is_(True) if target.key == "after_filing" else ours


def _ratings() -> tuple[Any, list[ColumnElement[bool]], ColumnElement[bool]]:
    """The latest answer of each survey; one low value of it is enough."""
    low = (
        select(SurveyAnswer.id)
        .where(SurveyAnswer.firm_id == Survey.firm_id, SurveyAnswer.survey_id == Survey.id)
        .where(SurveyAnswer.low, is_latest())
        .correlate(Survey)
    )
    answered = [of_this_firm(Survey), Survey.answered_at.is_not(None)]
    return Survey.answered_at, answered, low.exists()
