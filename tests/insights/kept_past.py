"""A past that was not generated: every row of a firm that a measure can rest on, read as it is kept."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.adjustments.models import Adjustment
from saas.cases.models import Case
from saas.checklists.models import ChecklistRun, ChecklistStep
from saas.checks.models import FoundAnomaly
from saas.clients.models import Client, Communication, Contract, Receipt
from saas.filings.models import RegisteredFiling
from saas.identity.models import Membership
from saas.insights.measures.catalogue import MEASURES
from saas.insights.measures.measure import Scope
from saas.insights.models import DutyCheck, ProvedBreach
from saas.kernel import clock
from saas.kernel.audit import AuditEntry
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.ledgers.models import LedgerLine, PeriodVersion
from saas.notices.models import Answer, Delivery, Notice
from saas.refunds.models import Refund
from saas.refunds.payment.payment_models import Payment
from saas.risks.drill_models import Drill
from saas.risks.incidents.incident_models import Incident
from saas.risks.models import Risk
from saas.services.offering.offering_models import Proposal
from saas.services.sources.source_models import Lead, Origin
from saas.surveys.models import Survey, SurveyAnswer
from saas.teams.handover.handover_models import Handover
from saas.training.course_models import Course, CourseVersion
from saas.training.duty_models import Assignment
from saas.training.exam_models import Attempt, Certificate
from tests.insights.again import Again
from tests.insights.past import Past
from tests.insights.test_measures import EXPECTED, close

KINDS: tuple[Any, ...] = (
    Adjustment, Answer, Assignment, Attempt, AuditEntry, Case, Certificate, ChecklistRun, ChecklistStep, Client,
    Communication, Contract, Course, CourseVersion, Delivery, Drill, DutyCheck, FoundAnomaly, Handover, Incident, Lead,
    LedgerLine, Membership, Notice, Origin, Payment, PeriodVersion, Proposal, ProvedBreach, Receipt, Refund,
    RegisteredFiling, Risk, Survey, SurveyAnswer,
)  # fmt: skip


@dataclass
class Nobody:
    """Stands where a generated past has its cast."""


async def read_past(session: AsyncSession) -> Past:
    """All of it, in the order of the trail."""
    past = Past(Nobody(), await calendar_of(session), random.Random(0))  # type: ignore[arg-type]
    for kind in KINDS:
        order = kind.position if kind is AuditEntry else kind.id
        past.rows += (await session.scalars(select(kind).where(of_this_firm(kind)).order_by(order))).all()
    past.done = True
    return past


async def disagreements(session: AsyncSession) -> list[str]:
    """Every measure over the whole past and over some weeks of it, held against a second count of the same rows."""
    past, today, wrong = await read_past(session), clock.today(), []
    whole, weeks = (800, 0), (60, 10)  # days ago
    for since, until in (whole, weeks):
        scope = Scope(today - timedelta(days=since), today - timedelta(days=until))
        again = Again(past, scope)
        for key, expected in EXPECTED.items():
            figure, wanted = await MEASURES[key].figure(session, scope), expected(again)
            if not close(figure, wanted):
                wrong.append(f"{key} {scope.since}: {figure.n} {figure.value}, expected {wanted}")
    return wrong
