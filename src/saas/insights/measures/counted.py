"""From a cohort to figures and rows. A cohort is one SELECT with the columns below; figure and rows both come from it,
so that what a tile shows and the list behind it can never differ.

Columns: id, label (a number or name), at (a moment or day), client_id, mark (true/false of a share, a number of a
median or mean).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Select, cast, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client
from saas.identity.models import Membership
from saas.improvement.measuring.counting import moments
from saas.improvement.measuring.rates import wilson
from saas.insights.measures.measure import SMALLEST_SHOWN, BySpan, Cuts, Figure, FigureOf, Row, Rows, RowsOf, Scope
from saas.kernel.i18n import Text, _, reader
from saas.kernel.pages import show_date
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm

Cohort = Callable[[AsyncSession, Scope], Awaitable[Select[Any]]]
Words = Callable[[Any], str]  # a mark as it is read
PLACES = Decimal("0.0001")


def cohort_of(id: Any, label: Any, at: Any, client_id: Any, mark: Any) -> Select[Any]:
    """The five columns of a cohort by their names."""
    return select(
        id.label("id"), label.label("label"), at.label("at"), client_id.label("client_id"), mark.label("mark")
    )


def narrowed(
    query: Select[Any],
    scope: Scope,
    *,
    client: Any = None,
    member: Any = None,
    cause: Any = None,
    rule: Any = None,
    reason: Any = None,
) -> Select[Any]:
    """The filters of a scope on the columns a measure has for them; the others it does not obey (Measure.filters)."""
    if client is not None and scope.client_id is not None:
        query = query.where(client.in_(of_client(scope.client_id)))
    pairs = ((member, scope.member_id), (cause, scope.cause), (rule, scope.rule), (reason, scope.reason))
    for column, wanted in pairs:
        if column is not None and wanted:
            query = query.where(column == wanted)
    if member is not None and scope.team:
        team = select(Membership.id).where(of_this_firm(Membership), Membership.roles.contains([scope.team]))
        query = query.where(member.in_(team))
    return query


def of_client(client_id: UUID) -> Select[Any]:
    """The client and all that were merged into it: letters keep the client they were written to."""
    stands = select(Client.id).where(of_this_firm(Client), Client.id == client_id).cte("stands", recursive=True)
    gone = select(Client.id).join(stands, Client.merged_into_id == stands.c.id).where(of_this_firm(Client))
    return select(stands.union(gone).c.id)


def exact(value: Any) -> Decimal | None:
    """A number of the database with four decimals."""
    return None if value is None else Decimal(str(value)).quantize(PLACES)


def share_of(hits: int, n: int, parts: Sequence[tuple[Text | str, int | Decimal]] = ()) -> Figure:
    """hits ÷ n with its 95 % interval; hidden where n is small."""
    if n < SMALLEST_SHOWN:
        return Figure(n, parts=tuple(parts), hidden=n > 0, hits=hits)
    low, high = wilson(hits, n)
    return Figure(n, exact(Decimal(hits) / n), exact(low), exact(high), tuple(parts), hits=hits)


def placed(at: Any, cuts: Cuts) -> Any:
    """Which of the spans a moment lies in, from 0: a column to group by."""
    begins = [moments(day, day)[0] for day in cuts]
    place = literal_column("0") if len(begins) == 1 else func.width_bucket(at, array_of(begins)) - 1
    return place.label("place")


def array_of(moments_: Sequence[datetime]) -> Any:
    return cast(moments_, ARRAY(DateTime(timezone=True)))


async def share_by_span(session: AsyncSession, cohort: Select[Any], cuts: Cuts) -> list[Figure]:
    """Of each span, how many of its part of the cohort are marked."""
    rows = cohort.order_by(None).subquery()
    query = select(placed(rows.c.at, cuts), func.count(), func.count().filter(rows.c.mark)).group_by("place")
    found = {row[0]: (row[1], row[2]) for row in (await session.execute(query)).all()}
    return [share_of(hits, n) for n, hits in (found.get(place, (0, 0)) for place in range(len(cuts)))]


async def share(session: AsyncSession, cohort: Select[Any]) -> Figure:
    """How many of the cohort are marked."""
    rows = cohort.order_by(None).subquery()
    n, hits = (await session.execute(select(func.count(), func.count().filter(rows.c.mark)))).one()
    return share_of(hits, n)


QUARTILES = (0.25, 0.5, 0.75)


async def median_by_span(session: AsyncSession, cohort: Select[Any], cuts: Cuts, per: int = 1) -> list[Figure]:
    """Of each span, the middle mark of its part of the cohort with the quartiles, divided by `per`; rows without a
    mark are left out."""
    rows = cohort.order_by(None).subquery()
    ends = [func.percentile_cont(part).within_group(rows.c.mark) for part in QUARTILES]
    query = select(placed(rows.c.at, cuts), func.count(), *ends).where(rows.c.mark.is_not(None)).group_by("place")
    found = {row[0]: row[1:] for row in (await session.execute(query)).all()}
    return [_middle(found.get(place), per) for place in range(len(cuts))]


def _middle(found: Any, per: int) -> Figure:
    if found is None:
        return Figure(0)
    n, low, middle, high = found
    if n < SMALLEST_SHOWN:
        return Figure(n, hidden=n > 0)
    return Figure(n, exact(middle / per), exact(low / per), exact(high / per))


async def listed(
    session: AsyncSession,
    cohort: Select[Any],
    offset: int,
    limit: int,
    *,
    url: str,
    words: Words,
    head: Text,
    first: bool = True,
) -> Rows:
    """A page of the cohort: the marks that matter first (`first`), then the newest. `url` has {id}."""
    rows = cohort.order_by(None).subquery()
    total = (await session.execute(select(func.count()).select_from(rows))).scalar_one()
    mark = rows.c.mark.desc().nulls_last() if first else rows.c.mark.asc().nulls_last()
    query = (
        select(rows, client_name().label("client"))
        .outerjoin(Client, (Client.id == rows.c.client_id) & of_this_firm(Client))
        .order_by(mark, rows.c.at.desc().nulls_last(), rows.c.id)
    )
    found = (await session.execute(query.offset(offset).limit(limit))).all()
    shown = tuple(
        Row(
            str(row.label), url.format(id=row.id) if url else "", (row.client or "", show_date(row.at), words(row.mark))
        )
        for row in found
    )
    return Rows(total, shown, (_("Client"), _("Date"), head))


def client_name() -> Any:
    """The name of a client as the reader's language has it, as a column."""
    return Client.name if reader() == "zh" else func.coalesce(func.nullif(Client.name_en, ""), Client.name)


