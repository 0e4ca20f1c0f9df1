"""What the measures of clients, contracts, money and returns have to say, read in plain Python from the rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from saas.adjustments.models import Adjustment
from saas.cases.models import Case
from saas.clients.models import Client, Contract, Receipt
from saas.filings.models import RegisteredFiling
from saas.identity.models import Membership
from saas.kernel import clock
from saas.ledgers.models import LedgerLine, PeriodVersion
from saas.services.offering.offering_models import Proposal
from saas.services.sources.source_models import Lead, Origin
from saas.teams.handover.handover_models import Handover
from tests.insights.again import Again, days

Answer = tuple[int, float | None]
BANDS = ((0, 10), (10, 25), (25, 50), (50, 75), (75, 100))


def share(marks: Sequence[bool]) -> Answer:
    return len(marks), (sum(marks) / len(marks) if len(marks) >= 5 else None)


def vouchers(again: Again) -> list[tuple[UUID, date]]:
    """(client, day) of each voucher that counts, whenever it was."""
    current = {(v.import_id, v.period) for v in again.past.of(PeriodVersion) if v.is_current and v.content == "lines"}
    lines = [x for x in again.past.of(LedgerLine) if (x.import_id, x.period) in current and not x.void]
    return [
        (client, day) for client, _period, _voucher, day in {(x.client_id, x.period, x.voucher, x.date) for x in lines}
    ]


def late_fees(again: Again) -> list[tuple[Case, int]]:
    """Cases closed in the scope with the fee of the last approved plan, where there is one."""
    found = []
    for case in again.cases():
        plans = [a for a in again.past.of(Adjustment) if a.case_id == case.id and a.approved_at]
        last = max(plans, key=lambda plan: plan.version, default=None)
        fee = last.tax.get("late_fee", {}).get("amount_fen") if last else None
        found += [(case, int(fee))] if fee and int(fee) > 0 else []
    return found


def active(again: Again, day: date, *, filtered: bool) -> list[Client]:
    scope = again.scope
    return [
        c for c in again.past.of(Client)
        if days(c.created_at) <= day and not (c.archived_at and days(c.archived_at) <= day)
        and (not filtered or (scope.client_id in (None, c.id) and scope.member_id in (None, c.bookkeeper_id)))
    ]  # fmt: skip


def penalties(again: Again) -> Answer:
    fees = late_fees(again)
    clients = len(active(again, min(again.scope.until, clock.today()), filtered=False))
    return len(fees), round(sum(fee for _case, fee in fees) * 100 / clients)


def churn(again: Again) -> Answer:
    there = active(again, again.scope.since - timedelta(days=1), filtered=True)
    return share([again.within(c.archived_at) for c in there])


def running(again: Again) -> list[Contract]:
    day = min(again.scope.until, clock.today())
    here = {c.id for c in again.past.of(Client) if not c.archived_at}
    return [c for c in again.past.of(Contract) if c.client_id in here and c.starts_on <= day <= c.ends_on]


def arpu(again: Again) -> Answer:
    found = running(again)
    payers = {c.client_id for c in found}
    fen = sum(c.price.fen // c.paid_months for c in found)
    return len(payers), (fen // len(payers) if payers else None)


def value_added(again: Again) -> Answer:
    found, extra = running(again), 0
    for plan in again.past.of(Proposal):
        if plan.contract_id in {c.id for c in found}:
            times = {"month": plan.months, "year": -(-plan.months // 12), "once": 1}
            extra += sum(x["price_fen"] * times[x["unit"]] for x in plan.lines if x["kind"] == "extra") // plan.months
    fen = sum(c.price.fen // c.paid_months for c in found)
    return len(found), (extra / fen if len(found) >= 5 else None)


def collected(again: Again) -> Answer:
    begun = [
        c for c in again.past.of(Contract)
        if again.within(c.starts_on) and again.scope.client_id in (None, c.client_id)
    ]  # fmt: skip
    got = sum(x.amount.fen for x in again.past.of(Receipt) if x.contract_id in {c.id for c in begun})
    return len(begun), (got / sum(c.price.fen for c in begun) if len(begun) >= 5 else None)


def newcomers(again: Again) -> list[UUID]:
    first: dict[UUID, date] = {}
    for c in again.past.of(Contract):
        first[c.client_id] = min(c.starts_on, first.get(c.client_id, c.starts_on))
    return [client for client, day in first.items() if again.within(day)]


def referred(again: Again) -> Answer:
    came = {o.client_id: o.source for o in again.past.of(Origin)}
    return share([came.get(client) in ("client", "partner") for client in newcomers(again)])


def won(again: Again) -> Answer:
    decided = [
        lead for lead in again.past.of(Lead)
        if lead.state in ("won", "lost") and again.within(lead.closed_at)
        and again.scope.client_id in (None, lead.client_id) and again.scope.member_id in (None, lead.owner_id)
    ]  # fmt: skip
    return share([lead.state == "won" for lead in decided])


def handed_over(again: Again) -> Answer:
    marks = []
    for one in again.past.of(Handover):
        last = again.past.calendar.add_working_days(one.effective_on, 10)
        if one.state != "dropped" and (one.supervised_at or last < clock.today()):
            marks.append(bool(one.supervised_at and days(one.supervised_at) <= last))
    return share(marks)


def keepers(again: Again, day: date) -> int:
    """Bookkeepers who were here at the end of a day."""
    return sum(
        "bookkeeper" in m.roles and days(m.joined_at) <= day and not (m.left_at and days(m.left_at) <= day)
        for m in again.past.of(Membership)
    )


def month_ends(again: Again) -> set[date]:
    """The last day of each month the scope touches; of a period to come it is today."""
    ends, first = set(), again.scope.since.replace(day=1)
    while first <= again.scope.until:
        following = (first + timedelta(days=32)).replace(day=1)
        ends.add(min(following - timedelta(days=1), again.scope.until, clock.today()))
        first = following
    return ends


def per_keeper(count: int, people: int) -> Answer:
    return people, (count / people if people else None)


def returns(again: Again, of: Callable[[Any], bool], *, among: Callable[[Any], bool] = bool) -> Answer:
    """Among the returns that were due: those of which something is true."""
    keeper = {c.id: c.bookkeeper_id for c in again.past.of(Client)}
    due = [
        f for f in again.past.of(RegisteredFiling)
        if not f.waived_on and again.within(f.due_on) and f.due_on < clock.today()
        and again.scope.client_id in (None, f.client_id) and again.scope.member_id in (None, keeper[f.client_id])
    ]  # fmt: skip
    return share([of(f) for f in due if among(f)])


def in_time(again: Again, filing: RegisteredFiling) -> bool:
    last = again.past.calendar.add_working_days(filing.due_on, -2)
    return bool(filing.accepted_on and filing.accepted_on <= last)


def quartile(ordered: Sequence[int], quarter: int) -> int:
    rank, rest = divmod((len(ordered) - 1) * quarter, 4)
    return ordered[rank] + ((ordered[rank + 1] - ordered[rank]) * rest // 4 if rest else 0)


def consistency(again: Again) -> Answer:
    """The middle half of like refunds, in thousandths of what was received, weighted by the groups."""
    grouped: dict[tuple[str, int], list[int]] = {}
    for refund in again.refunds("paid_at"):
        if refund.outcome != "refund":
            continue
        contract = next(c for c in again.past.of(Contract) if c.id == refund.contract_id)
        whole = (contract.ends_on - contract.starts_on).days + 1
        part = min(max((refund.notice_on - contract.starts_on).days, 0) * 100 // whole, 99)
        band = next(place for place, (_least, most) in enumerate(BANDS) if part < most)
        received = sum(x.amount.fen for x in again.past.of(Receipt) if x.contract_id == contract.id)
        grouped.setdefault((refund.reason, band), []).append(refund.amount.fen * 1000 // received)
    groups = [sorted(shares) for shares in grouped.values() if len(shares) >= 5]
    if not groups:
        return sum(map(len, grouped.values())), None
    n = sum(map(len, groups))
    return n, sum((quartile(g, 3) - quartile(g, 1)) * len(g) for g in groups) / n / 1000


def _accepted(filing: RegisteredFiling) -> bool:
    return filing.accepted_on is not None


def _missed(filing: RegisteredFiling) -> bool:
    return filing.filed_on is None or filing.filed_on > filing.due_on


def _late(filing: RegisteredFiling) -> bool:
    return (filing.accepted_on or clock.today()) > filing.due_on


def complaint_rate(again: Again) -> Answer:
    """Complaints by the clients at each month's end, added up."""
    n = sum(len(active(again, day, filtered=True)) for day in month_ends(again))
    found = sum(
        c.source == "complaint" and again.within(c.opened_at) and again.mine(c, "owner_id") for c in again.past.of(Case)
    )
    return n, (found / n if n >= 5 else None)


