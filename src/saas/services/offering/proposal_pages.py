"""Plans for clients: the list, the builder, one plan with its steps; beside a refund where it began with one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.models import Client
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.actions import action_routes
from saas.kernel.errors import Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _, listed
from saas.kernel.identifiers import uuid7
from saas.kernel.money import Money
from saas.kernel.months import following_month
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.kernel.records import view
from saas.refunds import queries as refunds
from saas.refunds.models import Refund
from saas.services.offering import catalogue, proposing
from saas.services.offering.offering_models import Proposal
from saas.services.offering.proposing import PROPOSAL, Chosen
from saas.services.words import TIERS, UNITS, WAYS, tabs
from saas.training.wording import said

AT = "/f/{slug:str}/services/proposals"
READ, WRITE = {"permission": "services.read"}, {"permission": "services.write"}
DIRECTIONS: dict[str, Text] = {
    "first": _("New"),
    "upgrade": _("Upgrade"),
    "downgrade": _("Downgrade"),
    "same": _("Same price"),
}


@get(AT, opt=READ)
async def index(request: Req, session: Db, view: FromQuery[str] = "") -> Response[str]:
    known = {one.name for one in PROPOSAL.states}
    state = view if view in known else ""
    found = await proposing.proposals(session, state=state)
    named = await clients.clients_by_id(session, [one.client_id for one in found])
    at = address_in(request)
    return await page(
        request, "services/proposals.html", session=session, tabs=tabs(request, "proposals"), chosen=state,
        rows=[_row(one, named[one.client_id]) for one in found],
        states=[{"label": one.label, "on": one.name == state,
                 "url": at("/services/proposals" + ("" if one.name == state else f"?view={one.name}"))}
                for one in PROPOSAL.states],
        may_write=actor_of(request).may("services.write"),
    )  # fmt: skip


def _row(one: Proposal, client: Client) -> dict[str, Any]:
    return {"proposal": one, "client": client, "state": PROPOSAL.state(one.state), "monthly": one.monthly,
            "direction": DIRECTIONS[one.direction],
            "services": listed(said(line["name"]) for line in one.lines)}  # fmt: skip


@get(AT + "/new", opt=WRITE)
async def new(
    request: Req, session: Db, client: FromQuery[UUID | None] = None, refund: FromQuery[UUID | None] = None,
    plan: FromQuery[str] = "",
) -> Response[str]:  # fmt: skip
    """The builder, for a client, or for the client of a refund."""
    today = clock.today()
    of_refund = await refunds.refund(session, refund) if refund else None
    raw: dict[str, Any] = {
        "key": str(uuid7()), "client_id": str(of_refund.client_id if of_refund else client or ""),
        "refund_id": str(refund or ""), "plan_id": plan, "months": "12", "gift_months": "0",
        "effective_on": following_month(today).isoformat(),
        "answer_by": (today + timedelta(14)).isoformat(),
    }  # fmt: skip
    return await _form(request, session, Submitted(raw))


@post(AT + "/new", opt=WRITE, status_code=200)
async def create(request: Req, session: Db) -> Response[Any]:
    form = await submitted(request, Chosen)
    if form.ok:
        _check(form)
    if not form.ok:
        return await _form(request, session, form, status=422)
    given = form.taken
    client = await clients.client(session, given.client_id)
    if given.refund_id is not None:
        await refunds.refund(session, given.refund_id)
    try:
        async with session.begin_nested():
            made = await proposing.add(session, given, client, actor_of(request), clock.now())
    except Refusal as refusal:
        form.refuse("", refusal.reason)
        return await _form(request, session, form, status=refusal.status)
    return to(PROPOSAL.url(made), request)


def _check(form: Submitted[Chosen]) -> None:
    given, today = form.taken, clock.today()
    if given.plan_id is None and not given.extras:
        form.refuse("plan_id", _("Choose a plan or at least one further service."))
    if given.answer_by < today:
        form.refuse("answer_by", _("Choose today or a later day."))
    if given.discount is not None and given.discount.fen and not given.discount_reason:
        form.refuse("discount_reason", _("A discount needs a reason: a second person approves it."))


async def _form(request: Req, session: AsyncSession, form: Submitted[Any], status: int = 200) -> Response[str]:
    today = clock.today()
    history = await catalogue.prices(session)
    offered = [(one, catalogue.price_on(history.get(one.id, []), today)) for one in await catalogue.services(session)]
    found: list[dict[str, Any]] = [
        {"one": one, "price": price, "words": _words(one, price)} for one, price in offered if price is not None
    ]
    taken = form.raw.get("extras", [])
    picked = await _client(session, form.raw.get("client_id"))
    before = await proposing.paid_now(session, picked.id, today) if picked else None
    return await page(
        request, "services/proposal_form.html", session=session, status=status, form=form, client=picked,
        key=form.raw.get("key") or str(uuid7()),
        before=before, plans=[(str(row["one"].id), row["words"]) for row in found if row["one"].kind == "plan"],
        extras=[(str(row["one"].id), row["words"]) for row in found if row["one"].kind == "extra"],
        taken=[taken] if isinstance(taken, str) else taken, today=today,
        clients=[(str(c.id), f"{c.number} {c.name}") for c in await clients.clients(session, limit=500)],
    )  # fmt: skip


def _words(one: Any, price: Money) -> str:
    tier = f"（{TIERS[one.tier]}）" if one.tier in TIERS else ""
    return f"{said(one.name)}{tier} · {price} {UNITS[one.unit]}"


async def _client(session: AsyncSession, given: Any) -> Client | None:
    try:
        return await clients.client(session, UUID(str(given)))
    except ValueError:
        return None


@get(AT + "/{row_id:uuid}", opt=READ)
async def detail(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    return await show(request, session, row_id)


async def show(
    request: Req, session: AsyncSession, row_id: UUID, *, form: Submitted[Any] | None = None,
    refusal: Refusal | None = None, status: int = 200,
) -> Response[Any]:  # fmt: skip
    """One plan: what it is made of, against what the client pays today."""
    made, actor, now = await proposing.proposal(session, row_id), actor_of(request), clock.now()
    client = await clients.client(session, made.client_id)
    refund = await refunds.refund(session, made.refund_id) if made.refund_id else None
    return await page(
        request, "services/proposal.html", session=session, status=status, refusal=refusal, proposal=made,
        record=await view(session, PROPOSAL, made, actor, now), record_url=address_in(request)(PROPOSAL.url(made)),
        form=form or Submitted(), client=client, refund=refund, members=await members_by_id(session),
        direction=DIRECTIONS[made.direction], ways=list(WAYS.items()),
        lines=[{**line, "name": said(line["name"]), "unit": UNITS[line["unit"]]} for line in made.lines],
    )  # fmt: skip


async def refund_panel(session: AsyncSession, refund: Refund, actor: Actor) -> dict[str, Any]:
    """Beside a refund: the plans the catalogue offers against what the client pays now, and plans already made."""
    today = clock.today()
    before = await proposing.paid_now(session, refund.client_id, today)
    if not before:
        contract = await refunds.contract(session, refund.contract_id)
        before = proposing.month_of(contract)
    client = await clients.client(session, refund.client_id)
    history = await catalogue.prices(session)
    plans = []
    for one in await catalogue.services(session):
        price = catalogue.price_on(history.get(one.id, []), today)
        if one.kind == "plan" and price is not None and one.taxpayer in ("", client.taxpayer_kind):
            plans.append({"id": one.id, "name": said(one.name), "price": price, "change": price - before,
                          "up": price.fen > before.fen})  # fmt: skip
    made = [one for one in await proposing.proposals(session, client_id=client.id) if one.refund_id == refund.id]
    return {"template": "services/_refund.html", "refund": refund, "before": before,
            "plans": sorted(plans, key=lambda plan: plan["price"].fen), "may_write": actor.may("services.write"),
            "made": [{"proposal": one, "state": PROPOSAL.state(one.state)} for one in made],
            "shown": actor.may("services.read")}  # fmt: skip


ROUTES = [index, new, create, detail, *action_routes(PROPOSAL, show)]
