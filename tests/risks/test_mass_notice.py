"""Telling many clients: two people, each client once, and a broken run goes on where it stopped."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from saas.clients.models import Client, Contact
from saas.kernel import clock
from saas.kernel.errors import Forbidden, Invalid
from saas.kernel.identifiers import uuid7
from saas.kernel.outbox import Outbox
from saas.kernel.perform import perform
from saas.notices.models import Delivery, Notice
from saas.risks.incidents import mass, mass_queries
from saas.risks.incidents.declaring import declare
from saas.risks.incidents.mass import MASS, NewMass
from saas.risks.incidents.mass_models import Told
from saas.risks.starter import give_playbooks
from tests.cast import Browser, Cast
from tests.identity.post import link_in, mails_to, work_through
from tests.notices.conftest import Phone

People = Callable[[str], Awaitable[Browser]]


@pytest.fixture
def phone(client: AsyncTestClient[Litestar]) -> Phone:
    return Phone(client)


async def office(cast: Cast, clients: int) -> UUID:
    """An incident and so many clients with somebody who may approve; of the last one neither mail nor code is known."""
    now = clock.now()
    async with cast.transaction() as session:
        await give_playbooks(session, now)
        for n in range(clients):
            client = Client(number=f"K{n:04d}", name=f"杭州第{n}茶业有限公司", sort_key=f"{n:04d}", pinyin="x",
                            uscc=f"91330106MA2H0000{n:02d}" if n < clients - 1 else "", taxpayer_kind="small",
                            standard="small", created_at=now)  # fmt: skip
            session.add(client)
            await session.flush()
            mail = f"boss{n}@example.com" if n < clients - 1 else ""
            session.add(Contact(client_id=client.id, name="许承泽", email=mail, may_approve=True))
        return (await declare(session, cast.ben, "leak", "发错附件", now)).id


def given(key: UUID, **more: Any) -> NewMass:
    words = {"subject_zh": "信息安全告知", "text_zh": "请核对收款账户。", "text_en": "Check accounts."}
    return NewMass(key=key, **{"channel": "message", **words, **more})


async def drafted(cast: Cast, incident_id: UUID, **more: Any) -> UUID:
    from saas.risks.incidents import queries

    async with cast.transaction() as session:
        incident = await queries.incident(session, incident_id)
        return (await mass.draft(session, incident, given(uuid7(), **more), cast.ben, clock.now())).id


async def approve(cast: Cast, mass_id: UUID) -> None:
    async with cast.transaction() as session:
        await perform(session, MASS, mass_id, "approve", cast.mara)


async def lost_on_the_way(cast: Cast, mass_id: UUID) -> None:
    async with cast.transaction() as session:
        await mass.tell_clients(session, str(mass_id))
        raise RuntimeError("the worker is lost before its commit")


async def by_sql(cast: Cast, mass_id: UUID, statements: str) -> None:
    """Round the program, as the application's role, in one transaction."""
    async with cast.transaction() as session:
        for statement in statements.split("; "):
            await session.execute(text(statement), {"id": mass_id})


