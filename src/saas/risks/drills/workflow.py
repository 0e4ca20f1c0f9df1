"""The table of a drill: planned → preparing → running → scoring → scored → erased."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import tenancy
from saas.kernel.directory import Firm
from saas.kernel.i18n import Text, _
from saas.kernel.workflow import Action, Deed, State, Workflow, states
from saas.risks.drill_models import Drill
from saas.risks.drills.forms import Failure, Lessons, Outcome, Reason


@dataclass(frozen=True, slots=True)
class DrillFacts:
    """What the rules look at beyond the row."""

    in_sandbox: bool
    others_running: int


async def drill_facts(session: AsyncSession, drill: Drill) -> DrillFacts:
    kind = await session.scalar(select(Firm.kind).where(Firm.id == tenancy.current_firm_id()))
    at_work = select(Drill.id).where(
        Drill.firm_id == drill.firm_id, Drill.id != drill.id, Drill.state.in_(("preparing", "running", "scoring"))
    )
    return DrillFacts(kind == "sandbox", len((await session.scalars(at_work)).all()))


def one_at_a_time(drill: Drill, deed: Deed) -> Text | None:
    return _("Another drill is running. Finish it first.") if deed.facts.others_running else None


def not_inside_one(drill: Drill, deed: Deed) -> Text | None:
    return _("This is a sandbox: drills are planned in the real firm.") if deed.facts.in_sandbox else None


# fmt: off
STATES = (
    State("planned", _("Planned"), "assignee", tone="due", step=_("Planned")),
    State("preparing", _("Being prepared"), "system", step=_("Being prepared")),
    State("failed", _("Could not be prepared"), "assignee", tone="late", step=_("Being prepared")),
    State("running", _("Under way"), "assignee", tone="work", step=_("Under way")),
    State("scoring", _("Being scored"), "system", step=_("Scored")),
    State("scored", _("Scored"), "system", tone="done", step=_("Scored")),
    State("erased", _("Finished, sandbox erased"), final=True, tone="done", step=_("Sandbox erased")),
    State("cancelled", _("Cancelled"), final=True, tone="sealed", step=_("Sandbox erased")),
)
ACTIONS = (
    Action("begin", _("Start the drill"), states("planned", "failed"), "preparing", "drills.plan", Drill.begin,
           rules=(not_inside_one, one_at_a_time), emits="drill.begun", tone="primary",
           consequence=_("A copy of the firm is made and errors are put into its books. The clock starts when it is "
                         "ready.")),
    Action("open", _("Sandbox opened"), states("preparing"), "running", "drills.plan", Drill.open, by="system"),
    Action("fail", _("Could not be prepared"), states("preparing"), "failed", "drills.plan", Drill.fail, form=Failure,
           by="system"),
    Action("finish", _("Finish and score"), states("running"), "scoring", "drills.plan", Drill.finish,
           emits="drill.finished", tone="primary",
           consequence=_("Nobody can work in the sandbox any more; then the errors are revealed.")),
    Action("time_up", _("Time is up"), states("running"), "scoring", "drills.plan", Drill.finish, by="system",
           emits="drill.finished"),
    Action("score", _("Scored"), states("scoring"), "scored", "drills.plan", Drill.score, form=Outcome, by="system",
           emits="drill.scored"),
    Action("erase", _("Sandbox erased"), states("scored"), "erased", "drills.plan", Drill.erase, by="system"),
    Action("cancel", _("Cancel the drill"), states("planned", "failed", "preparing", "running"), "cancelled",
           "drills.plan", Drill.cancel, form=Reason, emits="drill.cancelled", tone="quiet",
           consequence=_("It gets no score; its sandbox is erased.")),
    Action("learn", _("Write down the lessons"), states("scored", "erased"), None, "drills.plan", Drill.learn,
           form=Lessons),
)
# fmt: on

DRILL = Workflow(
    "drill",
    label=_("Drill"),
    row=Drill,
    path="risks/drills",
    initial="planned",
    states=STATES,
    actions=ACTIONS,
    url=lambda drill: f"/risks/drills/{drill.id}",
    title=lambda drill: Text(drill.title),
    facts=drill_facts,
    assignee=lambda drill: drill.planned_by,
)
