"""What the rest of the measures has to say, read in plain Python from the rows of a generated past."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from statistics import median as middle
from typing import Any
from uuid import UUID

from saas.adjustments.models import Adjustment
from saas.cases.models import Case
from saas.checklists.models import ChecklistRun, ChecklistStep
from saas.checks.models import FoundAnomaly
from saas.clients.models import Client, Contract, Receipt
from saas.filings.models import RegisteredFiling
from saas.insights.models import DutyCheck, ProvedBreach
from saas.kernel import clock
from saas.ledgers.models import LedgerLine, PeriodVersion
from saas.risks.drill_models import Drill
from saas.risks.incidents.incident_models import Incident
from saas.risks.models import Risk
from saas.services.offering.offering_models import Proposal
from saas.services.sources.source_models import Origin
from saas.teams.handover.handover_models import Handover
from saas.training.course_models import Course, CourseVersion
from saas.training.duty_models import Assignment
from saas.training.exam_models import Certificate
from tests.insights.again import Again, days

Answer = tuple[int, float | None]
NINETY = timedelta(days=90)
KEEPERS = 2  # Ben and Lin, since long ago
BANDS = ((0, 10), (10, 25), (25, 50), (50, 75), (75, 100))


def share(marks: Sequence[bool]) -> Answer:
    return len(marks), (sum(marks) / len(marks) if len(marks) >= 5 else None)


def precision(again: Again) -> Answer:
    scope = again.scope
    found = [
        f for f in again.past.of(FoundAnomaly)
        if f.state != "open" and again.within(f.decided_at) and scope.client_id in (None, f.client_id)
        and scope.member_id in (None, f.decided_by) and scope.rule in ("", f.rule)
    ]  # fmt: skip
    return share([f.state == "confirmed" for f in found])


def true_cases(again: Again) -> list[Case]:
    return [c for c in again.past.of(Case) if c.likelihood is not None and c.outcome not in ("explained", "dismissed")]


def vouchers(again: Again) -> list[tuple[UUID, date]]:
    """(client, day) of each voucher that counts, whenever it was."""
    current = {v.import_id for v in again.past.of(PeriodVersion) if v.is_current}
    lines = [x for x in again.past.of(LedgerLine) if x.import_id in current and not x.void]
    return list({(x.client_id, x.period, x.voucher): (x.client_id, x.date) for x in lines}.values())


def density(again: Again) -> Answer:
    scope = again.scope
    cases = [c for c in true_cases(again) if again.within(c.opened_at) and scope.rule in ("", c.rule)]
    n = sum(again.within(day) for _client, day in vouchers(again))
    return n, (1000 * len(cases) / n if n >= 5 else None)


def recurrence(again: Again) -> Answer:
    """From the trail: every entry into `closed` but from `explained`, followed by the same within 90 days."""
    marks, cases = [], [c for c in again.past.of(Case) if c.rule]
    for case in cases:
        if again.scope.rule not in ("", case.rule) or again.scope.client_id not in (None, case.client_id):
            continue
        trail = again.trails[case.id]
        for place, (before, to, at) in enumerate(trail):
            if to != "closed" or before == "explained" or not again.within(at) or days(at) > clock.today() - NINETY:
                continue
            reopened = [later for _f, _t, later in trail[place + 1 : place + 2] if later <= at + NINETY]
            others = [
                o for o in cases
                if o.id != case.id and (o.client_id, o.rule) == (case.client_id, case.rule)
                and o.outcome not in ("explained", "dismissed") and at < o.opened_at <= at + NINETY
            ]  # fmt: skip
            marks.append(bool(reopened or others))
    return share(marks)


def training(again: Again) -> Answer:
    """The change of whoever passed, divided by that of everybody who had not by the end of those days."""
    keeper = {c.id: c.bookkeeper_id for c in again.past.of(Client)}
    books = [(keeper[client], day) for client, day in vouchers(again)]
    people, sums = 0, {name: [0, 0] for name in ("before", "after", "peers before", "peers after")}
    for version in again.past.of(CourseVersion):
        course = next(c for c in again.past.of(Course) if c.id == version.course_id)
        issued = [x for x in again.past.of(Certificate) if x.course_id == course.id and not x.withdrawn_at]
        passed = {x.member_id: min(days(y.issued_at) for y in issued if y.member_id == x.member_id) for x in issued}
        hits = [
            (keeper[c.client_id], days(c.opened_at)) for c in true_cases(again)
            if not version.rules or c.rule in version.rules
        ]  # fmt: skip
        for member, day in passed.items():
            if course.retired_at or not again.within(day) or day + NINETY > clock.today():
                continue
            people += 1
            peers = [p for p in set(keeper.values()) if p != member and passed.get(p, day + NINETY) >= day + NINETY]
            for name, who in (("", [member]), ("peers ", peers)):
                for part, begin in (("before", day - NINETY), ("after", day)):
                    for place, rows in enumerate((hits, books)):
                        inside = [p in who and begin <= at < begin + NINETY for p, at in rows]
                        sums[name + part][place] += sum(inside)
    if not people or any(sums[name][1] < 5 for name in ("before", "after")):
        return people, None
    rate = {name: count / n for name, (count, n) in sums.items() if n}
    return people, rate["after"] / rate["before"] / (rate["peers after"] / rate["peers before"])


def completion(again: Again) -> Answer:
    due = [
        a for a in again.past.of(Assignment)
        if not a.waived_at and again.within(a.due_at) and a.due_at < clock.now()
        and again.scope.member_id in (None, a.member_id)
    ]  # fmt: skip
    return share([bool(a.done_at and a.done_at <= a.due_at) for a in due])


def validity(again: Again) -> Answer:
    retired = {c.id for c in again.past.of(Course) if c.retired_at}
    asked = {
        (a.member_id, a.course_id) for a in again.past.of(Assignment)
        if not a.waived_at and a.course_id not in retired and again.scope.member_id in (None, a.member_id)
    }  # fmt: skip
    valid = {
        (x.member_id, x.course_id) for x in again.past.of(Certificate)
        if not x.withdrawn_at and x.valid_until >= clock.today()
    }  # fmt: skip
    return share([one in valid for one in asked])


def lists(again: Again) -> list[ChecklistRun]:
    return [
        r for r in again.past.of(ChecklistRun)
        if r.state != "void" and again.within(r.due_at) and (r.prepared_at or r.due_at < clock.now())
        and again.scope.member_id in (None, r.prepared_by or r.preparer_id)
    ]  # fmt: skip


def evidence(again: Again) -> Answer:
    ids = {r.id for r in lists(again)}
    given: dict[str, Callable[[Any], bool]] = {
        "note": lambda s: s.note != "", "file": lambda s: bool(s.files), "number": lambda s: s.number is not None,
        "link": lambda s: s.link != "",
    }  # fmt: skip
    steps = [s for s in again.past.of(ChecklistStep) if s.run_id in ids and s.outcome == "done"]
    return share([given[s.evidence](s) for s in steps if s.evidence != "none"])


def drills(again: Again) -> Answer:
    scored = [d for d in again.past.of(Drill) if again.within(d.scored_at)]
    n = sum(d.injected for d in scored)
    return n, (sum(d.detected for d in scored) / n if n >= 5 else None)


def contained(again: Again) -> Answer:
    took = [
        (i.contained_at - i.declared_at).total_seconds() / 60 for i in again.past.of(Incident)
        if i.state != "called_off" and again.within(i.declared_at) and i.contained_at
    ]  # fmt: skip
    return len(took), (round(middle(took), 1) if len(took) >= 5 else None)


def breaches(again: Again) -> Answer:
    last = max(again.past.of(DutyCheck), key=lambda check: check.at)
    return last.deeds, sum(again.within(b.at) for b in again.past.of(ProvedBreach))


def late_fees(again: Again) -> list[tuple[Case, int]]:
    """Cases closed in the scope with the fee of the last approved plan, where there is one."""
    found = []
    for case in again.cases():
        plans = [a for a in again.past.of(Adjustment) if a.case_id == case.id and a.approved_at]
        last = max(plans, key=lambda plan: plan.version, default=None)
        fee = last.tax["late_fee"]["amount_fen"] if last else 0
        found += [(case, fee)] if fee else []
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


def handed_over(again: Again) -> Answer:
    marks = []
    for one in again.past.of(Handover):
        last = again.past.calendar.add_working_days(one.effective_on, 10)
        if one.state != "dropped" and (one.supervised_at or last < clock.today()):
            marks.append(bool(one.supervised_at and days(one.supervised_at) <= last))
    return share(marks)


def months_touched(again: Again) -> int:
    scope = again.scope
    until = min(scope.until, clock.today())
    if scope.since > until:
        return 1  # a period to come is held against today
    return (until.year - scope.since.year) * 12 + until.month - scope.since.month + 1


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


def _open(again: Again) -> Answer:
    n = sum(r.state != "closed" for r in again.past.of(Risk))
    return n, n


def _per_keeper(count: int, people: int) -> Answer:
    return people, count / people


def complaint_rate(again: Again) -> Answer:
    """Complaints by the clients at each month's end, added up."""
    scope, n, first = again.scope, 0, again.scope.since.replace(day=1)
    ends = set()
    while first <= scope.until:
        following = (first + timedelta(days=32)).replace(day=1)
        ends.add(min(following - timedelta(days=1), scope.until, clock.today()))
        first = following
    n = sum(len(active(again, day, filtered=True)) for day in ends)
    found = sum(
        c.source == "complaint" and again.within(c.opened_at) and again.mine(c, "owner_id") for c in again.past.of(Case)
    )
    return n, (found / n if n >= 5 else None)


