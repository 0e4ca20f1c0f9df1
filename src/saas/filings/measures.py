"""What is measured of the register (accounting.md §9): rates by due day, each with its definition and its n.

Cohort: returns whose due day lies in the stretch and has passed; waived ones (非必报) are left out of every base.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client
from saas.filings.models import DocumentsIn
from saas.filings.models import RegisteredFiling as Filing
from saas.filings.standing import is_late, is_missed
from saas.kernel import clock
from saas.kernel.filing import LEAD
from saas.kernel.i18n import Text, _
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm

DOCUMENTS_BY = 25  # the day of the month by which a month's documents should be here
PROGRESS = (5, 10, 13)  # days of the due month


@dataclass(frozen=True, slots=True)
class Cohort:
    """Returns due from one day to another, both included; of one client or one bookkeeper where named."""

    since: date
    until: date
    client_id: UUID | None = None
    bookkeeper_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one cohort. `accepted_by` counts the accepted by day of the due month (5, 10, 13)."""

    due: int = 0
    missed: int = 0
    late: int = 0
    in_time: int = 0  # accepted by the due day less two working days
    accepted: int = 0
    zero: int = 0
    amended_own: int = 0
    amended_client: int = 0
    accepted_by: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of n; `percent` with one decimal, None without any."""

    count: int
    n: int

    @property
    def percent(self) -> float | None:
        return round(100 * self.count / self.n, 1) if self.n else None


@dataclass(frozen=True, slots=True)
class Measure:
    """One rate: its words, and how it is read off a tally as (count, n)."""

    name: str
    label: Text
    definition: Text
    of: Callable[[Tally], tuple[int, int]]
    wanted: str = "low"  # low or high: which way is good


MEASURES: dict[str, Measure] = {
    m.name: m
    for m in (
        Measure(
            "missed_rate",
            _("Missed returns"),
            _(
                "Returns of which nothing had been handed in when the due day ended, even if made good "
                "later, of all that were due. Target 0; what is not required is left out."
            ),
            lambda t: (t.missed, t.due),
        ),
        Measure(
            "late_rate",
            _("Late returns"),
            _(
                "Returns accepted after the due day, or not accepted yet although it has passed, of all "
                "that were due. The day of acceptance counts, not the day of sending."
            ),
            lambda t: (t.late, t.due),
        ),
        Measure(
            "in_time_rate",
            _("Returns in good time"),
            _(
                "Returns accepted by two working days before the due day, of all that were due. The due "
                "day is the one moved by holidays."
            ),
            lambda t: (t.in_time, t.due),
            "high",
        ),
        Measure(
            "zero_rate",
            _("Zero returns"),
            _(
                "Returns with nothing declared, of all returns that were accepted. A zero return beside "
                "issued invoices is a finding of its own."
            ),
            lambda t: (t.zero, t.accepted),
        ),
        Measure(
            "amended_own_rate",
            _("Amended by our own cause"),
            _("Accepted returns that were amended afterwards because of us, of all returns that were accepted."),
            lambda t: (t.amended_own, t.accepted),
        ),
        Measure(
            "amended_client_rate",
            _("Amended by the client’s cause"),
            _(
                "Accepted returns that were amended afterwards because of the client, of all returns that "
                "were accepted."
            ),
            lambda t: (t.amended_client, t.accepted),
        ),
    )
}


async def measure(session: AsyncSession, name: str, cohort: Cohort) -> Rate:
    """One of MEASURES; KeyError for another name."""
    return Rate(*MEASURES[name].of(await tally(session, cohort)))


async def tally(session: AsyncSession, cohort: Cohort) -> Tally:
    """All counts of a cohort in one query, summed over its due days: each has a target of its own."""
    today, calendar = clock.today(), await calendar_of(session)
    query = select(
        Filing.due_on,
        Filing.accepted_on,
        func.count(),
        func.count().filter(is_missed(today)),
        func.count().filter(is_late(today)),
        func.count().filter(Filing.zero, Filing.accepted_on.is_not(None)),
        func.count().filter(Filing.amended_cause == "own"),
        func.count().filter(Filing.amended_cause == "client"),
    ).where(
        of_this_firm(Filing),
        Filing.waived_on.is_(None),
        Filing.due_on.between(cohort.since, cohort.until),
        Filing.due_on < today,
    )
    if cohort.client_id is not None:
        query = query.where(Filing.client_id == cohort.client_id)
    if cohort.bookkeeper_id is not None:
        mine = select(Client.id).where(of_this_firm(Client), Client.bookkeeper_id == cohort.bookkeeper_id)
        query = query.where(Filing.client_id.in_(mine))
    rows = (await session.execute(query.group_by(Filing.due_on, Filing.accepted_on))).all()
    targets = {row.due_on: calendar.add_working_days(row.due_on, -LEAD) for row in rows}
    accepted = [(row.due_on, row.accepted_on, row[2]) for row in rows if row.accepted_on is not None]
    return Tally(
        due=sum(row[2] for row in rows),
        missed=sum(row[3] for row in rows),
        late=sum(row[4] for row in rows),
        in_time=sum(n for due, day, n in accepted if day <= targets[due]),
        accepted=sum(n for _due, _day, n in accepted),
        zero=sum(row[5] for row in rows),
        amended_own=sum(row[6] for row in rows),
        amended_client=sum(row[7] for row in rows),
        accepted_by={d: sum(n for due, day, n in accepted if day <= due.replace(day=d)) for d in PROGRESS},
    )


async def documents_in_time(session: AsyncSession, month: str, bookkeeper_id: UUID | None = None) -> Rate:
    """收票及时率: active clients whose documents of the month were all here by the 25th of it, of all active ones."""
    active = [of_this_firm(Client), Client.archived_at.is_(None), Client.merged_into_id.is_(None)]
    active += [Client.bookkeeper_id == bookkeeper_id] if bookkeeper_id else []
    by = date.fromisoformat(f"{month}-{DOCUMENTS_BY}")
    there = select(DocumentsIn.client_id).where(
        of_this_firm(DocumentsIn), DocumentsIn.month == month, DocumentsIn.received_on <= by
    )
    query = select(func.count().filter(Client.id.in_(there)), func.count()).select_from(Client).where(*active)
    count, n = (await session.execute(query)).one()
    return Rate(count, n)
