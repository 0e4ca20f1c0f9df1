"""The SELECTs of the list and the board. Each costs about the same whether a firm has a hundred refunds or a million:
pages go on from their last row, and figures stop counting at CAP."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, TextClause, and_, column, func, or_, select, true, tuple_, values
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client
from saas.kernel.money import ZERO, Money
from saas.kernel.prepared import FIRM
from saas.kernel.tenancy import of_this_firm
from saas.refunds.models import OVER, UNUSUAL, Refund
from saas.refunds.policies.policy_models import RefundPolicy
from saas.refunds.workflow import STATES

CLIENTS = 50  # a search by name looks at so many of them
NUMBER = re.compile(r"[A-Za-z]{2}-[0-9-]*")
YEAR = len("TF-2026-0")  # a number typed so far leaves few
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
    number: str = ""  # the beginning of a number
    clients: tuple[UUID, ...] | None = None  # whom a search found

    @property
    def few(self) -> bool:
        """Whether the filters leave so few that all of them are counted."""
        return self.client_id is not None or self.clients is not None or len(self.number) >= YEAR

    @property
    def by_due(self) -> bool:
        """Open requests stand in the order of their promised date, others the newest first."""
        return not set(self.states) & {*OVER, "paid"}

    def conditions(self, now: datetime) -> list[ColumnElement[bool] | TextClause]:
        """Everything but the states."""
        found: list[ColumnElement[bool] | TextClause] = [of_this_firm(Refund)]
        given = {"client_id": self.client_id, "reason": self.reason, "preparer_id": self.preparer_id}
        found += [getattr(Refund, name) == value for name, value in given.items() if value]
        since, before = self.opened
        found += [Refund.opened_at >= since] if since else []
        found += [Refund.opened_at < before] if before else []
        found += [is_late(now)] if self.late else []
        found += [UNUSUAL] if self.unusual else []
        found += [between(Refund.number, self.number)] if self.number else []
        found += [Refund.client_id.in_(self.clients)] if self.clients is not None else []
        return found


def between(number: Any, start: str) -> ColumnElement[bool]:
    """Begins with `start` (letters, digits, dashes), said so that the index of beginnings serves it in any plan."""
    return and_(number.op("~>=~")(start), number.op("~<~")(f"{start}~"))


def is_late(now: datetime) -> ColumnElement[bool]:
    """Past the promised date while it is our turn."""
    return (Refund.due_at < now) & Refund.state.in_(RUNNING)


async def searched(session: AsyncSession, wanted: Wanted, words: str, year: int) -> Wanted:
    """`wanted`, narrowed to what a person typed: a number, its last digits, or a part of a client's name."""
    words = words.strip()
    if not words:
        return wanted
    if words.isdecimal():
        return replace(wanted, number=f"TF-{year}-{words.zfill(4)}")
    if NUMBER.fullmatch(words):
        return replace(wanted, number=words.upper())
    like = f"%{words}%"
    named = or_(Client.name.ilike(like), Client.name_en.ilike(like), Client.pinyin.ilike(like))
    found = await session.scalars(select(Client.id).where(of_this_firm(Client), named).limit(CLIENTS))
    return replace(wanted, clients=tuple(found))


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
    if wanted.few:
        return await _all_figures(session, wanted, now, states)
    each = values(column("state", String), name="each").data([(state,) for state in states])
    few = (
        select(func.coalesce(Refund.amount, Refund.asked).label("amount"), is_late(now).label("late"))
        .where(*wanted.conditions(now), Refund.state == each.c.state)
        .correlate(each)
        .order_by(Refund.due_at, Refund.id)  # so that the index serves it, also while its pages are freshly written
        .limit(CAP + 1)
        .lateral("few")
    )
    query = (
        select(each.c.state, func.count(), func.sum(few.c.amount), func.count().filter(few.c.late))
        .select_from(each.join(few, true()))
        .group_by(each.c.state)
    )
    rows = (await session.execute(query)).all()
    return {s: Figures(min(n, CAP), Money(_fen(total)), late, more=n > CAP) for s, n, total, late in rows}


async def _all_figures(
    session: AsyncSession, wanted: Wanted, now: datetime, states: Collection[str]
) -> Mapping[str, Figures]:
    amount = func.coalesce(Refund.amount, Refund.asked)
    query = select(Refund.state, func.count(), func.sum(amount), func.count().filter(is_late(now))).where(
        *wanted.conditions(now), Refund.state.in_(states)
    )
    rows = (await session.execute(query.group_by(Refund.state))).all()
    return {state: Figures(n, Money(_fen(total)), late) for state, n, total, late in rows}


def _fen(total: Any) -> int:
    return total.fen if isinstance(total, Money) else int(total or 0)


OPEN_REQUESTS = select(func.count()).select_from(  # for the side bar; it stops at CAP
    select(Refund.id).where(Refund.firm_id == FIRM, Refund.state.not_in(OVER)).limit(CAP).subquery()
)


async def policies(session: AsyncSession) -> Sequence[RefundPolicy]:
    """Every version, the newest first: a closed refund may name a reason the newest does not know."""
    query = select(RefundPolicy).where(of_this_firm(RefundPolicy)).order_by(RefundPolicy.version.desc())
    return (await session.scalars(query)).all()