WIDER: dict[str, Callable[[Again], Answer]] = {
    "rule_precision": precision,
    "anomaly_density": density,
    "recurrence": recurrence,
    "training_effect": training,
    "training_completion": completion,
    "certificate_validity": validity,
    "checklist_on_time": lambda a: share([bool(r.prepared_at and r.prepared_at <= r.due_at) for r in lists(a)]),
    "checklist_evidence": evidence,
    "sod_breaches": breaches,
    "drill_score": drills,
    "incident_contain": contained,
    "open_risks": _open,
    "penalties": penalties,
    "refund_consistency": consistency,
    "churn": churn,
    "complaint_rate": complaint_rate,
    "clients_per_person": lambda a: _per_keeper(
        len(active(a, min(a.scope.until, clock.today()), filtered=False)), KEEPERS
    ),
    "vouchers_per_person": lambda a: _per_keeper(
        sum(a.within(day) for _client, day in vouchers(a)), KEEPERS * months_touched(a)
    ),
    "arpu": arpu,
    "value_added": value_added,
    "collected": collected,
    "new_clients": lambda a: (len(newcomers(a)), len(newcomers(a))),
    "referred": referred,
    "handed_over": handed_over,
    "missed_rate": lambda a: returns(a, _missed),
    "late_rate": lambda a: returns(a, _late),
    "in_time_rate": lambda a: returns(a, lambda f: in_time(a, f)),
    "zero_rate": lambda a: returns(a, lambda f: f.zero, among=_accepted),
    "amended_own_rate": lambda a: returns(a, lambda f: f.amended_cause == "own", among=_accepted),
    "amended_client_rate": lambda a: returns(a, lambda f: f.amended_cause == "client", among=_accepted),
}
FEW = {"clients_per_person", "training_effect"}  # counted of people, of whom the past has two
