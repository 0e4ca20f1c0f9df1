"""A plan for one client: what it is made of, what it replaces, and what happens once the client says yes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client, Contract
from saas.clients.queries import client as client_of
from saas.kernel.access import SYSTEM, Actor
from saas.kernel.clock import CHINA
from saas.kernel.errors import Invalid
from saas.kernel.i18n import Text, _
from saas.kernel.money import ZERO, Money
from saas.kernel.months import last_day_of_term
from saas.kernel.perform import start
from saas.kernel.rows import own_row
from saas.kernel.serials import next_serial
from saas.kernel.tenancy import of_this_firm
from saas.kernel.workflow import Action, Deed, State, Workflow, states
from saas.services.offering import catalogue, tiers
from saas.services.offering.offering_models import Proposal, Service

Words = Annotated[str, Meta(max_length=1000)]


class Chosen(Struct, kw_only=True):
    """The builder's form; `extras` are ids of further services."""

    key: UUID
    client_id: UUID
    refund_id: UUID | None = None
    plan_id: UUID | None = None
    extras: list[UUID] = []
    months: Annotated[int, Meta(ge=1, le=60)] = 12
    gift_months: Annotated[int, Meta(ge=0, le=24)] = 0
    effective_on: date
    answer_by: date
    discount: Money | None = None
    discount_reason: Annotated[str, Meta(max_length=300)] = ""


class Accepted(Struct):
    name: Annotated[str, Meta(min_length=2, max_length=60)]
    way: Literal["visit", "phone", "wechat", "email", "paper", "link"]


class Reason(Struct):
    reason: Words


def not_its_author(proposal: Proposal, deed: Deed) -> Text | None:
    if deed.actor.id == proposal.prepared_by:
        return _("Whoever put this plan together does not approve it: a second person has to do this.")
    return None


# fmt: off
PROPOSAL = Workflow(
    "proposal",
    label=_("Plan for a client"),
    row=Proposal,
    path="services/proposals",
    initial="draft",
    url=lambda proposal: f"/services/proposals/{proposal.id}",
    title=lambda proposal: _("Plan %(number)s", number=proposal.number),
    assignee=lambda proposal: proposal.prepared_by,
    states=(
        State("draft", _("Waits for approval"), "manager", 960, tone="due", step=_("Approval")),
        State("offered", _("With the client"), "client", pauses=True, tone="wait", step=_("Offer")),
        State("accepted", _("Accepted"), final=True, tone="done", step=_("Answer")),
        State("declined", _("Declined"), final=True, tone="sealed", step=_("Answer")),
        State("dropped", _("Given up"), final=True, tone="sealed", step=_("Approval")),
    ),
    actions=(
        Action("approve", _("Approve and send the offer"), states("draft"), "offered", "services.manage",
               Proposal.approve, rules=(not_its_author,), fresh_sign_in=True, emits="proposal.approved", tone="primary",
               consequence=_("The client gets the offer as a letter and answers by link.")),
        Action("drop", _("Give it up"), states("draft"), "dropped", "services.write", Proposal.close, form=Reason,
               emits="proposal.dropped", tone="quiet"),
        Action("accept", _("The client said yes"), states("offered"), "accepted", "services.write", Proposal.accept,
               form=Accepted, emits="proposal.accepted", tone="primary",
               consequence=_("The contract is written; what it replaces ends on the same day.")),
        Action("agree", _("Accepted by link"), states("offered"), "accepted", "services.write", Proposal.accept,
               form=Accepted, by="system", emits="proposal.accepted"),
        Action("decline", _("The client said no"), states("offered"), "declined", "services.write", Proposal.close,
               form=Reason, emits="proposal.declined", tone="quiet"),
        Action("lapse", _("The offer ended"), states("offered"), "declined", "services.write", Proposal.close,
               form=Reason, by="system", emits="proposal.declined"),
    ),
)
# fmt: on


async def proposal(session: AsyncSession, proposal_id: UUID) -> Proposal:
    return await own_row(session, Proposal, proposal_id)


async def proposals(session: AsyncSession, *, client_id: UUID | None = None, state: str = "") -> Sequence[Proposal]:
    query = select(Proposal).where(of_this_firm(Proposal)).order_by(Proposal.entered_at.desc())
    if client_id is not None:
        query = query.where(Proposal.client_id == client_id)
    if state:
        query = query.where(Proposal.state == state)
    return (await session.scalars(query.limit(200))).all()


