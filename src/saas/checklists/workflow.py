"""The table of a run: worked through by one person, signed off by another, or closed when it is pointless."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists import rules as r
from saas.checklists.forms import Reason, StepRef, Take, Tick, Void
from saas.checklists.models import ChecklistRun, ChecklistStep
from saas.clients import queries as clients
from saas.identity.queries import members
from saas.kernel.i18n import _
from saas.kernel.tenancy import of_this_firm
from saas.kernel.workflow import Action, Deed, State, Workflow, states

DAY = 450  # working minutes of a default working day
WORK, SIGN, CLOSED = _("Steps"), _("Sign-off"), _("Finished")


async def run_facts(session: AsyncSession, run: ChecklistRun) -> r.RunFacts:
    """Steps, client and colleagues."""
    query = select(ChecklistStep).where(of_this_firm(ChecklistStep), ChecklistStep.run_id == run.id)
    steps = (await session.scalars(query.order_by(ChecklistStep.position))).all()
    return r.RunFacts(
        {step.position: step for step in steps},
        await clients.client(session, run.client_id),
        frozenset(member.id for member in await members(session)),
    )


def who_signs(run: ChecklistRun, deed: Deed) -> str:
    """Nobody else, the reviewer, or the manager where the reviewer did the work."""
    if not run.two_person:
        return "completed"
    return "with_manager" if run.lead == "reviewer" else "prepared"


# fmt: off
STATES = (
    State("open", _("Being worked through"), "assignee", step=WORK),
    State("returned", _("Sent back"), "assignee", DAY, tone="due", step=WORK),
    State("prepared", _("Waits for sign-off"), "reviewer", DAY, tone="wait", step=SIGN),
    State("with_manager", _("Waits for the manager’s sign-off"), "manager", DAY, tone="wait", step=SIGN),
    State("signed_off", _("Signed off"), final=True, tone="done", step=CLOSED),
    State("completed", _("Completed"), final=True, tone="done", step=CLOSED),
    State("void", _("Void"), final=True, tone="sealed", step=CLOSED),
)
OPEN = states("open", "returned")
SIGNED = states("prepared", "with_manager")
LIVE = OPEN | SIGNED

ACTIONS = (
    Action("tick", _("Step ticked"), OPEN, None, "checklists.work", ChecklistRun.tick, form=Tick, by="system",
           rules=(r.is_still_open, r.is_ones_own_step, r.inspects_others_work, r.says_why), timeline=False),
    Action("untick", _("Step opened again"), OPEN, None, "checklists.work", ChecklistRun.untick, form=StepRef,
           by="system", rules=(r.is_ticked, r.is_ones_own_step), timeline=False),
    Action("confirm", _("Step confirmed"), OPEN, None, "checklists.work", ChecklistRun.confirm, form=StepRef,
           by="system", rules=(r.needs_confirming, r.is_another_pair_of_eyes), timeline=False),
    Action("finish", _("Everything is done"), OPEN, ("prepared", "with_manager", "completed"), "checklists.work",
           ChecklistRun.finish, choose=who_signs, emits="checklist.finished", tone="primary",
           rules=(r.is_preparer, r.everything_is_ticked, r.two_people_looked, r.inspects_others_work)),
    Action("sign_off", _("Sign off"), states("prepared"), "signed_off", "checklists.sign", ChecklistRun.sign_off,
           rules=(r.did_none_of_it,), fresh_sign_in=True, emits="checklist.signed_off", tone="primary",
           consequence=_("After this nothing in it changes.")),
    Action("sign_off", _("Sign off"), states("with_manager"), "signed_off", "checklists.manage",
           ChecklistRun.sign_off, rules=(r.did_none_of_it,), fresh_sign_in=True, emits="checklist.signed_off",
           tone="primary", consequence=_("After this nothing in it changes.")),
    Action("send_back", _("Send back"), states("prepared"), "returned", "checklists.sign", ChecklistRun.send_back,
           form=Reason, rules=(r.did_none_of_it,), emits="checklist.returned", tone="quiet"),
    Action("send_back", _("Send back"), states("with_manager"), "returned", "checklists.manage",
           ChecklistRun.send_back, form=Reason, rules=(r.did_none_of_it,), emits="checklist.returned", tone="quiet"),
    Action("take", _("Hand to somebody"), LIVE, None, "checklists.work", ChecklistRun.take, form=Take,
           rules=(r.works_here, r.may_inspect), emits="checklist.taken", tone="quiet"),
    Action("void", _("Close as void"), LIVE, "void", "checklists.manage", ChecklistRun.void, form=Void,
           emits="checklist.voided", tone="quiet",
           consequence=_("What was done stays readable; nobody has to do anything any more.")),
    Action("lapse", _("Closed: pointless now"), LIVE, "void", "checklists.manage", ChecklistRun.void, form=Void,
           by="system", emits="checklist.voided"),
    Action("reopen", _("Open again"), states("void"), "open", "checklists.manage", ChecklistRun.reopen, form=Reason,
           rules=(r.client_is_here,), emits="checklist.reopened", tone="quiet"),
)
# fmt: on


def _url(run: Any) -> str:
    return f"/checklists/runs/{run.id}"


RUN = Workflow(
    "checklist",
    label=_("Checklist"),
    row=ChecklistRun,
    path="checklists/runs",
    initial="open",
    states=STATES,
    actions=ACTIONS,
    url=_url,
    title=lambda run: _("%(name)s: %(client)s, %(period)s", name=run.name, client=run.client_name, period=run.period),
    facts=run_facts,
    assignee=lambda run: run.preparer_id,
)
