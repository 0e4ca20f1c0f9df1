"""Where a plan ends: inviting and joining, a list of clients, files, letters; and what the owner hears before."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from io import BytesIO
from uuid import UUID

from openpyxl import Workbook
from sqlalchemy import func, select, update

from saas.clients.models import Client
from saas.firms.invitations import PURPOSE
from saas.firms.models import Invitation, Notification
from saas.identity.models import Membership
from saas.identity.tokens import secret_for
from saas.kernel import clock, tenancy
from saas.kernel.access import SYSTEM
from saas.kernel.config import active
from saas.kernel.directory import Firm
from saas.kernel.files import store_of
from saas.kernel.i18n import reading
from saas.notices.models import Delivery, Notice
from saas.operations import firms, usage
from tests.cast import Browser, Cast
from tests.ledgers.importing import HEAD
from tests.notices import sample

People = Callable[[str], Awaitable[Browser]]
FULL = {"zh": "已达套餐上限", "en": "Your plan’s limit is reached"}
BIG = (HEAD + "2026-03-05,记-1,收货款,1002,银行存款,1000.00,,陆予安\n" * 3000).encode()  # a file worth counting


async def _limit(cast: Cast, **limits: int) -> None:
    async with cast.database.transaction(tenancy.PLATFORM) as session:
        firm = await session.get_one(Firm, cast.firm.id)
        await firms.give_plan(session, firm, "own", SYSTEM, clock.now(), **limits)


async def _count(cast: Cast) -> None:
    async with cast.transaction() as session:
        await usage.total(session)


async def _how_many(cast: Cast, row: type) -> int:
    async with cast.transaction() as session:
        return await session.scalar(select(func.count()).select_from(row)) or 0


async def test_each_way_to_add_something_ends_at_the_limit_in_a_sentence(cast: Cast, as_person: People) -> None:
    """Nothing of what was refused stays, everything else goes on, and with a larger plan the same deed goes through."""
    people = {name: await as_person(name) for name in ("paula", "ben", "quinn", "nobody")}
    at = f"/f/{cast.firm.slug}"
    await _inviting(cast, people, at)
    await _importing(cast, people["ben"], at)
    await _attaching(cast, people["ben"], at)
    await _writing(cast, people, at)


async def _inviting(cast: Cast, people: dict[str, Browser], at: str) -> None:
    """A place that somebody is invited to is taken; who joins over the limit is told so, and has no account."""
    there = await _how_many(cast, Membership)
    await _limit(cast, members=there + 1)
    guest = {"email": "first@example.com", "name": "新人甲", "roles": "bookkeeper"}
    assert (await people["paula"].post(f"{at}/settings/people/invite", guest)).status_code == 303
    assert (await people["paula"].post(f"{at}/settings/people/invite", guest)).status_code == 303  # the same place
    second = {**guest, "email": "second@example.com", "name": "新人乙"}
    full = await people["paula"].post(f"{at}/settings/people/invite", second)
    assert full.status_code == 422
    assert FULL["zh"] in full.text
    assert "second@example.com" in full.text  # what was typed is not lost
    async with cast.transaction() as session:
        row = (await session.scalars(select(Invitation).where(Invitation.withdrawn_at.is_(None)))).one()
    await _limit(cast, members=there)
    join = f"/join/{cast.firm.code}.{secret_for(PURPOSE, row.id)}"
    new = {"name": "新人甲", "password": "a long and quiet evening"}
    refused = await people["nobody"].post(join, new)
    assert refused.status_code == 409
    assert FULL["zh"] in refused.text
    assert await _how_many(cast, Membership) == there
    await _limit(cast, members=there + 1)
    assert (await people["nobody"].post(join, new)).status_code == 303
    assert await _how_many(cast, Membership) == there + 1


async def _importing(cast: Cast, ben: Browser, at: str) -> None:
    """All rows of a list or none."""
    book = Workbook()
    for row in (["客户名称*", "纳税人身份（一般/小规模）"], ["临安小店", "小规模"], ["余杭小店", "小规模"]):
        book.active.append(row)
    content = BytesIO()
    book.save(content)
    shown = await ben.post(f"{at}/clients/import", files={"file": ("客户.xlsx", content.getvalue())})
    form = dict(re.findall(r'<input type="hidden" name="(sha256|shown|file_name)" value="([^"]*)"', shown.text))
    await _limit(cast, clients=1)
    full = await ben.post(f"{at}/clients/import/confirm", form)
    assert full.status_code == 409
    assert FULL["zh"] in full.text
    assert "余杭小店" in full.text
    assert await _how_many(cast, Client) == 0
    await _limit(cast, clients=2)
    assert (await ben.post(f"{at}/clients/import/confirm", form)).status_code == 303
    assert await _how_many(cast, Client) == 2


async def _attaching(cast: Cast, ben: Browser, at: str) -> None:
    """A file is refused before it is taken; small forms go on, and what a client sends always has room."""
    async with cast.transaction() as session:
        client = (await session.scalars(select(Client))).first()
    assert client is not None
    ledgers = f"{at}/clients/{client.id}/ledgers"
    await store_of(active()).put(cast.firm.id, os.urandom(900 * 1024))
    await _limit(cast, storage_mb=1)
    await _count(cast)
    held = len(await store_of(active()).held(cast.firm.id))
    full = await ben.post(ledgers, files={"file": ("序时账.csv", BIG, "text/csv")})
    assert full.status_code == 409
    assert FULL["zh"] in full.text
    assert len(await store_of(active()).held(cast.firm.id)) == held
    untold = await ben.client.post(ledgers, content=_untold(), headers=ben._headers({"x-csrf": ben.csrf}))
    assert untold.status_code == 409  # a program that does not say how much it sends
    assert (await ben.post(f"{at}/clients/new", {"name": ""})).status_code == 422  # a form as ever
    public = await (Browser(ben.client, "", "")).post("/l/unknown", files={"file": ("x.csv", BIG)})
    assert FULL["zh"] not in public.text
    await _limit(cast, storage_mb=100)
    assert (await ben.post(ledgers, files={"file": ("序时账.csv", BIG, "text/csv")})).status_code == 303


async def _untold() -> AsyncIterator[bytes]:
    yield BIG


async def _writing(cast: Cast, people: dict[str, Browser], at: str) -> None:
    """The letter stays a draft with all its words, to be approved when there is room."""
    async with cast.transaction() as session:
        client, contact = await sample.make_client(session)
        session.add(Delivery(subject_kind="intake", subject_id=client.id, contact_id=contact.id, contact_name="许承泽",
                             recipient="xu@example.com", channel="email", status="accepted",
                             created_at=clock.now()))  # fmt: skip
    await _limit(cast, mails=1)
    await _count(cast)
    words = {"client_id": str(client.id), "title": "申报表格式调整", "text": "自 12 月起调整。", "locale": "zh"}
    path = (await people["ben"].post(f"{at}/notices/new", words)).headers["location"]
    assert (await people["ben"].post(f"{path}/submit")).status_code == 303
    full = await people["quinn"].post(f"{path}/issue")
    assert full.status_code == 409
    assert FULL["zh"] in full.text
    async with cast.transaction() as session:
        notice = await session.get_one(Notice, (cast.firm.id, UUID(path.rpartition("/")[2])))
        assert (notice.state, notice.serial) == ("in_review", None)
    await _limit(cast, mails=2)
    assert (await people["quinn"].post(f"{path}/issue")).status_code == 303


async def test_the_owner_hears_once_before_a_limit_and_once_at_it(cast: Cast, as_person: People) -> None:
    there = await _how_many(cast, Membership)
    await _limit(cast, members=there * 10 // 8 + 1)  # 79 percent and less
    await _count(cast)
    assert await _told(cast) == []
    await _limit(cast, members=there * 10 // 8)
    for _hour in range(2):
        await _count(cast)
    near = [f"套餐额度即将用完：成员，上限 {there * 10 // 8}。"]
    assert await _told(cast) == near
    async with cast.transaction() as session:
        await session.execute(update(Notification).values(read_at=clock.now()))
    await _count(cast)
    assert await _told(cast) == near  # read, and not said again the next hour
    paula = await as_person("paula")
    page = (await paula.get(f"/f/{cast.firm.slug}/settings/usage")).text
    assert "将满" in page
    await _limit(cast, members=there)
    await _count(cast)
    assert (await _told(cast))[1:] == [f"已达套餐上限：成员 {there}。升级套餐前无法继续添加。"]
    async with cast.transaction() as session:
        old = clock.now() - timedelta(days=31)
        await session.execute(update(Notification).values(created_at=old, read_at=old))
    await _count(cast)
    assert len(await _told(cast)) == 3  # a month later, if it still is so
    async with cast.transaction() as session:
        reason = await usage.room(session, "members", 1)
    for locale in ("zh", "en"):
        with reading(locale):
            assert FULL[locale] in str(reason)


async def _told(cast: Cast) -> list[str]:
    async with cast.transaction() as session:
        query = select(Notification).where(Notification.kind == "plan", Notification.member_id == cast.paula.id)
        with reading("zh"):
            return [str(row.text) for row in await session.scalars(query.order_by(Notification.created_at))]
