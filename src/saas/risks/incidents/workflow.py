"""The table of an incident: declared → contained → recovered → reviewed → closed. T0 is when it was declared."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.i18n import Text, _
from saas.kernel.tenancy import of_this_firm
from saas.kernel.workflow import Action, Deed, State, Workflow, states
from saas.risks.incidents.forms import HandOver, Reason, Review
from saas.risks.incidents.incident_models import Incident, LegalDuty, Step
from saas.risks.incidents.mass_models import MassNotice

MANAGERS = frozenset({"owner", "manager"})


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    """What is not settled yet."""

    steps: dict[str, int]  # by phase
    duties: int
    notices: int  # drafted or on their way


async def incident_facts(session: AsyncSession, incident: Incident) -> IncidentFacts:
    steps = select(Step.phase, func.count()).where(
        of_this_firm(Step), Step.incident_id == incident.id, Step.done_at.is_(None)
    )
    duties = select(func.count()).where(
        of_this_firm(LegalDuty), LegalDuty.incident_id == incident.id, LegalDuty.settled_at.is_(None)
    )
    notices = select(func.count()).where(
        of_this_firm(MassNotice), MassNotice.incident_id == incident.id, MassNotice.state.in_(("draft", "sending"))
    )
    rows = (await session.execute(steps.group_by(Step.phase))).all()
    return IncidentFacts(
        {row[0]: row[1] for row in rows}, await session.scalar(duties) or 0, await session.scalar(notices) or 0
    )


def leads(incident: Incident, deed: Deed) -> Text | None:
    if deed.actor.id == incident.lead_id or deed.actor.roles & MANAGERS:
        return None
    return _("The incident lead or a manager says this.")


def damage_is_held(incident: Incident, deed: Deed) -> Text | None:
    return _left(deed.facts.steps.get("contain", 0))


def is_back_to_normal(incident: Incident, deed: Deed) -> Text | None:
    return _left(deed.facts.steps.get("recover", 0) + deed.facts.steps.get("inform", 0))


def duties_are_settled(incident: Incident, deed: Deed) -> Text | None:
    if deed.facts.duties:
        return _("%(n)s duties under the law are not decided yet.", n=deed.facts.duties)
    if deed.facts.notices:
        return _("%(n)s notices to clients are not finished yet.", n=deed.facts.notices)
    return None


def not_the_lead(incident: Incident, deed: Deed) -> Text | None:
    if deed.actor.id == incident.lead_id or str(deed.actor.id) in incident.past_leads:
        return _("Nobody reviews an incident they led: another manager, the owner or a reviewer has to do this.")
    return None


def all_done(incident: Incident, deed: Deed) -> Text | None:
    return _left(sum(deed.facts.steps.values()))


def _left(steps: int) -> Text | None:
    if not steps:
        return None
    return _("%(n)s steps of the plan are not done yet; one that does not apply is skipped with a reason.", n=steps)


BEGIN, HELD, NORMAL, LOOKED, END = (
    _("Declared"), _("Contained"), _("Recovered"), _("Reviewed"), _("Closed"),
)  # fmt: skip

# fmt: off
INCIDENT = Workflow(
    "incident",
    label=_("Incident"),
    row=Incident,
    path="incidents",
    initial="declared",
    url=lambda incident: f"/incidents/{incident.id}",
    title=lambda incident: f"{incident.number} {incident.title}",
    assignee=lambda incident: incident.lead_id,
    facts=incident_facts,
    states=(
        State("declared", _("Running"), "assignee", tone="late", step=BEGIN),
        State("contained", _("Contained"), "assignee", tone="due", step=HELD),
        State("recovered", _("Recovered"), "manager", step=NORMAL),
        State("reviewed", _("Reviewed"), "manager", tone="done", step=LOOKED),
        State("closed", _("Closed"), final=True, tone="sealed", step=END),
        State("called_off", _("False alarm"), final=True, tone="sealed", step=END),
    ),
    actions=(
        Action("contain", _("The damage is contained"), states("declared"), "contained", "incidents.work",
               Incident.contain, form=Reason, rules=(leads, damage_is_held), emits="incident.contained",
               tone="primary"),
        Action("recover", _("Back to normal"), states("contained"), "recovered", "incidents.work", Incident.recover,
               form=Reason, rules=(leads, is_back_to_normal), emits="incident.recovered", tone="primary"),
        Action("worsen", _("It goes on after all"), states("contained", "recovered"), "declared", "incidents.work",
               Incident.worsen, form=Reason, rules=(leads,), emits="incident.worsened", tone="quiet"),
        Action("review", _("Write the review"), states("recovered"), "reviewed", "incidents.review", Incident.review,
               form=Review, rules=(not_the_lead, duties_are_settled), emits="incident.reviewed", tone="primary"),
        Action("close", _("Close the incident"), states("reviewed"), "closed", "incidents.manage", Incident.close,
               form=Reason, rules=(all_done, duties_are_settled), emits="incident.closed", tone="primary",
               consequence=_("Nothing is changed after that; the lessons go to improvement.")),
        Action("call_off", _("False alarm"), states("declared"), "called_off", "incidents.manage", Incident.close,
               form=Reason, emits="incident.called_off", tone="quiet",
               consequence=_("Open steps end; the timeline stays.")),
        Action("hand_over", _("Another lead"), states("declared", "contained", "recovered"), None, "incidents.manage",
               Incident.hand_over, form=HandOver, emits="incident.handed_over", tone="quiet"),
        Action("take_over", _("Another lead"), states("declared", "contained", "recovered", "reviewed"), None,
               "incidents.manage", Incident.hand_over, form=HandOver, by="system", emits="incident.handed_over"),
    ),
)
# fmt: on
