"""A scorecard's way: open to its person, disputed where a figure is wrong to them, closed and frozen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.insights.scorecards.card_models import Scorecard, ScoreDispute, ScoreLine
from saas.insights.scorecards.points import PARTS, part_points, total
from saas.kernel.i18n import Text, _
from saas.kernel.tenancy import of_this_firm
from saas.kernel.workflow import Action, Deed, State, Workflow, states

ANSWER_WITHIN = 3 * 480  # working minutes a manager has for the answer
Points = Annotated[int, Meta(ge=0, le=100)]
Sentence = Annotated[str, Meta(max_length=2000)]


class Dispute(Struct):
    """Which figure, and why it is wrong."""

    line: UUID
    reason: Sentence


class DisputeAnswer(Struct):
    """With `points` the figure is corrected to so many; without them it stays."""

    dispute: UUID
    answer: Sentence
    points: Points | None = None


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What the rules look at besides the card."""

    lines: Sequence[ScoreLine]
    disputes: Sequence[ScoreDispute]

    @property
    def unanswered(self) -> list[ScoreDispute]:
        return [one for one in self.disputes if one.answered_at is None]

    def by_part(self) -> dict[str, Decimal | None]:
        return {part: part_points([line.counted for line in self.lines if line.part == part]) for part in PARTS}


async def facts(session: AsyncSession, card: Scorecard) -> CardFacts:
    lines = select(ScoreLine).where(of_this_firm(ScoreLine), ScoreLine.card_id == card.id).order_by(ScoreLine.place)
    raised = select(ScoreDispute).where(of_this_firm(ScoreDispute), ScoreDispute.card_id == card.id)
    return CardFacts(
        (await session.scalars(lines)).all(), (await session.scalars(raised.order_by(ScoreDispute.raised_at))).all()
    )


def is_concerned(card: Scorecard, deed: Deed) -> Text | None:
    return None if deed.actor.id == card.member_id else _("Only the person concerned can do this.")


def is_another(card: Scorecard, deed: Deed) -> Text | None:
    return _("Nobody decides about themselves: another manager does this.") if deed.actor.id == card.member_id else None


def is_in_time(card: Scorecard, deed: Deed) -> Text | None:
    return _("The time for objections is over.") if deed.now > card.closes_at else None


def is_disputable(card: Scorecard, deed: Deed) -> Text | None:
    """A figure of this card, about which no answer is due already. Asked again once the form is there."""
    if deed.form is None:
        return None
    if not any(line.id == deed.form.line for line in deed.facts.lines):
        return _("Choose one of the figures.")
    waits = any(one.line_id == deed.form.line for one in deed.facts.unanswered)
    return _("This figure is disputed already; a manager answers.") if waits else None


def is_waiting(card: Scorecard, deed: Deed) -> Text | None:
    if deed.form is None or any(one.id == deed.form.dispute for one in deed.facts.unanswered):
        return None
    return _("This objection was answered already.")


def raise_dispute(card: Scorecard, deed: Deed) -> None:
    deed.new.append(
        ScoreDispute(card_id=card.id, line_id=deed.form.line, reason=deed.form.reason, raised_by=card.member_id,
                     raised_at=deed.now)
    )  # fmt: skip


def answer_dispute(card: Scorecard, deed: Deed) -> None:
    """The figure stays as it was counted; corrected points stand beside it and make the total."""
    given: DisputeAnswer = deed.form
    dispute = next(one for one in deed.facts.unanswered if one.id == given.dispute)
    dispute.answer, dispute.upheld = given.answer, given.points is not None
    dispute.answered_by, dispute.answered_at = deed.actor.id, deed.now
    if given.points is not None:
        line = next(line for line in deed.facts.lines if line.id == dispute.line_id)
        line.corrected, line.corrected_by = Decimal(given.points), deed.actor.id
        card.total = total(deed.facts.by_part(), card.weights)


def where_next(card: Scorecard, deed: Deed) -> str:
    return "disputed" if deed.facts.unanswered else "open"


def close(card: Scorecard, deed: Deed) -> None:
    """The window is over; from here on nothing changes."""


STATES = (
    State("open", _("Open to objections"), "assignee", step=_("Card made")),
    State("disputed", _("A figure is disputed"), "manager", ANSWER_WITHIN, tone="due", step=_("Card made")),
    State("closed", _("Closed and frozen"), final=True, tone="sealed", step=_("Closed and frozen")),
)
# fmt: off
ACTIONS = (
    Action("agree", _("Agree"), states("open"), "closed", "insights.own", Scorecard.agree, rules=(is_concerned,),
           tone="primary", emits="scorecard.closed",
           consequence=_("The card is closed at once; its figures are frozen.")),
    Action("dispute", _("Dispute a figure"), states("open", "disputed"), "disputed", "insights.own", raise_dispute,
           form=Dispute, rules=(is_concerned, is_in_time, is_disputable),
           consequence=_("A manager who is not you answers; until then the card stays open.")),
    Action("answer", _("Answer the objection"), states("disputed"), ("open", "disputed"), "insights.score",
           answer_dispute, form=DisputeAnswer, rules=(is_another, is_waiting), choose=where_next, tone="primary"),
    Action("close", _("Close"), states("open"), "closed", "insights.score", close, by="system",
           emits="scorecard.closed"),
)
# fmt: on

SCORECARD = Workflow(
    "scorecard",
    label=_("Scorecard"),
    row=Scorecard,
    path="insights/scorecards",
    initial="open",
    states=STATES,
    actions=ACTIONS,
    url=lambda card: f"/insights/scorecards/{card.id}",
    title=lambda card: _("Scorecard %(period)s", period=card.period),
    facts=facts,
    assignee=lambda card: card.member_id,
)
