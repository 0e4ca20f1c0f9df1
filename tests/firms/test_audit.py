"""The audit report: what was done and what was refused, by whom, filtered, exported, and its chain verified."""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import create_async_engine

from saas.app import composed
from saas.firms import jobs
from saas.firms.audit_words import DEEDS, readings
from saas.kernel import clock, sealing
from saas.kernel.audit import record
from saas.kernel.config import Settings
from saas.kernel.jobs import HopelessError
from saas.kernel.outbox import Outbox
from tests.cast import Browser, Cast

People = Callable[[str], Awaitable[Browser]]


def _at(cast: Cast, path: str = "") -> str:
    return f"/f/{cast.firm.slug}/settings/audit{path}"


async def _write(cast: Cast) -> None:
    async with cast.transaction() as session:
        record(session, cast.ben, "clients.add", clock.now(), name='=HYPERLINK("evil")')
        record(session, cast.mara, "people.roles", clock.now(), before=["bookkeeper"], after=["reviewer"])
        await session.flush()
        await sealing.seal(session)


async def test_deeds_and_refusals_are_shown_in_words(cast: Cast, as_person: People) -> None:
    await _write(cast)
    ben, ada = await as_person("ben"), await as_person("ada")
    assert (await ben.get(_at(cast))).status_code == 403
    await ada.post("/locale", {"locale": "en"})
    page = (await ada.get(_at(cast))).text
    assert "Roles changed" in page
    assert "Bookkeeper → Reviewer" in page
    assert "Page not allowed: Read the audit trail" in page, "Ben's attempt is on record"
    refused = (await ada.get(_at(cast, "?refused=true"))).text
    assert "Page not allowed" in refused
    assert "Roles changed" not in refused
    mine = (await ada.get(_at(cast, f"?who={cast.mara.id}"))).text
    assert "Roles changed" in mine
    assert "Page not allowed" not in mine
    assert "Roles changed" not in (await ada.get(_at(cast, "?area=clients"))).text
    assert "Roles changed" not in (await ada.get(_at(cast, "?until=2020-01-01"))).text
    for nonsense in ("?who=x", "?area=x", "?since=x", "?before=-1"):
        assert (await ada.get(_at(cast, nonsense))).status_code == 200, nonsense


async def test_the_export_is_harmless_to_a_spreadsheet(cast: Cast, as_person: People) -> None:
    await _write(cast)
    ada = await as_person("ada")
    answer = await ada.get(_at(cast, "/export"))
    assert answer.headers["content-disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) == 3
    assert [row[0] for row in rows[1:]] == ["1", "2"], "with the number of each seal"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert "people.roles" not in answer.text
    second = list(csv.reader(io.StringIO((await ada.get(_at(cast, "/export"))).text)))
    assert len(second) == 4, "the export itself is a deed"


async def test_the_report_is_a_workbook_and_a_paper_with_the_head_of_the_chain(cast: Cast, as_person: People) -> None:
    await _write(cast)
    ada, ben = await as_person("ada"), await as_person("ben")
    async with cast.transaction() as session:
        sequence, head = await sealing.head(session)
    answer = await ada.get(_at(cast, "/export?kind=xlsx&area=people"))
    book = load_workbook(io.BytesIO(answer.content))
    about = {row[0]: row[1] for row in book.worksheets[0].iter_rows(values_only=True)}
    assert f"{sequence}:{head}" in about.values()
    assert about["导出人"] == "安达"
    assert [row[2] for row in book.worksheets[1].iter_rows(min_row=2, values_only=True)] == ["马若兰"]
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" or str(cell.value or "").startswith("=") for cell in cells)
    paper = await ada.get(_at(cast, "/export?kind=pdf"))
    assert paper.content.startswith(b"%PDF-")
    assert (await ben.get(_at(cast, "/export?kind=pdf"))).status_code == 403
    assert (await ada.get(_at(cast, "/export?kind=exe"))).status_code == 400
    reads = list(csv.reader(io.StringIO((await ada.get(_at(cast, "/export?reads=1"))).text)))
    assert {row[3] for row in reads[1:]} == {"导出审计日志"}, "who took something out, and nothing else"


def test_accounts_revealed_and_files_taken_out_are_readings() -> None:
    found = readings()
    assert {"refunds.reveal", "refunds.batch_file", "firms.export_audit", "insights.export"} <= set(found)
    assert "people.roles" not in found


async def test_a_cut_tail_shows_by_the_head_in_the_owners_mail(
    cast: Cast, as_person: People, settings: Settings, mailbox_folder: Path
) -> None:
    await _write(cast)
    async with cast.transaction() as session:
        await jobs.daily(session)
        sequence, head = await sealing.head(session)
        promised = (await session.scalars(select(Outbox).where(Outbox.job == "firms.mail_head"))).one()
        assert promised.args == {"sequence": str(sequence)}
    mara = await as_person("mara")
    await mara.post("/locale", {"locale": "en"})
    noted = {"head": f"{sequence}:{head}"}
    assert "every entry is the one that was sealed" in (await mara.post(_at(cast, "/verify"), noted)).text
    assert (await mara.post(_at(cast, "/verify"), {"head": "12:abc"})).status_code == 422
    owner = create_async_engine(settings.database_url)
    async with owner.begin() as connection:  # the application's own role cannot
        here = {"firm": cast.firm.id, "last": sequence}
        for sql in (
            "DELETE FROM audit_entries WHERE id = (SELECT entry_id FROM audit_seals WHERE sequence = :last"
            " AND firm_id = :firm)",
            "DELETE FROM audit_seals WHERE sequence = :last AND firm_id = :firm",
        ):
            assert (await connection.execute(text(sql), here)).rowcount == 1
    await owner.dispose()
    assert "every entry is the one that was sealed" in (await mara.post(_at(cast, "/verify"))).text, "alone it is whole"
    assert "its end was cut off" in (await mara.post(_at(cast, "/verify"), noted)).text
    async with cast.transaction() as session:
        with pytest.raises(HopelessError):
            await jobs.mail_head(session, str(sequence))


async def test_a_changed_entry_shows(cast: Cast, as_person: People, settings: Settings) -> None:
    await _write(cast)
    ada = await as_person("ada")
    await ada.post("/locale", {"locale": "en"})
    assert "every entry is the one that was sealed" in (await ada.post(_at(cast, "/verify"))).text
    owner = create_async_engine(settings.database_url)
    async with owner.begin() as connection:  # the application's own role cannot
        change = text("UPDATE audit_entries SET actor_name = 'somebody' WHERE firm_id = :firm")
        await connection.execute(change, {"firm": cast.firm.id})
    await owner.dispose()
    assert "An entry was changed after it was sealed." in (await ada.post(_at(cast, "/verify"))).text


def test_every_deed_of_ours_has_words() -> None:
    assert DEEDS.items() <= composed.deeds.items()
