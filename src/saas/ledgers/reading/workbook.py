"""Workbooks (XLSX and the older XLS), parsed in a separate process that may be killed without harm."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl

from saas.kernel.i18n import _
from saas.ledgers.reading.grid import Grid, Unreadable, repeating, tidy

CHILD = Path(__file__).with_name("workbook_child.py")
SECONDS = 120

REFUSALS = {
    "password": _("The workbook is protected by a password: save it without one and try again."),
    "damaged": _("The workbook is damaged or cut off: open it in a spreadsheet program and save it again."),
    "address": _(
        "The workbook has cells at impossible or far-off addresses: delete what lies outside the table and save it."
    ),
}


def read(path: Path) -> list[Grid]:
    """Every visible sheet as a grid. Unreadable when the parser refuses, dies, or takes too long."""
    with tempfile.TemporaryDirectory(prefix="ledger-") as name:
        folder = Path(name)
        command = [sys.executable, "-P", str(CHILD), str(path.absolute()), str(folder)]
        try:
            done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise Unreadable(_("Reading the workbook took longer than %(seconds)s seconds.", seconds=SECONDS)) from None
        answer_file = folder / "sheets.json"
        if done.returncode != 0 or not answer_file.exists():
            raise Unreadable(
                _("The workbook could not be read: it is damaged, or needs more memory than a ledger may.")
            )
        answer = json.loads(answer_file.read_text())
        if "refused" in answer:
            raise Unreadable(REFUSALS[answer["refused"]])
        return [_grid(sheet, folder) for sheet in answer["sheets"]]


def _grid(sheet: dict[str, object], folder: Path) -> Grid:
    cells = pl.read_ipc(folder / str(sheet["file"]))
    cells.columns = [str(n) for n in range(cells.width)]
    cells = tidy(repeating(cells))
    red = frozenset((row, column) for row, column in sheet["red"])  # type: ignore[attr-defined]
    filled = sheet["filled"]
    read_rows = cells.filter(pl.any_horizontal(pl.all().is_not_null())).height if cells.width else 0
    notes = []
    if isinstance(filled, int) and filled > read_rows:
        notes.append(
            _(
                "Sheet “%(sheet)s” holds %(filled)s rows with values, %(read)s were read.",
                sheet=sheet["name"],
                filled=filled,
                read=read_rows,
            )
        )
    return Grid(str(sheet["name"]), cells, red, notes)
