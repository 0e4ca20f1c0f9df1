"""A generated past read once more in plain Python: what each measure has to say in a scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import mean
from typing import Any
from uuid import UUID

from saas.cases.models import Case
from saas.clients.models import Client, Communication, Contract
from saas.insights.measures.measure import Scope
from saas.kernel import clock
from saas.kernel.audit import AuditEntry
from saas.kernel.clock import CHINA
from saas.notices.models import Answer, Delivery, Notice
from saas.refunds.models import Refund
from saas.surveys.models import Survey, SurveyAnswer
from tests.insights.past import PAUSES, Past

Trail = list[tuple[str, str, datetime]]  # from, to, at


def days(moment: datetime) -> date:
    return moment.astimezone(CHINA).date()


def cont(values: Iterable[float], part: float) -> float:
    """The value at this part of the ordered ones, between two where it falls between (as percentile_cont)."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * part
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


class Again:
    """The past read once more: what each measure should say in a scope."""

    def __init__(self, past: Past, scope: Scope) -> None:
        self.past, self.scope = past, scope
        self.trails: dict[UUID, Trail] = {}
        steps = [
            e for e in past.of(AuditEntry) if e.subject_id is not None and e.to_state and e.from_state != e.to_state
        ]
        for e in steps:
            self.trails.setdefault(e.subject_id, []).append((e.from_state, e.to_state, e.at))

    def within(self, at: datetime | date | None) -> bool:
        if at is None:
            return False
        day = days(at) if isinstance(at, datetime) else at
        return self.scope.since <= day <= self.scope.until

    def mine(self, row: Any, owner: str, *, filters: Sequence[str] = ("client_id", "member_id")) -> bool:
        scope = self.scope
        wanted = {"client_id": (row.client_id, scope.client_id), "member_id": (getattr(row, owner), scope.member_id)}
        return all(value is None or known == value for name, (known, value) in wanted.items() if name in filters)

    # cases

    def cases(self) -> list[Case]:
        return [
            c
            for c in self.past.of(Case)
            if c.state == "closed" and c.source != "complaint" and self.within(c.closed_at)
            and self.mine(c, "owner_id") and self.scope.rule in ("", c.rule) and self.scope.cause in ("", c.cause_code)
        ]  # fmt: skip

    def confirmed(self) -> list[Case]:
        return [c for c in self.cases() if c.likelihood is not None and c.outcome not in ("explained", "dismissed")]

    def round(self, case: Case) -> Trail:
        """The trail since the last opening."""
        trail = self.trails[case.id]
        return trail[max(i for i, (_f, to, _at) in enumerate(trail) if to in ("new", "reopened")) :]

    def minutes(self, trail: Trail, ends: Sequence[str], *, net: bool) -> int | None:
        last = [i for i, (_f, to, _at) in enumerate(trail) if to in ends]
        if not last:
            return None
        total = 0
        for (_f, state, entered), (_g, _to, left) in pairwise(trail[: last[-1] + 1]):
            if not (net and state in PAUSES):
                total += self.past.calendar.working_minutes(entered, left)
        return total

    def resolution(self, *, net: bool) -> list[int]:
        found = []
        for case in self.cases():
            trail = self.round(case)
            proved = any(to == "verified" for _f, to, _at in trail)
            found.append(self.minutes(trail, ["verified"] if proved else ["closed"], net=net) or 0)
        return found

    def first(self) -> list[int]:
        found = []
        for case in self.cases():
            began = self.round(case)[0][2]
            said = [
                c.at
                for c in self.past.of(Communication)
                if c.subject_id == case.id and c.direction == "out" and c.at >= began
            ]
            if said:
                found.append(self.past.calendar.working_minutes(began, min(said)))
        return found

    def steps(self, case: Case, froms: Sequence[str], to: str) -> int:
        return sum(f in froms and t == to for f, t, _at in self.round(case)[1:])

    def returned(self, case: Case) -> int:
        return self.steps(case, ("in_review", "in_approval", "explained"), "analysed")

    def submitted(self, case: Case) -> int:
        return sum(t in ("in_review", "explained") for _f, t, _at in self.round(case))

    def right(self) -> list[bool]:
        return [
            not self.returned(c) and not self.steps(c, ("executed", "verified"), "analysed")
            for c in self.cases()
            if any(t == "verified" for _f, t, _at in self.round(c))
        ]

    def rework_minutes(self, case: Case) -> int:
        trail = self.round(case)
        back = [i for i, (f, t, _at) in enumerate(trail) if t == "analysed"
                and f in ("in_review", "in_approval", "explained", "executed", "verified")]  # fmt: skip
        return (self.minutes(trail[back[0] :], ["verified"], net=True) or 0) if back else 0

    # letters

    def letters(self, *, asking: bool) -> list[Notice]:
        return [
            n
            for n in self.past.of(Notice)
            if n.state != "withdrawn" and self.within(n.issued_at) and self.mine(n, "owner_id")
            and (not asking or n.answer_by is not None)
        ]  # fmt: skip

    def said(self, notice: Notice, kind: str) -> bool:
        return any(a.notice_id == notice.id and a.kind == kind for a in self.past.of(Answer))

    def arrived(self, notice: Notice) -> bool:
        return any(d.notice_id == notice.id and d.delivered_at for d in self.past.of(Delivery))

    def answer_minutes(self, notice: Notice) -> int:
        trail = self.trails[notice.id]
        begin = next(i for i, (_f, t, _at) in enumerate(trail) if t == "sending")
        return self.minutes(trail[begin:], ["acknowledged", "objected"], net=False) or 0

    def answered(self) -> list[bool]:
        calendar = self.past.calendar
        over = calendar.add_working_days(clock.today(), -5)
        asked = [n for n in self.letters(asking=True) if n.answered_at or days(n.issued_at) < over]
        return [self.said(n, "confirm") and self.answer_minutes(n) <= 5 * calendar.minutes_per_day for n in asked]

    # refunds

    def refunds(self, at: str = "closed_at") -> list[Refund]:
        return [
            r
            for r in self.past.of(Refund)
            if self.within(getattr(r, at)) and self.mine(r, "preparer_id") and self.scope.reason in ("", r.reason)
        ]

    def cycles(self) -> list[int]:
        found = []
        for refund in self.refunds():
            trail = self.trails[refund.id]
            begin = next(i for i, (_f, t, _at) in enumerate(trail) if t == "submitted")
            if refund.paid_at:
                found.append(self.minutes(trail[begin:], ["paid"], net=True) or 0)
        return found

    def here(self, refund: Refund) -> bool:
        """Whether the client was with us 90 days after, or today."""
        day = min(days(refund.closed_at) + timedelta(days=90), clock.today())  # type: ignore[arg-type]
        client = next(c for c in self.past.of(Client) if c.id == refund.client_id)
        runs = any(
            c.client_id == client.id and c.starts_on <= day <= c.ends_on and not c.cancelled_on
            for c in self.past.of(Contract)
        )
        return runs and not (client.archived_at and days(client.archived_at) <= day)

    def saved(self) -> list[bool]:
        return [r.outcome in ("credit", "plan") or (r.outcome == "cancelled" and self.here(r)) for r in self.refunds()]

    # answers

    def scale(self, kind: str) -> list[float]:
        found = []
        for survey in self.past.of(Survey):
            given = [a for a in self.past.of(SurveyAnswer) if a.survey_id == survey.id]
            if given and self.within(survey.answered_at) and self.mine(survey, "handler_id"):
                values = max(given, key=lambda a: a.at).values
                asked = [q["name"] for q in survey.questions if q["kind"] == kind]
                numbers = [values[name] for name in asked if name in values]
                found += [mean(numbers)] if numbers else []
        return found

    # contracts

    def due(self) -> list[tuple[Contract, bool]]:
        found = []
        for one in self.past.of(Contract):
            client = next(c for c in self.past.of(Client) if c.id == one.client_id)
            if self.scope.client_id not in (None, one.client_id) or (
                self.scope.member_id not in (None, client.bookkeeper_id)
            ):
                continue
            renewed = any(
                o.client_id == one.client_id and one.starts_on < o.starts_on <= one.ends_on + timedelta(days=30)
                and o.ends_on > one.ends_on
                for o in self.past.of(Contract)
            )  # fmt: skip
            if self.within(one.ends_on) and (renewed or one.ends_on + timedelta(days=30) < clock.today()):
                found.append((one, renewed))
        return found
