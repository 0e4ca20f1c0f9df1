"""Whether a course helped: anomalies per 1,000 vouchers 90 days after against 90 days before, beside untrained peers.

For each member who passed, at the day of their first certificate: their clients' books 90 days before and after. The
peers are the bookkeepers who had no certificate of the course by the end of those days, in the very same days. Only
those are counted whose 90 days after are over. Where the course names rules or causes, only such cases count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case
from saas.clients.models import Client
from saas.improvement.measuring.counting import A_VOUCHER, book_lines, confirmed, local_day, moments
from saas.improvement.measuring.rates import Rate, Ratio, against, ratio
from saas.kernel.tenancy import of_this_firm
from saas.ledgers.models import LedgerLine
from saas.training.models import Certificate, CourseVersion

DAYS = 90
Daily = Mapping[UUID, Mapping[date, int]]  # of a bookkeeper, by day


@dataclass(frozen=True, slots=True)
class Effect:
    """Densities before and after, of those who passed and of their peers, and what is left of the difference."""

    people: int
    before: Rate
    after: Rate
    peers_before: Rate
    peers_after: Rate

    @property
    def own(self) -> Ratio:
        return ratio(self.after, self.before)

    @property
    def peers(self) -> Ratio:
        return ratio(self.peers_after, self.peers_before)

    @property
    def net(self) -> Ratio:
        return against(self.own, self.peers)

    @property
    def few(self) -> bool:
        """Fewer than five cases before among those who passed say nothing."""
        return self.before.few or self.after.few or self.before.count + self.after.count < 5

    @property
    def has_peers(self) -> bool:
        return not (self.peers_before.few or self.peers_after.few)


def effect(passed: Mapping[UUID, date], hits: Daily, base: Daily, today: date) -> Effect | None:
    """Added up over everybody whose 90 days after are over; None while there is nobody."""
    span = timedelta(days=DAYS)
    over = {member: day for member, day in passed.items() if day + span <= today and member in base}
    if not over:
        return None
    sums = {"before": [0, 0], "after": [0, 0], "peers_before": [0, 0], "peers_after": [0, 0]}
    for member, day in over.items():
        untrained = [p for p in base if p != member and (p not in passed or passed[p] >= day + span)]
        for name, people in (("", [member]), ("peers_", untrained)):
            for when, begin in (("before", day - span), ("after", day)):
                for place, counts in enumerate((hits, base)):
                    sums[name + when][place] += sum(_within(counts.get(p, {}), begin, span) for p in people)
    first, last = min(over.values()) - span, max(over.values()) + span - timedelta(days=1)
    return Effect(len(over), *(Rate(count, n, first, last) for count, n in sums.values()))


def _within(days: Mapping[date, int], begin: date, span: timedelta) -> int:
    return sum(n for day, n in days.items() if begin <= day < begin + span)


async def of_course(session: AsyncSession, version: CourseVersion, today: date) -> Effect | None:
    """The effect of one course, of all its versions; `version` names the rules and causes it is about."""
    passed = await first_passes(session, version.course_id)
    if not passed:
        return None
    since = min(passed.values()) - timedelta(days=DAYS)
    hits = await cases_by_bookkeeper(session, since, today, version.rules, version.causes)
    return effect(passed, hits, await vouchers_by_bookkeeper(session, since, today), today)


async def first_passes(session: AsyncSession, course_id: UUID) -> dict[UUID, date]:
    """The day of each member's first certificate that was not withdrawn."""
    query = (
        select(Certificate.member_id, func.min(local_day(Certificate.issued_at)))
        .where(of_this_firm(Certificate), Certificate.course_id == course_id, Certificate.withdrawn_at.is_(None))
        .group_by(Certificate.member_id)
    )
    return {row[0]: row[1] for row in (await session.execute(query)).all()}


async def cases_by_bookkeeper(
    session: AsyncSession, since: date, until: date, rules: Sequence[str] = (), causes: Sequence[str] = ()
) -> dict[UUID, dict[date, int]]:
    """Confirmed cases by the bookkeeper of their client and the day on which they were found."""
    begin, end = moments(since, until)
    day = local_day(Case.opened_at)
    query = (
        select(Client.bookkeeper_id, day, func.count())
        .join(Client, (Client.firm_id == Case.firm_id) & (Client.id == Case.client_id))
        .where(*confirmed(), Client.bookkeeper_id.is_not(None), Case.opened_at >= begin, Case.opened_at < end)
        .group_by(Client.bookkeeper_id, day)
    )
    if rules or causes:
        query = query.where(or_(Case.rule.in_(rules), Case.cause_code.in_(causes)))
    return _by_person((await session.execute(query)).all())


async def vouchers_by_bookkeeper(session: AsyncSession, since: date, until: date) -> dict[UUID, dict[date, int]]:
    """Vouchers by the bookkeeper of their client and their day; everybody with books in this time is a key."""
    days = select(LedgerLine.client_id, LedgerLine.date.label("day"))
    one = book_lines(days, since, until).group_by(*A_VOUCHER).subquery()
    query = (
        select(Client.bookkeeper_id, one.c.day, func.count())
        .join(one, one.c.client_id == Client.id)
        .where(of_this_firm(Client), Client.bookkeeper_id.is_not(None))
        .group_by(Client.bookkeeper_id, one.c.day)
    )
    return _by_person((await session.execute(query)).all())


def _by_person(rows: Sequence[Any]) -> dict[UUID, dict[date, int]]:
    found: dict[UUID, dict[date, int]] = {}
    for member, day, count in rows:
        found.setdefault(member, {})[day] = count
    return found
