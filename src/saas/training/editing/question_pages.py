"""Questions of a draft: one form for each kind."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.adjustments.correction.facts import KINDS as ERRORS
from saas.adjustments.correction.facts import POSTINGS, YEARS
from saas.clients.pages import STANDARDS
from saas.kernel.errors import Invalid
from saas.kernel.forms import Submitted, raw_form, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import Db, Req, page, to
from saas.training import queries
from saas.training.course_models import CourseVersion, Question
from saas.training.course_rules import faults_of
from saas.training.editing import drafts
from saas.training.editing import question_fields as fields
from saas.training.exams.shown import slip_of
from saas.training.forms import QuestionForm
from saas.training.questions.kinds import NAMES, content_of
from saas.training.questions.voucher import exercise
from saas.training.wording import said

DRAFT = "/f/{slug:str}/training/courses/{course_id:uuid}/draft"
ONE = f"{DRAFT}/questions/{{question_id:uuid}}"


@get(f"{DRAFT}/questions/new", opt={"permission": "training.teach"})
async def new(request: Req, session: Db, course_id: FromPath[UUID], kind: FromQuery[str] = "single") -> Response[str]:
    draft = await drafts.the_draft(session, course_id)
    return await _edit(request, session, draft, _blank(draft, kind), Submitted({"hard": "2"}))


@post(f"{DRAFT}/questions/new", opt={"permission": "training.teach"})
async def add(request: Req, session: Db, course_id: FromPath[UUID], kind: FromQuery[str] = "single") -> Response[Any]:
    draft = await drafts.the_draft(session, course_id)
    question = _blank(draft, kind)
    question.position = len(await queries.questions(session, draft.id)) + 1
    form = await _taken(request, question)
    if not form.ok:
        return await _edit(request, session, draft, question, form, 422)
    session.add(question)
    return to(f"/training/courses/{course_id}/draft?done=saved", request)


@get(ONE, opt={"permission": "training.teach"})
async def edit(request: Req, session: Db, course_id: FromPath[UUID], question_id: FromPath[UUID]) -> Response[str]:
    draft = await drafts.the_draft(session, course_id)
    question = await drafts.question_of(session, draft, question_id)
    return await _edit(request, session, draft, question, Submitted(_raw(question)))


@post(ONE, opt={"permission": "training.teach"})
async def save(request: Req, session: Db, course_id: FromPath[UUID], question_id: FromPath[UUID]) -> Response[Any]:
    """A question that cannot be asked is not saved; what was typed stays in the form."""
    draft = await drafts.the_draft(session, course_id)
    question = await drafts.question_of(session, draft, question_id)
    with session.no_autoflush:
        form = await _taken(request, question)
        if not form.ok:
            answer = await _edit(request, session, draft, question, form, 422)
            session.expire(question)
            return answer
    return to(f"/training/courses/{course_id}/draft?done=saved", request)


@post(f"{ONE}/remove", opt={"permission": "training.teach"})
async def remove(request: Req, session: Db, course_id: FromPath[UUID], question_id: FromPath[UUID]) -> Response[Any]:
    draft = await drafts.the_draft(session, course_id)
    await session.delete(await drafts.question_of(session, draft, question_id))
    return to(f"/training/courses/{course_id}/draft?done=saved", request)


def _blank(draft: CourseVersion, kind: str) -> Question:
    kind = kind if kind in NAMES else "single"
    return Question(
        id=uuid7(), version_id=draft.id, position=0, key=f"{kind}-{uuid7().hex[-8:]}", kind=kind,
        stem={}, why={}, source={}, content=fields.empty(kind), hard=2, origin_kind="", origin_id=None,
    )  # fmt: skip


async def _taken(request: Req, question: Question) -> Submitted[QuestionForm]:
    """What was typed, put into the question; its faults stand in the form's errors under ""."""
    form, raw = await submitted(request, QuestionForm), await raw_form(request)
    content, errors = fields.content_from(question.kind, raw)
    form.errors |= errors
    try:
        content_of(question.kind, content)
        question.content = content
    except msgspec.ValidationError as error:
        form.refuse("", _("The question cannot be read: %(error)s", error=str(error)))
        return form
    for name in ("stem", "why", "source"):
        setattr(question, name, fields.both(raw, name))
    if form.ok:
        question.hard = form.taken.hard
        faults = faults_of(question)
        if faults:
            form.refuse("", faults[0])
    return form


