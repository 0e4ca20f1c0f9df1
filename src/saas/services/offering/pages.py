"""/services: the catalogue, one service with its prices, and what was wanted but not offered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.errors import Missing, Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.services.measures import figures
from saas.services.offering import catalogue
from saas.services.offering.catalogue import NewService, PriceForm, ServiceForm
from saas.services.offering.idea_pages import why_names
from saas.services.offering.offering_models import Service
from saas.services.words import LIMITS, TAXPAYERS, TIERS, UNITS, tabs
from saas.training.wording import said

AT = "/f/{slug:str}/services"
ONE = AT + "/catalogue/{row_id:uuid}"
READ, MANAGE = {"permission": "services.read"}, {"permission": "services.manage"}


@get(AT, opt=READ)
async def index(request: Req, session: Db, view: FromQuery[str] = "") -> Response[str]:
    """The catalogue at today's prices; what is wanted but not offered beside it."""
    actor, today = actor_of(request), clock.today()
    found = await catalogue.services(session, withdrawn=view == "withdrawn")
    history = await catalogue.prices(session)
    wanted = await catalogue.ideas(session)
    names = await why_names(session)
    return await page(
        request, "services/index.html", session=session, tabs=tabs(request, "catalogue"), view=view,
        rows=[_row(one, catalogue.price_on(history.get(one.id, []), today)) for one in found],
        ideas=[{"idea": one, "why": names.get(one.why, one.why)} for one in wanted],
        reasons=catalogue.counted(wanted, names), figures=await figures(session, today),
        may_manage=actor.may("services.manage"), may_write=actor.may("services.write"), blank=Submitted(),
    )  # fmt: skip


def _row(one: Service, price: Money | None) -> dict[str, Any]:
    """A service as lists show it."""
    return {
        "service": one, "name": said(one.name), "about": said(one.about), "price": price, "unit": UNITS[one.unit],
        "tier": TIERS.get(one.tier, ""), "taxpayer": TAXPAYERS.get(one.taxpayer, ""),
        "limits": [{"label": LIMITS[name], "value": n} for name, n in one.limits.items() if name in LIMITS],
    }  # fmt: skip


@get(AT + "/catalogue/new", opt=MANAGE)
async def new(request: Req, session: Db, idea: FromQuery[str] = "") -> Response[str]:
    today = clock.today().isoformat()
    raw = {"kind": "extra", "unit": "month", "valid_from": today, "idea": idea}
    return await _form(request, session, Submitted(raw))


@post(AT + "/catalogue/new", opt=MANAGE, status_code=200)
async def create(request: Req, session: Db) -> Response[Any]:
    form, actor, now = await submitted(request, NewService), actor_of(request), clock.now()
    if form.ok:
        _check(form)
    if not form.ok:
        return await _form(request, session, form, status=422)
    made = await catalogue.add(session, form.taken, actor, now)
    if form.taken.idea:
        one = await _idea(session, form.taken.idea)
        await catalogue.decide(session, one, "taken", actor, now, made=made)
    return to(f"/services/catalogue/{made.id}", request)


async def _idea(session: AsyncSession, given: str) -> Any:
    try:
        return await catalogue.idea(session, UUID(given))
    except ValueError as error:
        raise Missing() from error


def _check(form: Submitted[Any]) -> None:
    if form.taken.kind == "plan" and form.taken.unit != "month":
        form.refuse("unit", _("A plan is paid by the month."))
    if hasattr(form.taken, "price") and form.taken.price.fen < 0:
        form.refuse("price", _("A price is not below zero."))


@get(ONE, opt=READ)
async def detail(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    return await show(request, session, row_id)


async def show(
    request: Req, session: AsyncSession, row_id: UUID, *, form: Submitted[Any] | None = None,
    refusal: Refusal | None = None, status: int = 200,
) -> Response[str]:  # fmt: skip
    """One service with every price it had and will have."""
    one, today = await catalogue.service(session, row_id), clock.today()
    history = (await catalogue.prices(session, one.id)).get(one.id, [])
    now_valid = next((price.id for price in history if price.valid_from <= today), None)
    return await page(
        request, "services/service.html", session=session, status=status, refusal=refusal,
        row=_row(one, catalogue.price_on(history, today)), members=await members_by_id(session),
        prices=[{"price": price, "now": price.id == now_valid, "coming": price.valid_from > today}
                for price in history],
        may_manage=actor_of(request).may("services.manage"), form=form or Submitted(), opened=form is not None,
        today=today,
    )  # fmt: skip


@get(ONE + "/edit", opt=MANAGE)
async def edit(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    one = await catalogue.service(session, row_id)
    raw = {"kind": one.kind, "unit": one.unit, "tier": one.tier, "taxpayer": one.taxpayer, **one.limits,
           "name_zh": one.name.get("zh", ""), "name_en": one.name.get("en", ""),
           "about_zh": one.about.get("zh", ""), "about_en": one.about.get("en", "")}  # fmt: skip
    return await _form(request, session, Submitted(raw), one)


@post(ONE + "/edit", opt=MANAGE, status_code=200)
async def save(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    one, form = await catalogue.service(session, row_id), await submitted(request, ServiceForm)
    if form.ok:
        _check(form)
    if not form.ok:
        return await _form(request, session, form, one, status=422)
    await catalogue.change(session, one, form.taken, actor_of(request), clock.now())
    return to(f"/services/catalogue/{one.id}", request)


@post(ONE + "/prices", opt=MANAGE, status_code=200)
async def set_price(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    one, form = await catalogue.service(session, row_id), await submitted(request, PriceForm)
    if not form.ok:
        return await show(request, session, row_id, form=form, status=422)
    try:
        async with session.begin_nested():
            await catalogue.set_price(session, one, form.taken, actor_of(request), clock.now())
    except Refusal as refusal:
        return await show(request, session, row_id, form=form, refusal=refusal, status=refusal.status)
    return to(f"/services/catalogue/{one.id}", request)


@post(ONE + "/withdraw", opt=MANAGE, status_code=200)
async def withdraw(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    one = await catalogue.service(session, row_id)
    await catalogue.withdraw(session, one, actor_of(request), clock.now())
    return to("/services", request)


async def _form(
    request: Req, session: AsyncSession, form: Submitted[Any], one: Service | None = None, status: int = 200
) -> Response[str]:
    return await page(
        request, "services/service_form.html", session=session, status=status, form=form, one=one,
        name=said(one.name) if one else "", tiers=list(TIERS.items()), taxpayers=list(TAXPAYERS.items()),
        units=list(UNITS.items()), limits=list(LIMITS.items()),
    )  # fmt: skip


ROUTES = [index, new, create, detail, edit, save, set_price, withdraw]