def yes_no(mark: Any) -> str:
    return str(_("yes") if mark else _("no"))


def in_units(minutes: int) -> Words:
    """Working minutes as hours or days of so many, with one decimal."""
    return lambda mark: "" if mark is None else f"{Decimal(mark) / minutes:.1f}"


def shares(cohort: Cohort, url: str, head: Text, *, first: bool = True, dated: bool = True) -> tuple[FigureOf, RowsOf]:
    """A share and the rows it counts; `first`: those that are marked stand first. `dated`: a row belongs to the span
    in which its moment `at` lies, so that many spans are one query."""

    async def count(session: AsyncSession, scope: Scope, cuts: Cuts) -> list[Figure]:
        return await share_by_span(session, await cohort(session, scope), cuts)

    async def figure(session: AsyncSession, scope: Scope) -> Figure:
        return await share(session, await cohort(session, scope))

    async def rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
        found = await cohort(session, scope)
        return await listed(session, found, offset, limit, url=url, words=yes_no, head=head, first=first)

    return BySpan(count) if dated else figure, rows


def medians(cohort: Cohort, url: str, head: Text, *, hours: bool = False) -> tuple[BySpan, RowsOf]:
    """The median of working minutes in working hours or days, and the rows it counts, the longest first."""

    async def per(session: AsyncSession) -> int:
        return 60 if hours else (await calendar_of(session)).minutes_per_day

    async def count(session: AsyncSession, scope: Scope, cuts: Cuts) -> list[Figure]:
        return await median_by_span(session, await cohort(session, scope), cuts, await per(session))

    async def rows(session: AsyncSession, scope: Scope, offset: int, limit: int) -> Rows:
        found, unit = (await cohort(session, scope)), await per(session)
        return await listed(session, found, offset, limit, url=url, words=in_units(unit), head=head)

    return BySpan(count), rows
