"""The skill matrix as a workbook: the matrix, and the gaps one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from saas.kernel.access import ROLES
from saas.kernel.i18n import Text, _, listed
from saas.teams.skills.grid import Grid
from saas.teams.skills.levels import LEVELS
from saas.training.wording import said

Cell = str | int | date | None
FORMULA = ("=", "+", "-", "@", "\t", "\r")
HEADS = (_("Person"), _("Skill"), _("Needs"), _("Has"), _("Gap"), _("Certificate until"), _("Seen on"), _("Course"))


def workbook(found: Grid) -> bytes:
    """Levels as words in the matrix, as numbers in the list, so that it can be reckoned with."""
    book = Workbook()
    book.remove(book.worksheets[0])
    heads = [str(_("Person")), str(_("Roles")), *(said(skill.name) for skill in found.skills)]
    lines: list[list[Cell]] = [
        [m.name, listed(ROLES[role] for role in m.roles if role in ROLES), *(str(cell.word) for cell in cells)]
        for m, cells in found.rows
    ]
    _sheet(book, _("Skill matrix"), heads, lines)
    gaps: list[list[Cell]] = [
        [m.name, said(skill.name), s.required, s.level, s.gap, s.certified_until, s.marked_on, skill.course_key]
        for m, skill, s in found.gaps()
    ]
    _sheet(book, _("Gaps"), [str(head) for head in HEADS], gaps)
    _sheet(book, _("Levels"), [str(_("Level")), str(_("In words"))], [[n, str(word)] for n, word in enumerate(LEVELS)])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(book: Workbook, title: Text, heads: Sequence[str], lines: Sequence[Sequence[Cell]]) -> None:
    sheet = book.create_sheet(str(title))
    sheet.append(list(heads))
    for line in lines:
        sheet.append([f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell for cell in line])
    for column in range(1, len(heads) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 18
        sheet.cell(1, column).font = Font(bold=True)
    sheet.freeze_panes = "B2"
