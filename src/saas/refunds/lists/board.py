"""The board: the stages as columns, each with how many, how much, and what is urgent first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, column, select, true, values
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from saas.refunds.lists.list_queries import Figures, Wanted
from saas.refunds.lists.listing import LABELS, STATES_OF, Url, total
from saas.refunds.models import OVER, Refund

CARDS = 8  # of a column; the list shows the rest


@dataclass(frozen=True, slots=True)
class Column:
    """One stage: its figures and its most urgent requests."""

    name: str
    refunds: Sequence[Refund]
    figures: Figures


def columns() -> dict[str, tuple[str, ...]]:
    """The stages with the states that still need work; what is over stands in the list."""
    open_ones = {name: tuple(s for s in states if s not in OVER) for name, states in STATES_OF.items()}
    return {name: states for name, states in open_ones.items() if states}


async def board(
    session: AsyncSession, wanted: Wanted, now: datetime, counted: Mapping[str, Figures]
) -> Sequence[Column]:
    """Every stage with its first CARDS requests, those due first on top, and the figures that were `counted`."""
    states = [state for names in columns().values() for state in names]
    each = values(column("state", String), name="each").data([(state,) for state in states])
    first = (
        select(Refund)
        .where(*wanted.conditions(now), Refund.state == each.c.state)
        .correlate(each)
        .order_by(Refund.due_at, Refund.id)
        .limit(CARDS)
        .lateral("first")
    )
    card: Any = aliased(Refund, first)
    found = (await session.scalars(select(card).select_from(each.join(first, true())))).all()
    return [
        Column(name, _most_urgent([r for r in found if r.state in names]), total(name, counted))
        for name, names in columns().items()
    ]


def _most_urgent(refunds: Sequence[Refund]) -> list[Refund]:
    """Those due first; where the client's turn lasts, the date stands still, and they come last."""
    return sorted(refunds, key=lambda r: (r.stage_due_at is None, r.due_at, r.id))[:CARDS]


def shown(column: Column, cards: Sequence[dict[str, Any]], odd: Mapping[str, Figures], url: Url) -> dict[str, Any]:
    """A column for the template, with the addresses of its parts of the list; `odd` are the figures of exceptions."""
    return {
        "name": column.name,
        "label": LABELS[column.name],
        "cards": cards,
        "figures": column.figures,
        "rest": "" if column.figures.count <= len(cards) else column.figures.words,
        "url": url(view=column.name),
        "late_url": url(view=column.name, only="late"),
        "odd": total(column.name, odd),
        "odd_url": url(view=column.name, only="unusual"),
    }
