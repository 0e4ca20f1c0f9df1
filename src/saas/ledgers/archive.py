"""Frames as files: what a person saw in the preview is byte for byte what is stored, and what a snapshot seals."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import ZIP_STORED, ZipFile

import msgspec
import polars as pl

from saas.ledgers.charts import build
from saas.ledgers.frame import BALANCES, LINES, Ledger, Reject
from saas.ledgers.remark_columns import restored


def packed(ledger: Ledger) -> bytes:
    """A ledger as one file: its frames in Arrow's format, the rest as JSON."""
    about: dict[str, Any] = {
        "name": ledger.name,
        "layout": ledger.layout,
        "standard": ledger.standard,
        "rejects": [[r.row, r.reason.store()] for r in ledger.rejects],
        "notes": [note.store() for note in ledger.notes],
        "accounts": [[a.code, a.name] for a in ledger.chart.accounts.values()],
    }
    result = BytesIO()
    with ZipFile(result, "w", ZIP_STORED) as file:
        file.writestr("about.json", msgspec.json.encode(about))
        for name, frame in (("lines", ledger.lines), ("balances", ledger.balances)):
            content = BytesIO()
            frame.write_ipc(content, compression="zstd")
            file.writestr(f"{name}.arrow", content.getvalue())
    return result.getvalue()


def unpacked(content: bytes) -> Ledger:
    """The ledger that was packed."""
    with ZipFile(BytesIO(content)) as file:
        about = msgspec.json.decode(file.read("about.json"))
        lines, balances = (
            pl.read_ipc(BytesIO(file.read(f"{name}.arrow"))).cast(schema)  # type: ignore[arg-type]
            for name, schema in (("lines", LINES), ("balances", BALANCES))
        )
    return Ledger(
        about["name"],
        about["layout"],
        about["standard"],
        build(about["standard"], [(code, name) for code, name in about["accounts"]]),
        lines,
        balances,
        [Reject(row, restored(reason)) for row, reason in about["rejects"]],
        [restored(note) for note in about["notes"]],
    )
