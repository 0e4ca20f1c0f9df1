"""The days of changes: in force when theirs has come, measured when their time is over."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from saas.improvement.changes import queries
from saas.improvement.changes.workflow import CHANGE, measured_on
from saas.kernel import clock
from saas.kernel.access import SYSTEM
from saas.kernel.perform import perform


async def turn(session: AsyncSession) -> None:
    """The daily job; run twice it does nothing the second time."""
    today = clock.today()
    for change in await queries.in_state(session, "approved"):
        if change.effective_on <= today:
            await perform(session, CHANGE, change.id, "begin", SYSTEM)
    for change in await queries.in_state(session, "in_force"):
        if measured_on(change) <= today:
            await perform(session, CHANGE, change.id, "measure", SYSTEM)