def _raw(question: Question) -> dict[str, Any]:
    texts = {"stem": question.stem, "why": question.why, "source": question.source}
    raw = {f"{name}_{language}": text.get(language, "") for name, text in texts.items() for language in ("zh", "en")}
    return raw | {"hard": str(question.hard)}


async def _edit(
    request: Req,
    session: AsyncSession,
    draft: CourseVersion,
    question: Question,
    form: Submitted[Any],
    status: int = 200,
) -> Response[str]:
    return await page(
        request,
        "training/edit/question.html",
        session=session,
        course_id=draft.course_id,
        course_title=said(draft.title),
        question=question,
        is_new=question.position == 0 or question not in session,
        kind=NAMES[question.kind],
        fields=_fields(question),
        hards=[("1", _("easy")), ("2", _("medium")), ("3", _("hard"))],
        form=form,
        status=status,
    )


def _fields(question: Question) -> dict[str, Any]:
    """What the kind's part of the form shows."""
    content = question.content
    if question.kind in ("single", "several", "order"):
        rows = content["options"]
        return {"rows": [{"number": n, **(rows[n] if n < len(rows) else {})} for n in range(fields.OPTIONS)]}
    if question.kind == "scenario":
        steps = _steps(content)
        ends = [("", _("the talk ends")), *((str(n), _("step %(n)s", n=n)) for n in range(1, len(steps) + 1))]
        return {"steps": steps, "ends": ends, "rubric": content["rubric"]}
    if question.kind == "voucher":
        return _voucher(content["given"])
    return dict(content)


def _steps(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The steps as numbered rows, the first one first, with room for one more; their names become their numbers."""
    steps = sorted(content["steps"], key=lambda step: step["id"] != content["start"])
    numbers = {step["id"]: str(n) for n, step in enumerate(steps, 1)}
    blank: dict[str, Any] = {"text": {}, "options": []}
    return [
        {
            "number": n,
            "text": step["text"],
            "ways": [
                *(dict(way, next=numbers.get(way.get("next", ""), "")) for way in step["options"]),
                *({"points": 0, "next": "", "say": {}} for _way in range(max(1, 2 - len(step["options"])))),
            ][: fields.WAYS],
        }
        for n, step in enumerate([*steps, blank][: fields.STEPS], 1)
    ]


def _voucher(given: dict[str, Any]) -> dict[str, Any]:
    """Selects, slips and what the engine makes of it."""
    try:
        plan = exercise(content_of("voucher", {"given": given}).given)
        solution: list[dict[str, Any]] = [slip_of(voucher) for voucher in plan.expected]
        fault: Text | None = None
    except Invalid as refused:
        solution, fault = [], refused.reason
    wrong, original = given.get("wrong") or {}, given.get("original") or {}
    return {
        "given": given,
        "errors": list(ERRORS.items()),
        "standards": [(code, name) for code, name in STANDARDS.items() if code != "other"],
        "postings": list(POSTINGS.items()),
        "years": list(YEARS.items()),
        "wrong": wrong | {"rows": fields.slip_rows(wrong.get("lines", []))},
        "original": original,
        "right": fields.slip_rows(given.get("right", [])),
        "accounts": "\n".join(f"{code} {name}" for code, name in given.get("accounts", [])),
        "added": fields.added_text(given.get("added", [])),
        "solution": solution,
        "fault": fault,
    }


ROUTES = [new, add, edit, save, remove]
