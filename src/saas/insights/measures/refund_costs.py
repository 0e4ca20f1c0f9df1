"""What refunds cost, and how alike they are decided (domain.md W5)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.improvement.measuring.counting import local_day, moments
from saas.insights.costs import costs
from saas.insights.measures.counted import exact, listed, placed
from saas.insights.measures.measure import BySpan, Cuts, Figure, Measure, Row, Rows, Scope
from saas.insights.measures.refunds import BY_CLOSING, FILTERS, REFUNDS, URL, of_refunds
from saas.insights.models import Fact
from saas.kernel.i18n import _
from saas.kernel.tenancy import of_this_firm
from saas.refunds.lists.listing import reasons
from saas.refunds.models import Refund
from saas.refunds.payment.payment_models import Payment
from saas.refunds.watch import closed
from saas.refunds.watch.spread import BANDS, Decision, Group, groups


async def _cost(session: AsyncSession, scope: Scope) -> Figure:
    """Fen. Parts: paid back, work, bank fees, and of all this what our own errors cost."""
    rows = of_refunds(scope, Refund.at_fault).add_columns(Refund.amount.label("amount"), Refund.outcome).subquery()
    mine = select(rows.c.id)
    paid = func.sum(rows.c.amount).filter(rows.c.outcome == "refund")
    fault = func.sum(rows.c.amount).filter(rows.c.outcome == "refund", rows.c.mark)
    n, back, own = (
        await session.execute(select(func.count(), func.coalesce(paid, 0), func.coalesce(fault, 0)).select_from(rows))
    ).one()
    day = local_day(Fact.at)
    minutes = (
        await session.execute(
            select(day, func.sum(Fact.net)).where(of_this_firm(Fact), Fact.subject_id.in_(mine)).group_by(day)
        )
    ).all()
    made = local_day(Payment.made_at)
    payments = (
        await session.execute(
            select(made, func.count()).where(of_this_firm(Payment), Payment.refund_id.in_(mine)).group_by(made)
        )
    ).all()
    rates = await costs(session)
    work = rates.works((row[0], int(row[1] or 0)) for row in minutes)
    fees = rates.transfers((row[0], row[1]) for row in payments)
    parts = (
        (_("Paid back"), back.fen), (_("Work"), work), (_("Bank fees"), fees), (_("Paid back for own errors"), own.fen),
    )  # fmt: skip
    return Figure(n, Decimal(back.fen + work + fees), parts=parts)


async def _cost_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    query = of_refunds(scope, func.coalesce(Refund.amount, 0))
    return await listed(session, query, offset, limit, url=URL, words=str, head=_("Amount"))


async def _groups(session: AsyncSession, scope: Scope, cuts: Cuts) -> list[list[Group]]:
    """Of each span, refunds paid in it by reason and part of the service time that was over (refunds.watch)."""
    begin, _end = moments(scope.since, scope.until)
    wanted = of_refunds(scope, Refund.paid_at, Refund.paid_at).subquery()
    query = select(wanted.c.id, placed(wanted.c.at, cuts))
    places = {row[0]: row[1] for row in (await session.execute(query)).all()}
    spans: list[list[Decision]] = [[] for _cut in cuts]
    for one in await closed.decisions(session, begin) if places else ():
        if one.id in places:
            spans[places[one.id]].append(one)
    return [groups(span) for span in spans]


async def _consistency(session: AsyncSession, scope: Scope, cuts: Cuts) -> list[Figure]:
    named = await reasons(session)
    return [_spread(every, named) for every in await _groups(session, scope, cuts)]


def _spread(every: list[Group], named: Mapping[str, str]) -> Figure:
    """The mean of the groups' interquartile ranges, each as heavy as its refunds; groups of five or more."""
    found = [group for group in every if not group.spread.few]
    n = sum(group.spread.count for group in found)
    if not found:
        few = sum(group.spread.count for group in every)
        return Figure(few, hidden=few > 0)
    widths = [(group, group.spread.upper - group.spread.lower) for group in found]
    parts = tuple((_name(group, named.get(group.reason, group.reason)), exact(Decimal(w) / 1000) or Decimal(0))
                  for group, w in widths)  # fmt: skip
    whole = sum(width * group.spread.count for group, width in widths)
    return Figure(n, exact(Decimal(whole) / n / 1000), parts=parts)


def _name(group: Group, reason: str) -> str:
    least, most = BANDS[group.band]
    return f"{reason} {least}–{most} %"


async def _consistency_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    """Every refund with its share and its group, the groups one after the other."""
    named = await reasons(session)
    found = [(group, one) for group in (await _groups(session, scope, (scope.since,)))[0] for one in group.decisions]
    shown = tuple(
        Row(one.number, URL.format(id=one.id), (_name(group, named.get(group.reason, group.reason)),
                                                f"{Decimal(one.share) / 10:.1f} %", str(one.amount)))
        for group, one in found[offset : offset + limit]
    )  # fmt: skip
    return Rows(len(found), shown, (_("Reason and part of the time"), _("Share paid back"), _("Paid back")))


COST = Measure(
    "refund_cost", _("Cost of refunds"), "refunds", "fen",
    _("Amounts paid back + hours of work × what an hour costs + bank fees. Hours are the working time the request "
      "stood with us times the part of it that is worked, both as the firm chose them for that day."),
    BY_CLOSING, _("The tables of refunds and payments, the stage log, and the firm’s choices."),
    _("Time we waited for the client; credits and other plans, of which only the work counts."),
    _cost, _cost_rows, better="down", kpi="Cost of refunds", part_unit="fen", filters=FILTERS,
)  # fmt: skip
CONSISTENCY = Measure(
    "refund_consistency", _("Spread of like refunds"), "refunds", "share",
    _("How far the middle half of refunds for the same reason at the same part of the service time lie apart, as a "
      "share of what was received (third less first quartile); the mean of all groups by their size."),
    _("Refunds paid in the period."), REFUNDS, _("Groups of fewer than five refunds; credits and other plans."),
    BySpan(_consistency), _consistency_rows, better="down", kpi="Consistency", part_unit="share", filters=FILTERS,
)  # fmt: skip

MEASURES = (COST, CONSISTENCY)
