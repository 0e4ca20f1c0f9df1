"""A checklist's plan in words."""

from __future__ import annotations

from typing import Any

from saas.checklists.plan import EVENTS, EVERY, WHO, Plan
from saas.checklists.queries import Current
from saas.kernel.access import ROLES
from saas.kernel.filing import filing_table
from saas.kernel.i18n import Text, _, reader


def listed_plan(found: Current) -> dict[str, Any]:
    """A line of the list of checklists."""
    plan = found.plan
    return {
        "checklist": found.checklist,
        "by_itself": found.checklist.active and plan.every != "hand",
        "name": plan.name.said,
        "purpose": plan.purpose.said,
        "who": WHO[plan.who],
        "when": when_words(plan),
        "lead": ROLES[plan.lead],
        "steps": len(plan.steps),
        "version": found.version.version,
        "two_person": plan.two_person,
    }


def when_words(plan: Plan) -> Text:
    """When it is made and due, in one sentence."""
    if plan.every == "hand":
        return _("started by hand, due %(days)s working days later", days=plan.due_days)
    if plan.every == "event":
        return _("when %(event)s, due %(days)s working days later", event=EVENTS[plan.event], days=plan.due_days)
    return _("%(every)s, due %(days)s %(base)s", every=EVERY[plan.every], days=_away(plan.due_days), base=_base(plan))


def _away(days: int) -> Text:
    if days == 0:
        return _("exactly on")
    return _("%(n)s working days before", n=-days) if days < 0 else _("%(n)s working days after", n=days)


def _base(plan: Plan) -> Text | str:
    if plan.every == "filing" or plan.base == "filing":
        filing = filing_table().filings[plan.filing]
        return _("the filing day of “%(name)s”", name=filing.name[reader()])
    return _("the last day of the period")
