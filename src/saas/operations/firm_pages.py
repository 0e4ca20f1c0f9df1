"""One firm in the console: its plan, suspending and closing it, and asking it for support access."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock, tenancy
from saas.kernel.db import acting_in
from saas.kernel.errors import Conflict
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.operations import firms, support
from saas.operations.console import FOR_OPERATORS, rooms, shown
from saas.operations.forms import AskSupport, Close, GivePlan, Suspend
from saas.operations.models import SupportAccess, UsageTotal
from saas.operations.plans import MEASURES, catalogue, limits_of

ONE = "/operator/firms/{firm_id:uuid}"
DONE: dict[str, Text] = {
    "plan": _("The plan is changed; the owner is told by mail."),
    "suspend": _("The firm is suspended; the owner is told by mail."),
    "resume": _("The firm goes on; the owner is told by mail."),
    "close": _("The firm is closed."),
    "support": _("The owner is asked. Once they approve you can enter the firm."),
}


@get(ONE, opt=FOR_OPERATORS)
async def detail(request: Req, session: Db, firm_id: FromPath[UUID], done: FromQuery[str] = "") -> Response[str]:
    return await _show(request, session, firm_id, done=done)


@post(f"{ONE}/plan", opt=FOR_OPERATORS)
async def plan(request: Req, session: Db, firm_id: FromPath[UUID]) -> Response[Any]:
    form = await submitted(request, GivePlan)
    if not form.ok:
        return await _show(request, session, firm_id, plan=form, status=422)
    known = await firms.one(session, firm_id)
    agreed = {measure: limit for measure in MEASURES if (limit := getattr(form.taken, measure)) is not None}
    await firms.give_plan(session, known.firm, form.taken.plan, actor_of(request), clock.now(), **agreed)
    return to(f"/operator/firms/{firm_id}?done=plan")


@post(f"{ONE}/suspend", opt=FOR_OPERATORS)
async def suspend(request: Req, session: Db, firm_id: FromPath[UUID]) -> Response[Any]:
    form = await submitted(request, Suspend)
    if not form.ok:
        return await _show(request, session, firm_id, suspension=form, status=422)
    known = await firms.one(session, firm_id)
    await firms.suspend(session, known.firm, form.taken.reason, actor_of(request), clock.now())
    return to(f"/operator/firms/{firm_id}?done=suspend")


@post(f"{ONE}/resume", opt=FOR_OPERATORS)
async def resume(request: Req, session: Db, firm_id: FromPath[UUID]) -> Response[Any]:
    known = await firms.one(session, firm_id)
    await firms.resume(session, known.firm, actor_of(request), clock.now())
    return to(f"/operator/firms/{firm_id}?done=resume")


@post(f"{ONE}/close", opt=FOR_OPERATORS)
async def close(request: Req, session: Db, firm_id: FromPath[UUID]) -> Response[Any]:
    """Its address typed again, so that no wrong click ends a firm."""
    form, known = await submitted(request, Close), await firms.one(session, firm_id)
    if form.ok and form.taken.slug != known.firm.slug:
        form.refuse("slug", _("Type the firm’s address, %(slug)s, to close it.", slug=known.firm.slug))
    if not form.ok:
        return await _show(request, session, firm_id, closing=form, status=422)
    await firms.close(session, known.firm, actor_of(request), clock.now())
    return to(f"/operator/firms/{firm_id}?done=close")


@post(f"{ONE}/support", opt=FOR_OPERATORS)
async def ask(request: Req, session: Db, firm_id: FromPath[UUID]) -> Response[Any]:
    form, known = await submitted(request, AskSupport), await firms.one(session, firm_id)
    if form.ok:
        try:
            async with session.begin_nested(), acting_in(session, tenancy.firm(firm_id)):
                wanted = form.taken
                writes = wanted.writes == "yes"
                await support.ask(session, actor_of(request), wanted.reason, wanted.hours, writes, clock.now())
        except Conflict as refusal:
            form.refuse("reason", refusal.reason)
    if not form.ok or known.firm.closed_at is not None:
        return await _show(request, session, firm_id, asking=form, status=422)
    return to(f"/operator/firms/{firm_id}?done=support")


async def _show(
    request: Req, session: AsyncSession, firm_id: UUID, *, done: str = "", status: int = 200, **forms: Submitted[Any]
) -> Response[str]:
    known, day, me = await firms.one(session, firm_id), clock.today(), actor_of(request).person_id
    async with acting_in(session, tenancy.firm(firm_id)):
        mine = [row for row in await support.accesses(session) if row.operator_id == me]
    limits = limits_of(known.subscription, day)
    empty: Submitted[Any] = Submitted()
    extra = known.subscription.extra if known.subscription is not None else {}
    given = {"plan": known.subscription.plan if known.subscription is not None else "", **extra}
    return await page(
        request,
        "operations/firm.html",
        rooms=rooms(request),
        row=shown(known),
        standing=known.standing,
        done=DONE.get(done),
        usage=usage_lines(counted(known.totals), limits),
        plans=[(plan.key, plan.title) for plan in catalogue().offered(day) if not plan.withdrawn],
        measures=list(MEASURES.items()),
        support=[access_line(row) for row in mine],
        inside=any(row.runs(clock.now()) for row in mine),
        form={"plan": forms.get("plan", Submitted(given)), "suspension": forms.get("suspension", empty),
              "closing": forms.get("closing", empty), "asking": forms.get("asking", empty)},
        status=status,
    )  # fmt: skip


def counted(totals: UsageTotal | None) -> dict[str, int]:
    """The four measures of the firm's last count; zeros before the first."""
    return {measure: int(getattr(totals, measure)) if totals is not None else 0 for measure in MEASURES}


def usage_lines(counts: Mapping[str, int], limits: Mapping[str, int | None]) -> list[dict[str, Any]]:
    """Each measure with what is used, its limit and how much of it that is in percent."""
    lines = []
    for measure, label in MEASURES.items():
        used, limit = counts[measure], limits[measure]
        percent = min(100, used * 100 // limit) if limit else 0
        near = limit is not None and used * 100 >= limit * catalogue().warn_at
        lines.append({"label": label, "used": used, "limit": limit, "percent": percent,
                      "tone": "red" if limit is not None and used >= limit else "amber" if near else ""})  # fmt: skip
    return lines


def access_line(row: SupportAccess) -> dict[str, Any]:
    """A request for support in words: where it stands, and since when."""
    if row.refused_at is not None:
        state = (_("refused"), "", "ban")
    elif row.runs(clock.now()):
        state = (_("runs"), "violet", "eye")
    elif row.ends_at is not None or row.ended_at is not None:
        state = (_("over"), "", "lock")
    else:
        state = (_("waits for the owner"), "amber", "clock")
    return {"row": row, "label": state[0], "tone": state[1], "icon": state[2], "runs": row.runs(clock.now()),
            "waits": row.approved_at is None and row.refused_at is None and row.ended_at is None}  # fmt: skip


ROUTES = [detail, plan, suspend, resume, close, ask]
