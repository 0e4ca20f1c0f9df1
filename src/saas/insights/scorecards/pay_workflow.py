"""The way of a bonus or penalty: proposed, approved by another, open to objection, final."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.choices import Choice, choice, offer_choices
from saas.insights.scorecards.card_workflow import is_another, is_concerned
from saas.insights.scorecards.pay_limits import HELP, refusal
from saas.insights.scorecards.pay_models import PayEntry
from saas.insights.scorecards.reckoning import window_end
from saas.kernel import clock
from saas.kernel.i18n import Signpost, Text, _
from saas.kernel.money import Money
from saas.kernel.tenancy import of_this_firm
from saas.kernel.workflow import Action, Deed, State, Workflow, states

STANDING = ("approved", "objected", "final")  # approved, and not taken back
Sentence = Annotated[str, Meta(max_length=2000)]
TITLES = {"bonus": _("Bonus"), "penalty": _("Penalty")}

offer_choices(
    Choice(
        "minimum_wage_fen",
        _("Local minimum wage of a month"),
        _("As the province published it. What remains after a penalty is never less; without it none can be approved."),
        "fen",
        0,
        most=10_000_00,
    )
)


class Approval(Struct):
    """For a penalty: the wage of the month it is taken from."""

    wage: Money | None = None


class Objection(Struct):
    reason: Sentence


class Reply(Struct):
    answer: Sentence


@dataclass(frozen=True, slots=True)
class PayFacts:
    """`others`: penalties of the same person and month that stand; `minimum`: the local minimum wage, 0 if unknown."""

    others: Money
    minimum: Money
    objects_until: datetime


async def facts(session: AsyncSession, entry: PayEntry) -> PayFacts:
    query = select(PayEntry.amount).where(
        of_this_firm(PayEntry), PayEntry.member_id == entry.member_id, PayEntry.month == entry.month,
        PayEntry.kind == "penalty", PayEntry.state.in_(STANDING), PayEntry.id != entry.id,
    )  # fmt: skip
    amounts: Sequence[Money] = (await session.scalars(query)).all()
    minimum = Money(int(await choice(session, "minimum_wage_fen")))
    return PayFacts(Money(sum(one.fen for one in amounts)), minimum, await window_end(session, clock.now()))


def is_not_own_proposal(entry: PayEntry, deed: Deed) -> Text | None:
    if entry.proposed_by is not None and deed.actor.id == entry.proposed_by:
        return _("You proposed this: another manager approves it.")
    return None


def keeps_the_law(entry: PayEntry, deed: Deed) -> Text | None:
    """A penalty within Article 16. Before the form is there, only what is missing beforehand."""
    if entry.kind != "penalty":
        return None
    if not deed.facts.minimum:
        return Signpost(_("First say what the local minimum wage is."), "/settings/choices", _("To the choices"))
    if deed.form is None:
        return None
    if deed.form.wage is None or deed.form.wage.fen <= 0:
        return _("A penalty needs the wage of the month it is taken from.")
    return refusal(entry.amount, deed.facts.others, deed.form.wage, deed.facts.minimum)


def may_object(entry: PayEntry, deed: Deed) -> Text | None:
    over = entry.objects_until is not None and deed.now > entry.objects_until
    return _("The time for objections is over.") if over else None


STATES = (
    State("proposed", _("Proposed"), "manager", 5 * 480, step=_("Proposed")),
    State("approved", _("Approved, open to objection"), "assignee", step=_("Approved")),
    State("objected", _("Objected to"), "manager", 3 * 480, tone="due", step=_("Approved")),
    State("final", _("Final"), final=True, tone="sealed", step=_("Final")),
    State("refused", _("Not approved"), final=True, tone="late", step=_("Final")),
    State("withdrawn", _("Taken back"), final=True, tone="late", step=_("Final")),
)
# fmt: off
ACTIONS = (
    Action("approve", _("Approve"), states("proposed"), "approved", "insights.score", PayEntry.approve, form=Approval,
           rules=(is_another, is_not_own_proposal, keeps_the_law), fresh_sign_in=True, tone="primary",
           consequence=_("The person concerned sees it and may object within the days the firm has set.")),
    Action("refuse", _("Do not approve"), states("proposed"), "refused", "insights.score", PayEntry.refuse, form=Reply,
           rules=(is_another,), tone="quiet"),
    Action("accept", _("Nothing against it"), states("approved"), "final", "insights.own", PayEntry.nothing,
           rules=(is_concerned,), tone="primary"),
    Action("object", _("Object"), states("approved"), "objected", "insights.own", PayEntry.object_to, form=Objection,
           rules=(is_concerned, may_object)),
    Action("keep", _("It stands"), states("objected"), "final", "insights.score", PayEntry.refuse, form=Reply,
           rules=(is_another,), fresh_sign_in=True, tone="primary"),
    Action("withdraw", _("Take it back"), states("objected"), "withdrawn", "insights.score", PayEntry.refuse,
           form=Reply, rules=(is_another,)),
    Action("settle", _("Final"), states("approved"), "final", "insights.score", PayEntry.nothing, by="system"),
)
# fmt: on

PAY_ENTRY = Workflow(
    "pay_entry",
    label=_("Bonus or penalty"),
    row=PayEntry,
    path="insights/pay",
    initial="proposed",
    states=STATES,
    actions=ACTIONS,
    url=lambda entry: f"/insights/pay/{entry.id}",
    title=lambda entry: _(
        "Entry %(number)s", number=entry.number
    ),  # a task's title says nothing that others may not see
    facts=facts,
    assignee=lambda entry: entry.member_id,
)
__all__ = ["HELP", "PAY_ENTRY", "STANDING", "TITLES"]
