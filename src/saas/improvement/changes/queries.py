"""Every SELECT on changes."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.improvement.changes.change_models import Change
from saas.kernel.errors import Missing
from saas.kernel.tenancy import of_this_firm

OVER = ("kept", "withdrawn")


async def change(session: AsyncSession, change_id: UUID) -> Change:
    """One change of this firm; Missing for any other id."""
    found = await change_or_none(session, change_id)
    if found is None:
        raise Missing()
    return found


async def change_or_none(session: AsyncSession, change_id: UUID) -> Change | None:
    found: Change | None = await session.scalar(select(Change).where(of_this_firm(Change), Change.id == change_id))
    return found


async def changes(session: AsyncSession, view: str = "", kind: str = "", limit: int = 200) -> Sequence[Change]:
    """`view`: "" what is on its way, "over" what was decided; `kind` is a kind of target."""
    over = Change.state.in_(OVER)
    query = select(Change).where(of_this_firm(Change), over if view == "over" else ~over)
    if kind:
        query = query.where(Change.target_kind == kind)
    return (await session.scalars(query.order_by(Change.drafted_at.desc()).limit(limit))).all()


async def of_source(session: AsyncSession, source_id: UUID) -> Sequence[Change]:
    """What was changed because of a lesson or of something in the inbox."""
    query = select(Change).where(of_this_firm(Change), Change.source_id == source_id)
    return (await session.scalars(query.order_by(Change.drafted_at))).all()


async def of_target(session: AsyncSession, kind: str, key: str) -> Sequence[Change]:
    """Every change that is measured by this rule, cause, step, policy or figure: for the pages of others."""
    query = select(Change).where(of_this_firm(Change), Change.target_kind == kind, Change.target_key == key)
    return (await session.scalars(query.order_by(Change.drafted_at.desc()))).all()


async def in_state(session: AsyncSession, state: str) -> Sequence[Change]:
    query = select(Change).where(of_this_firm(Change), Change.state == state)
    return (await session.scalars(query.order_by(Change.effective_on))).all()
