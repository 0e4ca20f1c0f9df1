"""The SELECTs of the list and the board. Each costs about the same whether a firm has a hundred refunds or a million:
pages go on from their last row, and figures stop counting at CAP."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, column, func, or_, select, true, tuple_, union, values
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client
from saas.kernel.money import ZERO, Money
from saas.kernel.tenancy import of_this_firm
from saas.refunds.models import OVER, UNUSUAL, Refund
from saas.refunds.policy_models import RefundPolicy
from saas.refunds.watch_models import Signal
from saas.refunds.workflow import STATES

CAP = 1000  # figures beyond it are shown as "1,000+"
RUNNING = tuple(
    state.name for state in STATES if not state.final and not state.pauses
)  # their clock does not stand still


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list shows; an empty value is no filter. `opened` are moments: from, before."""

    states: tuple[str, ...]
    client_id: UUID | None = None
    reason: str = ""
    preparer_id: UUID | None = None
    opened: tuple[datetime | None, datetime | None] = (None, None)
    late: bool = False
    unusual: bool = False
    search: str = ""

    @property
    def by_due(self) -> bool:
        """Open requests stand in the order of their promised date, others the newest first."""
        return not set(self.states) & {*OVER, "paid"}

    def conditions(self, now: datetime) -> list[ColumnElement[bool]]:
        """Everything but the states."""
        found = [of_this_firm(Refund)]
        given = {"client_id": self.client_id, "reason": self.reason, "preparer_id": self.preparer_id}
        found += [getattr(Refund, name) == value for name, value in given.items() if value]
        since, before = self.opened
        found += [Refund.opened_at >= since] if since else []
        found += [Refund.opened_at < before] if before else []
        found += [is_late(now)] if self.late else []
        found += [Refund.id.in_(_unusual_ones())] if self.unusual else []
        if self.search:
            found.append(or_(Refund.number.startswith(self.search.upper(), autoescape=True), _of_client(self.search)))
        return found


def is_late(now: datetime) -> ColumnElement[bool]:
    """Past the promised date while it is our turn."""
    return (Refund.due_at < now) & Refund.state.in_(RUNNING)


def _unusual_ones() -> Any:
    """Ids of refunds that went another way than usual, or of which a signal was not looked at."""
    odd = select(Refund.id).where(of_this_firm(Refund), UNUSUAL)
    return union(odd, select(Signal.refund_id).where(of_this_firm(Signal), Signal.seen_at.is_(None)))


def _of_client(wanted: str) -> ColumnElement[bool]:
    like = f"%{wanted}%"
    named = or_(Client.name.ilike(like), Client.name_en.ilike(like), Client.pinyin.ilike(like))
    return Refund.client_id.in_(select(Client.id).where(of_this_firm(Client), named))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: after this row of the list, or, going back, before it."""

    moment: datetime
    id: UUID
    back: bool = False


async def listed(
    session: AsyncSession, wanted: Wanted, now: datetime, *, place: Place | None = None, limit: int = 50
) -> Sequence[Refund]:
    """One page from `place` on, in the list's order."""
    order: Any = Refund.due_at if wanted.by_due else Refund.opened_at
    query = select(Refund).where(*wanted.conditions(now), Refund.state.in_(wanted.states))
    back = place is not None and place.back
    ascending = wanted.by_due is not back
    if place is not None:
        at, here = tuple_(order, Refund.id), tuple_(place.moment, place.id)
        query = query.where(at > here if ascending else at < here)
    query = query.order_by(*(c.asc() if ascending else c.desc() for c in (order, Refund.id))).limit(limit)
    found = list((await session.scalars(query)).all())
    return found[::-1] if back else found


@dataclass(frozen=True, slots=True)
class Figures:
    """How many stand in some states, what they ask for, and how many are late; `more` where counting stopped."""

    count: int = 0
    amount: Money = ZERO
    late: int = 0
    more: bool = False

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.count + other.count,
            self.amount + other.amount,
            self.late + other.late,
            self.more or other.more,
        )

    @property
    def words(self) -> str:
        return f"{self.count:,}{'+' if self.more else ''}"


async def figures(
    session: AsyncSession, wanted: Wanted, now: datetime, states: Collection[str]
) -> Mapping[str, Figures]:
    """By state, the filters of `wanted` kept; never more than CAP rows of a state are looked at."""
    each = values(column("state", String), name="each").data([(state,) for state in states])
    few = (
        select(func.coalesce(Refund.amount, Refund.asked).label("amount"), is_late(now).label("late"))
        .where(*wanted.conditions(now), Refund.state == each.c.state)
        .correlate(each)
        .limit(CAP + 1)
        .lateral("few")
    )
    query = (
        select(each.c.state, func.count(), func.sum(few.c.amount), func.count().filter(few.c.late))
        .select_from(each.join(few, true()))
        .group_by(each.c.state)
    )
    rows = (await session.execute(query)).all()
    return {s: Figures(min(n, CAP), Money(int(_fen(total))), late, more=n > CAP) for s, n, total, late in rows}


def _fen(total: Any) -> int:
    return total.fen if isinstance(total, Money) else int(total or 0)


async def count_open(session: AsyncSession) -> int:
    """Open requests, for the side bar; it stops at CAP."""
    few = select(Refund.id).where(of_this_firm(Refund), Refund.state.not_in(OVER)).limit(CAP).subquery()
    return await session.scalar(select(func.count()).select_from(few)) or 0


async def unseen(session: AsyncSession, refund_ids: Collection[UUID]) -> dict[UUID, int]:
    """Signals nobody looked at, by refund."""
    query = select(Signal.refund_id, func.count()).where(
        of_this_firm(Signal), Signal.refund_id.in_(refund_ids), Signal.seen_at.is_(None)
    )
    return {row[0]: row[1] for row in (await session.execute(query.group_by(Signal.refund_id))).all()}


async def policies(session: AsyncSession) -> Sequence[RefundPolicy]:
    """Every version, the newest first: a closed refund may name a reason the newest does not know."""
    query = select(RefundPolicy).where(of_this_firm(RefundPolicy)).order_by(RefundPolicy.version.desc())
    return (await session.scalars(query)).all()
