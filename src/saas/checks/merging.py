"""Two clients became one: the findings go along, and the ones both had become one."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks import queries
from saas.checks.models import CheckRun, Exemption
from saas.kernel.module import Event


async def follow_merge(session: AsyncSession, event: Event) -> None:
    """Findings, exemptions and runs of the merged client belong to the other one now.

    A finding both have keeps its row under the merged client: the rules find it again in the joined books anyway.
    """
    into, merged_id = event.row, event.detail["merged_id"]
    taken = {(row.rule, row.object) for row in await queries.of_client(session, into.id)}
    for row in await queries.of_client(session, merged_id):
        if (row.rule, row.object) not in taken:
            row.client_id = into.id
    taken_figures = {(row.period, row.name) for row in await queries.figures(session, into.id)}
    for figure in await queries.figures(session, merged_id):
        if (figure.period, figure.name) not in taken_figures:
            figure.client_id = into.id
    for table in (Exemption, CheckRun):
        mine = (table.firm_id == into.firm_id, table.client_id == merged_id)
        await session.execute(update(table).where(*mine).values(client_id=into.id))
    await session.flush()
