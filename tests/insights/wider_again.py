"""What the rest of the measures has to say, read in plain Python from the rows of a generated past."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from statistics import median as middle
from typing import Any

from saas.cases.models import Case
from saas.checklists.models import ChecklistRun, ChecklistStep
from saas.checks.models import FoundAnomaly
from saas.clients.models import Client
from saas.insights.models import DutyCheck, ProvedBreach
from saas.kernel import clock
from saas.risks.drill_models import Drill
from saas.risks.incidents.incident_models import Incident
from saas.risks.models import Risk
from saas.training.course_models import Course, CourseVersion
from saas.training.duty_models import Assignment
from saas.training.exam_models import Certificate
from tests.insights.again import Again, days
from tests.insights.trade_again import TRADE, Answer, share, vouchers

NINETY = timedelta(days=90)


def precision(again: Again) -> Answer:
    scope = again.scope
    found = [
        f for f in again.past.of(FoundAnomaly)
        if (f.state == "dismissed" or f.case_id) and again.within(f.decided_at)
        and scope.client_id in (None, f.client_id)
        and scope.member_id in (None, f.decided_by) and scope.rule in ("", f.rule)
    ]  # fmt: skip
    return share([f.state != "dismissed" for f in found])


def true_cases(again: Again) -> list[Case]:
    return [c for c in again.past.of(Case) if c.likelihood is not None and c.outcome not in ("explained", "dismissed")]


def density(again: Again) -> Answer:
    scope = again.scope
    cases = [c for c in true_cases(again) if again.within(c.opened_at) and scope.rule in ("", c.rule)]
    n = sum(again.within(day) for _client, day in vouchers(again))
    return n, (1000 * len(cases) / n if n >= 5 else None)


def defects(again: Again) -> Answer:
    scope = again.scope
    right = [
        f for f in again.past.of(FoundAnomaly)
        if f.state in ("confirmed", "cured") and f.period and scope.rule in ("", f.rule)
        and scope.client_id in (None, f.client_id)
        and scope.since <= date.fromisoformat(f"{f.period}-01") <= scope.until
    ]  # fmt: skip
    n = sum(again.within(day) for client, day in vouchers(again) if scope.client_id in (None, client))
    return n, (100 * len(right) / n if n >= 5 else None)


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
            if member not in keeper.values():
                continue  # nobody counts without books of their own
            people += 1
            peers = [p for p in set(keeper.values()) if p != member and passed.get(p, day + NINETY) >= day + NINETY]
            for name, who in (("", [member]), ("peers ", peers)):
                for part, begin in (("before", day - NINETY), ("after", day)):
                    for place, rows in enumerate((hits, books)):
                        inside = [p in who and begin <= at < begin + NINETY for p, at in rows]
                        sums[name + part][place] += sum(inside)
    own_cases = sums["before"][0] + sums["after"][0]
    if not people or own_cases < 5 or any(sums[name][1] < 5 for name in ("before", "after")):
        return people, None
    rate = {name: count / n for name, (count, n) in sums.items() if n}
    if not rate["before"]:
        return people, None
    own = rate["after"] / rate["before"]
    if any(sums[name][1] < 5 for name in ("peers before", "peers after")):
        return people, own
    if not own or not rate["peers before"] or not rate["peers after"]:
        return people, None
    return people, own / (rate["peers after"] / rate["peers before"])


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
    last = max(again.past.of(DutyCheck), key=lambda check: check.at, default=None)
    if last is None:
        return 0, None
    return last.deeds, sum(again.within(b.at) for b in again.past.of(ProvedBreach))


def _open(again: Again) -> Answer:
    n = sum(r.state != "closed" for r in again.past.of(Risk))
    return n, n


WIDER: dict[str, Callable[[Again], Answer]] = {
    "rule_precision": precision,
    "anomaly_density": density,
    "defects_per_hundred": defects,
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
    **TRADE,
}
FEW = {"clients_per_person", "training_effect"}  # counted of people, of whom the past has two
