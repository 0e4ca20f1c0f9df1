"""Playbooks: the list, what one says, its versions, rewriting it, reviewing it, and one of the firm's own."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import members, members_by_id
from saas.kernel import clock
from saas.kernel.access import ROLES
from saas.kernel.actions import noted
from saas.kernel.audit import record
from saas.kernel.errors import Refusal
from saas.kernel.forms import Submitted, raw_form, submitted
from saas.kernel.i18n import _
from saas.kernel.identifiers import uuid7
from saas.kernel.months import months_after
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.kernel.perform import calendar_of
from saas.risks.playbooks import editing, queries
from saas.risks.playbooks.plan import AUDIENCES, PHASES, Plan, plan_of
from saas.risks.playbooks.playbook_models import Playbook, PlaybookVersion
from saas.risks.register.reminding import end_plan_tasks
from saas.risks.tabs import tabs
from saas.risks.wording import kept, said

PLAYBOOKS = "/f/{slug:str}/playbooks"
ONE = f"{PLAYBOOKS}/{{playbook_id:uuid}}"
DECIDE = {"permission": "risks.decide"}
PARTS = tuple(Plan.__struct_fields__)


class Settings(Struct, kw_only=True):
    """What is not part of a version."""

    name: Annotated[str, Meta(max_length=80)]
    when: Annotated[str, Meta(max_length=500)]
    owner_id: UUID | None = None
    review_on: date
    review_months: Annotated[int, Meta(ge=1, le=36)] = 12
    is_on: bool = False


class Own(Struct):
    """A playbook of the firm's own begins as a copy of another one."""

    name: Annotated[str, Meta(max_length=80)]
    like: UUID


class Reviewed(Struct):
    reason: Annotated[str, Meta(max_length=1000)]


@get(PLAYBOOKS, opt={"permission": "risks.read"})
async def index(request: Req, session: Db) -> Response[str]:
    return await _list(request, session, Submitted())


async def _list(request: Req, session: AsyncSession, form: Submitted[Any], status: int = 200) -> Response[str]:
    people, found = await members_by_id(session), await queries.playbooks(session, every=True)
    today = clock.today()
    return await page(
        request,
        "risks/playbooks/index.html",
        session=session,
        status=status,
        tabs=tabs(request, "playbooks"),
        rows=[
            {"playbook": p, "when": said(p.when), "owner": people.get(p.owner_id) if p.owner_id else None,
             "overdue": p.is_on and p.review_on < today}
            for p in found
        ],
        options=[(str(p.id), p.title) for p in found],
        form=form,
        may_declare=actor_of(request).may("incidents.declare"),
        may_decide=actor_of(request).may("risks.decide"),
    )  # fmt: skip


@post(PLAYBOOKS, opt=DECIDE, status_code=200)
async def add(request: Req, session: Db) -> Response[Any]:
    """The same name twice is the one that is there."""
    form, now, actor = await submitted(request, Own), clock.now(), actor_of(request)
    if not form.ok:
        return await _list(request, session, form, 422)
    known = next((p for p in await queries.playbooks(session, every=True) if p.title == form.taken.name), None)
    if known is None:
        model = await queries.playbook(session, form.taken.like)
        newest = await queries.version(session, model.id, model.version)
        calendar = await calendar_of(session)
        known = Playbook(
            key=uuid7().hex[-12:], name=kept({}, form.taken.name), when=dict(model.when), owner_id=actor.id,
            review_on=calendar.next_working_day(months_after(clock.today(), 12)),
        )  # fmt: skip
        session.add(known)
        await session.flush()
        session.add(
            PlaybookVersion(playbook_id=known.id, number=1, written_by=actor.id, written_at=now,
                            **plan_of(newest).stored())
        )  # fmt: skip
        record(session, actor, "playbooks.add", now, subject=known, summary=known.title)
        await session.flush()
    return to(f"/playbooks/{known.id}", request)


@get(ONE, opt={"permission": "risks.read"})
async def detail(request: Req, session: Db, playbook_id: FromPath[UUID], version: FromQuery[int] = 0) -> Response[str]:
    """What it says; an earlier version where it is asked for."""
    return await _show(request, session, playbook_id, version=version)


async def _show(
    request: Req, session: AsyncSession, playbook_id: UUID, *, version: int = 0, form: Submitted[Any] | None = None,
    opened: str = "", status: int = 200,
) -> Response[str]:  # fmt: skip
    found = await queries.playbook(session, playbook_id)
    shown = await queries.version(session, found.id, version or found.version)
    plan, people = plan_of(shown), await members_by_id(session)
    calendar, actor = await calendar_of(session), actor_of(request)
    names = {role.key: said(role.name) for role in plan.roles}
    next_review = calendar.next_working_day(months_after(clock.today(), found.review_months))
    settings = {
        "name": found.title, "when": said(found.when), "owner_id": str(found.owner_id or ""),
        "review_on": found.review_on.isoformat(), "review_months": str(found.review_months),
        "is_on": "yes" if found.is_on else "",
    }  # fmt: skip
    return await page(
        request,
        "risks/playbooks/detail.html",
        session=session,
        status=status,
        tabs=tabs(request, "playbooks"),
        playbook=found,
        when=said(found.when),
        shown=shown,
        parts=_parts(plan, names, people),
        versions=[
            {"version": one, "by": people[one.written_by].name if one.written_by in people else ""}
            for one in await queries.versions(session, found.id)
        ],
        owner=people.get(found.owner_id) if found.owner_id else None,
        people=[(str(m.id), m.name) for m in people.values() if m.left_at is None],
        settings=form if form is not None and opened == "settings" else Submitted(settings),
        review=form if form is not None and opened == "review" else Submitted(),
        next_review=next_review,
        overdue=found.review_on < clock.today(),
        may_declare=actor.may("incidents.declare") and found.is_on,
        may_decide=actor.may("risks.decide"),
    )


