"""What workers do with a file: read it and show what is in it; after a person's yes, store exactly that."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import cast
from uuid import UUID

import polars as pl
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client
from saas.clients.queries import client as find_client
from saas.kernel import jobs, tenancy
from saas.kernel.access import SYSTEM
from saas.kernel.config import active
from saas.kernel.files import store_of
from saas.kernel.i18n import Text, _
from saas.kernel.perform import perform
from saas.ledgers import queries
from saas.ledgers.archive import packed, unpacked
from saas.ledgers.charts import build
from saas.ledgers.frame import BALANCES, LINES, Ledger, Standard
from saas.ledgers.models import Import
from saas.ledgers.preview import ledger_preview, other_company
from saas.ledgers.reading import Sheet, Unreadable, read_sheets, sniff
from saas.ledgers.reading.assemble import Wanted
from saas.ledgers.store import books_of, canonical_digest, standard_of, write
from saas.ledgers.workflow import IMPORT


async def read(session: AsyncSession, subject_id: str) -> None:
    """Open the file, find its table, and put what was found into the preview."""
    imported = await queries.imported(session, UUID(subject_id))
    if imported.state not in ("uploaded", "reading"):
        return
    client = await find_client(session, imported.client_id)
    content = await store_of(active()).get(tenancy.current_firm_id(), imported.file_sha256)
    await jobs.report(1, 4, _("Reading the file"))
    try:
        sheets, ledgers = await asyncio.to_thread(_open, content, imported, client)
    except Unreadable as error:
        imported.error_text = error.reason
        await perform(session, IMPORT, imported.id, "fail", SYSTEM)
        return
    await jobs.report(3, 4, _("Comparing it with what is stored"))
    ledger = _one(ledgers)
    before = await books_of(session, client)
    imported.preview = ledger_preview(ledger, sheets, before) | {
        "other_company": other_company(sheets, client.name, client.uscc),
        "ledger_names": [one.name for one in ledgers],
    }
    imported.layout, imported.standard = ledger.layout, ledger.standard
    imported.rejects = list(ledger.rejects)
    imported.notes = list(ledger.notes)
    imported.posted = imported.preview["posted"]
    imported.line_count, imported.voucher_count = imported.preview["lines"], imported.preview["vouchers"]
    periods = imported.preview["periods"]
    imported.first_period, imported.last_period = (periods[0], periods[-1]) if periods else (None, None)
    imported.content_sha256 = canonical_digest(ledger.lines.select("voucher", "account", "debit", "credit"))
    imported.frame_sha256 = await store_of(active()).put(tenancy.current_firm_id(), packed(ledger))
    await perform(session, IMPORT, imported.id, "show", SYSTEM)


async def store(session: AsyncSession, subject_id: str) -> None:
    """Keep what the person saw and confirmed: all of it, in one transaction."""
    imported = await queries.imported(session, UUID(subject_id))
    if imported.state != "storing":
        return
    content = await store_of(active()).get(tenancy.current_firm_id(), imported.frame_sha256)
    ledger = await asyncio.to_thread(unpacked, content)
    if imported.posted:
        said = pl.col("posted").fill_null(imported.posted == "posted")
        ledger = Ledger(
            ledger.name, ledger.layout, ledger.standard, ledger.chart, ledger.lines.with_columns(said), ledger.balances
        )
    await jobs.report(0, ledger.lines.height, _("Storing the lines"))
    await write(session, imported, ledger)
    if imported.remember_mapping and imported.mapping:
        client = await find_client(session, imported.client_id)
        client.settings = {**client.settings, "import_mapping": imported.mapping}
    await perform(session, IMPORT, imported.id, "finish", SYSTEM)


def _open(content: bytes, imported: Import, client: Client) -> tuple[list[Sheet], list[Ledger]]:
    """In a thread; the parser itself runs in a limited process of its own."""
    remembered = client.settings.get("import_mapping")
    mapping = imported.mapping or remembered or None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(imported.file_name).name
        path.write_bytes(content)
        sheets = sniff(path, by_hand=True)
        shown = [sheet.mapped(mapping) for sheet in sheets] if mapping else sheets
        wanted = cast(Wanted, imported.standard or (client.standard if client.standard != "other" else "auto"))
        try:
            return shown, read_sheets(sheets, path=path, standard=wanted, mapping=mapping)
        except Unreadable as error:
            if mapping is None and not any(sheet.by_hand for sheet in sheets):
                raise
            return shown, [_nothing(standard_of(client), error.reason)]  # other columns may read it


def _nothing(standard: Standard, reason: Text) -> Ledger:
    """A file whose columns are not chosen (well) yet: shown with the reason, so that the person goes on choosing."""
    lines, balances = pl.DataFrame(schema=LINES), pl.DataFrame(schema=BALANCES)
    return Ledger(None, "", standard, build(standard, []), lines, balances, notes=[reason])


def _one(ledgers: list[Ledger]) -> Ledger:
    """A file for one client: lines and balances of its sheets as one ledger."""
    first = ledgers[0]
    if len(ledgers) == 1:
        return first
    return Ledger(
        first.name,
        first.layout,
        first.standard,
        first.chart,
        pl.concat([one.lines for one in ledgers]),
        pl.concat([one.balances for one in ledgers]),
        [reject for one in ledgers for reject in one.rejects],
        [note for one in ledgers for note in one.notes],
    )
