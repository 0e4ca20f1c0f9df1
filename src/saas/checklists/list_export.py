"""Runs as a workbook: one sheet of runs, one of their steps; what looks like a formula is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from uuid import UUID

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from saas.checklists.models import ChecklistRun, ChecklistStep
from saas.checklists.workflow import RUN
from saas.identity.models import Membership
from saas.kernel.clock import CHINA
from saas.kernel.i18n import Text, _

Cell = str | int | Decimal | date | None
Members = Mapping[UUID, Membership]
FORMULA = ("=", "+", "-", "@", "\t", "\r")
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
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    _fill(first, _("Checklists"), RUNS, [_run(run, members) for run in runs])
    lines = [_step(run, step, members) for run in runs for step in steps.get(run.id, ())]
    _fill(book.create_sheet(), _("Steps"), STEPS, lines)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet: Worksheet, title: Text, heads: Sequence[tuple[Text, int]], lines: Sequence[Sequence[Cell]]) -> None:
    sheet.title = str(title)
    sheet.append([str(head) for head, _width in heads])
    for line in lines:
        sheet.append([_harmless(cell) for cell in line])
    for number, (_head, width) in enumerate(heads, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.cell(1, number).font = Font(bold=True)
    sheet.freeze_panes = "A2"


def _run(run: ChecklistRun, members: Members) -> list[Cell]:
    return [
        run.client_name, str(run.name), run.period, str(RUN.state(run.state).label), _day(run.due_at),
        _who(members, run.preparer_id), _who(members, run.prepared_by), _day(run.prepared_at),
        _who(members, run.signed_by), _day(run.signed_at), run.reason,
    ]  # fmt: skip


def _step(run: ChecklistRun, step: ChecklistStep, members: Members) -> list[Cell]:
    files = "; ".join(f"{file['name']} {file['sha256']}" for file in step.files)
    return [
        run.client_name, str(run.name), run.period, step.position, str(step.title), str(OUTCOMES[step.outcome]),
        _who(members, step.done_by), _day(step.done_at), _who(members, step.confirmed_by), step.note, step.number,
        step.link, files,
    ]  # fmt: skip


def _who(members: Members, member_id: UUID | None) -> str:
    return members[member_id].name if member_id is not None and member_id in members else ""


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(CHINA).date() if moment is not None else None


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
