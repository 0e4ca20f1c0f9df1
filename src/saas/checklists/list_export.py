"""Runs as a workbook: one sheet of runs, one of their steps; what looks like a formula is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from saas.checklists.models import ChecklistRun, ChecklistStep
from saas.checklists.workflow import RUN
from saas.identity.models import Membership
from saas.kernel import spreadsheets
from saas.kernel.i18n import Text, _
from saas.kernel.spreadsheets import Cell, Sheet, day

Members = Mapping[UUID, Membership]
OUTCOMES: dict[str, Text] = {"": _("open"), "done": _("done"), "not_applicable": _("does not apply")}
RUNS = (
    (_("Client"), 30), (_("Checklist"), 30), (_("Period"), 12), (_("State"), 16), (_("Due"), 12),
    (_("Given to"), 12), (_("Finished by"), 12), (_("Finished on"), 12), (_("Signed off by"), 12),
    (_("Signed off on"), 12), (_("Reason"), 30),
)  # fmt: skip
STEPS = (
    (_("Client"), 30), (_("Checklist"), 30), (_("Period"), 12), (_("No."), 6), (_("Step"), 50), (_("Outcome"), 12),
    (_("Done by"), 12), (_("Done on"), 12), (_("Confirmed by"), 12), (_("Note"), 40), (_("Figure"), 14),
    (_("Link"), 30), (_("Files with their SHA-256"), 60),
)  # fmt: skip


def workbook(runs: Sequence[ChecklistRun], steps: Mapping[UUID, Sequence[ChecklistStep]], members: Members) -> bytes:
    """Numbers are numbers and days are days, so that they can be reckoned with."""
    lines = [_step(run, step, members) for run in runs for step in steps.get(run.id, ())]
    return spreadsheets.workbook(
        Sheet(_("Checklists"), RUNS, [_run(run, members) for run in runs]), Sheet(_("Steps"), STEPS, lines)
    )


def _run(run: ChecklistRun, members: Members) -> list[Cell]:
    return [
        run.client_name, str(run.name), run.period, str(RUN.state(run.state).label), day(run.due_at),
        _who(members, run.preparer_id), _who(members, run.prepared_by), day(run.prepared_at),
        _who(members, run.signed_by), day(run.signed_at), run.reason,
    ]  # fmt: skip


def _step(run: ChecklistRun, step: ChecklistStep, members: Members) -> list[Cell]:
    files = "; ".join(f"{file['name']} {file['sha256']}" for file in step.files)
    return [
        run.client_name, str(run.name), run.period, step.position, str(step.title), str(OUTCOMES[step.outcome]),
        _who(members, step.done_by), day(step.done_at), _who(members, step.confirmed_by), step.note, step.number,
        step.link, files,
    ]  # fmt: skip


def _who(members: Members, member_id: UUID | None) -> str:
    return members[member_id].name if member_id is not None and member_id in members else ""
