"""/improvement/inbox: what might teach us something, looked at once: a lesson, a change, or put aside with a reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.queries import clients_by_id
from saas.identity.queries import members_by_id
from saas.improvement.lessons import queries
from saas.improvement.lessons.forms import Dismiss, Idea
from saas.improvement.lessons.lesson_models import InboxItem
from saas.improvement.rooms import SOURCES, tabs
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.errors import Conflict
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.surveys.queries import surveys
from saas.surveys.questions import asked, in_words

AT = "/f/{slug:str}/improvement/inbox"
RESULTS: dict[str, Text] = {"lesson": _("Lesson"), "change": _("Change to practice"), "dismissed": _("Put aside")}


@get(AT, opt={"permission": "improvement.read"})
async def index(request: Req, session: Db, view: FromQuery[str] = "") -> Response[str]:
    return await _show(request, session, decided=view == "decided")


async def _show(
    request: Req, session: AsyncSession, *, decided: bool = False, form: Submitted[Any] | None = None,
    about: UUID | None = None, status: int = 200,
) -> Response[str]:  # fmt: skip
    """`about` is the item whose form was refused; None for the idea's."""
    found = await queries.inbox(session, decided=decided)
    answers = await queries.answers(session, [i.source_id for i in found if i.source_kind == "survey" and i.source_id])
    at, actor, about_them = address_in(request), actor_of(request), await surveys(session, list(answers))
    rows = [
        {
            "item": item,
            "source": SOURCES[item.source_kind],
            "answer": answers.get(item.source_id) if item.source_id else None,
            "given": in_words(asked(about_them[item.source_id].questions), answers[item.source_id].values)
            if item.source_id in answers
            else [],
            "form": form if form is not None and about == item.id else Submitted(),
            "result": RESULTS.get(item.result, ""),
            "url": f"/improvement/{item.result}s/{item.result_id}" if item.result_id else "",
        }
        for item in found
    ]
    views = [(_("To be looked at"), ""), (_("Looked at"), "?view=decided")]
    return await page(
        request, "improvement/inbox.html", session=session, status=status, tabs=tabs(request, "inbox"), rows=rows,
        decided=decided, members=await members_by_id(session), may_decide=actor.may("improvement.manage"),
        may_write=actor.may("improvement.write"), opened="idea" if form is not None and about is None else "",
        form=form if form is not None and about is None else Submitted({"key": str(uuid7())}),
        clients=await clients_by_id(session, list({i.client_id for i in found if i.client_id})),
        views=[{"label": label, "url": at(f"/improvement/inbox{query}"), "active": bool(query) == decided}
               for label, query in views],
    )  # fmt: skip


@post(AT, opt={"permission": "improvement.write"}, status_code=200)
async def suggest(request: Req, session: Db) -> Response[Any]:
    """An idea of a colleague."""
    form = await submitted(request, Idea)
    if not form.ok:
        return await _show(request, session, form=form, status=422)
    given, actor, now = form.taken, actor_of(request), clock.now()
    if await queries.item_of(session, "staff", given.key) is None:
        tags = list(dict.fromkeys(tag.strip() for tag in given.tags.replace("，", ",").split(",") if tag.strip()))
        item = InboxItem(source_kind="staff", source_id=given.key, text=Text(given.text), tags=tags[:8],
                         written_by=actor.id, written_at=now)  # fmt: skip
        session.add(item)
        record(session, actor, "improvement.idea", now, subject=item, summary=given.text[:200])
    return to("/improvement/inbox", request)


@post(AT + "/{item_id:uuid}/dismiss", opt={"permission": "improvement.manage"}, status_code=200)
async def dismiss(request: Req, session: Db, item_id: FromPath[UUID]) -> Response[Any]:
    """Put aside, and why: whoever wrote it can read the reason."""
    item, form = await queries.item(session, item_id, lock=True), await submitted(request, Dismiss)
    if not form.ok:
        return await _show(request, session, form=form, about=item.id, status=422)
    actor, now = actor_of(request), clock.now()
    if item.decided_at is not None:
        if item.result == "dismissed" and item.decided_by == actor.id:
            return to("/improvement/inbox", request)
        raise Conflict(_("Somebody looked at this already. Nothing was changed."))
    item.result, item.reason, item.decided_by, item.decided_at = "dismissed", form.taken.reason, actor.id, now
    record(session, actor, "improvement.dismiss", now, subject=item, summary=form.taken.reason[:200])
    return to("/improvement/inbox", request)


ROUTES = [index, suggest, dismiss]
