"""Figures of serving and growing, each with its n (accounting.md §9): ARPU, referred share, value-added share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client, Contract
from saas.kernel.clock import CHINA
from saas.kernel.money import ZERO, Money
from saas.kernel.tenancy import of_this_firm
from saas.services.offering.offering_models import Proposal
from saas.services.offering.proposing import month_of
from saas.services.sources.source_models import Lead, Origin

REFERRED = ("client", "partner")


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `n`; `permille` is None where there is nothing to divide by."""

    part: int
    n: int

    @property
    def permille(self) -> int | None:
        return round(self.part * 1000 / self.n) if self.n else None

    @property
    def percent(self) -> str:
        return "—" if self.permille is None else f"{self.permille // 10}.{self.permille % 10} %"


@dataclass(slots=True)
class BySource:
    """What came by one way in a span: leads, those won and lost, days until won, new clients, what they pay a month."""

    source: str
    leads: int = 0
    won: int = 0
    lost: int = 0
    clients: int = 0
    month: Money = ZERO
    days: list[int] = field(default_factory=list)

    @property
    def conversion(self) -> Share:
        """Won of those decided: what is still open says nothing yet."""
        return Share(self.won, self.won + self.lost)

    @property
    def middle_days(self) -> int | None:
        """The median of days from the first contact to the contract."""
        return sorted(self.days)[len(self.days) // 2] if self.days else None


async def running(session: AsyncSession, day: date) -> Sequence[Contract]:
    """Contracts of clients that are with the firm, in force on a day."""
    return (await session.scalars(in_force(select(Contract), day))).all()


async def running_count(session: AsyncSession, day: date) -> int:
    found: int = (await session.execute(in_force(select(func.count()).select_from(Contract), day))).scalar_one()
    return found


def in_force(query: Any, day: date) -> Any:  # a Select, whatever it selects
    """A query over contracts, of those in force on a day whose clients are with the firm."""
    return query.join(Client, (Client.firm_id == Contract.firm_id) & (Client.id == Contract.client_id)).where(
        of_this_firm(Contract), Client.archived_at.is_(None), Contract.starts_on <= day, Contract.ends_on >= day,
        or_(Contract.cancelled_on.is_(None), Contract.cancelled_on > day),
    )  # fmt: skip


async def arpu(session: AsyncSession, day: date) -> tuple[Money, int]:
    """(fee of the month by client that pays one, how many clients)."""
    fees = select(func.coalesce(func.sum(_month()), 0), func.count(Contract.client_id.distinct()))
    fen, payers = (await session.execute(in_force(fees.select_from(Contract), day))).one()
    return (Money(int(fen) // payers) if payers else ZERO), payers


def _month() -> Any:
    """What a month of a contract costs in whole fen, as offering.proposing.month_of counts it."""
    return func.coalesce(cast(Contract.price, BigInteger) / func.nullif(Contract.paid_months, 0), 0)


async def value_added(session: AsyncSession, day: date) -> Share:
    """Fen a month from services beyond bookkeeping ÷ fen a month; contracts that no plan wrote are bookkeeping."""
    fees = select(func.coalesce(func.sum(_month()), 0)).select_from(Contract)
    whole = int((await session.execute(in_force(fees, day))).scalar_one())
    written = (Proposal.firm_id == Contract.firm_id) & (Proposal.contract_id == Contract.id)
    plans = in_force(select(Proposal).join_from(Proposal, Contract, written), day)
    one_each = {plan.contract_id: plan for plan in (await session.scalars(plans)).all()}
    return Share(sum(map(_extra, one_each.values())), whole)


def _extra(made: Proposal) -> int:
    """Fen a month that are no bookkeeping, one-off and yearly work spread over the term."""
    whole = 0
    for line in made.lines:
        if line["kind"] == "extra":
            times = {"month": made.months, "year": -(-made.months // 12), "once": 1}[line["unit"]]
            whole += int(line["price_fen"]) * int(line["quantity"]) * times
    return whole // made.months


async def new_clients(session: AsyncSession, since: date, until: date) -> dict[UUID, str]:
    """Clients whose first contract began in the span, each with its source ("" where nobody wrote it down)."""
    query = (
        select(Contract.client_id, Contract.starts_on, Origin.source)
        .outerjoin(Origin, (Origin.firm_id == Contract.firm_id) & (Origin.client_id == Contract.client_id))
        .where(of_this_firm(Contract))
        .order_by(Contract.starts_on.desc())
    )
    first = {client: (day, source or "") for client, day, source in (await session.execute(query)).all()}
    return {client: source for client, (day, source) in first.items() if since <= day <= until}


async def referral_rate(session: AsyncSession, since: date, until: date) -> Share:
    """转介绍率: new clients that came through a client or a partner ÷ new clients."""
    found = await new_clients(session, since, until)
    return Share(sum(source in REFERRED for source in found.values()), len(found))


async def by_source(session: AsyncSession, since: date, until: date) -> list[BySource]:
    """One row for each source that brought anything in the span, the most new clients first."""
    rows: dict[str, BySource] = {}
    for lead in (await session.scalars(select(Lead).where(of_this_firm(Lead)))).all():
        if since <= lead.opened_at.astimezone(CHINA).date() <= until:
            _count(rows.setdefault(lead.source, BySource(lead.source)), lead)
    fresh = await new_clients(session, since, until)
    for source in fresh.values():
        rows.setdefault(source, BySource(source)).clients += 1
    for contract in await running(session, until):
        if contract.client_id in fresh:
            rows[fresh[contract.client_id]].month += month_of(contract)
    return sorted(rows.values(), key=lambda row: (-row.clients, -row.leads, row.source))


def _count(row: BySource, lead: Lead) -> None:
    row.leads += 1
    row.lost += lead.state == "lost"
    if lead.state == "won":
        row.won += 1
        if lead.closed_at is not None:
            row.days.append((lead.closed_at - lead.opened_at).days)


async def figures(session: AsyncSession, day: date) -> dict[str, Any]:
    """The three figures of the catalogue's head; the referred share over the last 365 days."""
    fee, payers = await arpu(session, day)
    since = date.fromordinal(day.toordinal() - 365)
    return {"arpu": fee, "payers": payers, "extra": await value_added(session, day),
            "referred": await referral_rate(session, since, day)}  # fmt: skip
