"""The register of a month as a workbook, in the columns the import reads back."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from litestar import Response, get
from litestar.params import FromQuery
from openpyxl import Workbook
from openpyxl.styles import Font

from saas.clients import queries as clients
from saas.filings import queries
from saas.filings.board_pages import MONTH
from saas.filings.list_columns import COLUMNS
from saas.filings.models import RegisteredFiling as Filing
from saas.filings.profile import name_of
from saas.filings.queries import Wanted
from saas.filings.standing import STANDINGS, standing
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, actor_of
from saas.kernel.uploads import attachment

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DANGEROUS = ("=", "+", "-", "@")  # how a formula begins


@get("/f/{slug:str}/filings/export", opt={"permission": "filings.export"})
async def download(request: Req, session: Db, month: FromQuery[str] = "") -> Response[bytes]:
    """All returns due in a month."""
    named = month if MONTH.fullmatch(month) else f"{clock.today():%Y-%m}"
    rows = await queries.due_in(session, Wanted(named), clock.today())
    named_clients = await clients.clients_by_id(session, [row.client_id for row in rows])
    book = Workbook()
    sheet = book.active
    sheet.title = named
    sheet.append(
        [str(column.heading) for column in COLUMNS if not column.hidden] + [str(_("Due day")), str(_("State"))]
    )
    for row in rows:
        client = named_clients[row.client_id]
        sheet.append([_safe(value) for value in (client.name, client.uscc, client.number, *_cells(row))])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter in "ABCDEFGHIJK":
        sheet.column_dimensions[letter].width = 20
    sheet.freeze_panes = "A2"
    result = BytesIO()
    book.save(result)
    record(session, actor_of(request), "filings.export", clock.now(), month=named, rows=len(rows))
    return attachment(result.getvalue(), f"{_('Filings')}-{named}.xlsx", XLSX)


def _cells(row: Filing) -> list[Any]:
    return [
        str(name_of(row.code)),
        row.period,
        row.filed_on.isoformat() if row.filed_on else "",
        row.accepted_on.isoformat() if row.accepted_on else "",
        str(row.payable).replace(",", "") if row.payable is not None else "",
        str(_("Yes")) if row.zero else "",
        row.due_on.isoformat(),
        str(STANDINGS[standing(row, clock.today())].label),
    ]


def _safe(value: str) -> str:
    """A text a spreadsheet program does not take for a formula."""
    return f"'{value}" if value.startswith(DANGEROUS) else value


ROUTES = [download]
