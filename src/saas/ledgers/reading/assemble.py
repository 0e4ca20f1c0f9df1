"""From the sheets of a file to its ledgers: split by the ledger column, named vouchers, chart, remarks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

import polars as pl

from saas.kernel.i18n import Text, _
from saas.ledgers import charts, standards
from saas.ledgers.frame import BALANCES, LINES, Ledger, Reject, Standard
from saas.ledgers.reading import amounts, balances, lines, pairs, remarks, vouchers
from saas.ledgers.reading.cells import translate
from saas.ledgers.reading.grid import Unreadable
from saas.ledgers.reading.layouts import layout
from saas.ledgers.reading.sheet import Sheet

Wanted = Literal["small", "enterprise", "auto"]


@dataclass(frozen=True, slots=True)
class Read:
    """What the sheets of a file hold together."""

    layout: str
    lines: pl.DataFrame | None
    balances: pl.DataFrame | None
    rejects: list[Reject]
    owners: dict[int, str | None]  # row → ledger, of the rejected rows
    notes: list[Text]

    @property
    def names(self) -> list[str | None]:
        """The ledgers' names in the file's order; [None] without a ledger column."""
        frames = [frame for frame in (self.lines, self.balances) if frame is not None]
        names = pl.concat([frame["ledger"] for frame in frames]).drop_nulls().unique(maintain_order=True).to_list()
        return names or [None]


def ledgers(sheets: list[Sheet], *, standard: Wanted, year: int | None = None) -> list[Ledger]:
    """The ledgers in a file's sheets: one, or one for each value of a ledger column. Unreadable when no row is left."""
    line_parts = [lines.read(sheet, year=year) for sheet in sheets if sheet.kind == "lines"]
    balance_parts = [balances.read(sheet, year=year) for sheet in sheets if sheet.kind == "balances"]
    parts: list[lines.Part | balances.Part] = [*line_parts, *balance_parts]
    notes = [note for part in parts for note in part.notes]
    if len(sheets) > 1:
        names = ", ".join(sheet.name for sheet in sheets)
        notes.append(_("Sheets read: %(names)s. Rows are numbered within each sheet.", names=names))
    read = Read(
        layout=layout(next((sheet for sheet in sheets if sheet.kind == "lines"), sheets[0])),
        lines=pl.concat([part.lines for part in line_parts]) if line_parts else None,
        balances=pl.concat([part.balances for part in balance_parts]) if balance_parts else None,
        rejects=[reject for part in parts for reject in part.rejects],
        owners={row: name for part in parts for row, name in part.owners.items()},
        notes=notes,
    )
    if not any(frame.height for frame in (read.lines, read.balances) if frame is not None):
        raise Unreadable(_no_row(read.rejects))
    found = [_ledger(read, name, standard) for name in read.names]
    if len(found) == 1:
        differing = [note for part in line_parts for note in remarks.totals(part.lines, _totals(part.totals))]
        found[0].notes.extend(differing)
    return found


def _no_row(rejects: list[Reject]) -> Text:
    if not rejects:
        return _("The file has a header but no row beneath it.")
    return _(
        "The file has a header but no row that can be read: %(count)s rejected, the first in row %(row)s: %(reason)s",
        count=len(rejects),
        row=rejects[0].row,
        reason=rejects[0].reason,
    )


def _ledger(read: Read, name: str | None, standard: Wanted) -> Ledger:
    """One of the file's ledgers, with its chart and the remarks about it."""
    notes = list(read.notes)
    own_lines, own_balances = _of(read.lines, name), _of(read.balances, name)
    frame = pl.DataFrame(schema=LINES)
    if own_lines is not None:
        named, together = vouchers.name(own_lines)
        unfolded, doubled = pairs.unfold(named)
        notes += [*together, *doubled]
        frame = lines.finish(unfolded)
    held = pl.DataFrame(schema=BALANCES) if own_balances is None else own_balances.drop("ledger")
    accounts = _accounts(held, frame)
    detected = standards.detect(accounts) if standard == "auto" else None
    chosen: Standard = detected.standard if detected else cast(Standard, standard)
    chart = charts.build(chosen, accounts)
    notes += remarks.remarks(frame, held, chart, detected)
    rejects = [reject for reject in read.rejects if read.owners.get(reject.row, name) in {name, None}]
    return Ledger(name, read.layout, chosen, chart, frame, held, rejects, notes)


def _of(frame: pl.DataFrame | None, name: str | None) -> pl.DataFrame | None:
    """A ledger's rows; all of them where the file has no ledger column."""
    return frame if frame is None or name is None else frame.filter(pl.col("ledger").eq(name))


def _accounts(held: pl.DataFrame, frame: pl.DataFrame) -> list[tuple[str, str]]:
    """(code, name) of every account, those of the balances first: they carry the chart's own names."""
    both = [f.filter(pl.col("account") != "").select("account", "account_name") for f in (held, frame)]
    return [(code, name or "") for code, name in pl.concat(both).unique(maintain_order=True).rows()]


def _totals(found: pl.DataFrame) -> pl.DataFrame:
    """Total rows with their amounts in fen; null where the cell holds none."""

    def read(text: str) -> int | None:
        try:
            return amounts.fen(text)
        except amounts.NotAnAmount:
            return None

    empty = pl.Series([None] * found.height, dtype=pl.Int64())
    columns = [
        (translate(found[name], read, pl.Int64()) if name in found.columns else empty).alias(name)
        for name in ("debit", "credit")
    ]
    return found.select("row").with_columns(columns)
