"""One entry of the register: what it is, how it is scored, what is done, what counts against it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import member, members
from saas.kernel import clock
from saas.kernel.actions import action_routes
from saas.kernel.errors import Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.months import months_after
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.kernel.perform import calendar_of
from saas.kernel.records import view
from saas.risks.levels import CATEGORIES, IMPACT, LIKELIHOOD, TREATMENTS
from saas.risks.models import Risk
from saas.risks.playbooks import queries as playbooks
from saas.risks.register import deeds, queries
from saas.risks.register.adding import add
from saas.risks.register.forms import Described, MeasureDone, NewMeasure, NewRisk, Reviewed, Scored
from saas.risks.register.list_pages import RISKS
from saas.risks.register.sheet import dossier
from saas.risks.register.workflow import RISK
from saas.risks.watch import suggesting
from saas.risks.watch.naming import names
from saas.risks.wording import said

ONE = f"{RISKS}/{{row_id:uuid}}"
WRITE = {"permission": "risks.write"}


@get(ONE, opt={"permission": "risks.read"})
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
    opened: str = "",
) -> Response[Any]:
    """The page of one risk. `form` brings back what was refused; `opened` names its dialog, if not the workflow's."""
    risk = await queries.risk(session, row_id)
    actor, now = actor_of(request), clock.now()
    record = await view(session, RISK, risk, actor, now)
    found = await dossier(session, risk, actor, now)
    owner = found["owner"]
    turn = _("Watched by %(name)s", name=owner.name) if owner else _("Nobody owns this risk yet")
    return await page(
        request,
        "risks/detail.html",
        session=session,
        status=status,
        risk=risk,
        record=replace(record, turn=turn, mine=owner is not None and owner.id == actor.id),
        record_url=address_in(request)(RISK.url(risk)),
        form=form if form is not None and not opened else Submitted(),
        forms={opened: form} if form is not None and opened else {},
        blank=Submitted(),
        refusal=refusal,
        **found,
    )


@get(f"{RISKS}/new", opt=WRITE)
async def new(request: Req, session: Db, watch: FromQuery[str] = "") -> Response[str]:
    """A new entry, filled in as far as the suggestion knows it."""
    named = await names(session)
    calendar = await calendar_of(session)
    review_on = calendar.next_working_day(months_after(clock.today(), 6))
    raw: dict[str, Any] = {
        "name": named.get(watch, ""), "watches": [watch] if watch in named else [], "likelihood": "3", "impact": "3",
        "residual_likelihood": "2", "residual_impact": "3", "owner_id": str(actor_of(request).id or ""),
        "review_on": review_on.isoformat(), "review_months": "6", "treatment": "reduce", "category": "accounting",
    }  # fmt: skip
    return await _form(request, session, Submitted(raw))


@post(f"{RISKS}/new", opt=WRITE, status_code=200)
async def create(request: Req, session: Db) -> Response[Any]:
    """Pressed twice, the second finds an open entry of the same name and goes there."""
    form, actor, now = await submitted(request, NewRisk), actor_of(request), clock.now()
    await _check(session, form)
    if not form.ok:
        return await _form(request, session, form, status=422)
    given = form.taken
    known = next((r for r in await queries.risks(session) if r.title == given.name), None)
    if known is not None:
        return to(RISK.url(known), request)
    risk = deeds.fill(Risk(), given)
    for name in deeds.SCORES:
        setattr(risk, name, getattr(given, name))
    await add(session, risk, actor, now)
    await suggesting.taken_up(session, risk, actor, now)
    return to(RISK.url(risk), request)


