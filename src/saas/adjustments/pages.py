"""The builder of correcting vouchers: facts and method, vouchers with their effect, review, booking and proof."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from saas.adjustments import desk, planning, review, screen
from saas.adjustments.correction.lacking import LacksAccount
from saas.adjustments.forms import Approve, Effective, Return
from saas.adjustments.forms import Facts as FactsForm
from saas.adjustments.models import Adjustment
from saas.adjustments.planning import Desk
from saas.cases.models import Case
from saas.cases.workflow import CASE
from saas.clients.queries import client as find_client
from saas.firms.choices import choice
from saas.kernel import clock
from saas.kernel.actions import noted
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Forbidden, Missing, Refusal
from saas.kernel.forms import Submitted, raw_form, submitted
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.kernel.perform import locked, perform

CASE_PATH = "/f/{slug:str}/cases/{case_id:uuid}/adjustment"


@get(f"{CASE_PATH}/new", opt={"permission": "adjustments.write"})
async def new(request: Req, session: Db, case_id: FromPath[UUID]) -> Response[str]:
    return await _facts_page(request, session, case_id)


@post(f"{CASE_PATH}/new", opt={"permission": "adjustments.write"})
async def begin(request: Req, session: Db, case_id: FromPath[UUID]) -> Response[Any]:
    """Choose the method from the facts, draft the vouchers, and open them for editing."""
    form = await submitted(request, FactsForm)
    raw = await raw_form(request)
    if not form.ok:
        return await _facts_page(request, session, case_id, form=form, raw=raw, status=422)
    given, now = form.taken, clock.now()
    try:
        async with session.begin_nested():
            case = await locked(session, CASE, case_id)
            at = await desk_for(session, case, given.open_period or "")
            at = planning.with_own_accounts(at, raw, actor_of(request), now, session)
            mistakes = planning.mistakes_of(at, given, raw)
            facts = planning.facts_of(at, given, mistakes)
            plan = planning.plan_for(at, facts, mistakes)
            if case.state == "analysed":
                await perform(session, CASE, case.id, "plan", actor_of(request), now=now)
            elif case.state != "planned":
                raise Conflict(_("A correction is drafted once the analysis is complete."))
            last = await planning.newest(session, case)
            if planning.same_form(last, at, facts, mistakes, actor_of(request), now):
                return to(f"/cases/{case_id}/adjustment", request)
            await planning.keep(
                session,
                at,
                facts,
                mistakes,
                plan,
                actor_of(request),
                now,
                version=last.version + 1 if last else 1,
                threshold_fen=int(await choice(session, "blind_reentry_fen")),
            )
    except Refusal as refusal:
        await noted(request, refusal)
        return await _facts_page(request, session, case_id, form=form, raw=raw, refusal=refusal, status=refusal.status)
    return to(f"/cases/{case_id}/adjustment", request)


@get(CASE_PATH, opt={"permission": "adjustments.read"})
async def detail(request: Req, session: Db, case_id: FromPath[UUID]) -> Response[Any]:
    return await show(request, session, case_id)


@post(f"{CASE_PATH}/vouchers/{{position:int}}", opt={"permission": "adjustments.write"})
async def edit(request: Req, session: Db, case_id: FromPath[UUID], position: FromPath[int]) -> Response[Any]:
    """One voucher as typed; it may be unbalanced until it is submitted."""
    raw = await raw_form(request)

    async def change(at: Desk, adjustment: Adjustment) -> None:
        rows = await planning.vouchers_of(session, adjustment)
        if adjustment.status != "draft":
            raise Conflict(_("This plan cannot be changed any more; a new version begins a new review."))
        if not 0 <= position < len(rows):
            raise Missing()
        plan = planning.stored_plan(adjustment, rows, at.books)
        summary = str(raw.get(f"v{position}-summary", ""))
        changed = planning.retyped(at, plan, position, summary, raw)
        rows[position].lines = planning.planned(adjustment, position, changed.vouchers[position]).lines
        rows[position].summary = changed.vouchers[position].summary
        adjustment.edited_by = sorted({*adjustment.edited_by, str(actor_of(request).id)})
        planning.restate(adjustment, changed, at, int(await choice(session, "blind_reentry_fen")))
        record(session, actor_of(request), "adjustment.edit", clock.now(), subject=adjustment, client_id=at.client.id)

    return await on_plan(request, session, case_id, change)


@post(f"{CASE_PATH}/second-entry", opt={"permission": "adjustments.write"})
async def enter_again(request: Req, session: Db, case_id: FromPath[UUID]) -> Response[Any]:
    raw = await raw_form(request)

    async def enter(at: Desk, adjustment: Adjustment) -> None:
        await review.enter_again(session, at, adjustment, raw, actor_of(request), clock.now())

    return await on_plan(request, session, case_id, enter)


@get(f"{CASE_PATH}/second-entry", opt={"permission": "adjustments.write"})
async def second_entry(request: Req, session: Db, case_id: FromPath[UUID]) -> Response[Any]:
    """The blind form: which vouchers, never the amounts."""
    case = await locked(session, CASE, case_id)
    adjustment = await newest_of(session, case)
    at = await desk_for(session, case, adjustment.facts["open_period"])
    rows = await planning.vouchers_of(session, adjustment)
    return await page(
        request,
        "adjustments/second_entry.html",
        session=session,
        case=case,
        rows=rows,
        accounts=desk.account_options(at.books.chart),
    )


@post(f"{CASE_PATH}/submit", opt={"permission": "adjustments.write"})
async def submit(request: Req, session: Db, case_id: FromPath[UUID]) -> Response[Any]:
    form = await submitted(request, Effective)
    if not form.ok:
        return await show(request, session, case_id, form=form, status=422)

    async def hand_in(at: Desk, adjustment: Adjustment) -> None:
        await review.submit(session, at, adjustment, form.taken, actor_of(request), clock.now())

    return await on_plan(request, session, case_id, hand_in, form)


@post(f"{CASE_PATH}/approve", opt={"permission": "adjustments.review"})
async def approve(request: Req, session: Db, case_id: FromPath[UUID]) -> Response[Any]:
    form = await submitted(request, Approve)
    actor = actor_of(request)

    async def say_yes(at: Desk, adjustment: Adjustment) -> None:
        if at.case.state == "in_approval" and not actor.may("adjustments.manage"):
            raise Forbidden(_("The second approval is a manager’s."), action="adjustment.approve")
        await review.approve(session, at, adjustment, form.taken.tick, actor, clock.now())

    return await on_plan(request, session, case_id, say_yes, form)


@post(f"{CASE_PATH}/return", opt={"permission": "adjustments.review"})
async def send_back(request: Req, session: Db, case_id: FromPath[UUID]) -> Response[Any]:
    form = await submitted(request, Return)
    if not form.ok:
        return await show(request, session, case_id, form=form, status=422)

    async def say_no(at: Desk, adjustment: Adjustment) -> None:
        await review.send_back(session, at, adjustment, form.taken.reason, actor_of(request), clock.now())

    return await on_plan(request, session, case_id, say_no, form)


async def show(
    request: Req,
    session: AsyncSession,
    case_id: UUID,
    *,
    form: Submitted[Any] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response[Any]:
    """The newest plan, with everything this person may do with it now."""
    case = await locked(session, CASE, case_id)
    adjustment = await planning.newest(session, case)
    if adjustment is None:
        return to(f"/cases/{case_id}/adjustment/new", request)
    at = await desk_for(session, case, adjustment.facts["open_period"])
    context = await screen.plan_view(session, at, adjustment, actor_of(request))
    return await page(
        request,
        "adjustments/plan.html",
        session=session,
        status=status,
        form=form or Submitted(),
        refusal=refusal.reason if refusal else None,
        **context,
    )


async def _facts_page(
    request: Req,
    session: AsyncSession,
    case_id: UUID,
    *,
    form: Submitted[Any] | None = None,
    raw: dict[str, Any] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response[str]:
    case = await locked(session, CASE, case_id)
    at = await desk_for(session, case)
    lacking = refusal.role if isinstance(refusal, LacksAccount) else ""
    context = await screen.facts_view(session, at, raw or dict(request.query_params.items()), lacking)
    return await page(
        request,
        "adjustments/facts.html",
        session=session,
        status=status,
        form=form or Submitted(),
        refusal=refusal.reason if refusal else None,
        **context,
    )


async def on_plan(
    request: Req,
    session: AsyncSession,
    case_id: UUID,
    do: Callable[[Desk, Adjustment], Awaitable[None]],
    form: Submitted[Any] | None = None,
) -> Response[Any]:
    """Do it with the case locked; a refusal undoes everything, is audited, and is shown on the page."""
    try:
        async with session.begin_nested():
            case = await locked(session, CASE, case_id)
            adjustment = await newest_of(session, case)
            await do(await desk_for(session, case, adjustment.facts["open_period"]), adjustment)
    except Refusal as refusal:
        await noted(request, refusal)
        return await show(request, session, case_id, form=form, refusal=refusal, status=refusal.status)
    return to(f"/cases/{case_id}/adjustment", request)


async def desk_for(session: AsyncSession, case: Case, open_period: str = "") -> Desk:
    return await planning.desk_of(session, case, await find_client(session, case.client_id), open_period)


async def newest_of(session: AsyncSession, case: Case) -> Adjustment:
    adjustment = await planning.newest(session, case)
    if adjustment is None:
        raise Missing()
    return adjustment


ROUTES = [
    new,
    begin,
    detail,
    edit,
    second_entry,
    enter_again,
    submit,
    approve,
    send_back,
]
