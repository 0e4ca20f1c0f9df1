"""The table of a procedure's version: draft, review by another person, in force from its day, replaced by the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists.forms import Reason
from saas.checklists.procedures.procedure_models import ProcedureVersion
from saas.kernel import clock
from saas.kernel.i18n import Text, _
from saas.kernel.perform import calendar_of
from saas.kernel.workflow import Action, Deed, State, Workflow, states

DAY = 450  # working minutes of a default working day
WRITING, REVIEW, IN_FORCE = _("Writing"), _("Review"), _("In force")


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """Whether its day has come, and when its readers would have to have read it if it began now."""

    due: bool
    read_by: datetime


async def version_facts(session: AsyncSession, version: ProcedureVersion) -> VersionFacts:
    calendar, today = await calendar_of(session), clock.today()
    read_by = calendar.close_of(calendar.add_working_days(today, version.read_days))
    return VersionFacts(version.effective_on <= today, read_by)


def is_written(version: ProcedureVersion, deed: Deed) -> Text | None:
    if all((version.title_zh, version.title_en, version.body_zh, version.body_en)):
        return None
    return _("Title and text are needed in both languages.")


def did_not_write_it(version: ProcedureVersion, deed: Deed) -> Text | None:
    if deed.actor.id == version.author_id or str(deed.actor.id) in version.editors:
        return _("You wrote this version: another person puts it in force.")
    return None


def its_day_has_come(version: ProcedureVersion, deed: Deed) -> Text | None:
    return None if deed.facts.due else _("It comes in force later.")


# fmt: off
STATES = (
    State("draft", _("Draft"), "assignee", step=WRITING),
    State("in_review", _("In review"), "manager", 3 * DAY, tone="wait", step=REVIEW),
    State("coming", _("Approved, not in force yet"), "system", tone="wait", step=IN_FORCE),
    State("in_force", _("In force"), final=True, tone="done", step=IN_FORCE),
    State("replaced", _("Replaced"), final=True, tone="sealed", step=IN_FORCE),
    State("dropped", _("Dropped"), final=True, tone="sealed", step=WRITING),
)
ACTIONS = (
    Action("submit", _("Hand in for review"), states("draft"), "in_review", "procedures.write",
           ProcedureVersion.submit, rules=(is_written,), tone="primary"),
    Action("send_back", _("Send back"), states("in_review"), "draft", "procedures.approve",
           ProcedureVersion.send_back, form=Reason, rules=(did_not_write_it,), tone="quiet"),
    Action("approve", _("Put in force"), states("in_review"), "coming", "procedures.approve",
           ProcedureVersion.approve, rules=(did_not_write_it,), fresh_sign_in=True, emits="procedure.approved",
           tone="primary",
           consequence=_("The version before is replaced on that day; its readers are told.")),
    Action("begin", _("Came in force"), states("draft", "coming"), "in_force", "procedures.approve",
           ProcedureVersion.begin, by="system", rules=(its_day_has_come,), emits="procedure.began"),
    Action("replace", _("Replaced by the next version"), states("in_force"), "replaced", "procedures.approve",
           ProcedureVersion.end, by="system"),
    Action("drop", _("Drop this draft"), states("draft", "in_review", "coming"), "dropped", "procedures.write",
           ProcedureVersion.end, tone="quiet"),
)
# fmt: on


def _url(version: Any) -> str:
    return f"/checklists/procedures/{version.procedure_id}?version={version.version}"


PROCEDURE = Workflow(
    "procedure",
    label=_("Procedure"),
    row=ProcedureVersion,
    path="checklists/procedures/versions",
    initial="draft",
    states=STATES,
    actions=ACTIONS,
    url=_url,
    title=lambda version: _("%(title)s, version %(n)s", title=version.title, n=version.version),
    facts=version_facts,
    assignee=lambda version: version.author_id,
)
