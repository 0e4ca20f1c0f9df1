"""Refunds: how long, how much, how often approved, changed, overturned or turned into something else (domain.md W5)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Integer, Select, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client, Contract, Receipt
from saas.improvement.measuring.counting import moments
from saas.insights.measures.counted import cohort_of, exact, listed, medians, narrowed, shares
from saas.insights.measures.measure import SMALLEST_SHOWN, BySpan, Cuts, Figure, Measure, Rows, Scope
from saas.insights.models import Fact
from saas.kernel import clock
from saas.kernel.i18n import _
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.refunds.models import Refund
from saas.refunds.watch.closed import DECIDED
from saas.refunds.workflow import STATES

URL = "/refunds/{id}"
FILTERS = frozenset({"client_id", "member_id", "team", "reason"})
BY_CLOSING = _("Refund requests closed in the period.")
REFUNDS = _("The table of refunds.")
LATER = 90  # days after which we look whether a client is still there
TOGETHER = (Contract.firm_id == Refund.firm_id) & (Contract.id == Refund.contract_id)


def of_refunds(scope: Scope, mark: Any, at: Any = Refund.closed_at) -> Select[Any]:
    """Refunds whose moment `at` lies in the period, with a mark of their own."""
    begin, end = moments(scope.since, scope.until)
    query = cohort_of(Refund.id, Refund.number, at, Refund.client_id, mark).where(
        of_this_firm(Refund), at >= begin, at < end
    )
    return narrowed(query, scope, client=Refund.client_id, member=Refund.preparer_id, reason=Refund.reason)


def _paid(scope: Scope, mark: Any) -> Select[Any]:
    query = of_refunds(scope, mark).join(Fact, (Fact.firm_id == Refund.firm_id) & (Fact.subject_id == Refund.id))
    return query.where(Refund.paid_at.is_not(None), Fact.net.is_not(None))


async def _cycle(session: AsyncSession, scope: Scope) -> Select[Any]:
    return _paid(scope, Fact.net)


_cycle_figure, _cycle_rows = medians(_cycle, URL, _("Working days"))


async def _cycle_by_stage(session: AsyncSession, scope: Scope, cuts: Cuts) -> list[Figure]:
    """The whole, and of the last span the median of each step in the order of the workflow."""
    *earlier, whole = await _cycle_figure.count(session, scope, cuts)
    rows = _paid(scope.between(cuts[-1], scope.until), Fact.stages).subquery()
    each = func.jsonb_each_text(rows.c.mark).table_valued("key", "value").lateral()
    middle = func.percentile_cont(0.5).within_group(cast(each.c.value, Integer))
    query = select(each.c.key, func.count(), middle).select_from(rows).join(each, each.c.value.is_not(None))
    found = {row[0]: (row[1], row[2]) for row in (await session.execute(query.group_by(each.c.key))).all()}
    a_day = (await calendar_of(session)).minutes_per_day
    parts = tuple(
        (state.label, exact(found[state.name][1] / a_day) or Decimal(0))
        for state in STATES
        if state.name in found and found[state.name][0] >= SMALLEST_SHOWN and not state.pauses
    )
    return [*earlier, Figure(whole.n, whole.value, whole.low, whole.high, parts, whole.hidden)]


def _received() -> Any:
    return (
        select(func.coalesce(func.sum(Receipt.amount), 0))
        .where(of_this_firm(Receipt), Receipt.contract_id == Refund.contract_id)
        .scalar_subquery()
    )


def _given_back(scope: Scope) -> Select[Any]:
    return of_refunds(scope, Refund.amount).where(Refund.outcome == "refund", Refund.amount.is_not(None))


async def _ratio(session: AsyncSession, scope: Scope) -> Figure:
    """Money, not heads; n is the refunds. A contract’s receipts count once, however often it was refunded."""
    rows = _given_back(scope).add_columns(Refund.contract_id.label("contract_id")).subquery()
    paid, n = (await session.execute(select(func.coalesce(func.sum(rows.c.mark), 0), func.count()))).one()
    query = select(func.coalesce(func.sum(Receipt.amount), 0)).where(
        of_this_firm(Receipt), Receipt.contract_id.in_(select(rows.c.contract_id))
    )
    received = (await session.execute(query)).scalar_one()
    if n < SMALLEST_SHOWN or not received.fen:
        return Figure(n, hidden=n > 0)
    parts = ((_("Paid back, fen"), paid.fen), (_("Received, fen"), received.fen))
    return Figure(n, exact(Decimal(paid.fen) / received.fen), parts=parts)


async def _ratio_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    return await listed(session, _given_back(scope), offset, limit, url=URL, words=str, head=_("Paid back"))


def _contracts(scope: Scope, mark: Any) -> Select[Any]:
    """Contracts in force on some day of the period."""
    query = cohort_of(Contract.id, Contract.number, Contract.starts_on, Contract.client_id, mark).where(
        of_this_firm(Contract), Contract.starts_on <= scope.until, Contract.ends_on >= scope.since,
        or_(Contract.cancelled_on.is_(None), Contract.cancelled_on >= scope.since),
    )  # fmt: skip
    return narrowed(query, scope, client=Contract.client_id)


async def _requested(session: AsyncSession, scope: Scope) -> Select[Any]:
    begin, end = moments(scope.since, scope.until)
    asked = select(Refund.id).where(
        of_this_firm(Refund), Refund.contract_id == Contract.id, Refund.submitted_at >= begin, Refund.submitted_at < end
    )
    return _contracts(scope, asked.exists())


async def _approved(session: AsyncSession, scope: Scope) -> Select[Any]:
    """Decided: approved by everybody who had to, or rejected."""
    approved = Refund.approved_at.is_not(None)
    return of_refunds(scope, approved).where(approved | (Refund.outcome == "rejected"))


async def _overturned(session: AsyncSession, scope: Scope) -> Select[Any]:
    query = of_refunds(scope, Refund.state != "refused")
    return query.where(Refund.appeal != "", Refund.appeal_decided_by.is_not(None))


async def _overridden(session: AsyncSession, scope: Scope) -> Select[Any]:
    query = of_refunds(scope, Refund.amount != Refund.computed)
    return query.where(Refund.outcome.in_(DECIDED), Refund.amount.is_not(None), Refund.computed.is_not(None))


def _still_here(day: Any) -> Any:
    """Whether the client was with us on that day: not archived, and some contract in force."""
    runs = select(Contract.id).where(
        of_this_firm(Contract), Contract.client_id == Refund.client_id, Contract.starts_on <= day,
        Contract.ends_on >= day, or_(Contract.cancelled_on.is_(None), Contract.cancelled_on > day),
    )  # fmt: skip
    gone = select(Client.id).where(
        of_this_firm(Client), Client.id == Refund.client_id, Client.archived_at.is_not(None),
        func.date(func.timezone("Asia/Shanghai", Client.archived_at)) <= day,
    )  # fmt: skip
    return and_(runs.exists(), ~gone.exists())


def _later() -> Any:
    """90 days after the closing, or today while they are not over."""
    return func.least(func.date(func.timezone("Asia/Shanghai", Refund.closed_at)) + LATER, clock.today())


async def _saved(session: AsyncSession, scope: Scope) -> Select[Any]:
    stayed = and_(Refund.outcome == "cancelled", _still_here(_later()))
    return of_refunds(scope, or_(Refund.outcome.in_(("credit", "plan")), stayed))


async def _stayed(session: AsyncSession, scope: Scope) -> Select[Any]:
    """Closed at least 90 days ago, whatever came of the request."""
    until = min(scope.until, clock.today().fromordinal(clock.today().toordinal() - LATER))
    return of_refunds(scope.between(scope.since, until), _still_here(_later()))


CYCLE = Measure(
    "refund_cycle", _("Time to the refund"), "refunds", "wd",
    _("The median of working days from handing in to payment, without the time we waited for the client; beside it the "
      "median of each step."),
    BY_CLOSING, _("The stage log of the refunds, summed up in one row for each closed refund."),
    _("Requests that ended otherwise than by payment; waiting for papers and for the client’s answer."),
    BySpan(_cycle_by_stage), _cycle_rows, better="down", kpi="Refund cycle time", part_unit="wd", filters=FILTERS,
)  # fmt: skip
RATIO = Measure(
    "refund_ratio", _("Paid back of what was received"), "refunds", "share",
    _("Amounts paid back ÷ amounts received under the same contracts."),
    BY_CLOSING, _("The tables of refunds and receipts."), _("Credits and other plans; contracts nobody refunded."),
    _ratio, _ratio_rows, better="down", kpi="Refund ratio", part_unit="fen", filters=FILTERS,
)  # fmt: skip
REQUESTS = Measure(
    "refund_requests", _("Contracts with a refund request"), "refunds", "share",
    _("Contracts for which a refund was asked in the period ÷ contracts in force in the period."),
    _("Contracts in force on some day of the period."), _("The tables of contracts and refunds."),
    _("Drafts that were never handed in."),
    *shares(_requested, "", _("Asked for"), dated=False), better="down", kpi="Refund ratio",
    filters=frozenset({"client_id"}),
)  # fmt: skip
APPROVAL = Measure(
    "approval", _("Refunds approved"), "refunds", "share",
    _("Requests approved by everybody who had to ÷ requests approved or rejected."),
    BY_CLOSING, REFUNDS, _("Requests taken back before a decision."),
    *shares(_approved, URL, _("Approved"), first=False), kpi="Approval rate", filters=FILTERS,
)  # fmt: skip
OVERTURN = Measure(
    "overturn", _("Rejections overturned on appeal"), "refunds", "share",
    _("Appeals that were granted ÷ appeals that were decided."),
    BY_CLOSING, REFUNDS, _("Appeals still open."),
    *shares(_overturned, URL, _("Granted")), better="down", kpi="Approval rate", filters=FILTERS,
)  # fmt: skip
OVERRIDE = Measure(
    "override", _("Amounts changed by hand"), "refunds", "share",
    _("Requests whose amount differs from what the policy’s formula gives ÷ requests decided with an amount."),
    BY_CLOSING, REFUNDS, _("Requests taken back; rejections before anything was calculated."),
    *shares(_overridden, URL, _("Changed")), better="down", kpi="Override rate", filters=FILTERS,
)  # fmt: skip
SAVED = Measure(
    "save_rate", _("Clients kept"), "refunds", "share",
    _("Requests that ended with a credit or another plan, or were taken back by a client who is still with us 90 days "
      "later (today, while they are not over) ÷ requests."),
    BY_CLOSING, _("The tables of refunds, contracts and clients."), _("Requests still open."),
    *shares(_saved, URL, _("Kept"), first=False), better="up", kpi="Save rate", filters=FILTERS,
)  # fmt: skip
STAYED = Measure(
    "still_client", _("Still clients 90 days after"), "refunds", "share",
    _("Requests whose client has a contract in force 90 days after the request was closed ÷ requests."),
    _("Refund requests closed in the period and at least 90 days ago."),
    _("The tables of refunds, contracts and clients."), _("Requests closed less than 90 days ago."),
    *shares(_stayed, URL, _("Still a client"), first=False), better="up", kpi="Save rate", filters=FILTERS,
)  # fmt: skip

MEASURES = (CYCLE, RATIO, REQUESTS, APPROVAL, OVERTURN, OVERRIDE, SAVED, STAYED)
