"""Read a ledger file of any recognised layout: `read_file` at once, or in stages (`sniff`, then `read_sheets`).

sniff(path) finds the tables and says which column was taken for which field and how sure; a person may change that,
as a mapping heading → field; read_sheets makes the canonical ledgers. Unreadable(reason) is the one error.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from saas.kernel.i18n import _
from saas.ledgers.frame import Ledger
from saas.ledgers.reading import container, context
from saas.ledgers.reading.assemble import Wanted, ledgers
from saas.ledgers.reading.by_hand import lacking, missing, offered
from saas.ledgers.reading.grid import Unreadable
from saas.ledgers.reading.header import find
from saas.ledgers.reading.sheet import Column, Mapping, Sheet, letter

__all__ = [
    "Column", "Mapping", "Sheet", "Unreadable", "Wanted", "lacking", "letter", "read_file", "read_sheets", "sniff",
]  # fmt: skip


def read_file(path: Path, *, standard: Wanted = "auto", mapping: Mapping | None = None) -> list[Ledger]:
    """The ledgers of a file, in the file's order."""
    return read_sheets(sniff(path), path=path, standard=standard, mapping=mapping)


def sniff(path: Path, *, by_hand: bool = False) -> list[Sheet]:
    """The sheets that hold a table of vouchers or balances; sheets without one (covers, notes) are left out.

    With `by_hand`, where no sheet has headings that we know, those that may hold a table: `lacking` says what a
    mapping must add before they can be read.
    """
    grids = container.grids(path)
    sheets = [sheet for grid in grids if (sheet := find(grid)) is not None]
    if not sheets and by_hand:
        sheets = [sheet for grid in grids if (sheet := offered(grid)) is not None]
    if not sheets:
        if not any(not cell for grid in grids for column in grid.cells for cell in column.is_null()):
            raise Unreadable(_("The file holds no cells with a value."))
        raise Unreadable(
            _("No header row was found: a ledger needs columns for account, amounts, and date or voucher number.")
        )
    return sheets


def read_sheets(
    sheets: Sequence[Sheet], *, path: Path | None = None, standard: Wanted = "auto", mapping: Mapping | None = None
) -> list[Ledger]:
    """The ledgers of sniffed sheets. `mapping` (heading → field or None) overrides the columns that were guessed."""
    chosen = [sheet.mapped(mapping) if mapping else sheet for sheet in sheets]
    ready = [sheet for sheet in chosen if not lacking(sheet)]
    if not ready:
        raise Unreadable(_("Choose what the columns hold. Still missing: %(what)s.", what=missing(chosen)))
    named = context.year([path.stem]) if path else None
    return ledgers(ready, standard=standard, year=named or _file_year(path))


def _file_year(path: Path | None) -> int | None:
    """The last resort where nothing in the file names a year: when it was written."""
    if path is None or not path.exists():
        return None
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).year
