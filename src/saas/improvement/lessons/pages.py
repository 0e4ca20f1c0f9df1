"""/improvement/lessons: the library, a lesson with its causes and actions, and sharing it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import queries as cases
from saas.cases.words import CAUSE_CODES
from saas.clients.queries import clients_by_id
from saas.identity.queries import members_by_id
from saas.improvement.lessons import queries, tree
from saas.improvement.lessons.forms import Branch, Learned, NewLesson, Share
from saas.improvement.lessons.lesson_models import Cause, LibraryLesson
from saas.improvement.lessons.workflow import IMPROVEMENT
from saas.improvement.measuring.options import options
from saas.improvement.receipts import reading
from saas.improvement.receipts.showing import shown
from saas.improvement.rooms import SOURCES, tabs, working_here
from saas.kernel import clock
from saas.kernel.access import ROLES
from saas.kernel.audit import record
from saas.kernel.errors import Conflict
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _, listed
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.training.editing import from_case

AT = "/f/{slug:str}/improvement/lessons"
ONE = AT + "/{lesson_id:uuid}"
PAGE = 50
TOO_DEEP = _("A tree this deep explains nothing any more: stop at the root.")


@get(["/f/{slug:str}/improvement", AT], opt={"permission": "improvement.read"})
async def index(
    request: Req, session: Db, q: FromQuery[str] = "", kind: FromQuery[str] = "", offset: FromQuery[int] = 0
) -> Response[str]:
    kind, offset = kind if kind in SOURCES else "", max(offset, 0)
    found = list(await queries.lessons(session, q, kind, limit=PAGE + 1, offset=offset))
    shown_now, more = found[:PAGE], len(found) > PAGE
    at = address_in(request)

    def url(**changes: Any) -> str:
        query = {k: v for k, v in {"q": q, "kind": kind, **changes}.items() if v}
        return at(f"/improvement/lessons?{urlencode(query)}" if query else "/improvement/lessons")

    kinds: list[dict[str, Any]] = [
        {"label": label, "on": name == kind, "url": url(kind="" if name == kind else name)}
        for name, label in SOURCES.items()
    ]
    roots = await queries.roots(session, [lesson.id for lesson in shown_now])
    return await page(
        request, "improvement/lessons/index.html", session=session, tabs=tabs(request, "lessons"), lessons=shown_now,
        roots={lesson_id: listed(texts) for lesson_id, texts in roots.items()}, sources=SOURCES, search=q,
        kinds=kinds, members=await members_by_id(session), next_url=url(offset=offset + PAGE) if more else "",
        previous_url=url(offset=max(offset - PAGE, 0)) if offset else "",
    )  # fmt: skip


@get(f"{AT}/new", opt={"permission": "improvement.write"})
async def new(request: Req, session: Db, inbox: FromQuery[UUID | None] = None) -> Response[str]:
    """A lesson of one's own, or of something in the inbox."""
    blank: dict[str, Any] = {"key": str(uuid7())}
    if inbox is not None:
        item = await queries.item(session, inbox)
        blank |= {"inbox_id": str(item.id), "title": str(item.text)[:200]}
    return await _new(request, session, Submitted(blank))


async def _new(request: Req, session: AsyncSession, form: Submitted[Any], status: int = 200) -> Response[str]:
    inbox_id = form.raw.get("inbox_id") or ""
    item = await queries.item(session, UUID(str(inbox_id))) if inbox_id else None
    answer = (await queries.answers(session, [item.source_id])) if item and item.source_id else {}
    return await page(
        request, "improvement/lessons/new.html", session=session, status=status, form=form, item=item,
        answer=next(iter(answer.values()), None),
    )  # fmt: skip


