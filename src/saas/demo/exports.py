"""The files that the clients' programs give: the books as they stand on a day, in the program's own layout."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy import select

from saas.adjustments.models import Adjustment, PlannedVoucher
from saas.demo.books import Books, Late, LateLine
from saas.demo.books.layouts import write
from saas.demo.labels import books, is_complete
from saas.demo.scene import Scene
from saas.demo.tenant import Client
from saas.kernel.clock import CHINA

CLOUD = ("haokuaiji", "ningmeng")
MONTHLY_LISTS = {"opening_mismatch", "rollforward_broken"}  # errors that only a balance list shows
LISTS = {"negative_stock", "negative_cash", "negative_bank", "shareholder_loan", "lines_lost", "aged_estimate"}
SO_FAR = "so far"  # up to the day of the step
FORGOTTEN = "forgotten"  # under this name a story notes the plan whose vouchers were never booked


async def ledger_file(scene: Scene, first: str, last: str, without: str = "") -> tuple[str, bytes]:
    """Name and bytes of a 序时账 of these months as of the step's day, where it matters with its 科目余额表.

    `last` may be "so far"; `without` is a kind of error that the export does not have any more.
    """
    until = scene.at.astimezone(CHINA).date()
    made = as_of(books(scene, await booked_late(scene), without), until)
    end = min(last if last != SO_FAR else f"{until:%Y-%m}", f"{until:%Y-%m}")
    wanted = tuple(month for month in made.months if first <= month <= end)
    balances = _with_balances(scene.client_data, wanted)
    suffix = "xlsx" if balances else "csv"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"ledger.{suffix}"
        encoding = "utf-8-sig" if scene.client_data.layout in CLOUD else "gb18030"
        write(made, scene.client_data.layout, path, wanted, encoding, with_balances=balances)
        content = path.read_bytes()
    return f"{scene.client_data.short} 序时账 {first}{f'至{wanted[-1]}' if len(wanted) > 1 else ''}.{suffix}", content


def _with_balances(client: Client, months: tuple[str, ...]) -> bool:
    """Programs in the cloud give a workbook with both lists; the others a text file, unless its balances matter."""
    kinds = {error.kind for error in client.errors}
    if len(months) == 1:
        return bool(kinds & MONTHLY_LISTS)
    return client.layout in CLOUD or bool(kinds & (LISTS | MONTHLY_LISTS))


def as_of(made: Books, until: date) -> Books:
    """The books without what is still to come; a running month has no balance list yet."""
    lines = [line for line in made.lines if line["date"] <= until]
    balances = {month: rows if is_complete(month, until) else [] for month, rows in made.balances.items()}
    return replace(made, lines=lines, balances=balances)


async def booked_late(scene: Scene) -> tuple[Late, ...]:
    """The corrections that stand in the client's program by now, in the order in which they were booked."""
    async with scene.stage.reading() as session:
        query = (
            select(PlannedVoucher)
            .join(
                Adjustment,
                (Adjustment.firm_id == PlannedVoucher.firm_id) & (Adjustment.id == PlannedVoucher.adjustment_id),
            )
            .where(Adjustment.firm_id == scene.stage.firm_id, Adjustment.client_id == (await scene.client()).id)
            .where(Adjustment.executed_at.is_not(None))
            .order_by(Adjustment.executed_at, PlannedVoucher.position)
        )
        rows = (await session.scalars(query)).all()
    forgotten = scene.known.get(FORGOTTEN, "")
    return tuple(as_late(row) for row in rows if str(row.adjustment_id) != forgotten)


def as_late(row: PlannedVoucher) -> Late:
    """An approved voucher as it is booked."""
    lines = tuple(LateLine(w["account"], w.get("aux", ""), w["debit_fen"], w["credit_fen"]) for w in row.lines)
    return Late(row.date, row.summary, lines)
