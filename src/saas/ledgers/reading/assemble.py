"""From the sheets of a file to its ledgers: split by the ledger column, named vouchers, chart, remarks."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import polars as pl

from saas.kernel.i18n import Text, _
from saas.ledgers import charts, standards
from saas.ledgers.frame import BALANCES, LINES, Ledger, Reject
from saas.ledgers.reading import amounts, balances, lines, pairs, remarks, vouchers
from saas.ledgers.reading.cells import translate
from saas.ledgers.reading.grid import Unreadable
from saas.ledgers.reading.layouts import layout
from saas.ledgers.reading.sheet import Sheet

Wanted = Literal["small", "enterprise", "auto"]


def ledgers(
    sheets: list[Sheet], *, standard: Wanted, path: Path | None = None, year: int | None = None
) -> list[Ledger]:
    """The ledgers in a file's sheets: one, or one for each value of a ledger column. Unreadable when no row is left."""
    line_parts = [(sheet, lines.read(sheet, year=year)) for sheet in sheets if sheet.kind == "lines"]
    balance_parts = [(sheet, balances.read(sheet, year=year)) for sheet in sheets if sheet.kind == "balances"]
    all_lines = pl.concat([part.lines for __, part in line_parts], how="vertical") if line_parts else None
    all_balances = pl.concat([part.balances for __, part in balance_parts], how="vertical") if balance_parts else None
    parts: list[lines.Part | balances.Part] = [part for __, part in line_parts] + [part for __, part in balance_parts]
    rejects = [reject for part in parts for reject in part.rejects]
    if not sum(frame.height for frame in (all_lines, all_balances) if frame is not None):
        raise Unreadable(
            _("The file has a header but no row that can be read (%(count)s rejected).", count=len(rejects))
        )
    notes = [note for part in parts for note in part.notes]
    if len(sheets) > 1:
        names = ", ".join(sheet.name for sheet in sheets)
        notes.append(_("Sheets read: %(names)s. Rows are numbered within each sheet.", names=names))
    kind = layout(line_parts[0][0] if line_parts else sheets[0])
    found = [
        _ledger(name, kind, all_lines, all_balances, standard, rejects, notes)
        for name in _names(all_lines, all_balances)
    ]
    if len(found) == 1 and line_parts:
        totals = [remarks.totals(part.lines, _totals(part.totals)) for __, part in line_parts]
        found[0].notes.extend(str(note) for each in totals for note in each)
    return found


def _names(all_lines: pl.DataFrame | None, all_balances: pl.DataFrame | None) -> list[str | None]:
    """The ledgers' names in the file's order; [None] without a ledger column."""
    names: list[str | None] = []
    for frame in (all_lines, all_balances):
        if frame is not None:
            names += [
                n for n in frame["ledger"].unique(maintain_order=True).to_list() if n is not None and n not in names
            ]
    return names or [None]


def _of(frame: pl.DataFrame | None, name: str | None) -> pl.DataFrame | None:
    """A ledger's rows; rows without a ledger's name belong to the only ledger there is."""
    if frame is None or name is None:
        return frame
    single = frame["ledger"].drop_nulls().n_unique() <= 1
    return frame.filter((pl.col("ledger") == name) | (pl.col("ledger").is_null() & pl.lit(single)))


def _ledger(
    name: str | None,
    kind: str,
    all_lines: pl.DataFrame | None,
    all_balances: pl.DataFrame | None,
    standard: Wanted,
    rejects: list[Reject],
    notes: list[Text],
) -> Ledger:
    own_lines, own_balances = _of(all_lines, name), _of(all_balances, name)
    own_notes = list(notes)
    if own_lines is None:
        frame = pl.DataFrame(schema=LINES)
    else:
        named, remarked = vouchers.name(own_lines)
        unfolded, doubled = pairs.unfold(named)
        own_notes += [*remarked, *doubled]
        frame = lines.finish(unfolded)
    held = pl.DataFrame(schema=BALANCES) if own_balances is None else own_balances.drop("ledger")
    pairs_ = _accounts(held, frame)
    detected = standards.detect(pairs_) if standard == "auto" else None
    chosen = detected.standard if detected else standard
    chart = charts.build(chosen, pairs_)
    own_notes += remarks.remarks(frame, held, chart, detected)
    return Ledger(name, kind, chosen, chart, frame, held, list(rejects), [str(note) for note in own_notes])  # type: ignore[arg-type]


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
