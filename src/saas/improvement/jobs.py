"""Work behind the pages: what a new firm begins with, and what each day brings."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from saas.improvement.changes.calendar import turn
from saas.improvement.receipts.reading import remind
from saas.improvement.regulations.starter import begin as fill_register
from saas.improvement.regulations.watch import look_ahead


async def begin(session: AsyncSession, subject_id: str = "") -> None:
    """A new firm's register; done twice it changes nothing."""
    await fill_register(session)


async def daily(session: AsyncSession) -> None:
    """Changes whose day has come, rules that begin or end soon, and what was not read in time."""
    await turn(session)
    await look_ahead(session)
    await remind(session)
