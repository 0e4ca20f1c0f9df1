"""The table of a finding (domain.md W2): open → confirmed, dismissed, excepted or cured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks.forms import Dismiss, Except, LinkCase
from saas.checks.models import FoundAnomaly
from saas.identity.queries import members
from saas.identity.rules import owner_works_here
from saas.kernel import clock
from saas.kernel.i18n import Text, _
from saas.kernel.workflow import Action, Deed, State, Workflow, states

JUDGES = frozenset({"owner", "manager", "reviewer"})
LONGEST_EXCEPTION = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class FindingFacts:
    """What the rules look at beyond the row."""

    members: frozenset[UUID]
    today: date


async def finding_facts(session: AsyncSession, finding: Any) -> FindingFacts:
    return FindingFacts(frozenset(m.id for m in await members(session)), clock.today())


def reviewer_if_severe(finding: FoundAnomaly, deed: Deed) -> Text | None:
    """High and critical need Q."""
    if finding.is_severe and not deed.actor.roles & JUDGES:
        return _("A finding of high or critical severity is put aside by a reviewer.")
    return None


def reviewer_if_wide(finding: FoundAnomaly, deed: Deed) -> Text | None:
    """What is excepted beyond this one object may hide severe findings to come."""
    if deed.form is None or deed.form.scope == "object" or deed.actor.roles & JUDGES:
        return None
    return _("An exception beyond this one finding is made by a reviewer.")


def ends_in_time(finding: FoundAnomaly, deed: Deed) -> Text | None:
    if deed.form is None or deed.facts.today < deed.form.until <= deed.facts.today + LONGEST_EXCEPTION:
        return None
    return _("An exception ends: choose a day within the next year.")


def has_account(finding: FoundAnomaly, deed: Deed) -> Text | None:
    if deed.form is None or deed.form.scope != "account" or finding.account:
        return None
    return _("This finding is about no single account; choose another scope.")


# fmt: off
# Nobody gets a task for each finding: one task a client says how many wait (checks/record.py), so none is responsible.
STATES = (
    State("open", _("To be looked at"), "system", tone="due"),
    State("confirmed", _("In a case"), "system", tone="work"),
    State("dismissed", _("Dismissed"), final=True, tone="sealed"),
    State("excepted", _("Excepted"), final=True, tone="sealed"),
    State("cured", _("Cured"), final=True, tone="done"),
)
ACTIONS = (
    Action("confirm", _("Open a case"), states("open"), "confirmed", "checks.work",
           FoundAnomaly.confirm, form=LinkCase, by="system", emits="finding.confirmed"),
    Action("dismiss", _("Not an anomaly"), states("open"), "dismissed", "checks.work", FoundAnomaly.dismiss,
           form=Dismiss, rules=(reviewer_if_severe,), emits="finding.dismissed", tone="quiet",
           consequence=_("The finding counts as a false alarm of its rule and does not come up again.")),
    Action("except", _("Always fine for this client"), states("open"), "excepted", "checks.work",
           FoundAnomaly.except_, form=Except,
           rules=(reviewer_if_severe, reviewer_if_wide, ends_in_time, owner_works_here, has_account),
           emits="finding.excepted", tone="quiet",
           consequence=_("It is not shown again until the day you choose; precision does not count it.")),
    Action("exempt", _("Always fine for this client"), states("open"), "excepted", "checks.work", FoundAnomaly.exempt,
           by="system", timeline=False),
    Action("restore", _("Look at it again"), states("dismissed", "excepted"), "open", "checks.review",
           FoundAnomaly.reopen, emits="finding.restored"),
    Action("reject", _("Not an anomaly"), states("confirmed"), "dismissed", "checks.work", FoundAnomaly.dismiss,
           form=Dismiss, by="system"),
    Action("settle", _("Settled without a voucher"), states("confirmed"), "excepted", "checks.work",
           FoundAnomaly.except_, form=Except, by="system"),
    Action("cure", _("Cured"), states("open", "confirmed"), "cured", "checks.work", FoundAnomaly.cure, by="system",
           emits="finding.cured"),
    Action("come_back", _("Found again"), states("cured"), "open", "checks.work", FoundAnomaly.reopen, by="system",
           emits="finding.returned"),
    Action("lapse", _("The exception has ended"), states("excepted"), "open", "checks.work", FoundAnomaly.reopen,
           by="system", emits="finding.lapsed"),
)
# fmt: on

FINDING = Workflow(
    "finding",
    label=_("Finding"),
    row=FoundAnomaly,
    path="findings",
    initial="open",
    states=STATES,
    actions=ACTIONS,
    url=lambda finding: f"/findings/{finding.id}",
    title=lambda finding: finding.message,
    facts=finding_facts,
)
