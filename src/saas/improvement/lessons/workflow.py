"""The table of an action: done by its owner, judged by somebody else when its effect can be seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import members
from saas.identity.rules import owner_works_here
from saas.improvement.lessons.forms import DidNotHelp, Done, HandTo, Helped, Reason
from saas.improvement.lessons.lesson_models import Improvement
from saas.improvement.measuring import counting
from saas.improvement.measuring.targets import target_of
from saas.kernel import clock
from saas.kernel.i18n import Text, _
from saas.kernel.pages import show_date
from saas.kernel.workflow import Action, Deed, State, Workflow, states

DAY = 450  # working minutes
GRACE = 5  # working days in which the effect is judged once it can be


@dataclass(frozen=True, slots=True)
class Facts:
    """`baseline` and `outcome` are rates as they are stored; None where the action names no figure."""

    today: date
    members: frozenset[UUID]
    baseline: dict[str, Any] | None
    outcome: dict[str, Any] | None


async def facts(session: AsyncSession, row: Improvement) -> Facts:
    """The figure before while it is to be done, after while it is watched."""
    today, target = clock.today(), target_of(row.target_kind, row.target_key)
    baseline = outcome = None
    if target is not None and row.state == "open":
        baseline = (await counting.before(session, target, today, row.check_days)).store()
    if target is not None and row.state == "watched" and row.done_on is not None:
        outcome = (await counting.after(session, target, row.done_on, row.check_days)).store()
    return Facts(today, frozenset(m.id for m in await members(session)), baseline, outcome)


def check_on(row: Improvement) -> date | None:
    """The day from which its effect may be judged."""
    return row.done_on + timedelta(days=row.check_days) if row.done_on else None


def is_owner(row: Improvement, deed: Deed) -> Text | None:
    if row.owner_id in (None, deed.actor.id) or deed.actor.may("improvement.manage"):
        return None
    return _("This was given to somebody else: its owner says when it is done.")


def not_own_action(row: Improvement, deed: Deed) -> Text | None:
    if deed.actor.id != row.owner_id:
        return None
    return _("You did this yourself: somebody else judges whether it helped.")


def long_enough(row: Improvement, deed: Deed) -> Text | None:
    day = check_on(row)
    if day is None or deed.facts.today >= day:
        return None
    return _("Its effect shows after %(days)s days: from %(day)s.", days=row.check_days, day=show_date(day))


def due_later(row: Improvement, deed: Deed) -> Text | None:
    if deed.form is None or deed.form.due_on >= deed.facts.today:
        return None
    return _("Choose a day that is still to come.")


def next_one(row: Improvement, deed: Deed) -> None:
    """What is done instead travels with the event: a reaction starts it."""
    row.judge(deed)
    form: DidNotHelp = deed.form
    deed.detail["next"] = {"title": form.title, "owner_id": str(form.owner_id), "due_on": str(form.due_on)}


def watching(row: Improvement) -> int:
    """Working minutes until the verdict is due: the days of watching in working time, and some days of grace."""
    return (row.check_days * 5 // 7 + GRACE) * DAY


# fmt: off
IMPROVEMENT = Workflow(
    "improvement", _("Improvement action"), Improvement, "open",
    (
        State("open", _("To be done"), "assignee", step=_("Do it")),
        State("watched", _("Effect being watched"), "manager", watching, tone="wait", step=_("Effect check")),
        State("effective", _("It helped"), final=True, tone="done", step=_("Judged")),
        State("ineffective", _("It did not help"), final=True, tone="late", step=_("Judged")),
        State("dropped", _("Given up"), final=True, tone="sealed", step=_("Judged")),
    ),
    (
        Action("finish", _("Done"), states("open"), "watched", "improvement.write", Improvement.finish, form=Done,
               rules=(is_owner,), tone="primary"),
        Action("helped", _("It helped"), states("watched"), "effective", "improvement.judge", Improvement.judge,
               form=Helped, rules=(not_own_action, long_enough), tone="primary"),
        Action("did_not_help", _("It did not help"), states("watched"), "ineffective", "improvement.judge", next_one,
               form=DidNotHelp, rules=(not_own_action, long_enough, due_later, owner_works_here),
               emits="improvement.failed", consequence=_("Another action follows: it did not help.")),
        Action("hand_to", _("Hand to somebody else"), states("open", "watched"), None, "improvement.manage",
               Improvement.hand_to, form=HandTo, rules=(owner_works_here,), tone="quiet"),
        Action("drop", _("Give up"), states("open"), "dropped", "improvement.manage", Improvement.drop, form=Reason,
               tone="quiet"),
    ),
    url=lambda row: f"/improvement/actions/{row.id}",
    title=lambda row: row.title,
    path="improvement/actions",
    facts=facts,
    assignee=lambda row: row.owner_id,
)
# fmt: on
