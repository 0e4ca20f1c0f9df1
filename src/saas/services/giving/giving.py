"""Service given free: written down by hand, summed by year, shown only if the firm wishes (R15.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.choices import Choice, choice, offer_choices
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.i18n import Text, _
from saas.kernel.money import Money
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.services.giving.giving_models import FreeService

WHY: dict[str, Text] = {
    "goodwill": _("Goodwill to a client"),
    "start_up": _("Help for founders"),
    "charity": _("Charity or association"),
    "public": _("Lecture or advice to the public"),
    "trial": _("Trial of a service"),
    "other": _("Other"),
}
offer_choices(
    Choice(
        "show_free_service",
        _("Show service given free"),
        _("Hours of the year on the firm’s public page. Clients are never named there."),
        "one",
        "off",
        options=(("off", _("Keep it inside the firm")), ("on", _("Show the year’s total"))),
    )
)


class FreeForm(Struct, kw_only=True):
    """`key` is made with the page; `hours` like 1.5."""

    key: UUID
    on_day: date
    client_id: UUID | None = None
    to_whom: Annotated[str, Meta(max_length=120)] = ""
    what: Annotated[str, Meta(max_length=300)]
    why: Literal["goodwill", "start_up", "charity", "public", "trial", "other"]
    hours: Annotated[float, Meta(gt=0, le=1000)]
    value: Money
    done_by: UUID


class Withdrawn(Struct):
    reason: Annotated[str, Meta(max_length=200)]


@dataclass(frozen=True, slots=True)
class Year:
    """What was given in a year: times, minutes, value; `for_public` of them went to nobody's account."""

    times: int
    minutes: int
    value: Money
    for_public: int

    @property
    def hours(self) -> str:
        return f"{self.minutes / 60:g}" if self.minutes % 60 else str(self.minutes // 60)


async def given_in(session: AsyncSession, year: int) -> Sequence[FreeService]:
    query = select(FreeService).where(of_this_firm(FreeService), FreeService.on_day >= date(year, 1, 1),
                                      FreeService.on_day <= date(year, 12, 31))  # fmt: skip
    return (await session.scalars(query.order_by(FreeService.on_day.desc(), FreeService.id))).all()


async def year_total(session: AsyncSession, year: int) -> Year:
    """Without what was taken back."""
    found = [one for one in await given_in(session, year) if one.withdrawn_at is None]
    return Year(len(found), sum(one.minutes for one in found), Money(sum(one.value.fen for one in found)),
                sum(one.client_id is None for one in found))  # fmt: skip


async def years(session: AsyncSession) -> list[int]:
    query = select(func.extract("year", FreeService.on_day)).where(of_this_firm(FreeService)).distinct()
    return sorted({int(year) for year in (await session.scalars(query)).all()}, reverse=True)


async def shown(session: AsyncSession) -> bool:
    return bool(await choice(session, "show_free_service") == "on")


async def write(session: AsyncSession, given: FreeForm, to_whom: str, actor: Actor, now: datetime) -> FreeService:
    """Once for each key."""
    known: FreeService | None = await session.scalar(
        select(FreeService).where(of_this_firm(FreeService), FreeService.id == given.key)
    )
    if known is not None:
        return known
    if actor.id is None:
        raise ValueError("a person writes it down")
    made = FreeService(
        id=given.key, on_day=given.on_day, client_id=given.client_id, to_whom=to_whom, what=given.what, why=given.why,
        minutes=round(given.hours * 60), value=given.value, done_by=given.done_by, recorded_by=actor.id,
        recorded_at=now,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    record(session, actor, "services.give", now, subject=made, client_id=given.client_id,
           timeline=given.client_id is not None, summary=given.what[:200])  # fmt: skip
    return made


async def withdraw(session: AsyncSession, row_id: UUID, reason: str, actor: Actor, now: datetime) -> None:
    """A mistake: counted no longer, and still there to be read."""
    one = await own_row(session, FreeService, row_id, lock=True)
    if one.withdrawn_at is None:
        one.withdrawn_at, one.withdrawn_reason = now, reason
        record(session, actor, "services.take_back", now, subject=one, client_id=one.client_id, reason=reason)
        await session.flush()
