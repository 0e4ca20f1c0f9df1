"""Gapless numbers per firm, name and year: a counter row that the taker locks until the commit."""

from __future__ import annotations

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from saas.kernel import tenancy
from saas.kernel.db import FirmRow
from saas.kernel.identifiers import uuid7


class Counter(FirmRow):
    __tablename__ = "counters"
    __table_args__ = (UniqueConstraint("firm_id", "name", "year"),)
    name: Mapped[str] = mapped_column(String(32))
    year: Mapped[int]
    value: Mapped[int]


async def next_serial(session: AsyncSession, name: str, year: int) -> int:
    """The next number; a rolled back transaction gives it back, so there are no gaps."""
    first = insert(Counter).values(firm_id=tenancy.current_firm_id(), id=uuid7(), name=name, year=year, value=1)
    query = first.on_conflict_do_update(
        index_elements=["firm_id", "name", "year"], set_={"value": Counter.value + 1}
    ).returning(Counter.value)
    value: int = (await session.execute(query)).scalar_one()
    return value
