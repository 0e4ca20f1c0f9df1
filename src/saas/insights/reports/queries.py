"""Every SELECT on reports and subscriptions."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership
from saas.identity.queries import members
from saas.insights.reports.report_models import FigureSubscription, MonthlyReport
from saas.kernel.module import composition
from saas.kernel.outbox import Outbox
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm

JOB = "insights.report"


async def reports(session: AsyncSession, limit: int) -> Sequence[MonthlyReport]:
    """The newest month first, its last edition first."""
    order = (MonthlyReport.month.desc(), MonthlyReport.edition.desc())
    return (
        await session.scalars(select(MonthlyReport).where(of_this_firm(MonthlyReport)).order_by(*order).limit(limit))
    ).all()


async def report(session: AsyncSession, report_id: UUID) -> MonthlyReport:
    return await own_row(session, MonthlyReport, report_id)


async def newest(session: AsyncSession, month: str = "") -> MonthlyReport | None:
    """The last edition of a month, of the newest month where none is named; None where there is none."""
    query = select(MonthlyReport).where(of_this_firm(MonthlyReport))
    query = query.where(MonthlyReport.month == month) if month else query
    order = (MonthlyReport.month.desc(), MonthlyReport.edition.desc())
    found: MonthlyReport | None = await session.scalar(query.order_by(*order).limit(1))
    return found


async def being_printed(session: AsyncSession) -> list[str]:
    """The months whose report is promised and not there yet."""
    query = select(Outbox.args).where(of_this_firm(Outbox), Outbox.job == JOB)
    query = query.where(Outbox.finished_at.is_(None), Outbox.dead.is_(False))
    return sorted({str(args["month"]) for args in (await session.scalars(query)).all()}, reverse=True)


async def subscription(session: AsyncSession, member_id: UUID, *, lock: bool = False) -> FigureSubscription | None:
    query = select(FigureSubscription).where(
        of_this_firm(FigureSubscription), FigureSubscription.member_id == member_id
    )
    found: FigureSubscription | None = await session.scalar(query.with_for_update() if lock else query)
    return found


async def subscribers(session: AsyncSession) -> list[tuple[FigureSubscription, Membership]]:
    """Who wants mail of the figures, works here and may still see them."""
    wanted = (await session.scalars(select(FigureSubscription).where(of_this_firm(FigureSubscription)))).all()
    if not wanted:
        return []
    roles = readers()
    here = {member.id: member for member in await members(session) if roles & set(member.roles)}
    return [(one, here[one.member_id]) for one in wanted if one.member_id in here]


def readers() -> frozenset[str]:
    """The roles that see the firm's figures."""
    return next(grant.roles for grant in composition().grants if grant.permission == "insights.read")
