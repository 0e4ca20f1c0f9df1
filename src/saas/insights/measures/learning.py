"""Courses, exams, certificates and checklists (domain.md W5)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from saas.checklists import measures as checklists
from saas.checklists.models import ChecklistRun
from saas.identity.models import Membership
from saas.improvement.measuring.counting import moments
from saas.insights.measures.counted import exact, listed, narrowed, placed, share, share_by_span, share_of, yes_no
from saas.insights.measures.measure import SMALLEST_SHOWN, BySpan, Cuts, Figure, Measure, Row, Rows, Scope
from saas.kernel import clock
from saas.kernel.i18n import _
from saas.kernel.pages import show_date
from saas.kernel.tenancy import of_this_firm
from saas.training.course_models import Course, CourseVersion
from saas.training.duty_models import Assignment
from saas.training.exam_models import Attempt, Certificate, ExamItem
from saas.training.wording import said

FILTERS = frozenset({"member_id", "team"})
HARDEST = 5  # questions named beside the pass rate


def _of_member(row: Any, member: Any, course: Any, at: Any, mark: Any) -> Select[Any]:
    """Rows of people and courses: the label is the person, the course stands where others show a client."""
    return select(
        row.label("id"), Membership.name.label("label"), at.label("at"), course.label("course_id"), mark.label("mark")
    ).join(Membership, (Membership.id == member) & of_this_firm(Membership))


async def _listed(session: AsyncSession, cohort: Select[Any], offset: int, limit: int, head: Any) -> Rows:
    """Those that are not marked first: what somebody has to do something about."""
    rows = cohort.order_by(None).subquery()
    total = (await session.execute(select(func.count()).select_from(rows))).scalar_one()
    query = (
        select(rows, CourseVersion.title)
        .join(Course, (Course.id == rows.c.course_id) & of_this_firm(Course))
        .outerjoin(CourseVersion, (CourseVersion.firm_id == Course.firm_id) & (CourseVersion.id == Course.published_id))
        .order_by(rows.c.mark, rows.c.at.desc().nulls_last(), rows.c.id)
    )
    found = (await session.execute(query.offset(offset).limit(limit))).all()
    shown = tuple(
        Row(row.label, f"/training/courses/{row.course_id}", (said(row.title) if row.title else "", show_date(row.at),
                                                             yes_no(row.mark)))
        for row in found
    )  # fmt: skip
    return Rows(total, shown, (_("Course"), _("Date"), head))


def _due(scope: Scope) -> Select[Any]:
    """As saas.training.measures.completion counts: came due in the period, waived ones left out."""
    begin, end = moments(scope.since, scope.until)
    in_time = func.coalesce(Assignment.done_at <= Assignment.due_at, False)
    query = _of_member(Assignment.id, Assignment.member_id, Assignment.course_id, Assignment.due_at, in_time).where(
        of_this_firm(Assignment), Assignment.waived_at.is_(None), Assignment.due_at >= begin,
        Assignment.due_at < func.least(end, clock.now()),
    )  # fmt: skip
    return narrowed(query, scope, member=Assignment.member_id)


async def _completion(session: AsyncSession, scope: Scope, cuts: Cuts) -> list[Figure]:
    """Beside it: how many are overdue and still open."""
    rows = _due(scope).add_columns(Assignment.done_at.label("done_at")).subquery()
    query = select(
        placed(rows.c.at, cuts), func.count(), func.count().filter(rows.c.mark),
        func.count().filter(rows.c.done_at.is_(None)),
    ).group_by("place")  # fmt: skip
    found = {row[0]: row[1:] for row in (await session.execute(query)).all()}
    counts = [found.get(place, (0, 0, 0)) for place in range(len(cuts))]
    return [share_of(hits, n, ((_("Overdue and not passed"), overdue),)) for n, hits, overdue in counts]


async def _completion_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    return await _listed(session, _due(scope), offset, limit, _("In time"))


def _first_tries(scope: Scope) -> Select[Any]:
    begin, end = moments(scope.since, scope.until)
    query = _of_member(Attempt.id, Attempt.member_id, Attempt.course_id, Attempt.handed_in_at, Attempt.passed).where(
        of_this_firm(Attempt), Attempt.number == 1, Attempt.handed_in_at >= begin, Attempt.handed_in_at < end
    )
    return narrowed(query, scope, member=Attempt.member_id)


async def _exams(session: AsyncSession, scope: Scope, cuts: Cuts) -> list[Figure]:
    """Beside the last: the hardest questions, by the mean points of those asked five times or more."""
    rows = _first_tries(scope.between(cuts[-1], scope.until)).subquery()
    *earlier, whole = await share_by_span(session, _first_tries(scope), cuts)
    query = (
        select(ExamItem.question_key, func.avg(func.coalesce(ExamItem.points, 0)))
        .join(rows, rows.c.id == ExamItem.attempt_id)
        .where(of_this_firm(ExamItem))
        .group_by(ExamItem.course_id, ExamItem.question_key)
        .having(func.count() >= SMALLEST_SHOWN)
        .order_by(func.avg(func.coalesce(ExamItem.points, 0)), ExamItem.question_key)
        .limit(HARDEST)
    )
    parts = [(row[0], exact(row[1] / 100) or Decimal(0)) for row in (await session.execute(query)).all()]
    return [*earlier, share_of(whole.hits or 0, whole.n, parts)]


async def _exam_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    return await _listed(session, _first_tries(scope), offset, limit, _("Passed"))


def _required(scope: Scope) -> Select[Any]:
    """One row for each person here and each course in use that was ever assigned to them and not waived."""
    today, newer = clock.today(), aliased(Assignment)
    later = select(newer.id).where(
        of_this_firm(newer), newer.member_id == Assignment.member_id, newer.course_id == Assignment.course_id,
        newer.waived_at.is_(None), newer.id > Assignment.id,
    )  # fmt: skip
    valid = (
        select(Certificate.id)
        .where(of_this_firm(Certificate), Certificate.member_id == Assignment.member_id)
        .where(Certificate.course_id == Assignment.course_id, Certificate.withdrawn_at.is_(None))
        .where(Certificate.valid_until >= today)
        .exists()
    )
    query = (
        _of_member(Assignment.id, Assignment.member_id, Assignment.course_id, Assignment.due_at, valid)
        .join(Course, (Course.firm_id == Assignment.firm_id) & (Course.id == Assignment.course_id))
        .where(of_this_firm(Assignment), Assignment.waived_at.is_(None), ~later.exists())
        .where(Membership.left_at.is_(None), Course.retired_at.is_(None))
    )
    return narrowed(query, scope, member=Assignment.member_id)


async def _validity(session: AsyncSession, scope: Scope) -> Figure:
    return await share(session, _required(scope))


async def _validity_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    return await _listed(session, _required(scope), offset, limit, _("Valid"))


async def _line(session: AsyncSession, scope: Scope) -> checklists.Line:
    begin, end = moments(scope.since, scope.until)
    if scope.member_id is None:
        return await checklists.whole(session, begin, end, clock.now())
    found = {line.key: line for line in await checklists.by_person(session, begin, end, clock.now())}
    nothing = checklists.Line(None, checklists.Rate(0, 0), checklists.Rate(0, 0))
    return found.get(scope.member_id, nothing)


async def _on_time(session: AsyncSession, scope: Scope) -> Figure:
    rate = (await _line(session, scope)).on_time
    return share_of(rate.hits, rate.n)


async def _complete(session: AsyncSession, scope: Scope) -> Figure:
    rate = (await _line(session, scope)).completeness
    return share_of(rate.hits, rate.n)


def runs(scope: Scope) -> Select[Any]:
    """The runs that saas.checklists.measures counts, one by one."""
    begin, end = moments(scope.since, scope.until)
    run, who = ChecklistRun, func.coalesce(ChecklistRun.prepared_by, ChecklistRun.preparer_id)
    name: Any = run.name_zh.concat(" ").concat(run.period)
    query: Select[Any] = select(
        run.id, name.label("label"), run.due_at.label("at"), run.client_id,
        func.coalesce(run.prepared_at <= run.due_at, False).label("mark"),
    ).where(
        of_this_firm(run), run.due_at >= begin, run.due_at < end, run.state != "void",
        run.prepared_at.is_not(None) | (run.due_at < clock.now()),
    )  # fmt: skip
    wanted: UUID | None = scope.member_id
    return query.where(who == wanted) if wanted is not None else query


async def _run_rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
    return await listed(
        session, runs(scope), offset, limit, url="/checklists/runs/{id}", words=yes_no, head=_("In time"), first=False
    )


COMPLETION = Measure(
    "training_completion", _("Courses passed in time"), "learning", "share",
    _("Courses passed by their due day ÷ courses that came due; beside it those overdue and still not passed."),
    _("Assignments due in the period that has passed."), _("The table of assignments."), _("Waived assignments."),
    BySpan(_completion), _completion_rows, better="up", kpi="Training completion", filters=FILTERS,
)  # fmt: skip
EXAMS = Measure(
    "exam_pass", _("Exams passed at the first try"), "learning", "share",
    _("First tries that passed ÷ first tries handed in; beside it the questions with the fewest points."),
    _("First tries handed in during the period."), _("The tables of attempts and their questions."),
    _("Second and later tries; sittings that are still open."),
    BySpan(_exams), _exam_rows, better="up", kpi="Exam pass rate", part_unit="share", filters=FILTERS,
)  # fmt: skip
VALIDITY = Measure(
    "certificate_validity", _("Certificates that are valid"), "learning", "share",
    _("Required certificates that are valid today ÷ required ones: each course in use that was assigned to somebody "
      "who works here."),
    _("As it stands today, whatever the period."), _("The tables of assignments and certificates."),
    _("People who left, courses out of use, waived assignments, withdrawn certificates."),
    _validity, _validity_rows, better="up", kpi="Certificate validity", filters=FILTERS, live=True,
)  # fmt: skip
ON_TIME = Measure(
    "checklist_on_time", _("Checklists on time"), "learning", "share",
    _("Checklists finished by their due time ÷ checklists whose due time lies in the period and has passed, or that "
      "are finished."),
    _("Checklists due in the period."), _("The table of checklist runs."), _("Void ones."),
    _on_time, _run_rows, better="up", kpi="Checklist on-time", filters=frozenset({"member_id"}),
)  # fmt: skip
EVIDENCE = Measure(
    "checklist_evidence", _("Evidence of checklists complete"), "learning", "share",
    _("Steps done with the evidence they ask for ÷ steps done that ask for evidence."),
    _("Steps of the checklists due in the period."), _("The tables of checklist runs and steps."),
    _("Steps that do not apply; steps that ask for nothing; void checklists."),
    _complete, _run_rows, better="up", kpi="Checklist on-time", filters=frozenset({"member_id"}),
)  # fmt: skip

MEASURES = (COMPLETION, EXAMS, VALIDITY, ON_TIME, EVIDENCE)
