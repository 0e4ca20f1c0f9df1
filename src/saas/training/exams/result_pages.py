"""For trainers: how a course's exam goes, how hard its questions are, and one more attempt for somebody."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership
from saas.identity.queries import member as member_of
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, actor_of, address_in, page, show_datetime, to
from saas.training import queries
from saas.training.course_models import Question
from saas.training.exam_models import Attempt
from saas.training.exams import figures, sitting
from saas.training.exams.figures import Difficulty
from saas.training.forms import Reopen
from saas.training.questions.kinds import NAMES
from saas.training.wording import said

COURSE = "/f/{slug:str}/training/courses/{course_id:uuid}"
SHOWN = 100
HARD = {1: _("easy"), 2: _("medium"), 3: _("hard")}


@get(f"{COURSE}/results", opt={"permission": "training.results"})
async def results(request: Req, session: Db, course_id: FromPath[UUID], done: FromQuery[str] = "") -> Response[str]:
    return await _show(request, session, course_id, done=done)


@post(f"{COURSE}/reopen", opt={"permission": "training.teach"})
async def reopen(request: Req, session: Db, course_id: FromPath[UUID]) -> Response[Any]:
    """One more attempt; a second press while it is unused gives none on top."""
    await queries.course(session, course_id)
    form = await submitted(request, Reopen)
    if not form.ok:
        return await _show(request, session, course_id, form=form, status=422)
    member = await member_of(session, form.taken.member_id)
    await sitting.reopen(session, member, course_id, form.taken.reason, actor_of(request), clock.now())
    return to(f"/training/courses/{course_id}/results?done=reopened", request)


async def _show(
    request: Req,
    session: AsyncSession,
    course_id: UUID,
    *,
    form: Submitted[Any] | None = None,
    done: str = "",
    status: int = 200,
) -> Response[str]:
    version = await queries.version_of(session, course_id)
    hard = await figures.difficulties(session, course_id)
    rate = await figures.pass_rate(session, course_id)
    at, actor = address_in(request), actor_of(request)
    members = (await members_by_id(session)).values()
    return await page(
        request,
        "training/results.html",
        session=session,
        course_id=course_id,
        title=said(version.title),
        rate=rate,
        questions=[_question(q, hard.get(q.key)) for q in await queries.questions(session, version.id)],
        attempts=[_attempt(a, m, at) for a, m in await figures.latest_attempts(session, course_id, SHOWN)],
        members=[(str(m.id), m.name) for m in members if m.left_at is None and m.id != actor.id],
        may_teach=actor.may("training.teach"),
        form=form or Submitted(),
        done=done,
        status=status,
    )


def _question(question: Question, found: Difficulty | None) -> dict[str, Any]:
    row = {
        "key": question.key,
        "stem": said(question.stem),
        "kind": NAMES[question.kind],
        "hard": HARD[question.hard],
        "n": found.n if found else 0,
        "share": "",
        "discrimination": "",
        "remark": None,
    }
    if found is None or not found.shown:
        return row | {"remark": {"words": _("fewer than %(n)s answers", n=figures.FEWEST), "tone": ""}}
    row |= {"share": f"{round(100 * found.share)} %", "remark": _remark(found)}
    if found.discrimination is not None:
        row["discrimination"] = f"{found.discrimination:.2f}".replace("-", "−")
    return row


def _remark(found: Difficulty) -> dict[str, Any] | None:
    """What a trainer should look at."""
    if found.share < figures.TOO_HARD:
        return {"words": _("hard or unclear: read it again"), "tone": "amber"}
    if found.discrimination is not None and found.discrimination < figures.TELLS_LITTLE:
        return {"words": _("tells little about the rest"), "tone": "amber"}
    if found.share > figures.TOO_EASY:
        return {"words": _("very easy"), "tone": ""}
    return None


def _attempt(attempt: Attempt, member: Membership, at: Any) -> dict[str, Any]:
    badge = {"label": _("open"), "tone": "accent", "icon": "edit"}
    if attempt.handed_in_at is not None:
        badge = (
            {"label": _("passed"), "tone": "green", "icon": "check"}
            if attempt.passed
            else {"label": _("not passed"), "tone": "red", "icon": "x"}
        )
    return {
        "name": member.name,
        "initial": member.initial,
        "number": attempt.number,
        "percent": f"{attempt.percent} %" if attempt.handed_in_at else "",
        "when": show_datetime(attempt.handed_in_at or attempt.started_at),
        "url": at(f"/training/exams/{attempt.id}") if attempt.handed_in_at else "",
        "badge": badge,
    }


ROUTES = [results, reopen]
