"""Limits and what they opened, hits, and what the figures suggest."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.queries import clients_by_id
from saas.kernel import clock
from saas.kernel.access import ROLES
from saas.kernel.audit import record
from saas.kernel.errors import Missing
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.risks.register.forms import Reason
from saas.risks.tabs import tabs
from saas.risks.watch import limits, measuring, reached, settling, suggesting
from saas.risks.watch.naming import KINDS, called, names
from saas.risks.watch.watch_models import Trigger
from saas.risks.wording import kept, said

LIMITS = "/f/{slug:str}/risks/limits"
SUGGESTION = "/f/{slug:str}/risks/suggestions/{suggestion_id:uuid}"
Kind = Literal["rule", "cause", "reason", "signal", "exposure", "review", "measure", "untreated"]


class Limit(Struct, kw_only=True):
    """A limit as the firm sets it; `at_least` is yuan where the kind counts money."""

    name: Annotated[str, Meta(max_length=80)]
    kind: Kind
    about: Annotated[str, Meta(max_length=40)] = ""
    at_least: Annotated[int, Meta(ge=1, le=100_000_000)]
    days: Annotated[int, Meta(ge=1, le=366)]
    role: Literal["owner", "manager", "reviewer", "bookkeeper"] = "manager"
    is_on: bool = False


@get(LIMITS, opt={"permission": "risks.read"})
async def index(request: Req, session: Db) -> Response[str]:
    return await _show(request, session)


async def _show(
    request: Req, session: AsyncSession, form: Submitted[Any] | None = None, opened: str = "", status: int = 200
) -> Response[str]:
    named, now = await names(session), clock.now()
    counts = {kind: await measuring.counted(session, kind, now - timedelta(days=90), now) for kind in KINDS}
    return await page(
        request,
        "risks/limits.html",
        session=session,
        status=status,
        tabs=tabs(request, "limits"),
        triggers=[_line(trigger) for trigger in await limits.triggers(session)],
        firings=await reached.shown(session, actor_of(request), named),
        counted=sorted(
            ({"watch": watch, "name": called(watch, named), "count": n} for kind in counts.values()
             for watch, n in kind.items()),
            key=lambda row: (-row["count"], row["watch"]),
        ),
        kinds=list(limits.KINDS.items()),
        roles=[(role, ROLES[role]) for role in ("owner", "manager", "reviewer", "bookkeeper")],
        forms={opened: form} if form is not None else {},
        empty=Submitted(),
        blank=Submitted({"kind": "rule", "at_least": "3", "days": "30", "role": "manager", "is_on": "yes"}),
        may_decide=actor_of(request).may("risks.decide"),
    )  # fmt: skip


def _line(trigger: Trigger) -> dict[str, Any]:
    least = trigger.at_least // 100 if trigger.kind in limits.MONEY else trigger.at_least
    raw = {
        "name": said(trigger.name), "kind": trigger.kind, "about": trigger.about, "at_least": str(least),
        "days": str(trigger.days), "role": trigger.role, "is_on": "yes" if trigger.is_on else "",
    }  # fmt: skip
    return {
        "trigger": trigger, "name": said(trigger.name), "kind": limits.KINDS[trigger.kind], "role": ROLES[trigger.role],
        "limit": limits.shown(trigger.kind, trigger.at_least), "raw": Submitted(raw), "dialog": f"limit-{trigger.id}",
    }  # fmt: skip


@post(LIMITS, opt={"permission": "risks.decide"}, status_code=200)
async def add(request: Req, session: Db) -> Response[Any]:
    """A further limit; the same name twice changes the one that is there."""
    form = await submitted(request, Limit)
    if not form.ok:
        return await _show(request, session, form, "limit-new", 422)
    known = next((t for t in await limits.triggers(session) if said(t.name) == form.taken.name), None)
    if known is None:
        known = Trigger(name={}, kind=form.taken.kind)
        session.add(known)
    return await _save(request, session, known, form.taken)


@post(f"{LIMITS}/{{trigger_id:uuid}}", opt={"permission": "risks.decide"}, status_code=200)
async def change(request: Req, session: Db, trigger_id: FromPath[UUID]) -> Response[Any]:
    known = await limits.trigger(session, trigger_id)
    if known is None:
        raise Missing()
    form = await submitted(request, Limit)
    if not form.ok:
        return await _show(request, session, form, f"limit-{trigger_id}", 422)
    return await _save(request, session, known, form.taken)


async def _save(request: Req, session: AsyncSession, row: Trigger, given: Limit) -> Response[Any]:
    row.name, row.kind, row.about = kept(row.name, given.name), given.kind, given.about.partition(":")[2] or given.about
    row.at_least = given.at_least * 100 if given.kind in limits.MONEY else given.at_least
    row.days, row.role, row.is_on = given.days, given.role, given.is_on
    row.changed_by, row.changed_at = actor_of(request).id, clock.now()
    await session.flush()
    record(session, actor_of(request), "risks.set_limit", clock.now(), subject=row, summary=given.name,
           limit=limits.shown(row.kind, row.at_least), days=row.days, on=row.is_on)  # fmt: skip
    return to("/risks/limits", request)


@post("/f/{slug:str}/risks/firings/{firing_id:uuid}/settle", opt={"permission": "tasks.write"}, status_code=200)
async def settle(request: Req, session: Db, firing_id: FromPath[UUID]) -> Response[Any]:
    """Looked at, and what was decided: its task is done."""
    form = await submitted(request, Reason)
    if not form.ok:
        return await _show(request, session, form, f"settle-{firing_id}", 422)
    await settling.settle(session, firing_id, form.taken.reason, actor_of(request), clock.now())
    return to("/risks/limits#firings", request)


@get("/f/{slug:str}/risks/hits", opt={"permission": "risks.read"})
async def hits(request: Req, session: Db, watch: FromQuery[str] = "") -> Response[str]:
    """What was counted of one kind: the rows behind a number."""
    named, now = await names(session), clock.now()
    if watch not in named:
        raise Missing()
    found = await measuring.hits(session, [watch], limit=200)
    total: Money | None = sum((hit.amount for hit in found if hit.amount is not None), Money(0)) or None
    return await page(
        request,
        "risks/hits.html",
        session=session,
        tabs=tabs(request, "limits"),
        name=called(watch, named),
        watch=watch,
        rows=found,
        total=total,
        measured=await measuring.measured(session, [watch], now),
        clients=await clients_by_id(session, list({hit.client_id for hit in found})),
        may_write=actor_of(request).may("risks.write"),
    )


@post(f"{SUGGESTION}/accept", opt={"permission": "risks.write"}, status_code=200)
async def accept(request: Req, session: Db, suggestion_id: FromPath[UUID]) -> Response[Any]:
    """The person takes the suggestion: it becomes their score."""
    risk = await suggesting.accept(session, suggestion_id, actor_of(request), clock.now())
    return to(f"/risks/{risk.id}", request)


@post(f"{SUGGESTION}/decline", opt={"permission": "risks.write"}, status_code=200)
async def decline(request: Req, session: Db, suggestion_id: FromPath[UUID]) -> Response[Any]:
    """Left, with a reason; a standing sentence where none is written."""
    form = await submitted(request, Reason)
    reason = form.taken.reason if form.ok else str(_("The score stays as it is."))
    await suggesting.decline(session, suggestion_id, reason, actor_of(request), clock.now())
    return to("/risks", request)


ROUTES = [index, add, change, settle, hits, accept, decline]