async def test_each_client_is_told_once_and_a_broken_run_goes_on(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    mass_id = await drafted(cast, await office(cast, 5))
    await approve(cast, mass_id)
    monkeypatch.setattr(mass, "AT_ONCE", 2)
    async with cast.transaction() as session:
        await mass.tell_clients(session, str(mass_id))
    with pytest.raises(RuntimeError):
        await lost_on_the_way(cast, mass_id)
    async with cast.transaction() as session:
        assert await mass_queries.counts(session, mass_id) == {"of": 5, "settled": 2, "unreached": 0}
    for _run in range(4):
        async with cast.transaction() as session:
            await mass.resume(session)
    async with cast.transaction() as session:
        assert await mass_queries.counts(session, mass_id) == {"of": 5, "settled": 5, "unreached": 1}
        told = [row.id for row, _client in await mass_queries.told(session, mass_id)]
        sent = (await session.scalars(select(Delivery.subject_id).where(Delivery.subject_id.in_(told)))).all()
        assert (len(sent), len(set(sent))) == (4, 4)
        found = await mass_queries.mass_notice(session, mass_id)
        assert (found.state, found.approved_by) == ("sent", cast.mara.id)


async def test_the_client_reads_it_by_link(cast: Cast, phone: Phone, mailbox_folder: Path) -> None:
    await approve(cast, await drafted(cast, await office(cast, 2)))
    await work_through(cast.database, cast.firm.id)
    [mail] = mails_to(mailbox_folder, "boss0@example.com")
    page = await phone.open(link_in(mail).rpartition("/")[2])
    assert page.status_code == 200
    assert "请核对收款账户" in page.text


async def test_letters_have_two_people_and_a_number(cast: Cast) -> None:
    mass_id = await drafted(cast, await office(cast, 3), channel="letter")
    await approve(cast, mass_id)
    for _run in range(2):
        async with cast.transaction() as session:
            await mass.tell_clients(session, str(mass_id))
    async with cast.transaction() as session:
        letters = (await session.scalars(select(Notice).where(Notice.subject_id == mass_id))).all()
        assert {(n.author_id, n.approved_by) for n in letters} == {(cast.ben.id, cast.mara.id)}
        assert sorted(n.serial or 0 for n in letters) == [1, 2]
        assert (await mass_queries.counts(session, mass_id)) == {"of": 3, "settled": 3, "unreached": 1}
        assert any("统一社会信用代码" in told.remark for told, _client in await mass_queries.told(session, mass_id))
        assert all("请核对收款账户" in str(n.content["text"]) for n in letters)


async def test_who_is_chosen(cast: Cast) -> None:
    incident_id = await office(cast, 3)
    async with cast.transaction() as session:
        first = (await session.scalars(select(Client).order_by(Client.sort_key))).first()
        assert first is not None
        first.bookkeeper_id, first.taxpayer_kind = cast.lin.id, "general"
    for more, expected in (
        ({"who": "all"}, 3), ({"who": "all", "taxpayer": "small"}, 2),
        ({"who": "bookkeeper", "bookkeeper_id": cast.lin.id}, 1), ({"who": "picked", "clients": [first.id]}, 1),
    ):  # fmt: skip
        mass_id = await drafted(cast, incident_id, **more)
        async with cast.transaction() as session:
            assert (await mass_queries.counts(session, mass_id))["of"] == expected
    with pytest.raises(Invalid):
        await drafted(cast, incident_id, who="open_cases")


async def test_two_people_also_in_the_database(cast: Cast) -> None:
    mass_id = await drafted(cast, await office(cast, 2))
    with pytest.raises(Forbidden):  # Ben's role does not approve
        async with cast.transaction() as session:
            await perform(session, MASS, mass_id, "approve", cast.ben)
    by_mara = f"UPDATE mass_notices SET approved_by = '{cast.mara.id}', approved_at = now(), state = 'sending'"
    for statement in (
        "UPDATE mass_notices SET approved_by = prepared_by, state = 'sending' WHERE id = :id",
        f"UPDATE mass_notices SET approved_by = '{cast.quinn.id}', state = 'sending' WHERE id = :id",
        "UPDATE mass_notice_clients SET settled_at = now() WHERE mass_id = :id",
        f"{by_mara} WHERE id = :id; UPDATE mass_notices SET text = '{{}}' WHERE id = :id",
    ):
        with pytest.raises(DBAPIError):
            await by_sql(cast, mass_id, statement)
    await approve(cast, mass_id)
    async with cast.transaction() as session:
        await mass.tell_clients(session, str(mass_id))
    with pytest.raises(DBAPIError):
        async with cast.transaction() as session:
            await session.execute(text("UPDATE mass_notice_clients SET settled_at = NULL WHERE mass_id = :id"),
                                  {"id": mass_id})  # fmt: skip


async def test_its_screens(cast: Cast, as_person: People) -> None:
    incident_id = await office(cast, 3)
    base, key = f"/f/{cast.firm.slug}/incidents/{incident_id}/notices", uuid7()
    ben = await as_person("ben")
    page = await ben.get(f"{base}/new")
    assert "关于信息安全事件的告知" in page.text
    form = {"key": str(key), "channel": "message", "who": "all", "subject_zh": "告知", "text_zh": "正文"}
    refused = await ben.post(f"{base}/new", {**form, "who": "picked"})
    assert (refused.status_code, "正文" in refused.text) == (422, True)
    for _press in range(2):
        assert (await ben.post(f"{base}/new", form)).status_code == 303
    async with cast.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Told).where(Told.mass_id == key)) == 3
    for name, status in (("ben", 200), ("ada", 200), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).get(f"{base}/{key}")).status_code == status, name
    assert (await (await as_person("ada")).get(f"{base}/new")).status_code == 403
    approve_at = f"/f/{cast.firm.slug}/mass-notices/{key}/approve"
    assert (await ben.post(approve_at)).status_code == 403
    mara = await as_person("mara")
    assert (await mara.post(approve_at)).status_code == 303
    assert (await mara.post(approve_at)).status_code == 409
    async with cast.transaction() as session:
        jobs = select(func.count()).select_from(Outbox).where(Outbox.job == "risks.tell_clients")
        assert await session.scalar(jobs) == 1
