"""What a firm sees of the operator: its plan and usage, the support it lets in, and the page of a suspended firm."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.queries import firm as firm_of
from saas.firms.tabs import settings_tabs
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.errors import FreshSignInNeeded
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.outbox import enqueue
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.kernel.web import MEMBER
from saas.operations import support
from saas.operations.firm_pages import access_line, usage_lines
from saas.operations.forms import Grant, WantPlan
from saas.operations.plans import catalogue, limits_of
from saas.operations.usage import measured, plan_and_totals

USAGE, SUPPORT = "/f/{slug:str}/settings/usage", "/f/{slug:str}/settings/support"
EXPORTS: list[tuple[str, str, Text]] = [  # permission, address, what it holds
    ("privacy.leave", "/settings/privacy/leaving", _("Everything of the firm")),
    ("firms.audit", "/settings/audit/export", _("Audit trail")),
    ("checks.read", "/findings/list.xlsx", _("Findings")),
    ("filings.export", "/filings/export", _("Filings")),
    ("risks.export", "/risks/export", _("Risk register")),
    ("checklists.export", "/checklists/export", _("Checklists")),
    ("surveys.export", "/surveys/export", _("Feedback")),
]


@get(USAGE, opt={"permission": "firms.read"})
async def usage(request: Req, session: Db, done: FromQuery[str] = "") -> Response[str]:
    return await _usage(request, session, Submitted(), done=done)


@post(f"{USAGE}/plan", opt={"permission": "operations.plan"})
async def want(request: Req, session: Db) -> Response[Any]:
    """Recorded, and by mail with the operators; asking for the same again changes nothing."""
    form, now, day = await submitted(request, WantPlan), clock.now(), clock.today()
    row, _totals = await plan_and_totals(session)
    if form.ok and (row is None or catalogue().on(form.taken.plan, day) is None or form.taken.plan == row.plan):
        form.refuse("plan", _("Choose another plan than today’s."))
    if not form.ok or row is None:
        return await _usage(request, session, form, status=422)
    wanted = form.taken
    if (row.wanted_plan, row.wanted_note) != (wanted.plan, wanted.note):
        row.wanted_plan, row.wanted_note, row.wanted_at = wanted.plan, wanted.note, now
        record(session, actor_of(request), "operations.want_plan", now, code=wanted.plan, text=wanted.note)
        enqueue(session, "operations.tell_operators", wanted=wanted.plan)
    return to("/settings/usage?done=asked", request)


async def _usage(
    request: Req, session: AsyncSession, form: Submitted[Any], *, done: str = "", status: int = 200
) -> Response[str]:
    row, _totals = await plan_and_totals(session)
    day = clock.today()
    plan = catalogue().on(row.plan, day) if row is not None else None
    wanted = catalogue().on(row.wanted_plan, day) if row is not None and row.wanted_plan else None
    offers = [p for p in catalogue().offered(day) if not p.withdrawn and p.days is None and plan and p.key != plan.key]
    return await page(
        request,
        "operations/usage.html",
        session=session,
        tabs=settings_tabs(request),
        plan=plan,
        ends_on=row.ends_on if row is not None else None,
        over=row is not None and row.ends_on is not None and row.ends_on < day,
        lines=usage_lines(await measured(session), limits_of(row, day)),
        wanted=wanted,
        wanted_at=row.wanted_at if row is not None else None,
        offers=[{"value": p.key, "label": p.title, "detail": p.text} for p in offers],
        may_ask=actor_of(request).may("operations.plan") and bool(offers),
        done=_("The operator has your request and will write to you.") if done else None,
        form=form,
        status=status,
    )


@get(SUPPORT, opt={"permission": "firms.read"})
async def accesses(request: Req, session: Db) -> Response[str]:
    rows = [access_line(row) for row in await support.accesses(session)]
    return await page(
        request,
        "operations/support.html",
        session=session,
        tabs=settings_tabs(request),
        rows=rows,
        waiting=[row for row in rows if row["waits"]],
        may_decide=actor_of(request).may("support.decide"),
        trail=address_in(request)("/settings/audit") if actor_of(request).may("firms.audit") else "",
    )


@post(f"{SUPPORT}/{{row_id:uuid}}/approve", opt={"permission": "support.decide"})
async def approve(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    if not actor_of(request).is_fresh(clock.now()):
        raise FreshSignInNeeded()
    form = await submitted(request, Grant)
    await support.approve(session, row_id, actor_of(request), form.ok and form.taken.writes == "yes", clock.now())
    return to("/settings/support", request)


@post(f"{SUPPORT}/{{row_id:uuid}}/refuse", opt={"permission": "support.decide"})
async def refuse(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    await support.refuse(session, row_id, actor_of(request), clock.now())
    return to("/settings/support", request)


@post(f"{SUPPORT}/{{row_id:uuid}}/end", opt={"permission": "support.decide"})
async def end(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    await support.end(session, row_id, actor_of(request), clock.now())
    return to("/settings/support", request)


@get("/f/{slug:str}/suspended", opt={"permission": MEMBER, "while_suspended": True})
async def suspended(request: Req, session: Db) -> Response[Any]:
    """The one page of a suspended firm: why, and what each member may still take out."""
    firm, actor, at = await firm_of(session), actor_of(request), address_in(request)
    if firm.suspended_at is None:
        return to("/work", request)
    exports = [{"label": label, "url": at(path)} for permission, path, label in EXPORTS if actor.may(permission)]
    return await page(request, "operations/suspended.html", reason=firm.suspended_for or "", exports=exports)


ROUTES = [usage, want, accesses, approve, refuse, end, suspended]
