"""The responsibility matrix, one workflow at a time, and laying down a state's duties."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import members, members_by_id
from saas.kernel import clock
from saas.kernel.access import ROLES
from saas.kernel.audit import record
from saas.kernel.errors import Missing
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.kernel.workflow import State, Workflow
from saas.teams.raci import matrix
from saas.teams.raci.duty_queries import duties, forget
from saas.teams.raci.raci_models import Duty
from saas.teams.rooms import MANAGES, options, tabs

ROOM = "/teams/duties"
STAGE = f"/f/{{slug:str}}{ROOM}/{{workflow:str}}/{{stage:str}}"


class DutyForm(Struct):
    accountable: list[str] = []
    consulted: list[str] = []
    informed: list[str] = []


@get(f"/f/{{slug:str}}{ROOM}", opt={"permission": "teams.read"})
async def index(request: Req, session: Db, workflow: FromQuery[str] = "case") -> Response[str]:
    at, flows = address_in(request), matrix.workflows()
    chosen = next((w for w in flows if w.name == workflow), None)
    if chosen is None:
        raise Missing()
    return await page(
        request,
        "teams/duties/index.html",
        session=session,
        rooms=tabs(request, ROOM),
        flows=[{"label": w.label, "url": at(f"{ROOM}?workflow={w.name}"), "active": w is chosen} for w in flows],
        flow=chosen,
        rows=matrix.rows(chosen, await duties(session), await members_by_id(session)),
        may_edit=actor_of(request).may(MANAGES),
    )


@get(STAGE, opt={"permission": MANAGES})
async def edit(request: Req, session: Db, workflow: FromPath[str], stage: FromPath[str]) -> Response[str]:
    flow, state = _place(workflow, stage)
    known = (await duties(session)).get((flow.name, state.name))
    raw = {name: getattr(known, name) if known else [] for name in DutyForm.__struct_fields__}
    return await _form(request, session, flow, state, Submitted(raw))


@post(STAGE, opt={"permission": MANAGES}, status_code=200)
async def keep(request: Req, session: Db, workflow: FromPath[str], stage: FromPath[str]) -> Response[Any]:
    """Accountable is one or more; whoever was named must work here."""
    flow, state = _place(workflow, stage)
    form = await submitted(request, DutyForm)
    here = {*ROLES, *(str(m.id) for m in await members(session))}
    for name in DutyForm.__struct_fields__:
        if form.ok and not set(getattr(form.taken, name)) <= here:
            form.refuse(name, _("Somebody named here does not work in the firm any more."))
    if form.ok and not form.taken.accountable:
        form.refuse("accountable", _("Somebody answers for every step: name a role or a person."))
    if not form.ok:
        return await _form(request, session, flow, state, form, status=422)
    await _keep(request, session, flow, state, form.taken)
    return to(f"{ROOM}?workflow={flow.name}", request)


async def _keep(request: Req, session: AsyncSession, flow: Workflow, state: State, given: DutyForm) -> None:
    actor, now = actor_of(request), clock.now()
    duty = (await duties(session)).get((flow.name, state.name))
    if duty is None:
        duty = Duty(workflow=flow.name, stage=state.name)
        session.add(duty)
    before = [duty.accountable, duty.consulted, duty.informed]
    if before == [given.accountable, given.consulted, given.informed]:
        return
    duty.accountable, duty.consulted, duty.informed = given.accountable, given.consulted, given.informed
    duty.changed_by, duty.changed_at = actor.id, now
    await session.flush()
    record(session, actor, "teams.duty", now, subject=duty, summary=f"{flow.name}.{state.name}", before=before)
    forget(session)


def _place(workflow: str, stage: str) -> tuple[Workflow, State]:
    flow = next((w for w in matrix.workflows() if w.name == workflow), None)
    state = next((s for s in flow.states if s.name == stage), None) if flow else None
    if flow is None or state is None:
        raise Missing()
    return flow, state


async def _form(
    request: Req, session: AsyncSession, flow: Workflow, state: State, form: Submitted[Any], status: int = 200
) -> Response[str]:
    return await page(
        request,
        "teams/duties/edit.html",
        session=session,
        status=status,
        flow=flow,
        state=state,
        responsible=matrix.responsible(state),
        choices=[*((name, str(label)) for name, label in ROLES.items()), *options(await members(session))],
        form=form,
    )


ROUTES = [index, edit, keep]
