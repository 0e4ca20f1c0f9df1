"""A firm takes everything along, and afterwards nothing is left but the archive that only its owner can open."""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from hashlib import sha256
from io import BytesIO, StringIO
from pathlib import Path
from uuid import UUID
from zipfile import ZipFile

import pytest
from arq.connections import ArqRedis
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from saas.clients.models import Client, Contact
from saas.identity.models import Membership, Person, Session
from saas.identity.sessions import open_session
from saas.kernel import clock, tenancy
from saas.kernel.config import Settings, active
from saas.kernel.db import acting_in
from saas.kernel.directory import TOUR, Firm
from saas.kernel.files import store_of
from saas.kernel.identifiers import firm_code
from saas.kernel.jobs import run_job
from saas.kernel.outbox import NO_FIRM, Outbox
from saas.privacy.erasure import ARCHIVES, remains_of
from saas.privacy.jobs import daily, nightly
from saas.privacy.models import ArchiveDeed, Departure, FirmExport
from saas.privacy.sealing import CHUNK, NotOpened, Opening, new_key, seal
from saas.privacy.terms import term
from tests.cast import Browser, Cast

LEAVING = "/settings/privacy/leaving"
OLD = "now() - interval '31 years'"  # sealed so long ago that its term is over
PAPER = b"a voucher that was scanned"
Browsers = Callable[[str], Awaitable[Browser]]


async def _run(cast: Cast, job: str, redis: ArqRedis | None = None, firm_id: UUID | None = None) -> None:
    firm = firm_id or cast.firm.id
    async with cast.database.transaction(tenancy.firm(firm)) as session:
        waiting = select(Outbox.id).where(Outbox.firm_id == firm, Outbox.job == job, Outbox.finished_at.is_(None))
        ids = (await session.scalars(waiting)).all()
    assert ids, f"nobody promised {job}"
    for id_ in ids:
        done = await run_job(cast.database, firm, id_, redis)
        if not done:
            async with cast.database.transaction(tenancy.firm(firm)) as session:
                pytest.fail((await session.get_one(Outbox, (firm, id_))).last_error)


async def _furnish(cast: Cast) -> None:
    """A client with a contact and a paper."""
    digest = await store_of(active()).put(cast.firm.id, PAPER)
    async with cast.transaction() as session:
        client = Client(
            number="K0001", name="=衡山路小吃店", sort_key="heng", pinyin="hs", taxpayer_kind="small", standard="small",
            created_at=clock.now(), settings={"paper": digest},
        )  # fmt: skip
        session.add(client)
        await session.flush()
        session.add(Contact(client_id=client.id, name="王小姐", phone="13800000000"))


async def _look_around(cast: Cast) -> None:
    """Paula is in a copy, too."""
    paula, now = cast.persons["paula"], clock.now()
    copy = Firm(slug=f"{TOUR}{firm_code()}", code=firm_code(), name="参观副本", kind="sandbox", created_at=now)
    async with cast.database.transaction(tenancy.PLATFORM) as session:
        session.add(copy)
        await session.flush()
        async with acting_in(session, tenancy.firm(copy.id)):
            known = {"person_id": paula.id, "name": paula.name, "email": paula.email, "roles": ["owner"]}
            session.add(Membership(**known, is_owner=True, joined_at=now))


