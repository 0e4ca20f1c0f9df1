"""Keeping what a run found: new findings begin, known ones are seen again, those not found any more are gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks import queries
from saas.checks.finding import Finding
from saas.checks.models import Exemption, FoundAnomaly
from saas.checks.thresholds import InForce
from saas.checks.workflow import FINDING
from saas.clients.models import Client
from saas.kernel import clock
from saas.kernel.access import SYSTEM
from saas.kernel.perform import perform, start

EXPOSURE_BANDS = ((100_000_00, 3.0), (10_000_00, 2.0), (1_000_00, 1.5), (0, 1.0))  # fen from which a band begins
NOT_A_THRESHOLD = {"sealed", "bank_lines", "bank_pairs", "invoices"}  # settings that are books, not numbers


@dataclass(slots=True)
class Tally:
    """What a run changed."""

    new: int = 0
    again: int = 0
    returned: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Covered:
    """What a run can speak about: the months of the books, and the rules that ran."""

    first: str | None
    last: str | None
    rules: frozenset[str]

    def speaks_of(self, finding: FoundAnomaly) -> bool:
        """Whether its absence from the run means that it is gone."""
        if finding.rule not in self.rules or self.first is None or self.last is None:
            return False
        return finding.period is None or self.first <= finding.period <= self.last


async def keep(
    session: AsyncSession,
    client: Client,
    found: Sequence[Finding],
    covered: Covered,
    in_force: InForce,
    *,
    import_id: UUID | None,
    nearness: float,
) -> Tally:
    """Bring a client's findings up to date with what a run found."""
    now, tally = clock.now(), Tally()
    known = {(row.rule, row.object): row for row in await queries.of_client(session, client.id)}
    exemptions = await queries.exemptions(session, client.id)
    current = _once(found)
    for key, finding in current.items():
        row = known.get(key)
        if row is None:
            await _begin(session, client, finding, in_force, import_id, nearness, now, exemptions)
            tally.new += 1
        else:
            _refresh(row, finding, import_id, nearness, now)
            tally.returned += await _wake(session, row)
            tally.again += 1
    for key, row in known.items():
        if key not in current and row.gone_at is None and covered.speaks_of(row):
            row.gone_at = now
            tally.gone += 1
    await session.flush()
    return tally


def priority(score: float, amount: Any, nearness: float) -> float:
    """S × exposure band × nearness of the filing day (domain.md F7)."""
    fen = abs(amount.fen) if amount is not None else 0
    return round(score * next(factor for least, factor in EXPOSURE_BANDS if fen >= least) * nearness, 1)


def _once(found: Iterable[Finding]) -> dict[tuple[str, str], Finding]:
    """Of two findings with the same identity the one with the higher score."""
    best: dict[tuple[str, str], Finding] = {}
    for finding in found:
        key = (finding.rule, finding.object)
        if key not in best or finding.score > best[key].score:
            best[key] = finding
    return best


async def _begin(
    session: AsyncSession,
    client: Client,
    finding: Finding,
    in_force: InForce,
    import_id: UUID | None,
    nearness: float,
    now: datetime,
    exemptions: Sequence[Exemption],
) -> None:
    row = FoundAnomaly(client_id=client.id, rule=finding.rule, object=finding.object, found_at=now)
    row.first_import_id = import_id
    row.settings = {k: v for k, v in in_force.full(finding.rule).items() if k not in NOT_A_THRESHOLD}
    _refresh(row, finding, import_id, nearness, now)
    await start(session, FINDING, row, SYSTEM, timeline=False)
    covering = next((e for e in exemptions if e.covers(row.rule, row.account, clock.today())), None)
    if covering is not None:
        await perform(session, FINDING, row.id, "exempt", SYSTEM, covering)


def _refresh(row: FoundAnomaly, finding: Finding, import_id: UUID | None, nearness: float, now: datetime) -> None:
    """The evidence as the newest books show it; the thresholds stay those of the first time."""
    row.severity, row.score, row.terms = finding.severity, finding.score, finding.terms
    row.priority = priority(finding.score, finding.amount, nearness)
    row.message, row.compared = finding.message, finding.compared
    row.vouchers, row.rows = finding.vouchers, finding.rows
    row.period, row.account, row.amount = finding.period, finding.account, finding.amount
    row.last_import_id, row.seen_at, row.gone_at = import_id or row.last_import_id, now, None


async def _wake(session: AsyncSession, row: FoundAnomaly) -> bool:
    """What was cured and is there again, or excepted until a day that has passed, opens again."""
    if row.state == "cured":
        await perform(session, FINDING, row.id, "come_back", SYSTEM)
        return True
    if row.state == "excepted" and row.excepted_until is not None and row.excepted_until < clock.today():
        await perform(session, FINDING, row.id, "lapse", SYSTEM)
    return False