@get(f"{ONE}/edit", opt=WRITE)
async def edit(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    risk = await queries.risk(session, row_id)
    raw = {name: said(getattr(risk, name)) for name in deeds.TEXTS}
    raw |= {name: getattr(risk, name) for name in deeds.PLAIN}
    raw |= {"owner_id": str(risk.owner_id or ""), "review_on": risk.review_on.isoformat()}
    return await _form(request, session, Submitted(raw), risk)


@post(f"{ONE}/edit", opt=WRITE, status_code=200)
async def save(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    risk, form = await queries.risk(session, row_id), await submitted(request, Described)
    await _check(session, form)
    if not form.ok:
        return await _form(request, session, form, risk, status=422)
    await deeds.describe(session, row_id, form.taken, actor_of(request), clock.now())
    return to(RISK.url(risk), request)


async def _check(session: AsyncSession, form: Submitted[Any]) -> None:
    if form.ok:
        if (await member(session, form.taken.owner_id)).left_at is not None:
            form.refuse("owner_id", _("Choose somebody who works here."))
        named = await names(session)
        if any(watch not in named for watch in form.taken.watches):
            form.refuse("watches", _("This cannot be taken: please choose or correct it."))
    if form.ok and hasattr(form.taken, "likelihood"):
        _residual_is_no_graver(form)


def _residual_is_no_graver(form: Submitted[Any]) -> None:
    given = form.taken
    if given.residual_likelihood > given.likelihood or given.residual_impact > given.impact:
        form.refuse("residual_likelihood", _("With treatment it cannot be graver than without."))


async def _form(
    request: Req, session: AsyncSession, form: Submitted[Any], risk: Risk | None = None, status: int = 200
) -> Response[str]:
    named = await names(session)
    taken = form.raw.get("watches", [])
    return await page(
        request,
        "risks/form.html",
        session=session,
        status=status,
        form=form,
        risk=risk,
        here=address_in(request)(f"{RISK.url(risk)}/edit" if risk else "/risks/new"),
        people=[(str(m.id), m.name) for m in await members(session)],
        categories=list(CATEGORIES.items()),
        treatments=list(TREATMENTS.items()),
        likelihoods=[(str(n), f"{n} {label}") for n, label in LIKELIHOOD.items()],
        impacts=[(str(n), f"{n} {label}") for n, label in IMPACT.items()],
        watched=list(named.items()),
        watches=[taken] if isinstance(taken, str) else taken,
        plans=[(p.key, p.title) for p in await playbooks.playbooks(session)],
        today=clock.today(),
    )


async def _deed(request: Req, session: AsyncSession, row_id: UUID, kind: type[Struct], opened: str) -> Any:
    """The form of one of the page's dialogs; the page again, with the dialog open, where it cannot be taken."""
    form: Submitted[Any] = await submitted(request, kind)
    if form.ok and kind is Scored:
        _residual_is_no_graver(form)
    if form.ok and hasattr(form.taken, "owner_id"):
        await member(session, form.taken.owner_id)
    if form.ok and kind in (Reviewed, NewMeasure):
        field = "review_on" if kind is Reviewed else "due_on"
        if getattr(form.taken, field) < clock.today():
            form.refuse(field, _("Choose today or a later day."))
    return form.taken if form.ok else await show(request, session, row_id, form=form, status=422, opened=opened)


@post(f"{ONE}/score", opt=WRITE, status_code=200)
async def score(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    given = await _deed(request, session, row_id, Scored, "score")
    if isinstance(given, Scored):
        await deeds.score(session, row_id, given, actor_of(request), clock.now())
        return to(f"/risks/{row_id}", request)
    return given  # type: ignore[no-any-return]


@post(f"{ONE}/review", opt=WRITE, status_code=200)
async def review(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    given = await _deed(request, session, row_id, Reviewed, "review")
    if isinstance(given, Reviewed):
        await deeds.review(session, row_id, given, actor_of(request), clock.now())
        return to(f"/risks/{row_id}", request)
    return given  # type: ignore[no-any-return]


@post(f"{ONE}/measures", opt=WRITE, status_code=200)
async def add_measure(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    given = await _deed(request, session, row_id, NewMeasure, "measure")
    if isinstance(given, NewMeasure):
        await deeds.add_measure(session, row_id, given, actor_of(request), clock.now())
        return to(f"/risks/{row_id}#measures", request)
    return given  # type: ignore[no-any-return]


@post(f"{ONE}/measures/{{measure_id:uuid}}", opt=WRITE, status_code=200)
async def finish_measure(
    request: Req, session: Db, row_id: FromPath[UUID], measure_id: FromPath[UUID]
) -> Response[Any]:
    given = await _deed(request, session, row_id, MeasureDone, f"done-{measure_id}")
    if isinstance(given, MeasureDone):
        await deeds.finish_measure(session, row_id, measure_id, given.result, actor_of(request), clock.now())
        return to(f"/risks/{row_id}#measures", request)
    return given  # type: ignore[no-any-return]


ROUTES = [
    detail, new, create, edit, save, score, review, add_measure, finish_measure, *action_routes(RISK, show),
]  # fmt: skip