async def _past_grace(settings: Settings, firm_id: UUID) -> None:
    """What no program can do: the owner of the database turns the calendar, past the triggers."""
    engine = create_async_engine(settings.database_url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        turned = (
            "UPDATE departures SET asked_at = asked_at - interval '31 d', erase_after = erase_after - interval '31 d'"
        )
        await connection.execute(text(f"{turned} WHERE id = :id"), {"id": firm_id})
    await engine.dispose()


async def test_everything_out_then_nothing_left(
    cast: Cast, as_person: Browsers, settings: Settings, redis: ArqRedis, mailbox_folder: Path
) -> None:
    await _furnish(cast)
    await _look_around(cast)
    at = f"/f/{cast.firm.slug}{LEAVING}"
    for name, status in {"paula": 200, "mara": 403, "ada": 403, "ben": 403, "otto": 404, "nobody": 303}.items():
        assert (await (await as_person(name)).get(at)).status_code == status, name
    paula = await as_person("paula")
    await _export(cast, paula, at)
    key = await _ask(cast, paula, at)
    await _refused_early(cast)
    await _past_grace(settings, cast.firm.id)
    await redis.set(f"saas:progress:{cast.firm.id}:x", b"1")
    async with cast.transaction() as session:
        await nightly(session)
    await _run(cast, "privacy.archive", redis)
    assert (await paula.get(at)).status_code == 404  # closed
    await _run(cast, "privacy.erase", redis, NO_FIRM)
    await _nothing_left(cast, redis)
    await _archive_opens(cast, key)
    nobody = await as_person("nobody")
    await _fetched_by_link(cast, nobody, key, mailbox_folder)
    await _asked_again(cast, nobody, mailbox_folder)
    await _destroyed_at_its_end(cast, nobody, settings, mailbox_folder)


async def _export(cast: Cast, paula: Browser, at: str) -> None:
    for _twice in range(2):
        assert (await paula.post(f"{at}/exports")).status_code == 303
    async with cast.transaction() as session:
        export = (await session.scalars(select(FirmExport).where(FirmExport.firm_id == cast.firm.id))).one()
    await _run(cast, "privacy.export")
    got = await paula.get(f"{at}/exports/{export.id}/firm.zip")
    assert got.status_code == 200
    whole = ZipFile(BytesIO(got.content))
    index = json.loads(whole.read("index.json"))
    assert len(index["members"]) == len(whole.namelist()) - 2
    assert all(sha256(whole.read(m["name"])).hexdigest() == m["sha256"] for m in index["members"])
    clients = json.loads(whole.read("tables/clients.json"))
    sheet = list(csv.DictReader(StringIO(whole.read("tables/clients.csv").decode("utf-8-sig"))))
    assert clients[0]["name"] == "=衡山路小吃店"
    assert sheet[0]["name"] == "'=衡山路小吃店"
    digest = sha256(PAPER).hexdigest()
    assert whole.read(f"files/{digest}") == PAPER
    assert index["files"][digest] == [f"clients/{clients[0]['id']}"]
    assert "tables/api_tokens.json" not in whole.namelist()
    assert "api_tokens" in index["left_out"]
    counted = {t["name"]: t["rows"] for t in index["tables"]}
    assert counted["memberships"] == len(cast.actors) - 1
    assert counted["contacts"] == 1


async def _ask(cast: Cast, paula: Browser, at: str) -> str:
    wrong = await paula.post(at, {"name": "别家"})
    assert wrong.status_code == 422
    asked = await paula.post(at, {"name": cast.firm.name})
    assert asked.status_code == 200
    async with cast.transaction() as session:
        assert (await session.get_one(Departure, cast.firm.id)).cancelled_at is None
    assert (await paula.post(at, {"name": cast.firm.name})).status_code == 409  # no second key
    assert (await paula.post(f"{at}/stay")).status_code == 303
    again = await paula.post(at, {"name": cast.firm.name})
    assert again.status_code == 200
    shown = again.text
    keys: list[str] = re.findall(r"[A-Z2-7]{4}(?:-[A-Z2-7]{1,4}){12}", shown)
    assert keys
    assert keys[0] not in (await paula.get(at)).text
    return keys[0]


async def _refused_early(cast: Cast) -> None:
    """The database keeps the thirty days, whatever a program writes."""
    for statement in (
        "SELECT erase_firm(:id)",
        "SELECT erase_rows_of(:id)",
        "UPDATE departures SET erase_after = now() - interval '1 d' WHERE id = :id",
        "UPDATE departures SET asked_at = now() - interval '40 d', erase_after = now() - interval '9 d' WHERE id = :id",
        "DELETE FROM departures WHERE id = :id",
    ):
        with pytest.raises(DBAPIError):
            async with cast.transaction() as session:
                await session.execute(text(statement), {"id": cast.firm.id})


async def _nothing_left(cast: Cast, redis: ArqRedis) -> None:
    async with cast.database.transaction(tenancy.firm(NO_FIRM)) as session:
        remains = await remains_of(session, cast.firm.id, redis)
        assert len(remains) > 150
        assert set(remains.values()) == {0}
        departure = await session.get_one(Departure, cast.firm.id)
        assert departure.erased_at is not None
        assert departure.erased["contacts"] == 1
        firm = await session.get_one(Firm, cast.firm.id)
        assert firm.name == ""
        assert firm.closed_at is not None
        people = await session.scalar(select(func.count()).where(Person.id.in_([p.id for p in cast.persons.values()])))
        assert people == 1  # Otto, who works elsewhere
        assert await session.scalar(select(Firm.closed_at).where(Firm.kind == "sandbox")) is not None  # Paula's copy
    async with cast.transaction(otto=True) as session:
        assert await session.scalar(select(func.count()).select_from(Membership)) == 1  # the other firm is whole


async def _archive_opens(cast: Cast, key: str) -> None:
    async with cast.database.transaction(tenancy.PLATFORM) as session:
        departure = await session.get_one(Departure, cast.firm.id)
    sealed = await store_of(active()).get(ARCHIVES, departure.archive_sha256)
    assert len(sealed) == departure.archive_size
    assert PAPER not in sealed
    whole = ZipFile(BytesIO(_opened(sealed, key)))
    assert whole.read(f"files/{sha256(PAPER).hexdigest()}") == PAPER  # named by a client that is kept
    trail = json.loads(whole.read("tables/audit_entries.json"))
    assert {"privacy.leave", "privacy.archive"} <= {entry["action"] for entry in trail}
    assert "tables/contacts.json" not in whole.namelist()  # nobody obliges to keep telephone numbers


def _links(folder: Path) -> list[str]:
    """Of the letters that came, each with a link to an archive, the newest last."""
    found = []
    for path in sorted(folder.rglob("*.eml"), key=lambda path: path.stat().st_mtime_ns):
        body = message_from_bytes(path.read_bytes(), policy=default).get_body(("plain",))
        assert body is not None
        found += re.findall(r"/archives/[\w-]{22}", body.get_content())
    return found


async def _fetched_by_link(cast: Cast, nobody: Browser, key: str, folder: Path) -> None:
    """The owner has no account any more: a link, and the key. A wrong key says so and is written down, never shown."""
    await _run(cast, "privacy.mail_archive", firm_id=NO_FIRM)
    (link,) = _links(folder)
    page = await nobody.get(link)
    assert page.status_code == 200
    assert cast.firm.name in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    nameless = await nobody.post(f"{link}/opened", {"key": key, "signed_name": ""})
    assert nameless.status_code == 422
    assert key not in nameless.text
    wrong = await nobody.post(f"{link}/opened", {"key": new_key()[0], "signed_name": "周以宁"})
    assert wrong.status_code == 422
    assert "13 组" in wrong.text
    whole = await nobody.post(f"{link}/opened", {"key": key, "signed_name": "周以宁"})
    assert ZipFile(BytesIO(whole.content)).read(f"files/{sha256(PAPER).hexdigest()}") == PAPER
    sealed = await nobody.post(f"{link}/sealed", {"signed_name": "周以宁"})
    assert _opened(sealed.content, key) == whole.content
    assert int(sealed.headers["content-length"]) == len(sealed.content)
    assert (await nobody.get(f"{link[:-1]}{'a' if link[-1] != 'a' else 'b'}")).status_code == 404
    assert await _deeds(cast) == [("mailed", ""), ("refused", "周以宁"), ("opened", "周以宁"), ("fetched", "周以宁")]


async def _asked_again(cast: Cast, nobody: Browser, folder: Path) -> None:
    """The same answer for every address; only the owner's gets a link, five times an hour at most."""
    for email in ("stranger@example.com", *(cast.persons["paula"].email for _time in range(7))):
        answer = await nobody.post("/archives", {"email": email})
        assert answer.status_code == 200
    await _run(cast, "privacy.find_archives", firm_id=NO_FIRM)
    await _run(cast, "privacy.mail_archive", firm_id=NO_FIRM)
    assert len(_links(folder)) == 6
    with clock.at(clock.now() + timedelta(days=31)):
        over = await nobody.get(_links(folder)[-1])
    assert over.status_code == 410


async def _destroyed_at_its_end(cast: Cast, nobody: Browser, settings: Settings, folder: Path) -> None:
    """Not a day sooner, whoever asks; the owner is told before; hash, rule and day stay, the address goes."""
    link = _links(folder)[-1]
    async with cast.database.transaction(tenancy.PLATFORM) as session:
        departure = await session.get_one(Departure, cast.firm.id)
        assert departure.archive_until == term("archives", clock.today()).last_day_for(clock.today())
        assert "79号" in departure.archive_rule
    for change in ("destroyed_at = now()", "archive_until = archive_until - 1", "slug = 'other'"):
        async with cast.database.transaction(tenancy.PLATFORM) as session:
            with pytest.raises(DBAPIError):
                await session.execute(text(f"UPDATE departures SET {change} WHERE id = :id"), {"id": cast.firm.id})
            await session.rollback()
    for sealed, until, told in (("now()", "current_date + 59", "prolonged"), (OLD, "current_date + 59", "warned"),
                                (OLD, "current_date + 59", "warned"), (OLD, "current_date", "warned")):  # fmt: skip
        await _turn(settings, f"archived_at = {sealed}, archive_until = {until}")
        await _daily(cast)
        assert told in [deed for deed, _by in await _deeds(cast)]
    assert [deed for deed, _by in await _deeds(cast)].count("warned") == 1
    assert (await nobody.get(link)).status_code == 200
    await _turn(settings, f"archived_at = {OLD}, archive_until = current_date - 1")
    await _signed_in_long_ago(cast)
    for _twice in range(2):
        await _daily(cast)
    assert await _kept_sign_ins(cast) == ["150"]
    assert (await nobody.get(link)).status_code == 410
    async with cast.database.transaction(tenancy.PLATFORM) as session:
        departure = await session.get_one(Departure, cast.firm.id)
        assert (departure.owner_email, departure.destroyed_at is None) == ("", False)
        destroyed = (await session.scalars(select(ArchiveDeed).where(ArchiveDeed.deed == "destroyed"))).one()
        assert destroyed.detail["sha256"] == departure.archive_sha256
        assert destroyed.detail["rule"] == departure.archive_rule
        with pytest.raises(FileNotFoundError):
            await store_of(active()).get(ARCHIVES, departure.archive_sha256)
        with pytest.raises(DBAPIError):
            await session.execute(text("DELETE FROM archive_deeds"))
        await session.rollback()


async def _daily(cast: Cast) -> None:
    """As the relay promises it: once for the product, in the scope of no firm."""
    async with cast.database.transaction(tenancy.firm(NO_FIRM)) as session:
        await daily(session)


async def _turn(settings: Settings, change: str) -> None:
    """The owner of the database turns the calendar of every archive, past the triggers."""
    engine = create_async_engine(settings.database_url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        await connection.execute(text(f"UPDATE departures SET {change}"))
    await engine.dispose()


async def _signed_in_long_ago(cast: Cast) -> None:
    """Otto, seven months ago and five: network logs are kept for six."""
    async with cast.database.transaction(tenancy.PLATFORM) as session:
        for days in (215, 150):
            then = clock.now() - timedelta(days=days)
            open_session(session, cast.persons["otto"], then, address=str(days), browser="", needs_second_factor=False)


async def _kept_sign_ins(cast: Cast) -> list[str]:
    async with cast.database.transaction(tenancy.PLATFORM) as session:
        old = Session.created_at < clock.now() - timedelta(days=100)
        return list(await session.scalars(select(Session.address).where(old)))


async def _deeds(cast: Cast) -> list[tuple[str, str]]:
    async with cast.database.transaction(tenancy.PLATFORM) as session:
        found = await session.scalars(select(ArchiveDeed).order_by(ArchiveDeed.at, ArchiveDeed.id))
        return [(deed.deed, deed.by_name) for deed in found]


def _opened(sealed: bytes, key: str, piece: int = 100_000) -> bytes:
    opening = Opening(key)
    parts = [opening.feed(sealed[at : at + piece]) for at in range(0, len(sealed), piece)]
    return b"".join(parts) + opening.finish()


@pytest.mark.parametrize("size", [0, 6, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_only_the_right_key_opens_an_unaltered_archive(tmp_path: Path, size: int) -> None:
    """Nothing of it can be changed, cut off at a chunk's end, added or put elsewhere."""
    key, public = new_key()
    plain, archive, content = tmp_path / "plain", tmp_path / "sealed", os.urandom(size)
    plain.write_bytes(content)
    seal(plain, archive, public)
    sealed = archive.read_bytes()
    assert _opened(sealed, f" {key.lower()} ") == content
    assert _opened(sealed, key, piece=7 * CHUNK) == content
    head, chunk = len(sealed) - size - 16 * max(1, -(-size // CHUNK)), CHUNK + 16
    first, second = sealed[head : head + chunk], sealed[head + chunk :]
    wrong: list[tuple[bytes, str]] = [
        (sealed, new_key()[0]), (sealed[:-1] + b"x", key), (b"PK" + sealed, key), (sealed, "no"), (b"", key),
        (sealed[:-1], key), (sealed + b"x", key), (sealed[:head], key),
    ]  # fmt: skip
    if second:
        wrong += [(sealed[: head + chunk], key), (sealed[:head] + second + first, key)]
    for bad, with_key in wrong:
        with pytest.raises(NotOpened):
            _opened(bad, with_key)
