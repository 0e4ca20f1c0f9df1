"""Drills: the list with the yearly plan, planning one, its page from plan to score, and the score on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.models import Client
from saas.firms import queries as firms
from saas.identity.queries import members, members_by_id
from saas.kernel import clock, jobs, records, tenancy
from saas.kernel.actions import action_routes
from saas.kernel.errors import Missing, Refusal
from saas.kernel.forms import Submitted, raw_form, submitted, take
from saas.kernel.i18n import _, reader
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.kernel.uploads import attachment
from saas.risks.drill_models import BOOKS, Drill
from saas.risks.drills import errands, planning, printing, queries, shown
from saas.risks.drills.errors.kinds import KINDS
from saas.risks.drills.forms import NewDrill, NewPlan
from saas.risks.drills.workflow import DRILL
from saas.risks.tabs import tabs

ONE = "/f/{slug:str}/risks/drills/{row_id:uuid}"
WAITING = ("preparing", "scoring", "scored")  # a worker is at it


@get("/f/{slug:str}/risks/drills", opt={"permission": "drills.read"})
async def index(request: Req, session: Db) -> Response[str]:
    return await _index(request, session, Submitted())


async def _index(request: Req, session: AsyncSession, form: Submitted[Any], status: int = 200) -> Response[str]:
    found, actor = await queries.drills(session), actor_of(request)
    return await page(
        request,
        "risks/drills/index.html",
        session=session,
        status=status,
        tabs=tabs(request, "drills"),
        drills=[_listed(drill) for drill in found],
        mine=[_listed(drill) for drill in found if drill.takes_part(actor.id) and drill.state == "running"],
        plans=await queries.plans(session),
        names=await _names(session),
        people=[(str(m.id), m.name) for m in await members(session)],
        form=form,
        in_sandbox=(await firms.firm(session)).kind == "sandbox",
        plan_url=errands.url_of,
    )


@get("/f/{slug:str}/risks/drills/new", opt={"permission": "drills.plan"})
async def new(request: Req, session: Db, plan: FromQuery[UUID | None] = None) -> Response[str]:
    """Empty, or as the yearly plan says."""
    known: dict[str, Any] = {"key": str(uuid7()), "limit_minutes": 120, "scenario": BOOKS}
    if plan is not None:
        row = await queries.plan(session, plan)
        known |= {"title": row.title, "scenario": row.scenario, "plan_id": str(row.id)}
    return await _new(request, session, Submitted(known))


@post("/f/{slug:str}/risks/drills/new", opt={"permission": "drills.plan"})
async def add(request: Req, session: Db) -> Response[Any]:
    raw, now = await raw_form(request), clock.now()
    form, kinds = take(raw, NewDrill), planning.counts_in(raw)
    await planning.check(session, form, kinds, now)
    if not form.ok:
        return await _new(request, session, form, status=422)
    drill = await planning.plan(session, actor_of(request), form.taken, kinds, now)
    return to(DRILL.url(drill), request)


async def _new(request: Req, session: AsyncSession, form: Submitted[Any], status: int = 200) -> Response[str]:
    stored = await queries.with_books(session)
    known = await clients.clients(session, limit=500)
    return await page(
        request,
        "risks/drills/new.html",
        session=session,
        status=status,
        form=form,
        kinds=list(KINDS.values()),
        counts=planning.counts_in(form.raw),
        scenarios=shown.scenarios(await queries.playbooks(session)),
        people=[(str(m.id), m.name) for m in await members(session)],
        clients=_choices(known, stored),
        chosen={name: _several(form.raw.get(name)) for name in ("participants", "clients")},
    )


@get(ONE, opt={"permission": "drills.read"})
async def detail(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    return await show(request, session, row_id)


async def show(
    request: Req,
    session: AsyncSession,
    row_id: UUID,
    *,
    form: Submitted[Any] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response[Any]:
    """One drill, whatever state it is in. What was injected is shown to nobody before it is scored."""
    drill = await queries.drill(session, row_id)
    actor, names = actor_of(request), await _names(session)
    return await page(
        request,
        "risks/drills/detail.html",
        session=session,
        status=status,
        drill=drill,
        record=await records.view(session, DRILL, drill, actor, clock.now()),
        asked=shown.asked(drill, names, told=drill.scored_at is not None or drill.planned_by == actor.id),
        names=names,
        figures=shown.figures(drill),
        errors=shown.error_rows(drill, await queries.errors(session, drill.id), names),
        parts=shown.part_rows(drill, await queries.parts(session, drill.id)),
        former=[_listed(each) for each in await queries.former(session, drill)] if drill.scored_at else [],
        proof=shown.proof(drill),
        may_enter=drill.state == "running" and (drill.takes_part(actor.id) or "owner" in actor.roles),
        waiting=_is_waiting(drill),
        report=None,
        form=form or Submitted(),
        refusal=refusal,
    )


@get(f"{ONE}/progress", opt={"permission": "drills.read"})
async def progress(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    """The region a waiting page asks for; when the worker is done it tells the browser to load the page again."""
    drill = await queries.drill(session, row_id)
    answer = await page(
        request, "risks/drills/_progress.html", drill=drill, waiting=True, report=await _report(request, session, drill)
    )
    if not _is_waiting(drill):
        answer.headers["hx-refresh"] = "true"
    return answer


@get(f"{ONE}/report.pdf", opt={"permission": "drills.read"})
async def report(session: Db, row_id: FromPath[UUID]) -> Response[bytes]:
    """The score on paper; there is none before the drill is scored."""
    drill = await queries.drill(session, row_id)
    if drill.scored_at is None:
        raise Missing()
    sheet = printing.Sheet(
        drill=drill,
        profile=await firms.profile(session),
        names=await _names(session),
        errors=await queries.errors(session, drill.id),
        parts=await queries.parts(session, drill.id),
        former=await queries.former(session, drill),
    )
    return attachment(await printing.pdf(sheet, reader()), f"{drill.number}.pdf", "application/pdf")


@post("/f/{slug:str}/risks/drills/plans", opt={"permission": "drills.plan"})
async def keep_plan(request: Req, session: Db) -> Response[Any]:
    form = await submitted(request, NewPlan)
    if form.ok and form.taken.keeper_id not in {m.id for m in await members(session)}:
        form.refuse("keeper_id", planning.NOT_HERE)
    if not form.ok:
        return await _index(request, session, form, status=422)
    await planning.keep_plan(session, actor_of(request), form.taken, clock.now())
    return to("/risks/drills", request)


@post("/f/{slug:str}/risks/drills/plans/{plan_id:uuid}/end", opt={"permission": "drills.plan"})
async def end_plan(request: Req, session: Db, plan_id: FromPath[UUID]) -> Response[Any]:
    await planning.end_plan(session, actor_of(request), await queries.plan(session, plan_id), clock.now())
    return to("/risks/drills", request)


def _choices(known: Sequence[Client], stored: Mapping[UUID, int]) -> list[tuple[str, str]]:
    """Those with books first, each with how many months of them are stored."""
    ordered = sorted(known, key=lambda client: (client.id not in stored, client.sort_key))
    return [
        (str(c.id), str(_("%(name)s (%(n)s months of books)", name=c.name_in(reader()), n=stored.get(c.id, 0))))
        for c in ordered
    ]


def _is_waiting(drill: Drill) -> bool:
    return drill.state in WAITING or (drill.state == "cancelled" and bool(drill.sandbox_id) and not drill.erased_at)


def _listed(drill: Drill) -> dict[str, Any]:
    return {
        "drill": drill,
        "state": DRILL.state(drill.state),
        "result": shown.result_of(drill),
        "took": shown.took(drill.started_at, drill.ended_at),
    }


async def _names(session: AsyncSession) -> shown.Names:
    return shown.Names(
        {client.id: client for client in await clients.clients(session, limit=100_000)},
        {member_id: member.name for member_id, member in (await members_by_id(session)).items()},
        shown.scenarios(await queries.playbooks(session)),
    )


async def _report(request: Req, session: AsyncSession, drill: Drill) -> jobs.Progress | None:
    job_id = await queries.newest_job(session, drill)
    try:
        return await jobs.progress(request.app.state.redis, tenancy.current_firm_id(), job_id) if job_id else None
    except (RedisError, OSError):
        return None


def _several(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)] if value else []


ROUTES = [index, new, add, detail, progress, report, keep_plan, end_plan, *action_routes(DRILL, show)]
