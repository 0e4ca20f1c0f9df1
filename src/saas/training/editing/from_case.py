"""From a closed case straight to its exercise: beside the case and its lesson, into the course that fits best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import queries as cases
from saas.cases.models import Case
from saas.checks.queries import of_case as findings_of
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.errors import Invalid
from saas.kernel.forms import submitted
from saas.kernel.pages import Db, Req, actor_of, to
from saas.kernel.tenancy import of_this_firm
from saas.training import queries
from saas.training.course_models import Course, CourseVersion, Question
from saas.training.editing import drafts, practice, practice_pages
from saas.training.wording import said

Published = tuple[Course, CourseVersion]
USUAL = "correcting-vouchers"  # where no course names the rule or the cause


class Into(Struct):
    course_id: UUID


async def panel(session: AsyncSession, case: Case, actor: Actor) -> dict[str, Any]:
    """Beside a closed case whose correction stands in the books: its exercises, and making one."""
    nothing = {"template": "training/edit/_from_case.html", "shown": False}
    if case.state != "closed" or not actor.may("training.teach"):
        return nothing
    if not any(one.id == case.id for one, _adjustment in await practice.corrected_cases(session)):
        return nothing
    courses = await queries.published(session)
    rules = {finding.rule for finding in await findings_of(session, case.id)}
    best = fitting(courses, rules, case.cause_code)
    return {
        **nothing,
        "shown": True,
        "url": f"/training/practice/cases/{case.id}",
        "courses": [(str(course.id), said(version.title)) for course, version in courses],
        "best": str(best.id) if best is not None else "",
        "made": await _made(session, case.id),
    }


def fitting(courses: Sequence[Published], rules: set[str], cause: str) -> Course | None:
    """The course that names the case's rule, else its cause, else the one on corrections."""
    for fits in (
        lambda course, version: bool(rules & set(version.rules)),
        lambda course, version: bool(cause) and cause in version.causes,
        lambda course, version: course.slug == USUAL,
    ):
        for course, version in courses:
            if fits(course, version):
                return course
    return courses[0][0] if courses else None


async def _made(session: AsyncSession, case_id: UUID) -> list[dict[str, Any]]:
    """Courses that have an exercise of this case: in the draft, or in the version in force."""
    query = (
        select(Question, CourseVersion, Course)
        .join(CourseVersion, (CourseVersion.firm_id == Question.firm_id) & (CourseVersion.id == Question.version_id))
        .join(Course, (Course.firm_id == CourseVersion.firm_id) & (Course.id == CourseVersion.course_id))
        .where(of_this_firm(Question), Question.origin_kind == "case", Question.origin_id == case_id)
        .order_by(CourseVersion.number)
    )
    found: dict[UUID, dict[str, Any]] = {}
    for question, version, course in (await session.execute(query)).all():
        if version.published_at is None:
            found[course.id] = {"title": said(version.title), "draft": True,
                                "url": f"/training/courses/{course.id}/draft/questions/{question.id}"}  # fmt: skip
        elif course.published_id == version.id and course.id not in found:
            found[course.id] = {"title": said(version.title), "draft": False, "url": f"/training/courses/{course.id}"}
    return list(found.values())


@post("/f/{slug:str}/training/practice/cases/{case_id:uuid}", opt={"permission": "training.teach"}, status_code=200)
async def make(request: Req, session: Db, case_id: FromPath[UUID]) -> Response[Any]:
    """The case's exercise in the draft of the chosen course, begun where there is none; then its form."""
    await cases.case(session, case_id)
    form, actor, now = await submitted(request, Into), actor_of(request), clock.now()
    if not form.ok:
        return to(f"/cases/{case_id}", request)
    course_id = form.taken.course_id
    draft = await drafts.begin(session, course_id, actor, now)
    there = [q for q in await queries.questions(session, draft.id) if q.origin_id == case_id]
    if not there:
        try:
            there = [await practice.exercise_of_case(session, draft, case_id, actor, now)]
        except Invalid as refused:
            return await practice_pages.show(request, session, course_id, refusal=refused.reason, status=422)
    return to(f"/training/courses/{course_id}/draft/questions/{there[0].id}", request)


ROUTES = [make]
