"""Writing letters: a letter of one's own, and filling the words of a draft."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.kernel import clock
from saas.kernel.errors import Conflict
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _, reader
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.notices import drafts, queries
from saas.notices.editing import fields_of, taken
from saas.notices.forms import GeneralLetter
from saas.notices.letters import Letter
from saas.notices.models import Notice

WRITE = {"permission": "notices.write"}


@get("/f/{slug:str}/notices/new", opt=WRITE)
async def new(request: Req, session: Db, client: FromQuery[UUID | None] = None) -> Response[str]:
    return await _form(request, session, Submitted({"client_id": str(client or "")}))


@post("/f/{slug:str}/notices/new", opt=WRITE, status_code=200)
async def add(request: Req, session: Db) -> Response[Any]:
    """A letter that belongs to no case: reviewed and approved by itself."""
    form = await submitted(request, GeneralLetter)
    if not form.ok:
        return await _form(request, session, form, status=422)
    given = form.taken
    client = await clients.client(session, given.client_id)
    notice = await drafts.draft(
        session, actor_of(request), kind="general", client=client, subject_kind="client", subject_id=client.id,
        title=Text("%(title)s", title=given.title), content=_content(given), locale=given.locale,
        answer_by=given.answer_by, now=clock.now(),
    )  # fmt: skip
    return to(f"/notices/{notice.id}", request)


@get("/f/{slug:str}/notices/{notice_id:uuid}/edit", opt=WRITE)
async def edit(request: Req, session: Db, notice_id: FromPath[UUID]) -> Response[str]:
    """The words of a draft; vouchers and figures come from the record that owns it."""
    notice = await queries.notice(session, notice_id)
    return await _edit_page(request, session, notice)


@post("/f/{slug:str}/notices/{notice_id:uuid}/edit", opt=WRITE, status_code=200)
async def save(request: Req, session: Db, notice_id: FromPath[UUID]) -> Response[Any]:
    notice = await queries.notice(session, notice_id)
    data = await request.form()
    content, answer_by, errors = taken(notice, {name: str(data.get(name, "")) for name in data}, reader())
    if errors:
        return await _edit_page(request, session, notice, Submitted(dict(data), errors), status=422)
    try:
        await drafts.rewrite(session, actor_of(request), notice, content=content, answer_by=answer_by, now=clock.now())
    except Conflict as refusal:
        return await _edit_page(request, session, notice, Submitted(dict(data), {"": refusal.reason}), status=409)
    return to(f"/notices/{notice.id}", request)


@post("/f/{slug:str}/notices/{notice_id:uuid}/new-version", opt=WRITE, status_code=200)
async def new_version(request: Req, session: Db, notice_id: FromPath[UUID]) -> Response[Any]:
    """A letter of its own, once more: the draft that will replace it. Pressed twice, it is the same draft."""
    notice = await queries.notice(session, notice_id)
    if not notice.stands_alone:
        raise Conflict(_("A new version of this letter comes from the record it belongs to."))
    draft = await queries.draft_of_successor(session, notice.id)
    if draft is None:
        client = await clients.client(session, notice.client_id)
        draft = await drafts.draft(
            session, actor_of(request), kind=notice.kind, client=client, subject_kind=notice.subject_kind,
            subject_id=notice.subject_id, title=notice.title, content=notice.content, locale=notice.locale,
            answer_by=notice.answer_by, now=clock.now(), supersedes=notice,
        )  # fmt: skip
    return to(f"/notices/{draft.id}", request)


def _content(given: GeneralLetter) -> dict[str, Any]:
    return {
        "text": given.text,
        "duties": [line.strip() for line in given.duties.splitlines() if line.strip()],
        "recipients": [str(contact_id) for contact_id in given.recipients],
    }


async def _form(request: Req, session: AsyncSession, form: Submitted[Any], status: int = 200) -> Response[str]:
    known = await clients.clients(session, limit=500)
    chosen = next((c for c in known if str(c.id) == form.raw.get("client_id")), None)
    people = await clients.contacts(session, chosen.id) if chosen else []
    return await page(
        request,
        "notices/new.html",
        session=session,
        form=form,
        status=status,
        clients=[(str(c.id), c.name) for c in known],
        contacts=[(str(c.id), c.name) for c in people if not c.may_approve],
    )


async def _edit_page(
    request: Req, session: AsyncSession, notice: Notice, form: Submitted[Any] | None = None, status: int = 200
) -> Response[str]:
    return await page(
        request,
        "notices/edit.html",
        session=session,
        status=status,
        notice=notice,
        kind=Letter.kind(notice.kind),
        client=await clients.client(session, notice.client_id),
        fields=fields_of(notice, reader()),
        form=form or Submitted(),
    )


ROUTES = [new, add, edit, save, new_version]
