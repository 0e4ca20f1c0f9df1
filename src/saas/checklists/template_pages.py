"""What is checked: the firm's checklists, their versions, and changing them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists import editing, queries
from saas.checklists.editing import NextVersion
from saas.checklists.list_pages import powers
from saas.checklists.plan import EVENTS, EVERY, EVIDENCE, STEP_ROLES, WHO, Plan, Words
from saas.checklists.procedures import procedure_queries
from saas.checklists.rows import tabs
from saas.checklists.template_view import listed_plan, when_words
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.access import ROLES
from saas.kernel.actions import noted
from saas.kernel.audit import record
from saas.kernel.errors import Missing, Refusal
from saas.kernel.filing import filing_table
from saas.kernel.forms import Submitted, raw_form
from saas.kernel.i18n import _, reader
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to

LIST = "/f/{slug:str}/checklists/templates"
ONE = f"{LIST}/{{checklist_id:uuid}}"
MANAGE = {"permission": "checklists.manage"}


@get(LIST, opt={"permission": "checklists.read"})
async def index(request: Req, session: Db) -> Response[str]:
    """Every checklist: for whom, when, how many steps, whether it is made by itself."""
    at, now = address_in(request), clock.now()
    return await page(
        request,
        "checklists/templates.html",
        session=session,
        tabs=await tabs(session, actor_of(request), "templates", at, now),
        rows=[listed_plan(found) for found in await queries.current(session)],
        **powers(request),
    )


@get(ONE, opt={"permission": "checklists.read"})
async def detail(request: Req, session: Db, checklist_id: FromPath[UUID], version: FromQuery[int] = 0) -> Response[str]:
    """One version, with the way to the others."""
    found = await queries.one(session, checklist_id)
    known = await queries.versions(session, checklist_id)
    shown = next((v for v in known if v.version == version), None) if version else known[0]
    if shown is None:
        raise Missing()
    plan = queries.plan_of(shown)
    how = await procedure_queries.in_force_by_key(session, plan.procedure) if plan.procedure else None
    return await page(
        request,
        "checklists/template.html",
        session=session,
        found=found,
        shown=shown,
        plan=plan,
        how=how,
        when=when_words(plan),
        who=WHO[plan.who],
        lead=ROLES[plan.lead],
        evidence=EVIDENCE,
        roles=ROLES,
        versions=known,
        members=await members_by_id(session),
        **powers(request),
    )


@post(f"{ONE}/switch", opt=MANAGE, status_code=200)
async def switch(request: Req, session: Db, checklist_id: FromPath[UUID]) -> Response[Any]:
    """Made by itself from now on, or only by hand; `active` says which, so that two posts change one thing."""
    found = await queries.one(session, checklist_id)
    wanted = (await raw_form(request)).get("active") == "yes"
    if found.checklist.active != wanted:
        found.checklist.active = wanted
        record(session, actor_of(request), "checklists.switch", clock.now(), subject=found.checklist,
               summary=found.plan.name.zh, active=wanted)  # fmt: skip
    return to(f"/checklists/templates/{checklist_id}", request)


@get(f"{LIST}/new", opt=MANAGE)
async def new(request: Req, session: Db) -> Response[str]:
    return await _form(request, session, Submitted(_fresh(_START, 0)), None)


@get(f"{ONE}/edit", opt=MANAGE)
async def edit(request: Req, session: Db, checklist_id: FromPath[UUID]) -> Response[str]:
    found = await queries.one(session, checklist_id)
    return await _form(request, session, Submitted(_fresh(found.plan, found.version.version)), checklist_id)


@post(f"{LIST}/new", opt=MANAGE, status_code=200)
async def add(request: Req, session: Db) -> Response[Any]:
    return await _save(request, session, None)


@post(f"{ONE}/edit", opt=MANAGE, status_code=200)
async def change(request: Req, session: Db, checklist_id: FromPath[UUID]) -> Response[Any]:
    await queries.one(session, checklist_id)
    return await _save(request, session, checklist_id)


async def _save(request: Req, session: AsyncSession, checklist_id: UUID | None) -> Response[Any]:
    raw = await raw_form(request)
    form = editing.read(raw)
    if not form.ok:
        return await _form(request, session, form, checklist_id, status=422)
    new_version = NextVersion(_key(raw), int(raw.get("after") or 0), form.taken, str(raw.get("note") or "")[:500])
    try:
        async with session.begin_nested():
            row = await editing.own(session, checklist_id or _key(raw, "checklist"))
            await editing.publish(session, row, actor_of(request), new_version, clock.now())
    except Refusal as refusal:
        await noted(request, refusal)
        form.refuse("", refusal.reason)
        return await _form(request, session, form, checklist_id, status=refusal.status)
    return to(f"/checklists/templates/{row.id}", request)


def _key(raw: Mapping[str, Any], name: str = "key") -> UUID:
    try:
        return UUID(str(raw.get(name)))
    except ValueError as error:
        raise Missing() from error


def _fresh(plan: Plan, after: int) -> dict[str, Any]:
    return {**editing.typed(plan), "key": str(uuid7()), "checklist": str(uuid7()), "after": str(after), "note": ""}


_START = Plan(Words("", ""), Words("", ""), "month", (), due_days=5)


async def _form(
    request: Req, session: AsyncSession, form: Submitted[Any], checklist_id: UUID | None, status: int = 200
) -> Response[str]:
    rows = list(form.raw["rows"])
    rows += [editing.empty_row(len(rows) + n) for n in range(1, editing.SPARE + 1)]
    filings = [(f.code, f.name[reader()]) for f in filing_table().filings.values() if f.rule != "local"]
    procedures = await procedure_queries.library(session)
    return await page(
        request,
        "checklists/template_form.html",
        session=session,
        status=status,
        form=form,
        rows=rows,
        checklist_id=checklist_id,
        every=list(EVERY.items()),
        who=list(WHO.items()),
        events=list(EVENTS.items()),
        evidence=list(EVIDENCE.items()),
        roles=[(role, ROLES[role]) for role in STEP_ROLES],
        leads=[(role, ROLES[role]) for role in ("bookkeeper", "reviewer")],
        filings=filings,
        bases=[("period", _("the last day of the period")), ("filing", _("the filing day of the return"))],
        procedures=[(p.starter_key, str(v.title)) for p, v in procedures],
        yes_no=[("no", _("no")), ("yes", _("yes"))],
    )


ROUTES = [index, new, add, detail, switch, edit, change]
