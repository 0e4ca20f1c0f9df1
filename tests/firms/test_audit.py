"""The audit report: what was done and what was refused, by whom, filtered, exported, and its chain verified."""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from saas.app import composed
from saas.firms.audit_words import DEEDS
from saas.kernel import clock, sealing
from saas.kernel.audit import record
from saas.kernel.config import Settings
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
