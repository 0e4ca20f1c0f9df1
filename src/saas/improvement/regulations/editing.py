"""Adding an entry of the firm's own, and changing one; a note on the market is an entry too."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.improvement.regulations import queries, quiz, rollout
from saas.improvement.regulations.forms import Entry
from saas.improvement.regulations.kinds import KINDS, MARKS, NOTES, PERIODS, STANDARDS, TAXPAYERS, Filter
from saas.improvement.regulations.pages import AT, ONE
from saas.improvement.regulations.regulation_models import Regulation
from saas.improvement.wording import both
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.forms import Submitted, raw_form, take
from saas.kernel.i18n import _
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.training.queries import published
from saas.training.wording import said

WRITE = {"permission": "improvement.register"}
FILTER = ("whom", "taxpayer_kind", "standard", "filing_period", "industry", "region")


@get(f"{AT}/new", opt=WRITE)
async def new(request: Req, session: Db, kind: FromQuery[str] = "tax") -> Response[str]:
    blank = {"key": str(uuid7()), "kind": kind if kind in KINDS else "tax", "mark": "K", "whom": "clients"}
    return await _form(request, session, Submitted(blank), None)


async def _form(
    request: Req, session: AsyncSession, form: Submitted[Any], entry: Regulation | None, status: int = 200
) -> Response[str]:
    courses = {version.topic: said(version.title) for _course, version in await published(session)}
    return await page(
        request, "improvement/regulations/form.html", session=session, status=status, form=form, entry=entry,
        kinds=list(KINDS.items()), marks=list(MARKS.items()), taxpayers=list(TAXPAYERS.items()),
        standards=list(STANDARDS.items()), periods=list(PERIODS.items()), courses=list(courses.items()),
        numbers=range(1, quiz.MOST + 1), note=str(form.raw.get("kind")) in NOTES,
    )  # fmt: skip


async def _sent(request: Req) -> tuple[Submitted[Entry], list[dict[str, Any]]]:
    raw = await raw_form(request)
    form = take(raw, Entry)
    questions, missing = quiz.made(raw)
    if missing:
        form.refuse(missing, _("A question needs its right answer, at least one wrong one and an explanation."))
    if (
        form.ok
        and form.taken.repealed_on
        and form.taken.effective_on
        and form.taken.repealed_on < form.taken.effective_on
    ):
        form.refuse("repealed_on", _("This day comes before the first one."))
    if form.ok and len(questions) == 1:
        form.refuse("question_2", _("A quiz has two to five questions."))
    return form, questions


@post(f"{AT}/new", opt=WRITE, status_code=200)
async def add(request: Req, session: Db) -> Response[Any]:
    form, questions = await _sent(request)
    if not form.ok:
        return await _form(request, session, form, None, 422)
    actor, now = actor_of(request), clock.now()
    known = await queries.regulation_or_none(session, form.taken.key) if form.taken.key else None
    if known is None:
        known = Regulation(id=form.taken.key or uuid7(), made_by=actor.id, made_at=now, reviewed_on=clock.today(),
                           reviewed_by=actor.id)  # fmt: skip
        _fill(known, form.taken, questions)
        session.add(known)
        await session.flush()
        record(session, actor, "improvement.register", now, subject=known, summary=str(rollout.title(known)))
    return to(rollout.url(known), request)


@get(f"{ONE}/edit", opt=WRITE)
async def edit(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    entry = await queries.regulation(session, row_id)
    wanted = Filter.of(entry.clients)
    known: dict[str, Any] = {name: getattr(wanted, name) for name in FILTER}
    known |= {name: str(getattr(entry, name) or "") for name in
              ("kind", "mark", "number", "source", "source_url", "effective_on", "repealed_on")}  # fmt: skip
    for name in ("title", "issuer", "changes", "impact"):
        words = getattr(entry, name)
        known |= {f"{name}_zh": words.get("zh", ""), f"{name}_en": words.get("en", "")}
    known |= {"course": entry.course_key, **quiz.as_fields(entry.quiz)}
    return await _form(request, session, Submitted(known), entry)


@post(f"{ONE}/edit", opt=WRITE, status_code=200)
async def keep(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    entry = await queries.regulation(session, row_id, lock=True)
    form, questions = await _sent(request)
    if not form.ok:
        return await _form(request, session, form, entry, 422)
    known = quiz.as_fields(entry.quiz)
    if quiz.as_fields(questions) == known:
        questions = entry.quiz  # unchanged: both languages and the order of the choices stay
    _fill(entry, form.taken, questions)
    record(session, actor_of(request), "improvement.edit_entry", clock.now(), subject=entry,
           summary=str(rollout.title(entry)))  # fmt: skip
    return to(rollout.url(entry), request)


def _fill(entry: Regulation, given: Entry, questions: list[dict[str, Any]]) -> None:
    entry.kind, entry.mark, entry.number = given.kind, given.mark, given.number
    entry.title, entry.issuer = both(given.title_zh, given.title_en), both(given.issuer_zh, given.issuer_en)
    entry.changes, entry.impact = both(given.changes_zh, given.changes_en), both(given.impact_zh, given.impact_en)
    entry.effective_on, entry.repealed_on = given.effective_on, given.repealed_on
    entry.source, entry.source_url, entry.course_key = given.source, given.source_url, given.course
    entry.clients = Filter(**{name: getattr(given, name) for name in FILTER}).store()
    entry.quiz = questions


ROUTES = [new, add, edit, keep]
