"""The table of a change: approved by a second person, in force from its day, measured, kept or withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists.procedures.procedure_models import ProcedureVersion
from saas.improvement.changes.change_models import Change
from saas.improvement.changes.forms import Reason
from saas.improvement.changes.rewriting import version_of
from saas.improvement.measuring import counting
from saas.improvement.measuring.targets import target_of
from saas.kernel import clock
from saas.kernel.i18n import Text, _
from saas.kernel.pages import show_date
from saas.kernel.workflow import Action, Deed, State, Workflow, states

DAY = 450  # working minutes
DRAFTED, DECIDED, RUNNING, JUDGED = _("Drafted"), _("Approved"), _("In force"), _("Judged")


@dataclass(frozen=True, slots=True)
class Facts:
    """Rates as they are stored, None where nothing is to be counted now; the procedure's version that goes with it."""

    today: date
    baseline: dict[str, Any] | None
    outcome: dict[str, Any] | None
    version: ProcedureVersion | None


async def facts(session: AsyncSession, row: Change) -> Facts:
    """The baseline while it waits for approval, the outcome while it is in force."""
    today, target = clock.today(), target_of(row.target_kind, row.target_key)
    baseline = outcome = None
    if target is not None and row.state == "proposed":
        baseline = (await counting.before(session, target, today, row.measure_days)).store()
    if target is not None and row.state == "in_force":
        outcome = (await counting.after(session, target, row.effective_on, row.measure_days)).store()
    return Facts(today, baseline, outcome, await version_of(session, row))


def measured_on(row: Change) -> date:
    """The first day on which all its days of measuring are over."""
    return row.effective_on + timedelta(days=row.measure_days)


def is_author(row: Change, deed: Deed) -> Text | None:
    if row.author_id in (None, deed.actor.id):
        return None
    return _("This is the draft of somebody else.")


def not_author(row: Change, deed: Deed) -> Text | None:
    if deed.actor.id != row.author_id:
        return None
    return _("You drafted this change yourself: somebody else decides.")


def still_to_come(row: Change, deed: Deed) -> Text | None:
    version = deed.facts.version
    day = row.effective_on if version is None else version.effective_on
    if day >= deed.facts.today:
        return None
    return _("Its day (%(day)s) is over: send it back for another one.", day=show_date(day))


def is_written_down(row: Change, deed: Deed) -> Text | None:
    version = deed.facts.version
    if version is None or version.state not in ("draft", "dropped"):
        return None
    if version.state == "dropped":
        return _("The version of its procedure was dropped: change the draft and choose it again.")
    return _("First write the next version of the procedure and hand it in for review.")


# fmt: off
CHANGE = Workflow(
    "change", _("Change to practice"), Change, "draft",
    (
        State("draft", _("Draft"), "assignee", 5 * DAY, step=DRAFTED),
        State("proposed", _("Waiting for approval"), "manager", 3 * DAY, step=DECIDED),
        State("approved", _("Approved, not yet in force"), "system", tone="due", step=DECIDED),
        State("in_force", _("In force, being measured"), "system", tone="work", step=RUNNING),
        State("measured", _("Measured"), "manager", 5 * DAY, tone="due", step=JUDGED),
        State("kept", _("Kept"), final=True, tone="done", step=JUDGED),
        State("withdrawn", _("Withdrawn"), final=True, tone="sealed", step=JUDGED),
    ),
    (
        Action("propose", _("Propose"), states("draft"), "proposed", "improvement.write", Change.propose,
               rules=(is_author, is_written_down, still_to_come), tone="primary"),
        Action("approve", _("Approve"), states("proposed"), "approved", "improvement.manage", Change.approve,
               rules=(not_author, is_written_down, still_to_come), fresh_sign_in=True, emits="change.approved",
               tone="primary",
               consequence=_("The figure of the time before is counted now and never changes again.")),
        Action("send_back", _("Send back"), states("proposed"), "draft", "improvement.manage", Change.send_back,
               form=Reason, rules=(not_author,), emits="change.sent_back"),
        Action("begin", _("Comes into force"), states("approved"), "in_force", "improvement.manage", Change.begin,
               by="system", emits="change.in_force"),
        Action("measure", _("Measured"), states("in_force"), "measured", "improvement.manage", Change.measure,
               by="system"),
        Action("keep", _("Keep the change"), states("measured"), "kept", "improvement.manage", Change.decide,
               form=Reason, rules=(not_author,), tone="primary", emits="change.kept"),
        Action("withdraw", _("Withdraw"), states("approved", "in_force", "measured"), "withdrawn",
               "improvement.manage", Change.decide, form=Reason, tone="danger", emits="change.withdrawn",
               consequence=_("From now on the old way counts again.")),
        Action("give_up", _("Give up"), states("draft", "proposed"), "withdrawn", "improvement.write", Change.decide,
               form=Reason, rules=(is_author,), tone="quiet", emits="change.given_up"),
    ),
    url=lambda row: f"/improvement/changes/{row.id}",
    title=lambda row: row.title,
    path="improvement/changes",
    facts=facts,
    assignee=lambda row: row.author_id,
)
# fmt: on
