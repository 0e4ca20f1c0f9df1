"""Every SELECT on procedures, who read them and which version is pinned to what."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists.procedures.procedure_models import Procedure, ProcedurePin, ProcedureReceipt, ProcedureVersion
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm

IN_WORK = ("draft", "in_review", "coming")


async def library(session: AsyncSession) -> Sequence[tuple[Procedure, ProcedureVersion]]:
    """Each procedure with the version that counts: in force, else the one in work."""
    query = (
        select(Procedure, ProcedureVersion)
        .join(ProcedureVersion, (ProcedureVersion.firm_id == Procedure.firm_id)
              & (ProcedureVersion.procedure_id == Procedure.id))
        .where(of_this_firm(Procedure), ProcedureVersion.state.in_(("in_force", *IN_WORK)))
        .order_by(Procedure.position, Procedure.id, ProcedureVersion.version)
    )  # fmt: skip
    shown: dict[UUID, tuple[Procedure, ProcedureVersion]] = {}
    for procedure, version in (await session.execute(query)).all():
        if procedure.id not in shown or version.state == "in_force":
            shown[procedure.id] = (procedure, version)
    return list(shown.values())


async def in_force(session: AsyncSession) -> Sequence[ProcedureVersion]:
    """Every version that counts today, in the order of the library."""
    query = (
        select(ProcedureVersion)
        .join(Procedure, (Procedure.firm_id == ProcedureVersion.firm_id)
              & (Procedure.id == ProcedureVersion.procedure_id))
        .where(of_this_firm(ProcedureVersion), ProcedureVersion.state == "in_force")
        .order_by(Procedure.position, Procedure.id)
    )  # fmt: skip
    return (await session.scalars(query)).all()


async def in_force_by_key(session: AsyncSession, key: str) -> ProcedureVersion | None:
    """The version in force of the procedure that was copied from the starter under this key."""
    query = (
        select(ProcedureVersion)
        .join(Procedure, (Procedure.firm_id == ProcedureVersion.firm_id)
              & (Procedure.id == ProcedureVersion.procedure_id))
        .where(of_this_firm(Procedure), Procedure.starter_key == key, ProcedureVersion.state == "in_force")
    )  # fmt: skip
    found: ProcedureVersion | None = await session.scalar(query)
    return found


async def procedure(session: AsyncSession, procedure_id: UUID) -> Procedure:
    return await own_row(session, Procedure, procedure_id)


async def versions(session: AsyncSession, procedure_id: UUID) -> Sequence[ProcedureVersion]:
    """All versions of one procedure, the newest first."""
    query = select(ProcedureVersion).where(
        of_this_firm(ProcedureVersion), ProcedureVersion.procedure_id == procedure_id
    )
    return (await session.scalars(query.order_by(ProcedureVersion.version.desc()))).all()


async def version(session: AsyncSession, version_id: UUID) -> ProcedureVersion:
    return await own_row(session, ProcedureVersion, version_id)


async def coming_on(session: AsyncSession, day: date) -> Sequence[UUID]:
    """Approved versions whose day has come."""
    query = select(ProcedureVersion.id).where(
        of_this_firm(ProcedureVersion), ProcedureVersion.state == "coming", ProcedureVersion.effective_on <= day
    )
    return (await session.scalars(query)).all()


async def receipts(session: AsyncSession, version_ids: Collection[UUID]) -> Sequence[ProcedureReceipt]:
    query = select(ProcedureReceipt).where(
        of_this_firm(ProcedureReceipt), ProcedureReceipt.version_id.in_(list(version_ids))
    )
    return (await session.scalars(query)).all()


async def pinned(session: AsyncSession, subject_id: UUID) -> Sequence[ProcedureVersion]:
    """The versions that count for one refund or case."""
    query = (
        select(ProcedureVersion)
        .join(ProcedurePin, (ProcedurePin.firm_id == ProcedureVersion.firm_id)
              & (ProcedurePin.version_id == ProcedureVersion.id))
        .where(of_this_firm(ProcedurePin), ProcedurePin.subject_id == subject_id)
        .order_by(ProcedurePin.pinned_at, ProcedureVersion.title_zh)
    )  # fmt: skip
    return (await session.scalars(query)).all()


async def saying(session: AsyncSession, wanted: str, limit: int = 10) -> Sequence[ProcedureVersion]:
    """Versions in force that have these words in their title or text."""
    like = f"%{wanted.strip()}%"
    table = ProcedureVersion
    words = or_(
        table.title_zh.ilike(like), table.title_en.ilike(like), table.body_zh.ilike(like), table.body_en.ilike(like)
    )
    query = select(table).where(of_this_firm(table), table.state == "in_force", words)
    return (await session.scalars(query.order_by(table.title_zh).limit(limit))).all()


def readers_of(version: ProcedureVersion, members: Mapping[UUID, Sequence[str]]) -> list[UUID]:
    """Of these members and their roles, those who must read it."""
    return [member for member, roles in members.items() if set(roles) & set(version.readers)]