@post(f"{AT}/new", opt={"permission": "improvement.write"}, status_code=200)
async def add(request: Req, session: Db) -> Response[Any]:
    form = await submitted(request, NewLesson)
    if not form.ok:
        return await _new(request, session, form, 422)
    given, actor, now = form.taken, actor_of(request), clock.now()
    known = await queries.lesson_or_none(session, given.key)
    if known is not None:
        return to(_url(known), request)
    lesson = LibraryLesson(id=given.key, title=Text(given.title), source_kind="staff", learned=given.learned,
                           whys=given.whys, written_by=actor.id, written_at=now)  # fmt: skip
    if given.inbox_id is not None:
        item = await queries.item(session, given.inbox_id, lock=True)
        if item.decided_at is not None:
            raise Conflict(_("Somebody looked at this already. Nothing was changed."))
        lesson.source_kind, lesson.source_id, lesson.source_label = item.source_kind, item.source_id, item.source_label
        lesson.source_url, lesson.client_id = item.source_url, item.client_id
        item.result, item.result_id, item.decided_by, item.decided_at = "lesson", lesson.id, actor.id, now
    session.add(lesson)
    record(session, actor, "improvement.lesson", now, subject=lesson, client_id=lesson.client_id, summary=given.title)
    await session.flush()
    return to(_url(lesson), request)


def _url(lesson: LibraryLesson) -> str:
    return f"/improvement/lessons/{lesson.id}"


@get(ONE, opt={"permission": "improvement.read"})
async def detail(request: Req, session: Db, lesson_id: FromPath[UUID]) -> Response[str]:
    return await show(request, session, lesson_id)


async def show(
    request: Req, session: AsyncSession, lesson_id: UUID, *, form: Submitted[Any] | None = None, opened: str = "",
    status: int = 200,
) -> Response[str]:  # fmt: skip
    """One lesson; `opened` is the dialog whose form was refused."""
    lesson, actor, now = await queries.lesson(session, lesson_id), actor_of(request), clock.now()
    members = await members_by_id(session)
    causes = await queries.causes(session, lesson_id)
    clients = await clients_by_id(session, [lesson.client_id]) if lesson.client_id else {}
    from_a_case = lesson.source_id if lesson.source_kind == "case" else None
    case = await cases.case_or_none(session, from_a_case) if from_a_case else None
    of_case = await cases.lesson(session, case.id) if case is not None else None
    return await page(
        request, "improvement/lessons/detail.html", session=session, status=status, lesson=lesson, members=members,
        source=SOURCES[lesson.source_kind], whys=of_case.whys if of_case is not None else lesson.whys,
        client=clients.get(lesson.client_id) if lesson.client_id else None, tree=tree.grown(causes),
        causes=[(str(cause.id), cause.text) for cause in causes], kinds=list(tree.KINDS.items()),
        cause_code=CAUSE_CODES.get(lesson.cause_code), actions=await queries.actions_of(session, lesson_id),
        workflow=IMPROVEMENT, receipts=shown(await reading.of_subject(session, lesson_id), members, actor.id, now),
        targets=await options(session), people=working_here(members), roles=list(ROLES.items()),
        form=form or Submitted(), blank=Submitted(), opened=opened, may_write=actor.may("improvement.write"),
        may_share=actor.may("improvement.manage"),
        side_panels=[await from_case.panel(session, case, actor)] if case is not None else [],
    )  # fmt: skip


@post(f"{ONE}/learned", opt={"permission": "improvement.write"}, status_code=200)
async def learn(request: Req, session: Db, lesson_id: FromPath[UUID]) -> Response[Any]:
    """What everybody should remember; it may be said better later."""
    lesson, form = await queries.lesson(session, lesson_id), await submitted(request, Learned)
    if not form.ok:
        return await show(request, session, lesson_id, form=form, opened="learned", status=422)
    if lesson.learned != form.taken.learned:
        lesson.learned = form.taken.learned
        said = form.taken.learned[:200]
        record(session, actor_of(request), "improvement.learned", clock.now(), subject=lesson, summary=said)
    return to(_url(lesson), request)


