"""What people do to an entry beside its workflow: describe, score, review, measures."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict
from saas.kernel.i18n import Text, _
from saas.kernel.perform import calendar_of, locked, perform
from saas.kernel.tenancy import of_this_firm
from saas.risks.levels import level_of
from saas.risks.models import Measure, Risk
from saas.risks.register import queries
from saas.risks.register.adding import keep_score
from saas.risks.register.forms import Described, NewMeasure, Reason, Reviewed, Scored
from saas.risks.register.workflow import RISK
from saas.risks.wording import kept
from saas.tasks.models import Task

SCORES = ("likelihood", "impact", "residual_likelihood", "residual_impact", "exposure")
TEXTS = ("name", "cause", "event", "effect", "control", "plan")
PLAIN = (
    "category", "source", "treatment", "owner_id", "review_on", "review_months", "watches", "playbook_key",
)  # fmt: skip


def fill(risk: Risk, given: Described) -> Risk:
    """The description as written; texts in the reader's language, the other language stays."""
    for name in TEXTS:
        setattr(risk, name, kept(getattr(risk, name), getattr(given, name)))
    for name in PLAIN:
        setattr(risk, name, getattr(given, name))
    return risk


async def describe(session: AsyncSession, risk_id: UUID, given: Described, actor: Actor, now: datetime) -> Risk:
    """Change what the entry says. Its state and its scores stay."""
    risk: Risk = await locked(session, RISK, risk_id)
    if risk.state == "closed":
        raise Conflict(_("This entry is closed: look at it anew first."))
    fill(risk, given)
    record(session, actor, "risks.describe", now, subject=risk, summary=risk.title)
    await session.flush()
    return risk


async def score(session: AsyncSession, risk_id: UUID, given: Scored, actor: Actor, now: datetime) -> Risk:
    """Another score, by a person, with a reason. The same again is kept once; a graver one reopens an acceptance."""
    risk: Risk = await locked(session, RISK, risk_id)
    if risk.state == "closed":
        raise Conflict(_("This entry is closed: look at it anew first."))
    if all(getattr(risk, name) == getattr(given, name) for name in SCORES):
        return risk
    before = risk.level
    for name in SCORES:
        setattr(risk, name, getattr(given, name))
    keep_score(session, risk, actor, now, given.reason)
    summary = f"{risk.inherent} → {risk.residual}"
    record(session, actor, "risks.score", now, subject=risk, summary=summary, reason=given.reason)
    await session.flush()
    if risk.state == "accepted" and level_of(risk.residual).least > before.least:
        await perform(session, RISK, risk.id, "reopen", actor, Reason(given.reason), now=now)
    return risk


async def review(session: AsyncSession, risk_id: UUID, given: Reviewed, actor: Actor, now: datetime) -> Risk:
    """Looked at, and when it is looked at next. Its task is done."""
    risk: Risk = await locked(session, RISK, risk_id)
    if risk.review_on == given.review_on and risk.reviewed_at is not None:
        return risk
    risk.reviewed_at, risk.review_on = now, given.review_on
    record(session, actor, "risks.review", now, subject=risk, reason=given.reason)
    for task in await tasks_of(session, risk.id, REVIEW.msgid):
        task.finish(now, actor.id)
    await session.flush()
    return risk


async def add_measure(session: AsyncSession, risk_id: UUID, given: NewMeasure, actor: Actor, now: datetime) -> Measure:
    """Something to be done by somebody by a day, which stands in their work. The same twice is one measure."""
    risk: Risk = await locked(session, RISK, risk_id)
    if risk.state == "closed" or actor.id is None:
        raise Conflict(_("This entry is closed: look at it anew first."))
    for known in await queries.measures(session, risk.id):
        if (known.text, known.owner_id, known.due_on) == (given.text, given.owner_id, given.due_on):
            return known
    measure = Measure(
        risk_id=risk.id, text=given.text, owner_id=given.owner_id, due_on=given.due_on, written_by=actor.id,
        written_at=now,
    )  # fmt: skip
    session.add(measure)
    await session.flush()
    calendar = await calendar_of(session)
    session.add(task_for(risk, Text("%(what)s", what=given.text), now, subject_id=measure.id,
                         assignee_id=given.owner_id, due_at=calendar.close_of(given.due_on)))  # fmt: skip
    record(session, actor, "risks.add_measure", now, subject=risk, summary=given.text)
    await session.flush()
    return measure


async def finish_measure(
    session: AsyncSession, risk_id: UUID, measure_id: UUID, result: str, actor: Actor, now: datetime
) -> Measure:
    """Done, with what came of it; once."""
    risk = await queries.risk(session, risk_id)
    measure = await queries.measure(session, risk_id, measure_id)
    if measure.done_at is None:
        measure.done_at, measure.done_by, measure.result = now, actor.id, result
        for task in await tasks_of(session, measure.id):
            task.finish(now, actor.id)
        record(session, actor, "risks.finish_measure", now, subject=risk, summary=measure.text, reason=result)
        await session.flush()
    return measure


REVIEW = _("Review the risk")


def task_for(
    risk: Risk, step: Text, now: datetime, *, subject_id: UUID, assignee_id: UUID | None, due_at: datetime
) -> Task:
    """A task about a risk; anybody who manages where nobody is named."""
    return Task(
        subject_kind="risk", subject_id=subject_id, title=Text("%(what)s", what=f"{risk.number} {risk.title}"),
        step=step, url=RISK.url(risk), role="" if assignee_id else "manager", assignee_id=assignee_id,
        severity=risk.level.severity, created_at=now, due_at=due_at,
    )  # fmt: skip


async def tasks_of(session: AsyncSession, subject_id: UUID, step: str = "") -> list[Task]:
    """Open tasks about one thing, of one step where it is given."""
    query = select(Task).where(
        of_this_firm(Task), Task.subject_id == subject_id, Task.workflow == "", Task.done_at.is_(None)
    )
    return [task for task in (await session.scalars(query)).all() if step in ("", task.step.msgid)]
