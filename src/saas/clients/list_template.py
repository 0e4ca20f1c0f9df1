"""The workbook to fill in: headings with explanations and choices, one example row, and a sheet that says it all."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from saas.clients.list_columns import COLUMNS
from saas.clients.list_reading import MOST_ROWS
from saas.kernel.i18n import Text, _

CHOICES: dict[str, list[Text]] = {
    "taxpayer_kind": [_("Small-scale taxpayer"), _("General taxpayer")],
    "standard": [_("Small-enterprise standard"), _("Enterprise standards"), _("Non-profit standard")],
    "may_approve": [_("Yes"), _("No")],
}
HEAD = PatternFill("solid", fgColor="E8EEF7")
GREY = Font(italic=True, color="808080")


def template(bookkeepers: Sequence[str]) -> bytes:
    """An XLSX workbook in the reader's language; `bookkeepers` are offered in their column."""
    book = Workbook()
    sheet = book.active
    sheet.title = str(_("Clients"))
    for number, column in enumerate(COLUMNS, 1):
        cell = sheet.cell(1, number, f"{column.heading}{' *' if column.required else ''}")
        cell.font, cell.fill = Font(bold=True), HEAD
        cell.comment = Comment(str(column.explanation), "")
        example = sheet.cell(2, number, column.example)
        example.font = GREY
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = 22
        for row in range(2, 202):  # long numbers stay text instead of becoming 9.11E+17
            sheet.cell(row, number).number_format = "@"
        _offer(sheet, letter, [str(c) for c in CHOICES.get(column.key, [])])
        if column.key == "bookkeeper":
            _offer(sheet, letter, bookkeepers)
    sheet.cell(2, 1).value = str(_("Example: %(name)s", name=COLUMNS[0].example))
    sheet.freeze_panes = "A2"
    _explain(book.create_sheet(str(_("Explanations"))))
    result = BytesIO()
    book.save(result)
    return result.getvalue()


def _offer(sheet: Worksheet, letter: str, choices: Sequence[str]) -> None:
    """A list to choose from; the format allows 255 characters and no commas within."""
    joined = ",".join(choices)
    if not choices or len(joined) > 250 or '"' in joined or joined.count(",") >= len(choices):
        return
    offered = DataValidation(type="list", formula1=f'"{joined}"', allow_blank=True, showErrorMessage=False)
    sheet.add_data_validation(offered)
    offered.add(f"{letter}2:{letter}{MOST_ROWS}")


def _explain(sheet: Worksheet) -> None:
    rows = [(str(column.heading), str(column.explanation), column.example) for column in COLUMNS]
    notes = [
        _("The example row is left out when the list is read."),
        _("Clients that are already there stay as they are."),
    ]
    for row in [(str(_("Column")), str(_("What stands in it")), str(_("Example"))), *rows, *((str(n),) for n in notes)]:
        sheet.append(row)
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), HEAD
    for letter, width in (("A", 22), ("B", 70), ("C", 26)):
        sheet.column_dimensions[letter].width = width
    for (cell,) in sheet["B2:B40"]:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