async def running(session: AsyncSession, client_id: UUID, day: date) -> Sequence[Contract]:
    """The contracts a client has on a day, the latest first."""
    query = select(Contract).where(
        of_this_firm(Contract), Contract.client_id == client_id, Contract.starts_on <= day, Contract.ends_on >= day,
        Contract.cancelled_on.is_(None) | (Contract.cancelled_on > day),
    )  # fmt: skip
    return (await session.scalars(query.order_by(Contract.starts_on.desc()))).all()


def month_of(contract: Contract) -> Money:
    """What a month costs: the price by its paid months."""
    return Money(contract.price.fen // contract.paid_months) if contract.paid_months else ZERO


async def paid_now(session: AsyncSession, client_id: UUID, day: date) -> Money:
    """What the client pays a month on a day, over all contracts that run."""
    return sum((month_of(one) for one in await running(session, client_id, day)), ZERO)


async def lines(session: AsyncSession, chosen: Chosen) -> list[dict[str, Any]]:
    """The chosen services at the prices of the first day; Invalid where one has no price then."""
    wanted = [chosen.plan_id] if chosen.plan_id else []
    wanted += [one for one in dict.fromkeys(chosen.extras) if one not in wanted]
    offered = {one.id: one for one in await catalogue.services(session)}
    history = await catalogue.prices(session)
    found = []
    for service_id in wanted:
        if service_id not in offered:
            raise Invalid(_("A chosen service is not offered any more. Look at the catalogue again."))
        price = catalogue.price_on(history.get(service_id, []), chosen.effective_on)
        if price is None:
            raise Invalid(_("A chosen service has no price on this day yet: set one in the catalogue."))
        found.append(_line(offered[service_id], price))
    return found


def _line(one: Service, price: Money) -> dict[str, Any]:
    return {"service_id": str(one.id), "key": one.key, "name": one.name, "kind": one.kind, "unit": one.unit,
            "tier": one.tier, "quantity": 1, "price_fen": price.fen}  # fmt: skip


async def add(session: AsyncSession, chosen: Chosen, client: Client, actor: Actor, now: datetime) -> Proposal:
    """A plan waiting for a second person. The same key twice is one plan; Invalid where figures do not hold."""
    known = await session.scalar(select(Proposal).where(of_this_firm(Proposal), Proposal.id == chosen.key))
    if known is not None:
        return known
    if actor.id is None:
        raise ValueError("a plan needs an author")
    made = Proposal(
        id=chosen.key, client_id=client.id, refund_id=chosen.refund_id, lines=await lines(session, chosen),
        months=chosen.months, gift_months=chosen.gift_months, effective_on=chosen.effective_on,
        answer_by=chosen.answer_by, discount=chosen.discount or ZERO, discount_reason=chosen.discount_reason,
        before=await paid_now(session, client.id, chosen.effective_on), prepared_by=actor.id,
    )  # fmt: skip
    if made.discount.fen < 0 or made.monthly.fen < 0:
        raise Invalid(_("The discount is larger than what a month costs."))
    year = now.astimezone(CHINA).year
    made.number = f"FA-{year}-{await next_serial(session, 'proposal', year):04d}"
    await start(session, PROPOSAL, made, actor, now=now, summary=str(made.price))
    return made


async def write_contract(session: AsyncSession, made: Proposal, actor: Actor, now: datetime) -> Contract:
    """The contract of an accepted plan; bookkeeping contracts that run on its first day end there. Once."""
    has_plan = any(line["kind"] == "plan" for line in made.lines)
    if has_plan:
        for earlier in await running(session, made.client_id, made.effective_on):
            earlier.cancelled_on = made.effective_on
    names = "、".join(str(line["name"].get("zh", "")) for line in made.lines)
    contract = Contract(
        client_id=made.client_id, number=made.number, starts_on=made.effective_on,
        ends_on=last_day_of_term(made.effective_on, made.months + made.gift_months), paid_months=made.months,
        gift_months=made.gift_months, price=made.price, list_month=made.total("month"), services=names,
    )  # fmt: skip
    session.add(contract)
    await session.flush()
    made.contract_id = contract.id
    tier = next((line["tier"] for line in made.lines if line["kind"] == "plan" and line.get("tier")), "")
    if tier and await tiers.tier_of(session, made.client_id, made.effective_on) != tier:
        client = await client_of(session, made.client_id)
        if all(one.since != made.effective_on for one in await tiers.history(session, client.id)):
            await tiers.set_tier(session, client, tier, made.effective_on, made.number, SYSTEM, now)
    return contract
