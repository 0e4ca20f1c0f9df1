"""When a step of a checklist, or the whole, is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from saas.checklists.models import ChecklistRun, ChecklistStep
from saas.clients.models import Client
from saas.kernel.access import ROLES
from saas.kernel.i18n import Text, _, listed
from saas.kernel.workflow import Deed

STAND_IN = frozenset({"owner", "manager"})  # may do every step; a reviewer may do a bookkeeper's


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What the rules look at: the steps by position, the client, and who works here."""

    steps: Mapping[int, ChecklistStep]
    client: Client
    members: frozenset[UUID]

    @property
    def doers(self) -> set[UUID]:
        return {step.done_by for step in self.steps.values() if step.done_by is not None}

    @property
    def open_steps(self) -> list[ChecklistStep]:
        return [step for step in self.steps.values() if not step.outcome]


def is_ones_own_step(run: ChecklistRun, deed: Deed) -> Text | None:
    """A step belongs to a role."""
    role = deed.facts.steps[deed.form.step].role
    able = deed.actor.roles | ({"bookkeeper"} if "reviewer" in deed.actor.roles else set())
    if role in able or deed.actor.roles & STAND_IN:
        return None
    return _("This step belongs to: %(role)s.", role=ROLES[role])


def inspects_others_work(run: ChecklistRun, deed: Deed) -> Text | None:
    """财会〔2023〕27号: whoever leads the project does not control its quality."""
    if run.lead == "reviewer" and deed.actor.id == deed.facts.client.bookkeeper_id:
        return _("Whoever keeps this client’s books does not inspect them.")
    return None


def is_still_open(run: ChecklistRun, deed: Deed) -> Text | None:
    if deed.facts.steps[deed.form.step].outcome:
        return _("This step is ticked already. Open it again to change it.")
    return None


def is_ticked(run: ChecklistRun, deed: Deed) -> Text | None:
    return None if deed.facts.steps[deed.form.step].outcome else _("This step is not ticked.")


def says_why(run: ChecklistRun, deed: Deed) -> Text | None:
    """A step that does not apply, or whose evidence is missing, needs a reason."""
    form, step = deed.form, deed.facts.steps[deed.form.step]
    if form.outcome == "not_applicable" and not form.note:
        return _("Say why this step does not apply.")
    given = {"note": form.note, "file": form.files, "number": form.number is not None, "link": form.link}
    if form.outcome == "done" and step.evidence != "none" and not given[step.evidence] and not form.note:
        return _("Give the evidence this step asks for, or say in a note why it is missing.")
    return None


def is_another_pair_of_eyes(run: ChecklistRun, deed: Deed) -> Text | None:
    step = deed.facts.steps[deed.form.step]
    if step.done_by == deed.actor.id:
        return _("You did this step yourself: another person confirms it.")
    return None


def needs_confirming(run: ChecklistRun, deed: Deed) -> Text | None:
    step = deed.facts.steps[deed.form.step]
    if step.two_person and step.outcome and step.confirmed_by is None:
        return None
    return _("There is nothing to confirm here.")


def is_preparer(run: ChecklistRun, deed: Deed) -> Text | None:
    """Whoever it was given to; anyone of the role while nobody is named."""
    if run.preparer_id in (None, deed.actor.id):
        return None
    return _("It was given to somebody else. Take it over first.")


def everything_is_ticked(run: ChecklistRun, deed: Deed) -> Text | None:
    missing = len(deed.facts.open_steps)
    return _("%(n)s steps are still open.", n=missing) if missing else None


def two_people_looked(run: ChecklistRun, deed: Deed) -> Text | None:
    waiting = [s for s in deed.facts.steps.values() if s.two_person and s.outcome == "done" and s.confirmed_by is None]
    if not waiting:
        return None
    return _("A second person still has to confirm: %(steps)s.", steps=listed(str(s.position) for s in waiting))


def did_none_of_it(run: ChecklistRun, deed: Deed) -> Text | None:
    """The second signature: neither who finished it nor who did any step."""
    if deed.actor.id == run.prepared_by:
        return _("You finished this checklist: another person signs it off.")
    if deed.actor.id in deed.facts.doers:
        return _("You did a step of this checklist: somebody who did none of it signs it off.")
    return None


def works_here(run: ChecklistRun, deed: Deed) -> Text | None:
    if deed.form is not None and deed.form.member_id not in deed.facts.members:
        return _("This person does not work here any more. Choose somebody else.")
    return None


def may_inspect(run: ChecklistRun, deed: Deed) -> Text | None:
    if deed.form is not None and run.lead == "reviewer" and deed.form.member_id == deed.facts.client.bookkeeper_id:
        return _("Whoever keeps this client’s books does not inspect them.")
    return None


def client_is_here(run: ChecklistRun, deed: Deed) -> Text | None:
    if deed.facts.client.archived_at is not None:
        return _("The client has left. Bring it back first.")
    return None
