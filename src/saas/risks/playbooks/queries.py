"""Every SELECT on playbooks."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.errors import Missing
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.risks.playbooks.playbook_models import Playbook, PlaybookVersion


async def playbooks(session: AsyncSession, *, every: bool = False) -> Sequence[Playbook]:
    """Those that are in use, or every one; in the order in which they came."""
    query = select(Playbook).where(of_this_firm(Playbook), *([] if every else [Playbook.is_on]))
    return (await session.scalars(query.order_by(Playbook.id))).all()


async def playbook(session: AsyncSession, playbook_id: UUID, *, lock: bool = False) -> Playbook:
    """One playbook of this firm; Missing for any other id."""
    return await own_row(session, Playbook, playbook_id, lock=lock)


async def by_key(session: AsyncSession, key: str) -> Playbook | None:
    found: Playbook | None = await session.scalar(select(Playbook).where(of_this_firm(Playbook), Playbook.key == key))
    return found


async def versions(session: AsyncSession, playbook_id: UUID) -> Sequence[PlaybookVersion]:
    """The newest first."""
    query = select(PlaybookVersion).where(of_this_firm(PlaybookVersion), PlaybookVersion.playbook_id == playbook_id)
    return (await session.scalars(query.order_by(PlaybookVersion.number.desc()))).all()


async def version(session: AsyncSession, playbook_id: UUID, number: int) -> PlaybookVersion:
    """One version; Missing where there is none."""
    found = next((one for one in await versions(session, playbook_id) if one.number == number), None)
    if found is None:
        raise Missing()
    return found


async def version_by_id(session: AsyncSession, version_id: UUID) -> PlaybookVersion:
    query = select(PlaybookVersion).where(of_this_firm(PlaybookVersion), PlaybookVersion.id == version_id)
    return (await session.execute(query)).scalar_one()