@post(f"{ONE}/causes", opt={"permission": "improvement.write"}, status_code=200)
async def branch(request: Req, session: Db, lesson_id: FromPath[UUID]) -> Response[Any]:
    """One more cause; the same words at the same place are not added twice."""
    lesson, form = await queries.lesson(session, lesson_id), await submitted(request, Branch)
    causes = await queries.causes(session, lesson_id)
    if form.ok and form.taken.parent_id not in {None, *(cause.id for cause in causes)}:
        form.refuse("parent_id", _("Please choose one."))
    if form.ok and tree.depth(causes, form.taken.parent_id) >= tree.DEEPEST:
        form.refuse("parent_id", TOO_DEEP)
    if not form.ok:
        return await show(request, session, lesson_id, form=form, opened="cause", status=422)
    given, now = form.taken, clock.now()
    if not any((c.parent_id, c.text) == (given.parent_id, given.text) for c in causes):
        session.add(Cause(lesson_id=lesson_id, parent_id=given.parent_id, text=given.text, kind=given.kind,
                          is_root=given.is_root, added_at=now))  # fmt: skip
        record(session, actor_of(request), "improvement.cause", now, subject=lesson, summary=given.text)
    return to(f"{_url(lesson)}#causes", request)


@post(f"{ONE}/causes/{{cause_id:uuid}}/{{what:str}}", opt={"permission": "improvement.write"}, status_code=200)
async def prune(
    request: Req, session: Db, lesson_id: FromPath[UUID], cause_id: FromPath[UUID], what: FromPath[str]
) -> Response[Any]:
    """Mark a cause as the root (or not any more), or take away one that nothing hangs on."""
    lesson, causes = await queries.lesson(session, lesson_id), await queries.causes(session, lesson_id)
    cause = next((c for c in causes if c.id == cause_id), None)
    if cause is not None and what in ("root", "branch"):
        cause.is_root = what == "root"
        record(session, actor_of(request), "improvement.root", clock.now(), subject=lesson, summary=cause.text)
    elif cause is not None and what == "remove":
        if any(c.parent_id == cause.id for c in causes):
            raise Conflict(_("Other causes hang on this one: take them away first."))
        await session.delete(cause)
        record(session, actor_of(request), "improvement.cause_removed", clock.now(), subject=lesson, summary=cause.text)
    return to(f"{_url(lesson)}#causes", request)


@post(f"{ONE}/share", opt={"permission": "improvement.manage"}, status_code=200)
async def share(request: Req, session: Db, lesson_id: FromPath[UUID]) -> Response[Any]:
    """Everybody with these roles reads it and confirms; whoever comes later can be asked later."""
    lesson, form = await queries.lesson(session, lesson_id), await submitted(request, Share)
    if form.ok and not form.taken.roles:
        form.refuse("roles", _("Choose at least one role."))
    if form.ok and not lesson.learned:
        form.refuse("roles", _("Write first what everybody should remember."))
    if not form.ok:
        return await show(request, session, lesson_id, form=form, opened="share", status=422)
    actor, now = actor_of(request), clock.now()
    asked = await reading.ask(session, actor, matter(lesson), form.taken.roles, form.taken.days, now)
    if asked:
        lesson.shared_at, lesson.shared_by = now, actor.id
        record(session, actor, "improvement.share", now, subject=lesson, people=len(asked))
    return to(f"{_url(lesson)}#receipts", request)


@post(f"{ONE}/read", opt={"permission": "improvement.read"}, status_code=200)
async def confirm(request: Req, session: Db, lesson_id: FromPath[UUID]) -> Response[Any]:
    lesson = await queries.lesson(session, lesson_id)
    await reading.read(session, actor_of(request), matter(lesson), clock.now())
    return to(f"{_url(lesson)}#receipts", request)


def matter(lesson: LibraryLesson) -> reading.Matter:
    return reading.Matter("lesson", lesson.id, lesson.title, _url(lesson))


ROUTES = [index, new, add, detail, learn, branch, prune, share, confirm]
