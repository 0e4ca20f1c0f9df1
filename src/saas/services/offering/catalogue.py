"""The catalogue: services with the price of a day, and ideas of what is missing in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Invalid
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.services.offering.offering_models import Idea, Service, ServicePrice
from saas.services.words import LIMITS

Line = Annotated[str, Meta(max_length=120)]
Long = Annotated[str, Meta(max_length=2000)]
Count = Annotated[int, Meta(ge=0, le=100_000)]


class ServiceForm(Struct, kw_only=True):
    """One service; the first price only when it is new."""

    kind: Literal["plan", "extra"]
    unit: Literal["month", "year", "once"]
    name_zh: Line
    name_en: Line = ""
    about_zh: Long
    about_en: Long = ""
    tier: Literal["", "gold", "standard", "basic"] = ""
    taxpayer: Literal["", "small", "general"] = ""
    vouchers: Count = 0
    invoices: Count = 0
    filings: Count = 0
    headcount: Count = 0


class NewService(ServiceForm, kw_only=True):
    price: Money
    valid_from: date
    idea: Annotated[str, Meta(max_length=40)] = ""


class PriceForm(Struct, kw_only=True):
    price: Money
    valid_from: date
    reason: Line


async def services(session: AsyncSession, *, withdrawn: bool = False) -> Sequence[Service]:
    """Plans first, then extras, in the order they were made."""
    query = select(Service).where(of_this_firm(Service))
    query = query.where(Service.withdrawn_at.is_not(None) if withdrawn else Service.withdrawn_at.is_(None))
    return (await session.scalars(query.order_by(Service.kind.desc(), Service.made_at, Service.id))).all()


async def service(session: AsyncSession, service_id: UUID) -> Service:
    return await own_row(session, Service, service_id)


async def prices(session: AsyncSession, service_id: UUID | None = None) -> dict[UUID, list[ServicePrice]]:
    """Every price of each service, the newest day first."""
    query = select(ServicePrice).where(of_this_firm(ServicePrice)).order_by(ServicePrice.valid_from.desc())
    if service_id is not None:
        query = query.where(ServicePrice.service_id == service_id)
    found: dict[UUID, list[ServicePrice]] = {}
    for price in (await session.scalars(query)).all():
        found.setdefault(price.service_id, []).append(price)
    return found


def price_on(history: Sequence[ServicePrice], day: date) -> Money | None:
    """The price in force on a day; None before the first one. `history` has the newest first."""
    return next((one.price for one in history if one.valid_from <= day), None)


def fill(service: Service, given: ServiceForm) -> Service:
    service.kind, service.unit = given.kind, given.unit
    service.tier, service.taxpayer = (given.tier if given.kind == "plan" else ""), given.taxpayer
    service.name = {"zh": given.name_zh, "en": given.name_en or given.name_zh}
    service.about = {"zh": given.about_zh, "en": given.about_en or given.about_zh}
    service.limits = {name: getattr(given, name) for name in LIMITS if getattr(given, name)}
    return service


async def add(session: AsyncSession, given: NewService, actor: Actor, now: datetime) -> Service:
    """A new service with its first price; the same name twice is one service."""
    known = [one for one in await services(session) if one.name.get("zh") == given.name_zh]
    if known:
        return known[0]
    made = fill(Service(made_at=now, made_by=actor.id), given)
    session.add(made)
    await session.flush()
    session.add(ServicePrice(service_id=made.id, valid_from=given.valid_from, price=given.price, set_at=now,
                             set_by=actor.id))  # fmt: skip
    record(session, actor, "services.add", now, subject=made, summary=given.name_zh)
    await session.flush()
    return made


async def change(session: AsyncSession, made: Service, given: ServiceForm, actor: Actor, now: datetime) -> None:
    """What it is and what is included; prices and plans already agreed stay."""
    fill(made, given)
    record(session, actor, "services.change", now, subject=made, summary=given.name_zh)
    await session.flush()


async def set_price(session: AsyncSession, made: Service, given: PriceForm, actor: Actor, now: datetime) -> None:
    """From a day on. The same again changes nothing; another for a day that has one is refused: prices are history."""
    history = (await prices(session, made.id)).get(made.id, [])
    there = next((one for one in history if one.valid_from == given.valid_from), None)
    if there is not None:
        if there.price == given.price:
            return
        raise Conflict(_("A price for this day is already written down. Choose another day."))
    if given.price.fen < 0:
        raise Invalid(_("A price is not below zero."))
    session.add(ServicePrice(service_id=made.id, valid_from=given.valid_from, price=given.price, reason=given.reason,
                             set_at=now, set_by=actor.id))  # fmt: skip
    record(session, actor, "services.price", now, subject=made, summary=str(given.price), reason=given.reason,
           since=given.valid_from.isoformat())  # fmt: skip
    await session.flush()


async def withdraw(session: AsyncSession, made: Service, actor: Actor, now: datetime) -> None:
    """Offered no more; clients that have it keep it."""
    if made.withdrawn_at is None:
        made.withdrawn_at = now
        record(session, actor, "services.withdraw", now, subject=made, summary=made.name.get("zh", ""))
        await session.flush()


async def ideas(session: AsyncSession, status: str = "open") -> Sequence[Idea]:
    query = select(Idea).where(of_this_firm(Idea), Idea.status == status).order_by(Idea.made_at.desc())
    return (await session.scalars(query.limit(200))).all()


async def idea(session: AsyncSession, idea_id: UUID) -> Idea:
    return await own_row(session, Idea, idea_id, lock=True)


async def note_idea(session: AsyncSession, actor: Actor, now: datetime, words: str, **given: Any) -> Idea | None:
    """Wanted but not offered; once for each origin, and once for the same words by hand."""
    origin = str(given.get("origin", ""))
    same = Idea.origin == origin if origin else (Idea.words == words) & (Idea.status == "open")
    if await session.scalar(select(Idea.id).where(of_this_firm(Idea), same).limit(1)) is not None:
        return None
    made = Idea(words=words, made_by=actor.id if actor.kind == "member" else None, made_at=now, **given)
    session.add(made)
    await session.flush()
    return made


async def decide(
    session: AsyncSession, one: Idea, status: str, actor: Actor, now: datetime, *, made: Service | None = None,
    words: str = "",
) -> None:  # fmt: skip
    """Taken into the catalogue, or put aside with a reason; once."""
    if one.status != "open":
        return
    one.status, one.decided_by, one.decided_at, one.decision = status, actor.id, now, words
    one.service_id = made.id if made is not None else None
    record(session, actor, "services.idea", now, subject=one, summary=one.words[:200], reason=words)
    await session.flush()


def counted(found: Sequence[Idea], names: Mapping[str, str]) -> list[tuple[str, int]]:
    """How often each reason stands behind what was wanted, most often first."""
    counts: dict[str, int] = {}
    for one in found:
        counts[one.why] = counts.get(one.why, 0) + 1
    return sorted(((names.get(why, why) or "—", n) for why, n in counts.items()), key=lambda pair: -pair[1])
