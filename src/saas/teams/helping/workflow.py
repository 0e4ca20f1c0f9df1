"""The table of a question among colleagues."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from saas.kernel.i18n import Text, _
from saas.kernel.workflow import Action, Deed, State, Workflow, states
from saas.teams.helping.help_models import Help

DAY = 480  # working minutes: a question asked for tomorrow has one whole working day


class Answer(Struct):
    answer: Annotated[str, Meta(max_length=4000)]


class Reason(Struct):
    reason: Annotated[str, Meta(max_length=1000)]


def is_asked(row: Help, deed: Deed) -> Text | None:
    """The colleague named, or anybody with the role but the one who asks."""
    if deed.actor.id == row.asker_id:
        return _("You asked this yourself.")
    if row.helper_id is not None and row.helper_id != deed.actor.id:
        return _("Somebody else was asked.")
    if row.helper_id is None and row.role not in deed.actor.roles:
        return _("This was asked of people with another role.")
    return None


def is_asker(row: Help, deed: Deed) -> Text | None:
    return None if deed.actor.id == row.asker_id else _("Only who asked takes it back.")


# fmt: off
STATES = (
    State("asked", _("Help is asked"), "assignee", within=lambda row: row.days * DAY, tone="due",
          step=_("Question asked")),
    State("taken", _("Taken on: answer it"), "assignee", tone="work", step=_("Taken on")),
    State("answered", _("Answered"), final=True, tone="done", step=_("Settled")),
    State("declined", _("Declined"), final=True, tone="sealed", step=_("Settled")),
    State("withdrawn", _("Taken back"), final=True, tone="sealed", step=_("Settled")),
)
OPEN = states("asked", "taken")
ACTIONS = (
    Action("take_on", _("I take it on"), states("asked"), "taken", "teams.help", Help.take_on, rules=(is_asked,)),
    Action("answer", _("Answer"), OPEN, "answered", "teams.help", Help.give_answer, form=Answer, rules=(is_asked,),
           tone="primary"),
    Action("decline", _("Decline"), OPEN, "declined", "teams.help", Help.decline, form=Reason, rules=(is_asked,),
           tone="quiet"),
    Action("take_back", _("Take the question back"), OPEN, "withdrawn", "teams.help", Help.take_back,
           rules=(is_asker,), tone="quiet"),
)
# fmt: on

HELP = Workflow(
    "help",
    label=_("Question to a colleague"),
    row=Help,
    path="teams/help",
    initial="asked",
    states=STATES,
    actions=ACTIONS,
    url=lambda row: f"/teams/help/{row.id}",
    title=lambda row: row.title,
    assignee=lambda row: row.helper_id,
    within=lambda row: row.days * DAY,
)
