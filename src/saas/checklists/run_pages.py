"""A run's page: its steps with evidence, who did what, and the deeds of its workflow."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists import chores, queries
from saas.checklists.forms import StepForm, StepRef, Tick
from saas.checklists.models import MOST_FILES, ChecklistRun, ChecklistStep
from saas.checklists.run_view import facts_of, members_for, powers_of, steps_view
from saas.checklists.workflow import RUN
from saas.clients import queries as clients
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.actions import action_routes, noted
from saas.kernel.errors import Invalid, Missing, Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.module import Event, composition
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.kernel.perform import locked, perform
from saas.kernel.records import view
from saas.kernel.uploads import download, keep

ONE = "/f/{slug:str}/checklists/runs/{row_id:uuid}"
WORK = {"permission": "checklists.work"}


@get(ONE, opt={"permission": "checklists.read"})
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
    opened: int = 0,
) -> Response[Any]:
    """The page of one run; `opened` is the step whose form was just refused, so that nothing typed is lost."""
    run = await queries.run(session, row_id)
    actor, now, members = actor_of(request), clock.now(), await members_by_id(session)
    steps = (await queries.steps(session, [run.id]))[run.id]
    client = await clients.client(session, run.client_id)
    version = await queries.version(session, run.version_id)
    return await page(
        request,
        "checklists/run.html",
        session=session,
        status=status,
        run=run,
        client=client,
        record=await view(session, RUN, run, actor, now),
        record_url=address_in(request)(RUN.url(run)),
        form=form if form is not None and not opened else Submitted({"member_id": str(actor.id)}),
        step_form=form if form is not None and opened else Submitted(),
        opened=opened,
        refusal=refusal,
        plan=queries.plan_of(version),
        steps=steps_view(run, steps, members, actor, now),
        members=members_for(members),
        facts=await facts_of(session, run, version, members),
        powers=powers_of(run, client, actor),
        side_panels=[await panel(session, run, actor) for panel in composition().panel("checklists.rail")],
    )


@post(f"{ONE}/tick", opt=WORK, status_code=200)
async def tick(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """One step is done, with its evidence, or does not apply. Sent twice it is ticked once."""
    form = await submitted(request, StepForm)
    if not form.ok:
        return await show(request, session, row_id, form=form, status=422, opened=_number(form.raw.get("step")))
    given = form.taken
    run, step = await _locked_step(session, row_id, given.step)
    if step.outcome and step.done_by == actor_of(request).id and step.outcome == given.outcome:
        return to(f"{RUN.url(run)}#step-{given.step}", request)  # the same post again
    try:
        async with session.begin_nested():
            evidence = await _evidence(request, given, step)
            await _do(request, session, row_id, "tick", evidence)
            await chores.end_step(session, run, step, Event("", run, actor_of(request), clock.now()))
    except Refusal as refusal:
        await noted(request, refusal)
        form.errors.update(refusal.fields if isinstance(refusal, Invalid) else {})
        return await show(
            request, session, row_id, form=form, refusal=refusal, status=refusal.status, opened=given.step
        )
    return to(f"{RUN.url(run)}#step-{given.step}", request)


@post(f"{ONE}/untick", opt=WORK, status_code=200)
async def untick(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """Open again; its evidence stays."""
    return await _simple(request, session, row_id, "untick", done=lambda step: not step.outcome)


@post(f"{ONE}/confirm", opt=WORK, status_code=200)
async def confirm(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """The second person has looked at this step."""
    me = actor_of(request).id
    return await _simple(request, session, row_id, "confirm", done=lambda step: step.confirmed_by == me)


async def _simple(request: Req, session: AsyncSession, row_id: UUID, name: str, *, done: Any) -> Response[Any]:
    form = await submitted(request, StepRef)
    if not form.ok:
        raise Missing()
    run, step = await _locked_step(session, row_id, form.taken.step)
    if not done(step):
        try:
            async with session.begin_nested():
                await _do(request, session, row_id, name, form.taken)
                if name == "untick":
                    await chores.give_steps(session, run, [step], clock.now())
        except Refusal as refusal:
            await noted(request, refusal)
            return await show(request, session, row_id, refusal=refusal, status=refusal.status)
    return to(f"{RUN.url(run)}#step-{step.position}", request)


async def _do(request: Req, session: AsyncSession, row_id: UUID, name: str, form: Any) -> None:
    await perform(session, RUN, row_id, name, actor_of(request), form)


async def _locked_step(session: AsyncSession, row_id: UUID, position: int) -> tuple[ChecklistRun, ChecklistStep]:
    """The run, locked, and one of its steps as it is now; Missing for any other."""
    run: ChecklistRun = await locked(session, RUN, row_id)
    steps = (await queries.steps(session, [run.id]))[run.id]
    found = next((step for step in steps if step.position == position), None)
    if found is None:
        raise Missing()
    await session.refresh(found)
    return run, found


async def _evidence(request: Req, form: StepForm, step: ChecklistStep) -> Tick:
    """Files are stored and join those that are there; a figure is a number; a link leads somewhere."""
    new = await keep(request, form.files)
    known = {file["sha256"] for file in step.files}
    files = [*step.files, *(file for file in new if file["sha256"] not in known)]
    if len(files) > MOST_FILES:
        raise Invalid(fields={"files": _("At most %(n)s files belong to one step.", n=MOST_FILES)})
    number, link = _figure(form.number), form.link.strip()
    if link and not (link.startswith("/") or urlsplit(link).scheme in ("http", "https")):
        raise Invalid(fields={"link": _("A link begins with https:// or with /f/.")})
    return Tick(form.step, form.outcome, form.note.strip(), number, link, files)


def _figure(text: str) -> Decimal | None:
    """A figure as people write it: 1,234.50, 2.8%, −30."""
    plain = text.strip().replace(",", "").replace("，", "").replace("−", "-").rstrip("%％")
    if not plain:
        return None
    try:
        number = Decimal(plain)
    except InvalidOperation as error:
        raise Invalid(fields={"number": _("This is not a number.")}) from error
    if not number.is_finite() or abs(number) >= Decimal(10) ** 16:
        raise Invalid(fields={"number": _("This is not a number.")})
    return number


def _number(text: Any) -> int:
    return int(text) if str(text or "").isdigit() else 0


@get(f"{ONE}/files/{{digest:str}}", opt={"permission": "checklists.read"})
async def attached(session: Db, row_id: FromPath[UUID], digest: FromPath[str]) -> Response[bytes]:
    """One of the files of this run, always for saving."""
    run = await queries.run(session, row_id)
    steps = (await queries.steps(session, [run.id]))[run.id]
    return await download([file for step in steps for file in step.files], digest)


ROUTES = [detail, tick, untick, confirm, attached, *action_routes(RUN, show)]
