"""What a new version would change: for every open request and for last year's, the amount before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, null, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client, Contract, Receipt
from saas.kernel import tenancy
from saas.kernel.money import ZERO, Money
from saas.kernel.tenancy import of_this_firm
from saas.refunds.calculation import Ladder, reckon
from saas.refunds.calculation.service import Agreed, Service
from saas.refunds.models import OVER, Refund
from saas.refunds.payment.agreement import agreed_of
from saas.refunds.policies.policy_models import RefundPolicy
from saas.refunds.terms import Terms, as_at_fault

YEAR = timedelta(days=365)
MOST = 2000  # requests reckoned anew, the newest first; a page says so where there are more
ROWS = 50  # shown one by one, the largest differences first


@dataclass(frozen=True, slots=True)
class Row:
    """One request under both versions. `after` is None where the new version does not know its reason."""

    refund: Refund
    client: str
    before: Money
    after: Money | None

    @property
    def difference(self) -> Money:
        return ZERO if self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class Group:
    """The open requests, or last year's closed ones."""

    rows: tuple[Row, ...]

    @property
    def changed(self) -> list[Row]:
        """Where the amount differs or the reason is gone, the largest first, at most ROWS."""
        rows = [row for row in self.rows if row.difference or row.after is None]
        return sorted(rows, key=lambda row: (-abs(row.difference.fen), row.refund.number))[:ROWS]

    @property
    def count_changed(self) -> int:
        return sum(1 for row in self.rows if row.difference or row.after is None)

    @property
    def before(self) -> Money:
        return sum((row.before for row in self.rows), ZERO)

    @property
    def after(self) -> Money:
        """What is not reckoned under the new version counts as before."""
        return self.before + self.difference

    @property
    def difference(self) -> Money:
        return sum((row.difference for row in self.rows), ZERO)


@dataclass(frozen=True, slots=True)
class Impact:
    """Open requests keep the version pinned to them: this says what the same requests would give under the new one."""

    open: Group
    past: Group
    total: int  # open and of last year, all of them

    @property
    def reckoned(self) -> int:
        return len(self.open.rows) + len(self.past.rows)


async def impact(session: AsyncSession, terms: Terms, now: datetime) -> Impact:
    """Both groups under `terms`; nothing is written."""
    wanted = (of_this_firm(Refund), or_(Refund.state.not_in(OVER), Refund.opened_at >= now - YEAR))
    total = await session.scalar(select(func.count()).select_from(Refund).where(*wanted)) or 0
    newest = select(Refund).where(*wanted).order_by(Refund.opened_at.desc(), Refund.id.desc()).limit(MOST)
    refunds = (await session.scalars(newest)).all()
    known = await _known(session, refunds)
    rows = [_row(refund, known, terms) for refund in refunds]
    open_ones = tuple(row for row in rows if row.refund.state not in OVER)
    return Impact(Group(open_ones), Group(tuple(row for row in rows if row.refund.state in OVER)), total)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the calculations need beside the requests, loaded at once."""

    contracts: dict[UUID, Contract]
    received: dict[UUID, Money]
    committed: dict[UUID, Money]
    clients: dict[UUID, str]
    terms: dict[UUID, Terms]


async def _known(session: AsyncSession, refunds: Sequence[Refund]) -> _Known:
    contract_ids = {refund.contract_id for refund in refunds}
    contracts = await session.scalars(select(Contract).where(of_this_firm(Contract), Contract.id.in_(contract_ids)))
    sums = select(Receipt.contract_id, func.sum(Receipt.amount)).where(
        of_this_firm(Receipt), Receipt.contract_id.in_(contract_ids)
    )
    names = select(Client.id, Client.name).where(of_this_firm(Client), Client.id.in_({r.client_id for r in refunds}))
    policies = select(RefundPolicy.id, RefundPolicy.terms).where(
        of_this_firm(RefundPolicy), RefundPolicy.id.in_({refund.policy_id for refund in refunds})
    )
    return _Known(
        contracts={contract.id: contract for contract in contracts},
        received={key: _money(fen) for key, fen in await session.execute(sums.group_by(Receipt.contract_id))},
        committed=await _committed(session, {refund.contract_id for refund in refunds if not refund.ladder}),
        clients={row.id: row.name for row in await session.execute(names)},
        terms={key: msgspec.convert(terms, Terms) for key, terms in await session.execute(policies)},
    )


async def _committed(session: AsyncSession, contract_ids: set[UUID]) -> dict[UUID, Money]:
    """By contract: what its refunds took so far; the database's own sum (guards.sql)."""
    taken = func.refund_committed(tenancy.current_firm_id(), Contract.id, null())
    query = select(Contract.id, taken).where(of_this_firm(Contract), Contract.id.in_(contract_ids))
    return {key: _money(fen) for key, fen in await session.execute(query)}


def _row(refund: Refund, known: _Known, terms: Terms) -> Row:
    """What was reckoned counts as it was reckoned; what was not is reckoned under the pinned version."""
    agreed, service = _agreed(refund, known), msgspec.convert(refund.service, Service)
    if refund.ladder:
        before = Ladder.restore(refund.ladder).refund
    else:
        before = reckon(_as_judged(known.terms[refund.policy_id], refund), refund.reason, agreed, service).refund
    after = None
    if any(reason.code == refund.reason for reason in terms.reasons):
        after = Money(reckon(_as_judged(terms, refund), refund.reason, agreed, service).refund)
    return Row(refund, known.clients[refund.client_id], Money(before), after)


def _as_judged(terms: Terms, refund: Refund) -> Terms:
    """What was found to be our own fault stays so under any version."""
    return as_at_fault(terms, refund.reason) if refund.at_fault else terms


def _agreed(refund: Refund, known: _Known) -> Agreed:
    """Contract and money as they stood when it was reckoned, else as they stand now."""
    contract = known.contracts[refund.contract_id]
    if not refund.ladder:
        received = known.received.get(refund.contract_id, ZERO)
        # Nothing was reckoned for this one, so nothing of what the contract's refunds took is its own.
        return agreed_of(contract, received, known.committed[refund.contract_id], refund.notice_on)
    stood = {line.rule: line.amount for line in Ladder.restore(refund.ladder).lines}
    return agreed_of(contract, Money(stood["received"]), Money(-stood.get("refunded", 0)), refund.notice_on)


def _money(fen: Any) -> Money:
    """A sum of a column of money is Money, that of the database's own function a whole number."""
    return fen if isinstance(fen, Money) else Money(int(fen))
