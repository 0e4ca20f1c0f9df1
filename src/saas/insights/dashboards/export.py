"""A board for taking away: figures by period and the definition of each, as XLSX or CSV. No cell is a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import BytesIO, StringIO

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from saas.insights.dashboards.readings import Reading
from saas.insights.dashboards.units import UNITS, in_unit
from saas.kernel.errors import Missing
from saas.kernel.i18n import Text, _
from saas.kernel.spreadsheets import XLSX, Cell, harmless

Filters = Sequence[tuple[Text, Text | str]]
FIGURES = (
    (_("Key figure"), 32), (_("Unit"), 12), (_("From"), 12), (_("To"), 12), (_("Counted value"), 14), ("n", 8),
    (_("Lower bound"), 12), (_("Upper bound"), 12), (_("Target"), 12), (_("Remark"), 30),
)  # fmt: skip
DEFINITIONS = (
    (_("Key figure"), 32), (_("Definition"), 60), (_("Whose period counts"), 30), (_("Unit"), 12), (_("Source"), 40),
    (_("Left out"), 40),
)  # fmt: skip
PARTS = ((_("Key figure"), 32), (_("Of which"), 32), (_("Counted value"), 14), (_("Unit"), 12))


def written(form: str, title: Text, filters: Filters, found: Sequence[Reading]) -> tuple[bytes, str]:
    """Its bytes and media type; Missing for any other form. `filters` say in words what the figures are of."""
    if form == "xlsx":
        return _workbook(title, filters, found), XLSX
    if form == "csv":
        return _csv(filters, found), "text/csv; charset=utf-8"
    raise Missing()


def _workbook(title: Text, filters: Filters, found: Sequence[Reading]) -> bytes:
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    _fill(first, str(title), FIGURES, _figures(found))
    _fill(book.create_sheet(), str(_("Of which")), PARTS, _parts(found))
    _fill(book.create_sheet(), str(_("Definitions")), DEFINITIONS, _definitions(found))
    _fill(book.create_sheet(), str(_("Filters")), ((_("Filter"), 20), (_("Counted value"), 40)), _filters(filters))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _csv(filters: Filters, found: Sequence[Reading]) -> bytes:
    """One table after another, an empty line between; with the mark by which spreadsheets see UTF-8."""
    out = StringIO()
    lines = csv.writer(out)
    tables = ((FIGURES, _figures(found)), (PARTS, _parts(found)), (DEFINITIONS, _definitions(found)))
    for heads, rows in tables:
        lines.writerow([str(head) for head, _width in heads])
        lines.writerows([harmless(cell) for cell in row] for row in rows)
        lines.writerow([])
    lines.writerows([harmless(cell) for cell in row] for row in _filters(filters))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _fill(
    sheet: Worksheet, title: str, heads: Sequence[tuple[Text | str, int]], rows: Iterable[Sequence[Cell]]
) -> None:
    sheet.title = title[:31]
    sheet.append([str(head) for head, _width in heads])
    for row in rows:
        sheet.append([harmless(cell) for cell in row])
    for number, (_head, width) in enumerate(heads, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.cell(1, number).font = Font(bold=True)
    sheet.freeze_panes = "A2"


def _figures(found: Iterable[Reading]) -> list[list[Cell]]:
    """Percent, hours, days and yuan as the page shows them; numbers are numbers, so that they can be reckoned with."""
    return [
        [
            str(reading.measure.name), str(UNITS[reading.measure.unit]), since.isoformat(), until.isoformat(),
            _shown(reading, figure.value), figure.n, _shown(reading, figure.low), _shown(reading, figure.high),
            _shown(reading, reading.target), _remark(reading, figure.hidden),
        ]
        for reading in found
        for (since, until), figure in zip(reading.spans, reading.figures, strict=True)
    ]  # fmt: skip


def _shown(reading: Reading, value: Decimal | None) -> Decimal | None:
    return in_unit(reading.measure.unit, value) if value is not None else None


def _remark(reading: Reading, hidden: bool) -> str:
    if not reading.obeys:
        return str(_("not counted by this filter"))
    return str(_("sample too small")) if hidden else ""


def _parts(found: Iterable[Reading]) -> list[list[Cell]]:
    return [
        [str(r.measure.name), str(label), in_unit(r.measure.part_unit, Decimal(value)), str(UNITS[r.measure.part_unit])]
        for r in found
        for label, value in r.now.parts
    ]


def _definitions(found: Iterable[Reading]) -> list[list[Cell]]:
    measures = [reading.measure for reading in found]
    return [
        [str(m.name), str(m.definition), str(m.cohort), str(UNITS[m.unit]), str(m.source), str(m.exclusions)]
        for m in measures
    ]


def _filters(filters: Filters) -> list[list[Cell]]:
    return [[str(label), str(value)] for label, value in filters]
