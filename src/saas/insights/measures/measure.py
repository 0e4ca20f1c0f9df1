"""What a measure is: the scope it is asked for, the figure it answers with, the rows it counts, and its definition."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.i18n import Text

SMALLEST_SHOWN = 5  # rates under this n are hidden (domain.md W5); the single rows stay visible to those who follow up

# share 0…1; wh, wd: working hours, days; days: of the calendar; per_100, per_1000: of vouchers; ratio: of two rates
Unit = Literal["share", "wh", "wd", "days", "minutes", "count", "fen", "score", "per_100", "per_1000", "ratio"]
Subject = Literal["anomalies", "notices", "refunds", "satisfaction", "learning", "risk", "quality", "trade"]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a figure is asked for: two dates (both inclusive, the firm's days) and optional filters."""

    since: date
    until: date
    client_id: UUID | None = None
    member_id: UUID | None = None  # a membership: the person in charge of what is counted
    team: str = ""  # a role
    cause: str = ""
    rule: str = ""
    reason: str = ""

    def between(self, since: date, until: date) -> Scope:
        """The same filters over other dates."""
        return replace(self, since=since, until=until)


@dataclass(frozen=True, slots=True)
class Figure:
    """One answer. `n` counts what the figure rests on (the denominator of a share, the cases of a median).

    `value` is in the measure's unit: a share between 0 and 1, working hours or days, fen, a score; None where there is
    nothing to say. `low`/`high` are quartiles of a median or the 95 % interval of a share. `hidden` hides `value`
    of a rate under SMALLEST_SHOWN: the value is then None; n is shown all the same.
    """

    n: int
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    parts: tuple[tuple[Text | str, int | Decimal], ...] = ()
    hidden: bool = False
    hits: int | None = None  # of a share: how many of n


@dataclass(frozen=True, slots=True)
class Row:
    """One thing a figure counts: its name, its page inside the firm ("/cases/…"; "" has none), its cells."""

    label: str
    url: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of what a figure counts. `total` over all pages; `columns` head the cells."""

    total: int
    rows: tuple[Row, ...]
    columns: tuple[Text, ...] = ()


FigureOf = Callable[[AsyncSession, Scope], Awaitable[Figure]]
Cuts = Sequence[date]  # the first days of spans that follow one another, the earliest first
CountOf = Callable[[AsyncSession, Scope, Cuts], Awaitable[list[Figure]]]
RowsOf = Callable[[AsyncSession, Scope, int, int], Awaitable[Rows]]


@dataclass(frozen=True, slots=True)
class BySpan:
    """A figure that one query counts for many spans at once: `count` gets a scope over all of them and their first
    days. One span alone is asked for by the same query, so that a trend never differs from its periods.

    Only the last figure needs its parts.
    """

    count: CountOf

    async def __call__(self, session: AsyncSession, scope: Scope) -> Figure:
        return (await self.count(session, scope, (scope.since,)))[-1]


@dataclass(frozen=True, slots=True)
class Measure:
    """One KPI with its definition in words, as it stands beside the figure."""

    key: str  # "first_response"
    name: Text
    subject: Subject  # the dashboard it stands on
    unit: Unit
    definition: Text
    cohort: Text  # whose period counts
    source: Text  # where the rows come from
    exclusions: Text
    figure: FigureOf
    rows: RowsOf
    better: Literal["up", "down", ""] = ""
    part_unit: Unit = "count"  # the unit of the numbers in Figure.parts
    live: bool = False  # as it stands now, whatever the scope's dates
    kpi: str = ""  # the row of domain.md W5 or accounting.md §9 it answers, as written there
    filters: frozenset[str] = field(default_factory=frozenset)  # which filters of a Scope it obeys

    async def over(self, session: AsyncSession, scope: Scope, spans: Sequence[tuple[date, date]]) -> list[Figure]:
        """The figure of each of these spans, which follow one another without a gap; the last one with its parts."""
        if isinstance(self.figure, BySpan):
            whole = scope.between(spans[0][0], spans[-1][1])
            return await self.figure.count(session, whole, [since for since, _until in spans])
        return [await self.figure(session, scope.between(*span)) for span in spans]
