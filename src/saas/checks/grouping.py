"""Findings in groups: by rule, by voucher or by account, the group with the most pressing finding first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks.models import FoundAnomaly
from saas.checks.queries import SEVERITIES, Wanted, in_order, rank
from saas.kernel.money import Money

GROUPS_SHOWN = 20
OF_EACH = 25  # findings of one group; its own list has all


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one rule, of one voucher or on one account. `client_id` where the group is of one client."""

    key: str  # "" where a finding is about no voucher, or about no account
    client_id: UUID | None
    count: int
    worst: str
    amount: Money | None
    findings: list[FoundAnomaly] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)  # to all of it, and to its triage

    @property
    def more(self) -> int:
        return self.count - len(self.findings)


def _columns(kind: str) -> list[Any]:
    """What makes one group. A voucher's number and an account's code mean something within one client only."""
    if kind == "rule":
        return [FoundAnomaly.rule]
    key = FoundAnomaly.vouchers[0].astext if kind == "voucher" else FoundAnomaly.account
    return [func.coalesce(key, ""), FoundAnomaly.client_id]


async def count(session: AsyncSession, wanted: Wanted, kind: str) -> int:
    """How many groups there are."""
    inner = select(*_columns(kind)).where(*wanted.conditions()).distinct().subquery()
    return await session.scalar(select(func.count()).select_from(inner)) or 0


async def groups(session: AsyncSession, wanted: Wanted, kind: str, *, offset: int = 0) -> Sequence[Group]:
    """One page of groups, each with its first findings."""
    columns = _columns(kind)
    worst = func.min(rank())
    query = select(*columns, func.count(), worst, func.sum(FoundAnomaly.amount)).where(*wanted.conditions())
    order = (worst, func.count().desc(), *columns)
    query = query.group_by(*columns).order_by(*order).offset(offset).limit(GROUPS_SHOWN)
    made = {}
    for *key, n, at, total in (await session.execute(query)).all():
        made[tuple(key)] = Group(key[0], key[1] if len(key) > 1 else None, n, _named(at), _money(total))
    for of, findings in (await _members(session, wanted, columns, list(made))).items():
        made[of].findings.extend(findings)
    return list(made.values())


async def _members(
    session: AsyncSession, wanted: Wanted, columns: list[Any], keys: list[tuple[Any, ...]]
) -> dict[tuple[Any, ...], list[FoundAnomaly]]:
    """The first findings of each of these groups."""
    if not keys:
        return {}
    place = func.row_number().over(partition_by=columns, order_by=in_order()).label("place")
    inner = select(FoundAnomaly.id, *[c.label(f"key{n}") for n, c in enumerate(columns)], place)
    inner_rows = inner.where(*wanted.conditions(), tuple_(*columns).in_(keys)).subquery()
    labels = [inner_rows.c[f"key{n}"] for n in range(len(columns))]
    query = select(FoundAnomaly, *labels).join(inner_rows, inner_rows.c.id == FoundAnomaly.id)
    chosen = query.where(inner_rows.c.place <= OF_EACH).order_by(inner_rows.c.place)
    found: dict[tuple[Any, ...], list[FoundAnomaly]] = defaultdict(list)
    for finding, *key in (await session.execute(chosen)).all():
        found[tuple(key)].append(finding)
    return found


def _named(at: int) -> str:
    return SEVERITIES[at] if at < len(SEVERITIES) else ""


def _money(total: Any) -> Money | None:
    return total if isinstance(total, Money) or total is None else Money(int(total))
