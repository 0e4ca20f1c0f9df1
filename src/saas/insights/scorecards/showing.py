"""How cards and entries are shown on every page: in one place, so that all pages say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership
from saas.insights.dashboards.units import said
from saas.insights.measures.catalogue import MEASURES
from saas.insights.scorecards.card_models import Scorecard, ScoreLine
from saas.insights.scorecards.card_workflow import SCORECARD, CardFacts
from saas.insights.scorecards.pay_models import PayEntry
from saas.insights.scorecards.pay_workflow import PAY_ENTRY, TITLES
from saas.insights.scorecards.points import PARTS
from saas.kernel.i18n import Text, _
from saas.kernel.pages import show_date, show_datetime
from saas.kernel.tenancy import of_this_firm

People = Mapping[UUID, Membership]
MANAGES = "insights.score"


def part_heads() -> list[dict[str, Any]]:
    """The parts as heads of a table of points."""
    return [{"label": part.label, "num": True} for part in PARTS.values()]


def name_of(people: People, member_id: UUID | None) -> Text | str:
    """Who left says so; nobody is the product itself."""
    member = people.get(member_id) if member_id is not None else None
    if member is None:
        return ""
    return _("%(name)s (left)", name=member.name) if member.left_at is not None else member.name


def said_points(value: Decimal | None) -> str:
    return "—" if value is None else f"{value:f}".removesuffix(".0")


def card_row(card: Scorecard, people: People, by_part: Mapping[str, Decimal | None] | None = None) -> dict[str, Any]:
    """One card in a list."""
    return {
        "url": SCORECARD.url(card),
        "title": SCORECARD.title(card),
        "name": name_of(people, card.member_id),
        "period": card.period,
        "state": SCORECARD.state(card.state),
        "total": said_points(card.total),
        "parts": [said_points((by_part or {}).get(part)) for part in PARTS],
        "until": show_date(card.closes_at) if card.state != "closed" else "",
    }


def parts_of(card: Scorecard, found: CardFacts, query: str) -> list[dict[str, Any]]:
    """The card's figures by part, each with its points; `query` leads to what it counts."""
    by_part = found.by_part()
    return [
        {
            "label": part.label,
            "weight": card.weights.get(name, 0),
            "points": said_points(by_part[name]),
            "lines": [_line(line, query) for line in found.lines if line.part == name],
        }
        for name, part in PARTS.items()
    ]


def _line(line: ScoreLine, query: str) -> dict[str, Any]:
    measure = MEASURES.get(line.measure)
    few = line.value is None and line.n > 0
    unit = measure.unit if measure is not None else "score"
    return {
        "id": str(line.id),
        "name": measure.name if measure is not None else line.measure,
        "definition": measure.definition if measure is not None else "",
        "value": _("sample too small") if few else said(unit, line.value),
        "n": line.n,
        "target": said(unit, line.target) if line.target is not None else _("no target"),
        "points": said_points(line.points),
        "corrected": said_points(line.corrected) if line.corrected is not None else "",
        "url": f"{query}/{line.measure}",
    }


def disputes_of(found: CardFacts, people: People) -> list[dict[str, Any]]:
    """Each objection with its answer, oldest first."""
    names = {line.id: MEASURES[line.measure].name for line in found.lines if line.measure in MEASURES}
    shown = []
    for one in found.disputes:
        raised = people.get(one.raised_by)
        verdict = _("Points corrected") if one.upheld else _("The figure stays")
        by = _("%(name)s: %(verdict)s", name=name_of(people, one.answered_by), verdict=verdict)
        shown.append(
            {
                "id": str(one.id),
                "open": one.answered_at is None,
                "label": names.get(one.line_id, ""),
                "initial": raised.initial if raised else "",
                "text": _("%(figure)s: %(reason)s", figure=names.get(one.line_id, ""), reason=one.reason),
                "when": show_datetime(one.raised_at),
                "answer": {"by": by, "text": one.answer} if one.answered_at is not None else None,
            }
        )
    return shown


def entry_row(entry: PayEntry, people: People) -> dict[str, Any]:
    """One entry in a list."""
    return {
        "url": PAY_ENTRY.url(entry),
        "number": entry.number,
        "name": name_of(people, entry.member_id),
        "kind": TITLES[entry.kind],
        "is_penalty": entry.kind == "penalty",
        "month": entry.month,
        "amount": -entry.amount if entry.kind == "penalty" else entry.amount,
        "reason": entry.reason,
        "state": PAY_ENTRY.state(entry.state),
    }


async def entries(session: AsyncSession, *conditions: Any, limit: int = 200) -> Sequence[PayEntry]:
    """The ledger, the newest first."""
    query = select(PayEntry).where(of_this_firm(PayEntry), *conditions)
    return (await session.scalars(query.order_by(PayEntry.month.desc(), PayEntry.number.desc()).limit(limit))).all()
