"""The run before a filing day and what it tells: new, cured and still there since the last one, a digest a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks.models import CheckRun, FoundAnomaly
from saas.clients import queries as clients
from saas.clients.models import Client
from saas.firms.notifications import notify
from saas.firms.queries import with_roles
from saas.identity.queries import members
from saas.kernel import clock
from saas.kernel.i18n import _
from saas.kernel.tenancy import of_this_firm

MONTH_END = "month_end"  # the occasion of a run


@dataclass(frozen=True, slots=True)
class Compared:
    """One client's month-end run beside the one before it."""

    client: Client
    run: CheckRun
    new: int
    cured: int
    standing: int
    quiet: int  # found by rules that were quietened
    worst: str  # the highest severity that waits; "" when nothing does


async def tell(session: AsyncSession) -> None:
    """The daily job: everybody hears once of the month-end runs of their clients that nobody told yet."""
    now = clock.now()
    query = select(CheckRun).where(
        of_this_firm(CheckRun), CheckRun.occasion == MONTH_END, CheckRun.told_at.is_(None)
    ).with_for_update(skip_locked=True)  # fmt: skip
    runs = (await session.scalars(query)).all()
    if not runs:
        return
    named = await clients.clients_by_id(session, [run.client_id for run in runs])
    here = {member.id for member in await members(session)}
    owners: dict[UUID, list[CheckRun]] = defaultdict(list)
    managers = [member.id for member in await with_roles(session, ["manager"])]
    for run in runs:
        keeper = named[run.client_id].bookkeeper_id
        for member_id in [keeper] if keeper in here else managers:
            owners[member_id].append(run)
        run.told_at = now
    for member_id, mine in owners.items():
        new = sum([(await compared(session, named[run.client_id], run)).new for run in mine])
        said = _("Books of %(clients)s clients were checked before filing: %(new)s new findings", clients=len(mine),
                 new=new)  # fmt: skip
        day = mine[0].at.astimezone(clock.CHINA).date()
        await notify(session, [member_id], "digest", said, f"/findings/month-end?day={day}", now)


async def of_day(session: AsyncSession, day: date | None) -> tuple[date | None, list[Compared]]:
    """The month-end runs of a day (the newest day with any), compared with each client's run before; worst first."""
    at = func.date(func.timezone("Asia/Shanghai", CheckRun.at))
    mine = [of_this_firm(CheckRun), CheckRun.occasion == MONTH_END]
    chosen = day or await session.scalar(select(func.max(at)).where(*mine))
    if chosen is None:
        return None, []
    runs = (await session.scalars(select(CheckRun).where(*mine, at == chosen).order_by(CheckRun.at))).all()
    newest = {run.client_id: run for run in runs}
    named = await clients.clients_by_id(session, list(newest))
    found = [await compared(session, named[client_id], run) for client_id, run in newest.items() if client_id in named]
    order = ("critical", "high", "medium", "low", "")
    return chosen, sorted(found, key=lambda one: (order.index(one.worst), -one.new, one.client.sort_key))


async def days(session: AsyncSession, limit: int = 24) -> Sequence[date]:
    """The days with month-end runs, the newest first."""
    at = func.date(func.timezone("Asia/Shanghai", CheckRun.at))
    query = select(at).where(of_this_firm(CheckRun), CheckRun.occasion == MONTH_END).distinct()
    return (await session.scalars(query.order_by(at.desc()).limit(limit))).all()


async def compared(session: AsyncSession, client: Client, run: CheckRun) -> Compared:
    """What changed since the client's month-end run before this one (since ever, at the first)."""
    query = select(func.max(CheckRun.at)).where(
        of_this_firm(CheckRun), CheckRun.client_id == client.id, CheckRun.occasion == MONTH_END, CheckRun.at < run.at
    )
    before: datetime | None = await session.scalar(query)
    waits = (FoundAnomaly.state == "open") & FoundAnomaly.gone_at.is_(None) & (FoundAnomaly.severity != "info")
    from_then = before or datetime.min.replace(tzinfo=UTC)
    since = FoundAnomaly.found_at > from_then
    is_cured = (FoundAnomaly.state == "cured") & (FoundAnomaly.decided_at > from_then)
    counts = select(
        func.count().filter(waits, ~FoundAnomaly.quiet, since),
        func.count().filter(waits, ~FoundAnomaly.quiet, ~since),
        func.count().filter(waits, FoundAnomaly.quiet),
        func.count().filter(or_(FoundAnomaly.gone_at > from_then, is_cured)),
    ).where(of_this_firm(FoundAnomaly), FoundAnomaly.client_id == client.id)
    new, standing, quiet, cured = (await session.execute(counts)).one()
    worst = select(FoundAnomaly.severity).where(
        of_this_firm(FoundAnomaly), FoundAnomaly.client_id == client.id, waits, ~FoundAnomaly.quiet
    )
    there = set((await session.scalars(worst.distinct())).all())
    named = next((level for level in ("critical", "high", "medium", "low") if level in there), "")
    return Compared(client, run, new, cured, standing, quiet, named)
