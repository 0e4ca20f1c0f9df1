"""/improvement/changes: what is changed, who approved it, and the figure before and after."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists.procedures.procedure_workflow import PROCEDURE
from saas.identity.queries import members_by_id
from saas.improvement.changes import queries, rewriting
from saas.improvement.changes.change_models import Change
from saas.improvement.changes.forms import Draft
from saas.improvement.changes.telling import told
from saas.improvement.changes.workflow import CHANGE, measured_on
from saas.improvement.lessons import queries as lessons
from saas.improvement.measuring import showing
from saas.improvement.measuring.options import options
from saas.improvement.measuring.targets import KINDS as TARGETS
from saas.improvement.measuring.targets import Target, parsed, target_of
from saas.improvement.rooms import tabs
from saas.kernel import clock
from saas.kernel.actions import action_routes
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Forbidden, Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.kernel.perform import locked, start
from saas.kernel.records import view as record_view
from saas.kernel.serials import next_serial

AT = "/f/{slug:str}/improvement/changes"
KINDS: dict[str, Text] = {
    "process": _("Work process"),
    "policy": _("Firm policy"),
    "rule": _("Setting of a rule"),
    "template": _("Template or checklist"),
}
CHOOSE = _("Please choose one.")


@get(AT, opt={"permission": "improvement.read"})
async def index(request: Req, session: Db, view: FromQuery[str] = "", target: FromQuery[str] = "") -> Response[str]:
    at, over = address_in(request), view == "over"
    kind = target if target in TARGETS else ""
    found = await queries.changes(session, "over" if over else "", kind)
    base = "/improvement/changes?view=over" if over else "/improvement/changes?"
    return await page(
        request, "improvement/changes/index.html", session=session, tabs=tabs(request, "changes"), workflow=CHANGE,
        rows=[{"change": c, "kind": KINDS[c.kind], "target": Target(c.target_kind, c.target_key)} for c in found],
        members=await members_by_id(session), may_write=actor_of(request).may("improvement.write"),
        kinds=[{"label": label, "on": name == kind, "url": at(base if name == kind else f"{base}&target={name}")}
               for name, label in TARGETS.items()],
        views=[{"label": _("On their way"), "url": at("/improvement/changes"), "active": not over},
               {"label": _("Decided"), "url": at("/improvement/changes?view=over"), "active": over}],
    )  # fmt: skip


@get(f"{AT}/new", opt={"permission": "improvement.write"})
async def new(
    request: Req, session: Db, lesson: FromQuery[UUID | None] = None, inbox: FromQuery[UUID | None] = None,
    target: FromQuery[str] = "",
) -> Response[str]:  # fmt: skip
    """Blank, or with what a lesson, something in the inbox or a chart already knows."""
    blank: dict[str, Any] = {"key": str(uuid7()), "effective_on": str(clock.today() + timedelta(days=14)),
                             "target": target, "kind": "process", "measure_days": "90"}  # fmt: skip
    if lesson is not None:
        known = await lessons.lesson(session, lesson)
        guessed = f"rule:{known.rule}" if known.rule else f"cause:{known.cause_code}" if known.cause_code else ""
        blank |= {"lesson_id": str(known.id), "problem": known.learned, "target": target or guessed}
    if inbox is not None:
        item = await lessons.item(session, inbox)
        answers = await lessons.answers(session, [item.source_id]) if item.source_id else {}
        said = next((answer.text for answer in answers.values()), "")
        blank |= {"inbox_id": str(item.id), "problem": said or str(item.text)}
    return await _form(request, session, Submitted(blank), None)


async def _form(
    request: Req, session: AsyncSession, form: Submitted[Any], change: Change | None, status: int = 200
) -> Response[str]:
    return await page(
        request, "improvement/changes/form.html", session=session, status=status, form=form, change=change,
        kinds=list(KINDS.items()), targets=await options(session),
        procedures=await _procedures(request, session, change),
    )  # fmt: skip


async def _procedures(request: Req, session: AsyncSession, change: Change | None) -> list[tuple[str, Text]]:
    """To choose from; none once a version was begun, since it goes the way of the change."""
    version = await rewriting.version_of(session, change) if change is not None else None
    chosen = version is not None and version.state != "dropped"
    return [] if chosen else await rewriting.choices(session, actor_of(request))


async def _sent(request: Req, session: AsyncSession) -> tuple[Submitted[Draft], Target | None]:
    form = await submitted(request, Draft)
    await rewriting.check(session, form, actor_of(request))
    target = parsed(form.taken.target) if form.ok else None
    if form.ok and target is None:
        form.refuse("target", CHOOSE)
    if form.ok and form.taken.effective_on < clock.today():
        form.refuse("effective_on", _("Choose a day that is still to come."))
    return form, target


@post(f"{AT}/new", opt={"permission": "improvement.write"}, status_code=200)
async def add(request: Req, session: Db) -> Response[Any]:
    form, target = await _sent(request, session)
    if not form.ok or target is None:
        return await _form(request, session, form, None, 422)
    given, actor, now = form.taken, actor_of(request), clock.now()
    known = await queries.change_or_none(session, given.key) if given.key else None
    if known is not None:
        return to(CHANGE.url(known), request)
    year = clock.today().year
    change = Change(
        id=given.key or uuid7(), number=f"GG-{year}-{await next_serial(session, 'change', year):04}",
        kind=given.kind, title=given.title, problem=given.problem, proposal=given.proposal, target_kind=target.kind,
        target_key=target.key, author_id=actor.id, drafted_at=now, effective_on=given.effective_on,
        measure_days=given.measure_days,
    )  # fmt: skip
    await _because(session, change, given, actor.id)
    if given.procedure_id is not None:
        await rewriting.begin(session, change, given.procedure_id, actor, now)
    await start(session, CHANGE, change, actor, now=now, summary=change.number)
    return to(CHANGE.url(change), request)


async def _because(session: AsyncSession, change: Change, given: Draft, by: UUID | None) -> None:
    """What asked for it; something in the inbox is looked at by this."""
    if given.lesson_id is not None:
        change.source_kind, change.source_id = "lesson", (await lessons.lesson(session, given.lesson_id)).id
    if given.inbox_id is not None:
        item = await lessons.item(session, given.inbox_id, lock=True)
        if item.decided_at is not None:
            raise Conflict(_("Somebody looked at this already. Nothing was changed."))
        item.result, item.result_id, item.decided_by, item.decided_at = "change", change.id, by, clock.now()
        change.source_kind, change.source_id = "inbox", item.id


@get(f"{AT}/{{row_id:uuid}}/edit", opt={"permission": "improvement.write"})
async def edit(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    change = await queries.change(session, row_id)
    _may_edit(change, actor_of(request).id)
    known = {name: str(getattr(change, name)) for name in
             ("kind", "title", "problem", "proposal", "effective_on", "measure_days")}  # fmt: skip
    return await _form(
        request, session, Submitted(known | {"target": f"{change.target_kind}:{change.target_key}"}), change
    )


@post(f"{AT}/{{row_id:uuid}}/edit", opt={"permission": "improvement.write"}, status_code=200)
async def keep(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    change = await locked(session, CHANGE, row_id)
    _may_edit(change, actor_of(request).id)
    form, target = await _sent(request, session)
    if not form.ok or target is None:
        return await _form(request, session, form, change, 422)
    given = form.taken
    change.kind, change.title, change.problem, change.proposal = given.kind, given.title, given.problem, given.proposal
    change.target_kind, change.target_key = target.kind, target.key
    change.effective_on, change.measure_days = given.effective_on, given.measure_days
    await rewriting.follow_day(session, change)
    if given.procedure_id is not None:
        await rewriting.begin(session, change, given.procedure_id, actor_of(request), clock.now())
    record(session, actor_of(request), "improvement.edit_change", clock.now(), subject=change, summary=change.number)
    return to(CHANGE.url(change), request)


def _may_edit(change: Change, member_id: UUID | None) -> None:
    if change.state != "draft":
        raise Conflict(_("Only a draft can be changed: send it back or withdraw it first."))
    if change.author_id not in (None, member_id):
        raise Forbidden(_("This is the draft of somebody else."), action="improvement.edit_change",
                        subject_id=change.id)  # fmt: skip


@get(f"{AT}/{{row_id:uuid}}", opt={"permission": "improvement.read"})
async def detail(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    return await show(request, session, row_id)


async def show(
    request: Req, session: AsyncSession, row_id: UUID, *, form: Submitted[Any] | None = None,
    refusal: Refusal | None = None, status: int = 200,
) -> Response[str]:  # fmt: skip
    change, actor, target = await queries.change(session, row_id), actor_of(request), None
    measured, target = None, target_of(change.target_kind, change.target_key)
    if target is not None:
        day = change.effective_on if change.state not in ("draft", "proposed") else None
        frozen = (showing.stored(change.baseline), showing.stored(change.outcome))
        measured = await showing.shown(session, target, day, change.measure_days, *frozen)
    source = change.source_id if change.source_kind == "lesson" else None
    version = await rewriting.version_of(session, change)
    return await page(
        request, "improvement/changes/detail.html", session=session, status=status, change=change,
        record=await record_view(session, CHANGE, change, actor, clock.now()), kind=KINDS[change.kind],
        measured=measured, measured_on=measured_on(change), form=form or Submitted(), refusal=refusal,
        members=await members_by_id(session), target=target,
        version=version, version_state=PROCEDURE.state(version.state) if version else None,
        version_url=PROCEDURE.url(version) if version else "",
        lesson=await lessons.lesson_or_none(session, source) if source else None,
        item_url="/improvement/inbox?view=decided" if change.source_kind == "inbox" else "",
        may_edit=change.state == "draft" and change.author_id == actor.id, **await told(session, change, actor),
    )  # fmt: skip


ROUTES = [index, new, add, edit, keep, detail, *action_routes(CHANGE, show)]
