"""The exam: one question a page, saved as it is answered; handed in once; then the result with its explanations."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import member as member_of
from saas.kernel import clock
from saas.kernel.errors import Missing
from saas.kernel.forms import raw_form
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, actor_of, address_in, asked_block, local, page, show_datetime, to
from saas.training import queries
from saas.training.course_models import CourseVersion, Question
from saas.training.exam_models import Attempt, ExamItem
from saas.training.exams import sitting
from saas.training.exams.reviewed import reviewed
from saas.training.exams.shown import shown
from saas.training.wording import said

COURSE = "/f/{slug:str}/training/courses/{course_id:uuid}"
EXAM = "/f/{slug:str}/training/exams/{attempt_id:uuid}"
Pairs = list[tuple[ExamItem, Question]]


@post(f"{COURSE}/exam", opt={"permission": "training.learn"})
async def begin(request: Req, session: Db, course_id: FromPath[UUID]) -> Response[Any]:
    """A new attempt, or the one that is open."""
    course = await queries.course(session, course_id)
    attempt = await sitting.begin(session, actor_of(request), course, clock.now())
    return to(f"/training/exams/{attempt.id}", request)


@get(EXAM, opt={"permission": "training.read"})
async def exam(
    request: Req, session: Db, attempt_id: FromPath[UUID], q: FromQuery[int] = 0, late: FromQuery[int] = 0
) -> Response[str]:
    """A question of one's own open attempt; the result once it is handed in, for trainers and auditors too."""
    attempt = await queries.attempt(session, attempt_id)
    actor = actor_of(request)
    if attempt.handed_in_at is not None:
        if attempt.member_id != actor.id and not actor.may("training.results"):
            raise Missing()
        return await _result(request, session, attempt, late=bool(late))
    if attempt.member_id != actor.id:
        raise Missing()
    return await _question(request, session, attempt, q)


@post(f"{EXAM}/answers/{{position:int}}", opt={"permission": "training.learn"})
async def answer(request: Req, session: Db, attempt_id: FromPath[UUID], position: FromPath[int]) -> Response[Any]:
    """Save one answer, then go where the pressed button says; a browser with scripts saves in between."""
    sent, actor, now = await raw_form(request), actor_of(request), clock.now()
    attempt = await sitting.own(session, attempt_id, actor, lock=True)
    if attempt.handed_in_at is not None:
        return to(f"/training/exams/{attempt_id}?late=1", request)
    if sitting.is_over(attempt, now):
        return to(f"/training/exams/{attempt_id}", request)
    item = await sitting.save(session, attempt, position, sent, now)
    if asked_block(request) is not None:
        return await _question(request, session, attempt, position)
    go = {"next": position + 1, "back": position - 1}.get(str(sent.get("go", "")), item.position)
    return to(f"/training/exams/{attempt_id}?q={go}", request)


@post(f"{EXAM}/hand-in", opt={"permission": "training.learn"})
async def hand_in(request: Req, session: Db, attempt_id: FromPath[UUID]) -> Response[Any]:
    """Once. Pressed again, or in another window, it says that it was handed in already."""
    actor, now = actor_of(request), clock.now()
    attempt = await sitting.own(session, attempt_id, actor, lock=True)
    handed_in = await sitting.hand_in(session, attempt, actor, now)
    return to(f"/training/exams/{attempt_id}{'' if handed_in else '?late=1'}", request)


async def _question(request: Req, session: AsyncSession, attempt: Attempt, position: int) -> Response[str]:
    pairs, now = await queries.items(session, attempt.id), clock.now()
    version = await queries.version(session, attempt.version_id)
    at = address_in(request)(f"/training/exams/{attempt.id}")
    last = len(pairs) + 1
    number = min(max(position or _first_open(pairs), 1), last)
    current = next((shown(attempt, item, question) for item, question in pairs if item.position == number), None)
    done = sum(bool(item.answer) for item, _question in pairs)
    return await page(
        request,
        "training/exam.html",
        session=session,
        course_id=attempt.course_id,
        title=said(version.title),
        pass_mark=version.pass_mark,
        q=current,
        number=number,
        total=len(pairs),
        done=done,
        open=[item.position for item, _question in pairs if not item.answer],
        rows=[_row(item, question, at, number) for item, question in pairs],
        root=at,
        over=sitting.is_over(attempt, now),
        clock=_clock(attempt, now),
        saved=_last_saved(pairs),
    )


def _first_open(pairs: Pairs) -> int:
    """Where to go on; behind the last question when all are answered."""
    return next((item.position for item, _question in pairs if not item.answer), len(pairs) + 1)


def _row(item: ExamItem, question: Question, at: str, number: int) -> dict[str, Any]:
    return {
        "number": item.position,
        "url": f"{at}?q={item.position}",
        "stem": said(question.stem),
        "here": item.position == number,
        "done": bool(item.answer),
        "words": _("answered") if item.answer else _("not answered"),
    }


def _clock(attempt: Attempt, now: datetime) -> dict[str, Any] | None:
    """How long is left, and until when."""
    if attempt.ends_at is None:
        return None
    minutes = max(0, int((attempt.ends_at - now).total_seconds() // 60))
    used = int(100 * (now - attempt.started_at) / (attempt.ends_at - attempt.started_at))
    return {
        "minutes": minutes,
        "ends": attempt.ends_at,
        "used": min(100, max(0, used)),
        "tone": "red" if minutes < 3 else "amber" if used >= 75 else "",
    }


def _last_saved(pairs: Pairs) -> str:
    moments = [item.saved_at for item, _question in pairs if item.saved_at is not None]
    return f"{local(max(moments)):%H:%M}" if moments else ""


async def _result(request: Req, session: AsyncSession, attempt: Attempt, *, late: bool) -> Response[str]:
    actor = actor_of(request)
    version = await queries.version(session, attempt.version_id)
    course = await queries.course(session, attempt.course_id)
    certificates = await queries.certificates_of(session, attempt.member_id)
    mine = attempt.member_id == actor.id
    chance = await sitting.chance_of(session, actor, course, version, clock.today()) if mine else None
    return await page(
        request,
        "training/result.html",
        session=session,
        attempt=attempt,
        version=version,
        title=said(version.title),
        name="" if mine else (await member_of(session, attempt.member_id)).name,
        questions=[reviewed(item, question) for item, question in await queries.items(session, attempt.id)],
        certificate=next((c for c in certificates if c.attempt_id == attempt.id), None),
        chance=chance,
        facts=_facts(attempt, version),
        late=late,
    )


def _facts(attempt: Attempt, version: CourseVersion) -> list[dict[str, Any]]:
    return [
        {"label": _("Score"), "value": f"{attempt.percent} %"},
        {"label": _("Pass mark"), "value": f"{version.pass_mark} %"},
        {"label": _("Attempt"), "value": attempt.number},
        {"label": _("Version of the course"), "value": version.number},
        {"label": _("Handed in"), "value": show_datetime(attempt.handed_in_at)},
    ]


ROUTES = [begin, exam, answer, hand_in]
