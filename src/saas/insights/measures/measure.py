"""What a measure is: the scope it is asked for, the figure it answers with, the rows it counts, and its definition."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.i18n import Text

SMALLEST_SHOWN = 5  # rates under this n are hidden (domain.md W5); the single rows stay visible to those who follow up

# share 0…1; wh, wd: working hours, days; days: of the calendar; per_1000: of vouchers; ratio: of two rates
Unit = Literal["share", "wh", "wd", "days", "minutes", "count", "fen", "score", "per_1000", "ratio"]
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
RowsOf = Callable[[AsyncSession, Scope, int, int], Awaitable[Rows]]


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
