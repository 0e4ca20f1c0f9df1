"""Every SELECT on owners' links, the looks through them, and what is late in the firm."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.insights.owner_link.link_models import OwnerLink, OwnerView
from saas.kernel.errors import Missing
from saas.kernel.links import Link
from saas.kernel.tenancy import of_this_firm


async def links(session: AsyncSession) -> list[tuple[OwnerLink, Link, int, datetime | None]]:
    """The newest first, each with how often it was looked at and when last."""
    seen = (
        select(OwnerView.owner_link_id, func.count().label("views"), func.max(OwnerView.at).label("last"))
        .where(of_this_firm(OwnerView))
        .group_by(OwnerView.owner_link_id)
        .subquery()
    )
    query: Any = (
        select(OwnerLink, Link, func.coalesce(seen.c.views, 0), seen.c.last)
        .join(Link, (Link.id == OwnerLink.link_id) & of_this_firm(Link))
        .outerjoin(seen, seen.c.owner_link_id == OwnerLink.id)
        .where(of_this_firm(OwnerLink))
        .order_by(OwnerLink.made_at.desc())
    )
    return [(row[0], row[1], row[2], row[3]) for row in (await session.execute(query)).all()]


async def one(session: AsyncSession, owner_link_id: UUID, *, lock: bool = False) -> tuple[OwnerLink, Link]:
    query = (
        select(OwnerLink, Link)
        .join(Link, (Link.id == OwnerLink.link_id) & of_this_firm(Link))
        .where(of_this_firm(OwnerLink), OwnerLink.id == owner_link_id)
    )
    row = (await session.execute(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        raise Missing()
    return row[0], row[1]


async def views(session: AsyncSession, owner_link_id: UUID, limit: int, *, what: str = "") -> Sequence[OwnerView]:
    """The last looks first, or only those at the page or of the report."""
    query = select(OwnerView).where(of_this_firm(OwnerView), OwnerView.owner_link_id == owner_link_id)
    query = query.where(OwnerView.what == what) if what else query
    return (await session.scalars(query.order_by(OwnerView.at.desc()).limit(limit))).all()
