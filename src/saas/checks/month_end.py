"""The run before a filing day and what it tells: new, cured and still there since the last one, a digest a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from saas.checks import queries
from saas.checks.models import CheckRun, FoundAnomaly
from saas.clients import queries as clients
from saas.clients.models import Client
from saas.firms.notifications import notify
from saas.firms.queries import with_roles
from saas.identity.queries import members
from saas.kernel import clock
from saas.kernel.i18n import _
from saas.kernel.outbox import Outbox, enqueue
from saas.kernel.tenancy import of_this_firm

MONTH_END = "month_end"  # the occasion of a run
LEVELS = ("critical", "high", "medium", "low")
RANKS = (*LEVELS, "")
EVER = datetime.min.replace(tzinfo=UTC)


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
        new = sum(one.new for one in await compared(session, mine, named))
        said = _("Books of %(clients)s clients were checked before filing: %(new)s new findings", clients=len(mine),
                 new=new)  # fmt: skip
        day = mine[0].at.astimezone(clock.CHINA).date()
        url = f"/findings/month-end?day={day}"
        await notify(session, [member_id], "digest", said, url, now, patience=timedelta(0))  # a digest is to be kept


async def begin(session: AsyncSession, bookkeeper_id: UUID | None = None) -> int:
    """Promise the run for every client whose books were imported (of one bookkeeper, or of all); how many are new.

    A client whose run is promised already gets no second one.
    """
    checked = await queries.runs_by_client(session)
    pending = await promised(session)
    wanted = [
        one
        for one in (await clients.clients_by_id(session, list(checked))).values()
        if one.merged_into_id is None and one.archived_at is None and str(one.id) not in pending
        and bookkeeper_id in (None, one.bookkeeper_id)
    ]  # fmt: skip
    for one in wanted:
        enqueue(session, "checks.run", client_id=one.id, occasion=MONTH_END)
    return len(wanted)


async def promised(session: AsyncSession) -> set[str]:
    """The clients whose month-end run is not done yet."""
    query = select(Outbox.args["client_id"].astext).where(
        of_this_firm(Outbox), Outbox.job == "checks.run", Outbox.finished_at.is_(None), ~Outbox.dead,
        Outbox.args["occasion"].astext == MONTH_END,
    )  # fmt: skip
    return set((await session.scalars(query)).all())


async def tell_after_last(session: AsyncSession, client_id: UUID) -> None:
    """Whoever runs last has everybody told at once; the hourly schedule finds what two at the same time missed."""
    if await promised(session) <= {str(client_id)}:
        enqueue(session, "checks.tell_month_end")


async def of_day(
    session: AsyncSession, day: date | None, bookkeeper_id: UUID | None = None
) -> tuple[date | None, list[Compared]]:
    """The month-end runs of a day (the newest day with any), compared with each client's run before; worst first.

    Of one bookkeeper's clients, or of all.
    """
    at = func.date(func.timezone("Asia/Shanghai", CheckRun.at))
    mine = [of_this_firm(CheckRun), CheckRun.occasion == MONTH_END]
    chosen = day or await session.scalar(select(func.max(at)).where(*mine))
    if chosen is None:
        return None, []
    runs = (await session.scalars(select(CheckRun).where(*mine, at == chosen).order_by(CheckRun.at))).all()
    named = await clients.clients_by_id(session, list({run.client_id for run in runs}))
    theirs = {one.id for one in named.values() if bookkeeper_id in (None, one.bookkeeper_id)}
    newest = {run.client_id: run for run in runs if run.client_id in theirs}
    found = await compared(session, list(newest.values()), named)
    return chosen, sorted(found, key=lambda one: (RANKS.index(one.worst), -one.new, one.client.sort_key))


async def days(session: AsyncSession, limit: int = 24) -> Sequence[date]:
    """The days with month-end runs, the newest first."""
    at = func.date(func.timezone("Asia/Shanghai", CheckRun.at))
    query = select(at).where(of_this_firm(CheckRun), CheckRun.occasion == MONTH_END).distinct()
    return (await session.scalars(query.order_by(at.desc()).limit(limit))).all()


async def compared(session: AsyncSession, runs: Sequence[CheckRun], named: Mapping[UUID, Client]) -> list[Compared]:
    """What changed since each client's month-end run before (since ever, at the first); one query for all."""
    run, before = aliased(CheckRun), aliased(CheckRun)
    earlier = (before.client_id == run.client_id) & (before.occasion == MONTH_END) & (before.at < run.at)
    since = (
        select(run.client_id, func.coalesce(func.max(before.at), EVER).label("at"))
        .outerjoin(before, (before.firm_id == run.firm_id) & earlier)
        .where(of_this_firm(run), run.id.in_([one.id for one in runs]))
        .group_by(run.client_id)
        .subquery()
    )
    waits = (FoundAnomaly.state == "open") & FoundAnomaly.gone_at.is_(None) & (FoundAnomaly.severity != "info")
    heard = waits & ~FoundAnomaly.quiet
    new = FoundAnomaly.found_at > since.c.at
    cured = (FoundAnomaly.state == "cured") & (FoundAnomaly.decided_at > since.c.at)
    query = (
        select(
            FoundAnomaly.client_id,
            func.count().filter(heard, new),
            func.count().filter(or_(FoundAnomaly.gone_at > since.c.at, cured)),
            func.count().filter(heard, ~new),
            func.count().filter(waits, FoundAnomaly.quiet),
            func.array_agg(FoundAnomaly.severity.distinct()).filter(heard),
        )
        .join(since, since.c.client_id == FoundAnomaly.client_id)
        .where(of_this_firm(FoundAnomaly))
        .group_by(FoundAnomaly.client_id)
    )
    counted = {row[0]: row[1:] for row in (await session.execute(query)).all()}
    found = []
    for one in runs:
        new_ones, ended, standing, quiet, there = counted.get(one.client_id, (0, 0, 0, 0, None))
        worst = next((level for level in LEVELS if level in (there or ())), "")
        found.append(Compared(named[one.client_id], one, new_ones, ended, standing, quiet, worst))
    return found
