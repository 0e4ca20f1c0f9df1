"""Duties kept apart, drills, incidents, open risks (domain.md W5)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, Uuid, cast, func, literal_column, null, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership
from saas.improvement.measuring.counting import moments
from saas.insights.measures.counted import cohort_of, listed, share_of
from saas.insights.measures.measure import SMALLEST_SHOWN, Figure, Measure, Row, Rows, Scope
from saas.insights.models import DutyCheck, ProvedBreach
from saas.kernel import clock
from saas.kernel.audit import AuditEntry
from saas.kernel.i18n import Text, _
from saas.kernel.pages import show_date
from saas.kernel.tenancy import of_this_firm
from saas.risks.drill_models import Drill, DrillError
from saas.risks.incidents.incident_models import Incident
from saas.risks.levels import LEVELS
from saas.risks.measures import open_risks
from saas.risks.register import queries as register

NO_CLIENT = cast(null(), Uuid)
REFUSED: Any = literal_column("'refused'")  # not a parameter: only so is the partial index on refused entries used


async def _breaches(session: AsyncSession, scope: Scope) -> Figure:
    """n: the deeds that the last reading looked at. Parts: attempts that were refused, and when it was read last."""
    begin, end = moments(scope.since, scope.until)
    count = select(func.count()).where(of_this_firm(ProvedBreach), ProvedBreach.at >= begin, ProvedBreach.at < end)
    refused = select(func.count()).where(*_refused(begin, end))
    last = select(DutyCheck.deeds).where(of_this_firm(DutyCheck)).order_by(DutyCheck.at.desc()).limit(1)
    found, blocked, deeds = (
        await session.execute(select(count.scalar_subquery(), refused.scalar_subquery(), last.scalar_subquery()))
    ).one()
    if deeds is None:
        return Figure(0, parts=((_("Attempts refused"), blocked),))
    return Figure(deeds, Decimal(found), parts=((_("Attempts refused"), blocked),))


def _refused(begin: datetime, end: datetime) -> tuple[Any, ...]:
    return of_this_firm(AuditEntry), AuditEntry.outcome == REFUSED, AuditEntry.at >= begin, AuditEntry.at < end


async def _breach_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    begin, end = moments(scope.since, scope.until)
    inside = (of_this_firm(ProvedBreach), ProvedBreach.at >= begin, ProvedBreach.at < end)
    total = (await session.execute(select(func.count()).select_from(ProvedBreach).where(*inside))).scalar_one()
    query = (
        select(ProvedBreach, Membership.name)
        .outerjoin(Membership, (Membership.id == ProvedBreach.person_id) & of_this_firm(Membership))
        .where(*inside)
        .order_by(ProvedBreach.at.desc(), ProvedBreach.id)
    )
    found = (await session.execute(query.offset(offset).limit(limit))).all()
    rows = tuple(
        Row(str(DUTIES.get(breach.duty, breach.duty)), subject_url(breach), (name or "", show_date(breach.at)))
        for breach, name in found
    )
    return Rows(total, rows, (_("Person"), _("Date")))


def subject_url(breach: ProvedBreach) -> str:
    """The page of the record the deed was done to, where there is one."""
    folder = FOLDERS.get(breach.subject_kind)
    return f"/{folder}/{breach.subject_id}" if folder else ""


FOLDERS = {
    "case": "cases",
    "refund": "refunds",
    "notice": "notices",
    "checklist": "checklists/runs",
    "change": "improvement/changes",
    "improvement": "improvement/actions",
    "handover": "teams/handovers",
    "proposal": "services/proposals",
    "scorecard": "insights/scorecards",
}
DUTIES: dict[str, Text] = {
    "own_review": _("Reviewed what they had prepared"),
    "both_approvals": _("Gave both approvals"),
    "own_letter": _("Approved their own letter"),
    "own_refund": _("Decided a refund they had prepared or asked for"),
    "own_rejection": _("Decided the appeal against their own rejection"),
    "own_account": _("Checked or paid to an account they had written down"),
    "own_checklist": _("Signed off a checklist they had finished"),
    "own_procedure": _("Put a procedure in force that they had written"),
    "own_learning": _("Decided about their own course, attempt or credits"),
    "own_change": _("Approved a change they had proposed"),
    "own_action": _("Judged an action they had finished"),
    "three_signatures": _("Signed a hand-over twice"),
    "own_proposal": _("Approved a plan for a client they had put together"),
    "own_proposed_pay": _("Approved a bonus or penalty they had proposed"),
    "own_pay": _("Decided about their own points or pay"),
}


def _scored(scope: Scope) -> tuple[Any, ...]:
    begin, end = moments(scope.since, scope.until)
    return of_this_firm(Drill), Drill.scored_at >= begin, Drill.scored_at < end


async def _drills(session: AsyncSession, scope: Scope) -> Figure:
    """n: injected errors. Parts: median minutes from the start to the first sight, and to the containment."""
    sums = select(func.coalesce(func.sum(Drill.injected), 0), func.coalesce(func.sum(Drill.detected), 0))
    injected, detected = (await session.execute(sums.where(*_scored(scope)))).one()
    detect = await _middle(
        session,
        select(_minutes(Drill.started_at, DrillError.detected_at).label("mark"))
        .select_from(Drill)
        .join(DrillError, (DrillError.firm_id == Drill.firm_id) & (DrillError.drill_id == Drill.id))
        .where(*_scored(scope), DrillError.detected_at.is_not(None)),
    )
    contain = await _middle(
        session,
        select(_minutes(Drill.declared_at, Drill.contained_at).label("mark")).where(
            *_scored(scope), Drill.contained_at.is_not(None), Drill.declared_at.is_not(None)
        ),
    )
    named = ((_("Minutes to detect"), detect), (_("Minutes to contain"), contain))
    return share_of(detected, injected, tuple((label, value) for label, value in named if value is not None))


def _minutes(start: Any, end: Any) -> Any:
    """By the clock: in an emergency nights count."""
    return func.extract("epoch", end - start) / 60


async def _middle(session: AsyncSession, query: Select[Any]) -> Decimal | None:
    rows = query.subquery()
    value = await session.scalar(select(func.percentile_cont(0.5).within_group(rows.c.mark)))
    return None if value is None else Decimal(str(round(float(value), 1)))


async def _drill_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    query = select(Drill).where(*_scored(scope)).order_by(Drill.scored_at.desc(), Drill.id)
    total = (await session.execute(select(func.count()).select_from(Drill).where(*_scored(scope)))).scalar_one()
    rows = tuple(
        Row(f"{d.number} {d.title}", f"/risks/drills/{d.id}", (show_date(d.scored_at), f"{d.detected} / {d.injected}",
                                                               str(d.false_alarms)))
        for d in (await session.scalars(query.offset(offset).limit(limit))).all()
    )  # fmt: skip
    return Rows(total, rows, (_("Date"), _("Detected / injected"), _("False alarms")))


def _incidents(scope: Scope, mark: Any) -> Select[Any]:
    begin, end = moments(scope.since, scope.until)
    query = cohort_of(Incident.id, Incident.number, Incident.declared_at, NO_CLIENT, mark)
    return query.where(of_this_firm(Incident), Incident.state != "called_off", Incident.declared_at >= begin,
                       Incident.declared_at < end)  # fmt: skip


async def _contain(session: AsyncSession, scope: Scope) -> Figure:
    rows = _incidents(scope, _minutes(Incident.declared_at, Incident.contained_at)).subquery()
    ends = [func.percentile_cont(part).within_group(rows.c.mark) for part in (0.25, 0.5, 0.75)]
    query = select(func.count(), func.count(rows.c.mark), *ends).select_from(rows)
    declared, n, low, middle, high = (await session.execute(query)).one()
    parts = ((_("Declared"), declared),)
    if n < SMALLEST_SHOWN:
        return Figure(n, parts=parts, hidden=n > 0)
    values = [Decimal(str(round(float(value), 1))) for value in (middle, low, high)]
    return Figure(n, values[0], values[1], values[2], parts)


async def _incident_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    query = _incidents(scope, _minutes(Incident.declared_at, Incident.contained_at))
    return await listed(
        session, query, offset, limit, url="/risks/incidents/{id}", head=_("Minutes to contain"),
        words=lambda mark: "" if mark is None else f"{float(mark):.0f}",
    )  # fmt: skip


async def _open_risks(session: AsyncSession, scope: Scope) -> Figure:
    found = await open_risks(session, clock.today())
    parts = [(level.label, found.by_level[level.name]) for level in LEVELS]
    return Figure(found.n, Decimal(found.n), parts=(*parts, (_("Review overdue"), found.overdue)))


async def _risk_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    found = sorted(await register.risks(session), key=lambda risk: risk.review_on)
    rows = tuple(Row(risk.title, f"/risks/{risk.id}", (show_date(risk.review_on),)) for risk in found)
    return Rows(len(rows), rows[offset : offset + limit], (_("Review by"),))


SOD = Measure(
    "sod_breaches", _("Duties not kept apart"), "risk", "count",
    _("Deeds by one person that two people have to share, proved from the audit trail alone; must be 0. Beside it the "
      "attempts that were refused."),
    _("Deeds and attempts of the period."),
    _("The audit trail, read once a day by the same proofs as “saas audit verify”; n is the deeds read."),
    _("Nothing. Before the first reading no figure is shown."),
    _breaches, _breach_rows, better="down", kpi="SoD breaches",
)  # fmt: skip
DRILLS = Measure(
    "drill_score", _("Errors found in drills"), "risk", "share",
    _("Errors found ÷ errors hidden in the books of the sandbox; beside it the median of minutes to detect an error "
      "and to contain the incident."),
    _("Drills scored in the period."), _("The tables of drills and their errors."), _("Drills called off or failed."),
    _drills, _drill_rows, better="up", kpi="Drill score", part_unit="minutes",
)  # fmt: skip
INCIDENTS = Measure(
    "incident_contain", _("Time to contain an incident"), "risk", "minutes",
    _("The median of minutes by the clock from declaring an incident to containing it."),
    _("Incidents declared in the period."), _("The table of incidents."),
    _("Incidents called off; those not contained yet."),
    _contain, _incident_rows, better="down", kpi="Drill score",
)  # fmt: skip
OPEN_RISKS = Measure(
    "open_risks", _("Open risks"), "risk", "count",
    _("Risks of the register that are not closed, by level as they stand today, and reviews that are overdue."),
    _("As it stands today, whatever the period."), _("The risk register."), _("Closed risks."),
    _open_risks, _risk_rows, better="down", live=True,
)  # fmt: skip

MEASURES = (SOD, DRILLS, INCIDENTS, OPEN_RISKS)
