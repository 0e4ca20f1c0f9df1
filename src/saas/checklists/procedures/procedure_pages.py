"""The library: reading a procedure, confirming that one has read it, its versions, writing the next one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists.procedures import procedure_queries as queries
from saas.checklists.procedures import publishing, reading
from saas.checklists.procedures.differences import differences
from saas.checklists.procedures.procedure_forms import ProcedureForm
from saas.checklists.procedures.procedure_models import ProcedureVersion
from saas.checklists.procedures.procedure_view import STEPS, as_submitted, readers_view, says, step_words
from saas.checklists.procedures.procedure_workflow import PROCEDURE
from saas.checklists.rows import tabs
from saas.identity.queries import members, members_by_id
from saas.kernel import clock
from saas.kernel.access import ROLES
from saas.kernel.actions import action_routes, noted
from saas.kernel.errors import Missing, Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.identifiers import uuid7
from saas.kernel.markdown import render
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.kernel.records import view

LIST = "/f/{slug:str}/checklists/procedures"
ONE = f"{LIST}/{{procedure_id:uuid}}"
DRAFT = f"{LIST}/versions/{{version_id:uuid}}"
READ, WRITE = {"permission": "procedures.read"}, {"permission": "procedures.write"}


@get(LIST, opt=READ)
async def index(request: Req, session: Db, view: FromQuery[str] = "") -> Response[str]:
    """The library; `view=unread` is what this person still has to read."""
    actor, at, now = actor_of(request), address_in(request), clock.now()
    unread = {v.id for v in await reading.unread_of(session, actor)}
    shown = [(p, v) for p, v in await queries.library(session) if view != "unread" or v.id in unread]
    here = await members(session)
    seen = {(r.version_id, r.member_id) for r in await queries.receipts(session, [v.id for _p, v in shown])}
    return await page(
        request,
        "checklists/procedures/index.html",
        session=session,
        tabs=await tabs(session, actor, "procedures", at, now),
        rows=[says(version, here, seen, version.id in unread) for _procedure, version in shown],
        view=view,
        unread=len(unread),
        may_write=actor.may("procedures.write"),
    )


@get(ONE, opt=READ)
async def detail(request: Req, session: Db, procedure_id: FromPath[UUID], version: FromQuery[int] = 0) -> Response[str]:
    """The version that counts, or the one asked for."""
    known = await _versions(session, procedure_id)
    found = next((v for v in known if v.version == version), None) if version else _counts(known)
    if found is None:
        raise Missing()
    return await show(request, session, found.id)


async def show(
    request: Req,
    session: AsyncSession,
    row_id: UUID,
    *,
    form: Submitted[Any] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response[Any]:
    """The page of one version."""
    shown = await queries.version(session, row_id)
    known, actor, now = await _versions(session, shown.procedure_id), actor_of(request), clock.now()
    here = await members(session)
    receipts = {r.member_id: r for r in await queries.receipts(session, [shown.id])}
    before = next((v for v in known if v.version < shown.version and v.state in ("in_force", "replaced")), None)
    return await page(
        request,
        "checklists/procedures/detail.html",
        session=session,
        status=status,
        shown=shown,
        body=render(str(shown.body)),
        record=await view(session, PROCEDURE, shown, actor, now),
        record_url=address_in(request)(f"/checklists/procedures/versions/{shown.id}"),
        form=form if form is not None else Submitted(),
        refusal=refusal,
        versions=[{"version": v, "state": PROCEDURE.state(v.state)} for v in known],
        counts=_counts(known),
        before=before,
        readers=readers_view(shown, here, receipts),
        mine=receipts.get(actor.id) if actor.id else None,
        must_read=bool(set(shown.readers) & actor.roles),
        steps=step_words(shown),
        reader_roles=[ROLES[role] for role in shown.readers if role in ROLES],
        members=await members_by_id(session),
        may_write=actor.may("procedures.write"),
    )


def _counts(known: Sequence[ProcedureVersion]) -> ProcedureVersion:
    return next((v for v in known if v.state == "in_force"), known[0])


async def _versions(session: AsyncSession, procedure_id: UUID) -> Sequence[ProcedureVersion]:
    await queries.procedure(session, procedure_id)
    return await queries.versions(session, procedure_id)


@post(f"{ONE}/read", opt=READ, status_code=200)
async def confirm_read(request: Req, session: Db, procedure_id: FromPath[UUID]) -> Response[Any]:
    """I have read the version in force."""
    version = _counts(await _versions(session, procedure_id))
    try:
        async with session.begin_nested():
            await reading.read(session, version, actor_of(request), clock.now())
    except Refusal as refusal:
        return await show(request, session, version.id, refusal=refusal, status=refusal.status)
    return to(f"/checklists/procedures/{procedure_id}", request)


@get(f"{ONE}/changes", opt=READ)
async def changes(
    request: Req, session: Db, procedure_id: FromPath[UUID], version: FromQuery[int], language: FromQuery[str] = ""
) -> Response[str]:
    """What a version changed against the one before it, paragraph by paragraph."""
    known = await _versions(session, procedure_id)
    after = next((v for v in known if v.version == version), None)
    before = next((v for v in known if v.version < version), None)
    if after is None or before is None:
        raise Missing()
    suffix = language if language in ("zh", "en") else actor_of(request).locale
    at = address_in(request)
    url = f"/checklists/procedures/{procedure_id}/changes?version={version}&language="
    return await page(
        request,
        "checklists/procedures/changes.html",
        session=session,
        after=after,
        before=before,
        paragraphs=differences(getattr(before, f"body_{suffix}"), getattr(after, f"body_{suffix}")),
        titles=differences(getattr(before, f"title_{suffix}"), getattr(after, f"title_{suffix}")),
        languages=[
            {"label": label, "url": at(url + key), "active": key == suffix}
            for key, label in (("zh", "中文"), ("en", "English"))
        ],
    )


@post(f"{ONE}/next", opt=WRITE, status_code=200)
async def begin_next(request: Req, session: Db, procedure_id: FromPath[UUID]) -> Response[Any]:
    """A draft that begins as a copy of the newest version, or the one that is in work already."""
    procedure = await queries.procedure(session, procedure_id)
    draft = await publishing.next_version(session, procedure, actor_of(request), clock.now())
    return to(_edit_url(draft) if draft.state == "draft" else PROCEDURE.url(draft), request)


def _edit_url(draft: ProcedureVersion) -> str:
    return f"/checklists/procedures/versions/{draft.id}/edit"


@get(f"{LIST}/new", opt=WRITE)
async def new(request: Req, session: Db) -> Response[str]:
    raw = {"key": str(uuid7()), "effective_on": clock.today().isoformat(), "read_days": "5"}
    return await _form(request, session, Submitted({**raw, "readers": ["bookkeeper", "reviewer"], "steps": []}), None)


@post(f"{LIST}/new", opt=WRITE, status_code=200)
async def add(request: Req, session: Db) -> Response[Any]:
    form = await submitted(request, ProcedureForm)
    if form.ok and form.taken.key is None:
        raise Missing()
    if not form.ok:
        return await _form(request, session, form, None, status=422)
    known = [v for p, v in await queries.library(session) if p.starter_key == str(form.taken.key)]
    draft = known[0] if known else None
    if draft is None:
        draft = await publishing.new_procedure(session, form.taken, actor_of(request), clock.now())
    return to(PROCEDURE.url(draft), request)


@get(f"{DRAFT}/edit", opt=WRITE)
async def edit(request: Req, session: Db, version_id: FromPath[UUID]) -> Response[str]:
    draft = await queries.version(session, version_id)
    return await _form(request, session, as_submitted(draft), draft)


@post(f"{DRAFT}/edit", opt=WRITE, status_code=200)
async def write(request: Req, session: Db, version_id: FromPath[UUID]) -> Response[Any]:
    draft = await queries.version(session, version_id)
    form = await submitted(request, ProcedureForm)
    if not form.ok:
        return await _form(request, session, form, draft, status=422)
    try:
        publishing.write(session, draft, form.taken, actor_of(request), clock.now())
    except Refusal as refusal:
        await noted(request, refusal)
        form.refuse("", refusal.reason)
        return await _form(request, session, form, draft, status=refusal.status)
    return to(PROCEDURE.url(draft), request)


async def _form(
    request: Req, session: AsyncSession, form: Submitted[Any], draft: ProcedureVersion | None, status: int = 200
) -> Response[str]:
    given = {name: _list(form.raw.get(name)) for name in ("steps", "readers")}
    return await page(
        request,
        "checklists/procedures/form.html",
        session=session,
        status=status,
        form=form,
        draft=draft,
        steps=STEPS,
        roles=list(ROLES.items()),
        given=given,
        today=clock.today().isoformat(),
    )


def _list(value: Any) -> list[str]:
    return [] if not value else list(value) if isinstance(value, list) else [str(value)]


ROUTES = [index, new, add, edit, write, detail, confirm_read, changes, begin_next, *action_routes(PROCEDURE, show)]