TRADE: dict[str, Callable[[Again], Answer]] = {
    "penalties": penalties,
    "refund_consistency": consistency,
    "churn": churn,
    "complaint_rate": complaint_rate,
    "clients_per_person": lambda a: per_keeper(
        len(active(a, min(a.scope.until, clock.today()), filtered=False)),
        keepers(a, min(a.scope.until, clock.today())),
    ),
    "vouchers_per_person": lambda a: per_keeper(
        sum(a.within(day) for _client, day in vouchers(a)), sum(keepers(a, day) for day in month_ends(a))
    ),
    "arpu": arpu,
    "value_added": value_added,
    "collected": collected,
    "new_clients": lambda a: (len(newcomers(a)), len(newcomers(a))),
    "referred": referred,
    "lead_conversion": won,
    "handed_over": handed_over,
    "missed_rate": lambda a: returns(a, _missed),
    "late_rate": lambda a: returns(a, _late),
    "in_time_rate": lambda a: returns(a, lambda f: in_time(a, f)),
    "zero_rate": lambda a: returns(a, lambda f: f.zero, among=_accepted),
    "amended_own_rate": lambda a: returns(a, lambda f: f.amended_cause == "own", among=_accepted),
    "amended_client_rate": lambda a: returns(a, lambda f: f.amended_cause == "client", among=_accepted),
}
