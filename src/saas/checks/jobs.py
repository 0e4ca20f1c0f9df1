"""Checking a client's books: after an import, by button, and before each filing day (requirement A8.2)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks import inbox, queries
from saas.checks.corrections import Correction
from saas.checks.deadlines import nearness, next_filing
from saas.checks.effective import effective, posted_as
from saas.checks.finding import Finding
from saas.checks.models import CheckRun
from saas.checks.month_end import MONTH_END, tell_after_last
from saas.checks.outside import supplied
from saas.checks.quieting import quieten
from saas.checks.record import Covered, keep
from saas.checks.run import check_ledger
from saas.checks.thresholds import InForce, in_force
from saas.clients import queries as clients
from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.access import SYSTEM
from saas.kernel.audit import record
from saas.kernel.i18n import _
from saas.kernel.jobs import report
from saas.kernel.outbox import enqueue
from saas.kernel.perform import calendar_of
from saas.ledgers import queries as ledgers
from saas.ledgers import store
from saas.ledgers.frame import Ledger

BEFORE_FILING = 5  # working days before the filing day on which the monthly run is made
AS_BOOKED = {"N01", "N02", "N03", "N04", "N05", "N06", "N07", "N27"}  # rules about the papers themselves
SILENT_ON_CORRECTIONS = {"N25", "N26", "N27", "N34", "N35", "N36", "N37", "N38", "N39"}
STEPS = 3

CorrectionsProvider = Callable[[AsyncSession, UUID], Awaitable[Sequence[Correction]]]
_corrections_of: list[CorrectionsProvider] = []


def provide_corrections(provider: CorrectionsProvider) -> None:
    """adjustments tells the checks which approved vouchers of a client correct something."""
    _corrections_of.append(provider)


async def after_import(session: AsyncSession, subject_id: str) -> None:
    """An import was stored: its client's books are checked."""
    imported = await ledgers.imported(session, UUID(subject_id))
    await run(session, str(imported.client_id), str(imported.id))


async def run(session: AsyncSession, client_id: str, import_id: str | None = None, occasion: str = "") -> None:
    """Check one client's current books and keep what is found. `occasion` says why, where no import or button did."""
    client = await clients.client(session, UUID(client_id))
    if client.merged_into_id is not None:
        return
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"check {client.id}", 0))))
    begun = time.perf_counter()
    await report(0, STEPS, _("Loading the books"))
    books = await store.books_of(session, client)
    if books.lines.is_empty() and books.balances.is_empty():
        return
    chosen = await in_force(session, client)
    corrections = [c for provider in _corrections_of for c in await provider(session, client.id)]
    await _with_sealed(session, client, chosen)
    for rule, known in (await supplied.settings_of(session, client.id)).items():
        chosen.settings[rule] = {**chosen.settings.get(rule, {}), **known}
    await report(1, STEPS, _("Running the rules"))
    found = await asyncio.to_thread(_check, books, chosen, corrections)
    await report(2, STEPS, _("Keeping the findings"))
    done = await _keep(session, client, books, chosen, found, import_id, begun)
    done.occasion = occasion
    if occasion == MONTH_END:
        await tell_after_last(session, client.id)
    await report(STEPS, STEPS, _("Check finished"))


async def before_filing(session: AsyncSession) -> None:
    """Daily: promise a run for each client whose filing day is near and whose books were not checked for it yet."""
    calendar, today = await calendar_of(session), clock.today()
    last = await queries.runs_by_client(session)
    for client in await clients.clients(session, limit=100_000):
        from_day = calendar.add_working_days(next_filing(calendar, client, today).day, -BEFORE_FILING)
        checked = last.get(client.id)
        if today >= from_day and (checked is None or checked.astimezone(clock.CHINA).date() < from_day):
            enqueue(session, "checks.run", client_id=client.id, occasion=MONTH_END)


async def _with_sealed(session: AsyncSession, client: Client, chosen: InForce) -> None:
    """N27 compares with the sealed versions, where there are any."""
    sealed = await store.books_of(session, client, sealed=True)
    if not sealed.lines.is_empty():
        chosen.settings["N27"] = {**chosen.settings.get("N27", {}), "sealed": sealed}


def _check(books: Ledger, chosen: InForce, corrections: Sequence[Correction]) -> list[Finding]:
    """What the rules say. Where approved vouchers correct something, it must also hold with them folded in."""
    as_booked = check_ledger(books, chosen.settings, set(chosen.enabled)).findings
    if not corrections:
        return as_booked
    folded = effective(books, corrections)
    still = {(f.rule, f.object) for f in check_ledger(folded, chosen.settings, set(chosen.enabled)).findings}
    posted = set(posted_as(books, corrections))
    return [f for f in as_booked if _stands(f, still, posted)]


def _stands(finding: Finding, still: set[tuple[str, str]], posted: set[str]) -> bool:
    if finding.rule in SILENT_ON_CORRECTIONS and posted & set(finding.vouchers):
        return False
    return finding.rule in AS_BOOKED or (finding.rule, finding.object) in still


async def _keep(
    session: AsyncSession,
    client: Client,
    books: Ledger,
    chosen: InForce,
    found: Sequence[Finding],
    import_id: str | None,
    begun: float,
) -> CheckRun:
    periods = sorted({*books.lines["period"].drop_nulls().to_list(), *books.balances["period"].drop_nulls().to_list()})
    covered = Covered(periods[0] if periods else None, periods[-1] if periods else None, chosen.enabled)
    near = nearness(await calendar_of(session), client, clock.today())
    source = UUID(import_id) if import_id else await _newest_import(session, client.id)
    tally = await keep(session, client, found, covered, chosen, import_id=source, nearness=near)
    done = CheckRun(
        client_id=client.id,
        import_id=source,
        at=clock.now(),
        first_period=covered.first,
        last_period=covered.last,
        line_count=books.lines.height,
        milliseconds=round((time.perf_counter() - begun) * 1000),
        new_count=tally.new,
        again_count=tally.again,
        gone_count=tally.gone,
        rules=sorted(chosen.enabled),
    )
    session.add(done)
    await quieten(session, client.id)
    await inbox.refresh(session, client)
    _tell(session, client, done)
    return done


def _tell(session: AsyncSession, client: Client, done: CheckRun) -> None:
    """One line on the client's timeline for the whole run."""
    counted: dict[str, Any] = {"new": done.new_count, "again": done.again_count, "gone": done.gone_count}
    record(session, SYSTEM, "checks.run", clock.now(), subject=done, client_id=client.id, timeline=True, **counted)


async def _newest_import(session: AsyncSession, client_id: UUID) -> UUID | None:
    found = [i for i in await ledgers.imports(session, client_id, limit=20) if i.state == "stored"]
    return found[0].id if found else None