def _parts(plan: Plan, names: dict[str, str], people: dict[UUID, Any]) -> dict[str, Any]:
    """The plan in the reader's words."""
    by_id = {str(key): member for key, member in people.items()}
    return {
        "roles": [
            {"name": said(r.name), "task": said(r.task), "position": ROLES.get(r.position),
             "member": by_id.get(r.member_id), "deputy": by_id.get(r.deputy_id)}
            for r in plan.roles
        ],
        "calls": [
            {"caller": names.get(c.caller, c.caller), "callee": names.get(c.callee) or said(c.outside),
             "phone": c.phone, "minutes": c.minutes, "about": said(c.about)}
            for c in plan.calls
        ],
        "steps": [
            {"phase": PHASES[s.phase], "minutes": s.minutes, "role": names.get(s.role, s.role), "what": said(s.what)}
            for s in sorted(plan.steps, key=lambda step: step.minutes)
        ],
        "messages": [
            {"audience": AUDIENCES[m.audience], "subject": said(m.subject), "text": said(m.text)} for m in plan.messages
        ],
        "duties": [
            {"what": said(d.what), "deadline": said(d.deadline), "source": d.source, "to_confirm": d.mark == "K"}
            for d in plan.duties
        ],
    }  # fmt: skip


@post(f"{ONE}/settings", opt=DECIDE, status_code=200)
async def save_settings(request: Req, session: Db, playbook_id: FromPath[UUID]) -> Response[Any]:
    form, row = await submitted(request, Settings), await queries.playbook(session, playbook_id, lock=True)
    if not form.ok:
        return await _show(request, session, row.id, form=form, opened="settings", status=422)
    given = form.taken
    row.name, row.when = kept(row.name, given.name), kept(row.when, given.when)
    row.owner_id, row.review_on, row.review_months = given.owner_id, given.review_on, given.review_months
    row.is_on = given.is_on
    record(session, actor_of(request), "playbooks.set", clock.now(), subject=row, summary=row.title, on=row.is_on)
    return to(f"/playbooks/{row.id}", request)


@post(f"{ONE}/review", opt=DECIDE, status_code=200)
async def review(request: Req, session: Db, playbook_id: FromPath[UUID]) -> Response[Any]:
    """Read and found good: the next review is as many months on as the playbook says. Twice a day it counts once."""
    form, row = await submitted(request, Reviewed), await queries.playbook(session, playbook_id, lock=True)
    if not form.ok:
        return await _show(request, session, row.id, form=form, opened="review", status=422)
    now, actor, calendar = clock.now(), actor_of(request), await calendar_of(session)
    day = calendar.next_working_day(months_after(clock.today(), row.review_months))
    if row.review_on != day or row.reviewed_at is None:
        row.review_on, row.reviewed_at = day, now
        await end_plan_tasks(session, row.id, now, actor.id)
        record(session, actor, "playbooks.review", now, subject=row, summary=row.title, reason=form.taken.reason)
    return to(f"/playbooks/{row.id}", request)


@get(f"{ONE}/edit", opt=DECIDE)
async def edit(request: Req, session: Db, playbook_id: FromPath[UUID]) -> Response[str]:
    row = await queries.playbook(session, playbook_id)
    newest = await queries.version(session, row.id, row.version)
    return await _edit_page(request, session, row, editing.fields(plan_of(newest)), row.version, Submitted())


@post(f"{ONE}/edit", opt=DECIDE, status_code=200)
async def save(request: Req, session: Db, playbook_id: FromPath[UUID]) -> Response[Any]:
    """The next version; everything typed stays where it cannot be taken."""
    row, raw = await queries.playbook(session, playbook_id), await raw_form(request)
    written = str(raw.get("based_on", ""))
    based_on, reason = int(written) if written.isdigit() else 0, str(raw.get("reason", "")).strip()
    form: Submitted[Any] = Submitted({"reason": reason})
    try:
        if not reason:
            form.refuse("reason", _("Please fill this in."))
        else:
            async with session.begin_nested():
                await editing.rewrite(session, row, raw, based_on, reason, actor_of(request), clock.now())
            return to(f"/playbooks/{row.id}", request)
    except Refusal as refusal:
        await noted(request, refusal)
        form.refuse("", refusal.reason)
    typed = {part: editing.rows_of(raw, part) for part in PARTS}
    return await _edit_page(request, session, row, typed, based_on, form, 422)


async def _edit_page(
    request: Req, session: AsyncSession, row: Playbook, rows: dict[str, list[dict[str, str]]], based_on: int,
    form: Submitted[Any], status: int = 200,
) -> Response[str]:  # fmt: skip
    roles = [(r["key"], r["name"]) for r in rows["roles"] if r["key"]]
    return await page(
        request,
        "risks/playbooks/edit.html",
        session=session,
        status=status,
        playbook=row,
        rows=rows,
        based_on=based_on,
        form=form,
        here=address_in(request)(f"/playbooks/{row.id}/edit"),
        roles=roles,
        positions=[(role, label) for role, label in ROLES.items() if role != "auditor"],
        people=[(str(m.id), m.name) for m in await members(session)],
        phases=list(PHASES.items()),
        audiences=list(AUDIENCES.items()),
    )


ROUTES = [index, add, detail, save_settings, review, edit, save]
