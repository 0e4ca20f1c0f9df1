"""Planning the register: rows for what comes due, kept in step with profile, switches and calendar until filed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.models import Client
from saas.filings import duties, queries
from saas.filings.models import FilingSwitch
from saas.filings.models import RegisteredFiling as Filing
from saas.filings.profile import ending, in_force, last_month
from saas.kernel import clock
from saas.kernel.filing import Due, FilingCalendar, filing_table
from saas.kernel.months import month_name, month_number
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm

AHEAD = timedelta(days=60)
BEHIND = timedelta(days=31)  # what a stopped job left out is made up for
MONTHS_BACK = 18  # the period of a return that comes due today ended at most so long ago
EVERYBODY = 100_000
CHUNK = 1000

Key = tuple[UUID, str, str]  # client, code, period


async def plan(session: AsyncSession) -> None:
    """The daily job: rows of the coming 60 days, moved due days, tasks and reminders. Twice changes nothing."""
    await plan_for(session, await clients.clients(session, limit=EVERYBODY))
    await keep_in_step(session, await filing_calendar(session), clock.today())
    await duties.chase(session)


async def filing_calendar(session: AsyncSession) -> FilingCalendar:
    return FilingCalendar(filing_table(), await calendar_of(session))


async def plan_for(session: AsyncSession, chosen: Sequence[Client]) -> None:
    """Rows for these clients; planned rows that nothing calls for any more are taken back."""
    today, calendar = clock.today(), await filing_calendar(session)
    set_for = await queries.switches(session, [client.id for client in chosen])
    known: dict[tuple[str, str], Due | None] = {}
    wanted: dict[Key, Due] = {}
    for client in chosen:
        for code, period in _periods(client, set_for, today):
            if (code, period) not in known:
                known[code, period] = calendar.due(code, period)
            due = known[code, period]
            if due is not None and _from_day(client, today) <= due.day <= today + AHEAD:
                wanted[client.id, code, period] = due
    await _take_back(session, [client.id for client in chosen], wanted, today)
    rows = [row_of(*key, due) for key, due in wanted.items()]
    unique = ["firm_id", "client_id", "code", "period"]
    for start in range(0, len(rows), CHUNK):
        statement = insert(Filing).on_conflict_do_nothing(index_elements=unique)
        await session.execute(statement, rows[start : start + CHUNK])


def row_of(client_id: UUID, code: str, period: str, due: Due) -> dict[str, object]:
    """The columns of a planned row."""
    return {
        "client_id": client_id,
        "code": code,
        "period": period,
        "last_month": last_month(period),
        "base_on": due.base,
        "due_on": due.day,
        "provisional": due.provisional,
        "calendar_version": due.version,
        "basis": due.basis,
        "planned_at": clock.now(),
    }


async def keep_in_step(session: AsyncSession, calendar: FilingCalendar, today: date) -> None:
    """Due days move with the calendar, as long as nothing was handed in."""
    untouched = (of_this_firm(Filing), Filing.filed_on.is_(None), Filing.waived_on.is_(None),
                 Filing.due_on >= today - BEHIND)  # fmt: skip
    columns = (Filing.code, Filing.period, Filing.base_on, Filing.due_on, Filing.provisional,
               Filing.calendar_version, Filing.basis)  # fmt: skip
    for code, period, *stored in (await session.execute(select(*columns).where(*untouched).distinct())).all():
        due = calendar.due(code, period)
        if due is None or stored == [due.base, due.day, due.provisional, due.version, due.basis]:
            continue
        moved = update(Filing).where(*untouched, Filing.code == code, Filing.period == period)
        await session.execute(
            moved.values(base_on=due.base, due_on=due.day, provisional=due.provisional,
                         calendar_version=due.version, basis=due.basis)
        )  # fmt: skip


def _periods(client: Client, set_for: dict[UUID, list[FilingSwitch]], today: date) -> Iterator[tuple[str, str]]:
    first = f"{client.taken_over_on:%Y-%m}" if client.taken_over_on else ""
    for month in months_around(today):
        if month >= first:
            for code, every in in_force(client, set_for.get(client.id, []), month).items():
                period = ending(every, month)
                if period is not None:
                    yield code, period


def months_around(today: date) -> list[str]:
    """The months in which a period can have ended that comes due around today."""
    return [month_name(month_number(today) + ahead) for ahead in range(-MONTHS_BACK, 3)]


def _from_day(client: Client, today: date) -> date:
    """Nothing is expected that came due before the client was in the register."""
    return max(today - BEHIND, client.created_at.astimezone(clock.CHINA).date())


async def _take_back(session: AsyncSession, ids: Sequence[UUID], wanted: dict[Key, Due], today: date) -> None:
    """Planned rows to come that the profile, a switch or a take-over day no longer calls for."""
    planned = select(Filing.id, Filing.client_id, Filing.code, Filing.period).where(
        of_this_firm(Filing),
        Filing.client_id.in_(ids),
        Filing.filed_on.is_(None),
        Filing.waived_on.is_(None),
        Filing.due_on.between(today, today + AHEAD),
    )
    gone = [row.id for row in await session.execute(planned) if (row.client_id, row.code, row.period) not in wanted]
    if gone:
        await session.execute(delete(Filing).where(of_this_firm(Filing), Filing.id.in_(gone)))
