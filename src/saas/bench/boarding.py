"""`saas bench periods`: the period board, fifty clients by six months, asked of the application itself."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from saas.bench.history import Size, write
from saas.bench.office import Office, office, servers, visiting
from saas.bench.outcome import Result
from saas.bench.rows import insert
from saas.bench.timing import result, timed
from saas.cases.period_board.queries import MONTHS, last_months
from saas.checks.models import CheckRun
from saas.clients.queries import every_client
from saas.filings import planning
from saas.kernel import clock
from saas.kernel.clock import CHINA
from saas.kernel.config import Settings
from saas.ledgers.models import PeriodVersion

MILLISECONDS = 100  # what the product promises for 50 clients
CASES = 20  # of each client, over five years
EACH = "clients c, unnest(CAST(:months AS text[])) month WHERE c.firm_id = CAST(:firm AS uuid) AND c.number LIKE 'B%'"
BOOKS = {
    "firm_id": "c.firm_id", "client_id": "c.id", "period": "month", "content": "'lines'", "version": "1",
    "is_current": "true", "import_id": "gen_random_uuid()",
}  # fmt: skip
RUNS = {
    "firm_id": "c.firm_id", "client_id": "c.id", "at": "now()", "first_period": "month", "last_period": "month",
    "line_count": "200", "milliseconds": "9", "new_count": "0", "again_count": "0", "gone_count": "0",
}  # fmt: skip


def measure(clients: int, turns: int) -> list[Result]:
    """Milliseconds of the board with so many clients, beside the board of a firm with one."""
    with servers() as settings:
        return asyncio.run(_measure(settings, clients, turns))


async def _measure(settings: Settings, clients: int, turns: int) -> list[Result]:
    async with office(settings) as place, visiting(place) as browser:
        path, folder = f"/f/{place.firm.slug}/periods", settings.data_dir
        alone = await timed(browser, path, turns, folder)
        await fill(place, clients)
        whole = await timed(browser, path, turns, folder)
    return [result(f"{clients} clients × {MONTHS} months, beside one client", whole, alone, MILLISECONDS)]


async def fill(place: Office, clients: int) -> None:
    """Clients with cases and findings of five years, books and checks of the board's months, and their returns."""
    await write(place.settings, [place.firm.id], Size(clients * CASES, 5, clients))
    months = last_months(clock.today())
    engine = create_async_engine(place.settings.database_url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table, columns in ((PeriodVersion, BOOKS), (CheckRun, RUNS)):
            await insert(connection, table, columns, EACH, {"firm": str(place.firm.id), "months": months[1:]})
    await engine.dispose()
    for month in reversed(months):
        with clock.at(datetime.combine(date.fromisoformat(f"{month}-02"), datetime.min.time(), CHINA)):
            async with place.transaction() as session:
                await planning.plan_for(session, await every_client(session))
    async with place.transaction() as session:  # what fell due is accepted, but for the last days
        before = clock.today() - timedelta(days=20)
        await session.execute(
            text("UPDATE filings SET filed_on = due_on, accepted_on = due_on WHERE due_on < :day"), {"day": before}
        )
