"""One row of the acting firm by its id."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.errors import Missing
from saas.kernel.tenancy import of_this_firm

R = TypeVar("R")


async def own_row(
    session: AsyncSession, table: type[R], row_id: UUID, *where: ColumnElement[bool], lock: bool = False
) -> R:
    """The firm's row with this id for which `where` holds; Missing for every other, another firm's no less than none.

    `lock`: until the transaction ends, and as it is in the database now.
    """
    kept: Any = table
    query = select(table).where(of_this_firm(kept), kept.id == row_id, *where)
    found: R | None = (
        await session.scalar(query.with_for_update(of=kept), execution_options={"populate_existing": True})
        if lock
        else await session.scalar(query)
    )
    if found is None:
        raise Missing()
    return found
