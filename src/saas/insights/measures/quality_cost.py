"""What poor quality costs: work done twice, late fees we bear, money back for our own errors (domain.md W5)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Select, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.adjustments.models import Adjustment
from saas.cases.models import Case
from saas.improvement.measuring.counting import local_day
from saas.insights.costs import costs
from saas.insights.measures import refunds
from saas.insights.measures.cases import FILTERS, URL, closed, summed
from saas.insights.measures.counted import in_units, listed, placed
from saas.insights.measures.measure import BySpan, Cuts, Figure, Measure, Rows, Scope
from saas.insights.measures.satisfaction import active_clients
from saas.insights.models import Fact
from saas.kernel import clock
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.refunds.models import Refund


def _redone(scope: Scope) -> Select[Any]:
    return summed(scope, Fact.rework).where(Fact.rework > 0)


def late_fees(scope: Scope) -> Select[Any]:
    """Cases closed in the period whose last approved plan has a late fee; the mark is its fen.

    What the authority really took stands in no table; the plan reckons it as the authority would.
    """
    fee: Any = cast(Adjustment.tax["late_fee"]["amount_fen"].astext, BigInteger)
    last = (
        select(func.max(Adjustment.version))
        .where(Adjustment.firm_id == Case.firm_id, Adjustment.case_id == Case.id, Adjustment.approved_at.is_not(None))
        .correlate(Case)
        .scalar_subquery()
    )
    query = closed(scope, fee).join(Adjustment, (Adjustment.firm_id == Case.firm_id) & (Adjustment.case_id == Case.id))
    return query.where(Adjustment.version == last, fee > 0).add_columns(
        (Case.responsibility == "firm").label("ours"), Case.closed_at.label("closed_at")
    )


async def _cost(session: AsyncSession, scope: Scope, cuts: Cuts) -> list[Figure]:
    """Fen. n: cases worked on twice + late fees we bear + refunds at fault. Parts: the three sums."""
    rows = _redone(scope).subquery()
    day = local_day(rows.c.at).label("day")
    query = select(placed(rows.c.at, cuts), day, func.sum(rows.c.mark), func.count()).group_by("place", "day")
    minutes = (await session.execute(query)).all()
    rates = await costs(session)
    own = refunds.of_refunds(scope, Refund.amount).where(Refund.at_fault, Refund.outcome == "refund").subquery()
    back = await _sums(session, select(placed(own.c.at, cuts), func.sum(own.c.mark), func.count()))
    fees = late_fees(scope).subquery()
    fined = await _sums(
        session, select(placed(fees.c.at, cuts), func.sum(fees.c.mark), func.count()).where(fees.c.ours)
    )
    return [
        _cost_of(
            rates.works((row[1], int(row[2])) for row in minutes if row[0] == place),
            sum(row[3] for row in minutes if row[0] == place), fined.get(place, (0, 0)), back.get(place, (0, 0)),
        )
        for place in range(len(cuts))
    ]  # fmt: skip


async def _sums(session: AsyncSession, query: Select[Any]) -> dict[int, tuple[int, int]]:
    """place → (fen, how many)."""
    rows = (await session.execute(query.group_by("place"))).all()
    return {row[0]: (row[1].fen if isinstance(row[1], Money) else int(row[1]), row[2]) for row in rows}


def _cost_of(work: int, redone: int, fined: tuple[int, int], back: tuple[int, int]) -> Figure:
    parts = (
        (_("Work done twice"), work), (_("Late fees we bear"), fined[0]), (_("Paid back for own errors"), back[0]),
    )  # fmt: skip
    return Figure(redone + fined[1] + back[1], Decimal(work + fined[0] + back[0]), parts=parts)


async def _cost_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    """Cases worked on twice, the longest first; refunds and late fees have measures of their own."""
    hours = in_units(60)
    return await listed(session, _redone(scope), offset, limit, url=URL, words=hours, head=_("Working hours again"))


async def _penalties(session: AsyncSession, scope: Scope) -> Figure:
    """Fen for each 100 clients. n: cases with a late fee. Part: the share we bear."""
    rows = late_fees(scope).subquery()
    ours = func.coalesce(func.sum(rows.c.mark).filter(rows.c.ours), 0)
    n, fen, own = (await session.execute(select(func.count(), func.coalesce(func.sum(rows.c.mark), 0), ours))).one()
    clients = await active_clients(session, min(scope.until, clock.today()))
    if not clients:
        return Figure(n)
    value = (Decimal(int(fen)) * 100 / clients).to_integral_value("ROUND_HALF_UP")
    return Figure(n, value, parts=((_("Late fees"), int(fen)), (_("Of these we bear"), int(own))))


async def _penalty_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    return await listed(
        session, late_fees(scope), offset, limit, url=URL, words=lambda fen: str(Money(int(fen))), head=_("Late fee")
    )


COST = Measure(
    "quality_cost", _("Cost of poor quality"), "quality", "fen",
    _("Hours worked again after a return or a failed proof × what an hour costs + late fees we bear + refunds for our "
      "own errors. Hours are the working time after the first return times the part of it that is worked."),
    _("Cases and refund requests closed in the period."),
    _("The stage log, approved correction plans, refunds, and the firm’s choices."),
    _("Time we waited for the client; late fees the client bears; what clients cost us by leaving."),
    BySpan(_cost), _cost_rows, better="down", kpi="Cost of poor quality", part_unit="fen", filters=FILTERS,
)  # fmt: skip
PENALTIES = Measure(
    "penalties", _("Late fees for each 100 clients"), "quality", "fen",
    _("Late fees of the correction plans, in yuan for each 100 clients; beside it the part the firm bears because the "
      "error was its own."),
    _("Cases closed in the period."), _("Approved correction plans; the list of clients."),
    _("Fines and fees outside of correction plans: nobody enters those anywhere yet."),
    _penalties, _penalty_rows, better="down", kpi="罚款滞纳金", part_unit="fen", filters=FILTERS,
)  # fmt: skip

MEASURES = (COST, PENALTIES)
