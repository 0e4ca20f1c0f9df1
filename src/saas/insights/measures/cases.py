"""Anomaly cases: how fast, how often in time, how many come back, who found them (domain.md W5)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case
from saas.checks.models import FoundAnomaly
from saas.improvement.measuring.counting import moments
from saas.insights.measures.counted import cohort_of, medians, narrowed, shares
from saas.insights.measures.measure import Measure, Scope
from saas.insights.models import Fact
from saas.kernel.i18n import _
from saas.kernel.tenancy import of_this_firm

URL = "/cases/{id}"
FILTERS = frozenset({"client_id", "member_id", "team", "cause", "rule"})
BY_CLOSING = _("Cases closed in the period.")
LOG = _("The stage log of the cases, summed up in one row for each closed case.")
CASES = _("The table of cases.")


def closed(scope: Scope, mark: Any) -> Select[Any]:
    """Cases closed in the period with a mark of their own."""
    begin, end = moments(scope.since, scope.until)
    query = cohort_of(Case.id, Case.number, Case.closed_at, Case.client_id, mark).where(
        of_this_firm(Case), Case.state == "closed", Case.closed_at >= begin, Case.closed_at < end
    )
    query = query.where(Case.source != "complaint")
    return narrowed(query, scope, client=Case.client_id, member=Case.owner_id, cause=Case.cause_code, rule=Case.rule)


def summed(scope: Scope, mark: Any, *, workflow: str = "case") -> Select[Any]:
    """The same from the compact rows; the case's number is looked up for what is shown only."""
    begin, end = moments(scope.since, scope.until)
    number = select(Case.number).where(of_this_firm(Case), Case.id == Fact.subject_id).scalar_subquery()
    query = cohort_of(Fact.subject_id, number, Fact.at, Fact.client_id, mark).where(
        of_this_firm(Fact), Fact.workflow == workflow, Fact.at >= begin, Fact.at < end
    )
    return narrowed(query, scope, client=Fact.client_id, member=Fact.member_id, cause=Fact.cause, rule=Fact.rule)


async def _first(session: AsyncSession, scope: Scope) -> Select[Any]:
    return summed(scope, Fact.first).where(Fact.first.is_not(None))


async def _net(session: AsyncSession, scope: Scope) -> Select[Any]:
    return summed(scope, Fact.net).where(Fact.net.is_not(None))


async def _gross(session: AsyncSession, scope: Scope) -> Select[Any]:
    return summed(scope, Fact.gross).where(Fact.gross.is_not(None))


async def _in_time(session: AsyncSession, scope: Scope) -> Select[Any]:
    return summed(scope, Fact.in_time).where(Fact.in_time.is_not(None))


async def _escaped(session: AsyncSession, scope: Scope) -> Select[Any]:
    return summed(scope, Fact.after_filing).where(Fact.confirmed)


async def _right_at_once(session: AsyncSession, scope: Scope) -> Select[Any]:
    return summed(scope, and_(Fact.returned == 0, Fact.failed == 0)).where(Fact.proved)


async def _precise(session: AsyncSession, scope: Scope) -> Select[Any]:
    """Findings that were decided: confirmed became a case and was not rejected there (checks.queries.judged)."""
    begin, end = moments(scope.since, scope.until)
    confirmed = and_(FoundAnomaly.case_id.is_not(None), FoundAnomaly.state != "dismissed")
    name = FoundAnomaly.rule.concat(" ").concat(FoundAnomaly.object)
    query = cohort_of(FoundAnomaly.id, name, FoundAnomaly.decided_at, FoundAnomaly.client_id, confirmed).where(
        of_this_firm(FoundAnomaly), confirmed | (FoundAnomaly.state == "dismissed"),
        FoundAnomaly.decided_at >= begin, FoundAnomaly.decided_at < end,
    )  # fmt: skip
    return narrowed(query, scope, client=FoundAnomaly.client_id, member=FoundAnomaly.decided_by, rule=FoundAnomaly.rule)


FIRST_RESPONSE = Measure(
    "first_response", _("First response"), "anomalies", "wh",
    _("The median of working hours from opening (or reopening) a case to the first message or call to the client."),
    BY_CLOSING, _("Communication records and the working calendar, one row for each closed case."),
    _("Cases about which nothing was said to the client; nights, weekends and holidays."),
    *medians(_first, URL, _("Working hours"), hours=True), better="down", kpi="First-response time", filters=FILTERS,
)  # fmt: skip
SLA = Measure(
    "sla_hit", _("Closed in time"), "anomalies", "share",
    _("Cases closed by their due time ÷ cases closed. While we wait for the client the due time moves on."),
    BY_CLOSING, CASES, _("Dismissed cases; cases without a due time."),
    *shares(_in_time, URL, _("In time"), first=False), better="up", kpi="SLA hit rate", filters=FILTERS,
)  # fmt: skip
RESOLUTION = Measure(
    "resolution", _("Resolution time"), "anomalies", "wd",
    _("The median of working days from opening (or reopening) to the proof of the cure, without the time we waited for "
      "the client. Where nothing was booked: to the closing."),
    BY_CLOSING, LOG, _("Time in which the client had to answer; dismissed cases."),
    *medians(_net, URL, _("Working days")), better="down", kpi="Resolution time", filters=FILTERS,
)  # fmt: skip
RESOLUTION_GROSS = Measure(
    "resolution_gross", _("Resolution time with waiting"), "anomalies", "wd",
    _("The median of working days from opening (or reopening) to the proof of the cure as the client lives it: the "
      "time we waited for the client counts too."),
    BY_CLOSING, LOG, _("Dismissed cases."),
    *medians(_gross, URL, _("Working days")), better="down", kpi="Resolution time", filters=FILTERS,
)  # fmt: skip
ESCAPE = Measure(
    "escape", _("Found after filing"), "anomalies", "share",
    _("Confirmed cases found only after the return was filed ÷ confirmed cases."),
    BY_CLOSING, CASES, _("Dismissed cases and those with an innocent explanation."),
    *shares(_escaped, URL, _("After filing")), better="down", kpi="Escape rate", filters=FILTERS,
)  # fmt: skip
FIRST_TIME_RIGHT = Measure(
    "first_time_right", _("Right the first time"), "anomalies", "share",
    _("Cases whose cure was proved with no return by a reviewer and no failed proof ÷ cases whose cure was proved."),
    BY_CLOSING, LOG, _("Cases in which nothing was booked."),
    *shares(_right_at_once, URL, _("Right at once"), first=False), better="up", kpi="First-time-right rate",
    filters=FILTERS,
)  # fmt: skip
PRECISION = Measure(
    "rule_precision", _("Precision of the rules"), "anomalies", "share",
    _("Findings that were confirmed ÷ findings that were confirmed or dismissed."),
    _("Findings decided in the period."), _("The table of findings."),
    _("Open and excepted findings; findings of rules that wait in the digest until somebody decides."),
    *shares(_precise, "/findings/{id}", _("Confirmed"), first=False), better="up", kpi="Rule precision",
    filters=frozenset({"client_id", "member_id", "team", "rule"}),
)  # fmt: skip

MEASURES = (FIRST_RESPONSE, SLA, RESOLUTION, RESOLUTION_GROSS, ESCAPE, FIRST_TIME_RIGHT, PRECISION)
