"""Early signs that a client may leave, and warnings before a contract: from what is on record, a task once a month."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from saas.clients.models import Client, Communication, Contract, Receipt
from saas.firms.choices import choose
from saas.firms.queries import profile as profile_of
from saas.kernel import clock
from saas.kernel.i18n import reading
from saas.kernel.identifiers import uuid7
from saas.kernel.money import Money
from saas.risks.relations import queries, watching
from saas.risks.relations.signs import AT_RISK, AboutClient, AboutContract, points, signs, warnings
from saas.tasks.models import Task
from tests.cast import Browser, Cast

People = Callable[[str], Awaitable[Browser]]
TODAY = date(2026, 11, 20)


def contract(received: int, *, ends_on: date = date(2026, 12, 31), cancelled: bool = False) -> AboutContract:
    return AboutContract("HT-1", date(2026, 1, 1), ends_on, Money(365000), Money(received), cancelled)


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        (AboutClient(contract=contract(365000, ends_on=date(2027, 6, 30))), []),
        (AboutClient(contract=contract(365000)), ["ending"]),
        (AboutClient(contract=contract(100000, ends_on=date(2027, 6, 30))), ["payment"]),
        (AboutClient(contract=contract(0, cancelled=True)), []),
        (AboutClient(open_cases=3), []),
        (AboutClient(open_cases=3, late_cases=1, low_answers=1), ["complaint", "cases"]),
        (AboutClient(unanswered=2, refunds=1, objections=1, silent_letters=1),
         ["refund", "unanswered", "objection", "silence"]),
    ],
)  # fmt: skip
def test_what_is_a_sign(about: AboutClient, expected: list[str]) -> None:
    assert [sign.name for sign in signs(about, TODAY)] == expected


def test_what_is_owed_is_reckoned_by_days() -> None:
    """323 of 365 days, 3,650.00 a year: 3,230.00 served."""
    assert contract(300000).owed(TODAY) == Money(23000)
    assert contract(365000).owed(TODAY) == Money(0)
    assert contract(0).owed(date(2025, 12, 1)) == Money(0)
    assert contract(0).owed(date(2028, 1, 1)) == Money(365000)


def test_warnings_before_a_contract() -> None:
    with reading("zh"):
        none = [str(words) for words in warnings(AboutClient(), TODAY)]
        grave = warnings(AboutClient(severe_findings=2, refunds=1, low_answers=1, contract=contract(0)), TODAY)
        ended = warnings(AboutClient(contract=contract(365000, ends_on=date(2026, 6, 30))), TODAY)
    assert len(none) == 1
    assert "书面合同" in none[0]
    assert len(grave) == 4
    assert len(ended) == 1


async def client_of(cast: Cast, now: datetime) -> UUID:
    """A year's contract with little paid, and a word that nobody answered for two weeks."""
    today = now.astimezone(clock.CHINA).date()
    async with cast.transaction() as session:
        client = Client(number=f"K{uuid7().hex[-6:]}", name="杭州澄屿茶业有限公司", sort_key="hang", pinyin="hang",
                        taxpayer_kind="small", standard="small", created_at=now, bookkeeper_id=cast.lin.id)  # fmt: skip
        session.add(client)
        await session.flush()
        agreed = Contract(client_id=client.id, number="HT-7", starts_on=today - timedelta(200),
                          ends_on=today + timedelta(164), paid_months=12, price=Money(360000),
                          list_month=Money(30000))  # fmt: skip
        session.add(agreed)
        await session.flush()
        session.add(Receipt(contract_id=agreed.id, received_on=today, amount=Money(30000), payer="澄屿"))
        told = {"client_id": client.id, "channel": "wechat", "contact_name": "许承泽", "member_name": "林小满",
                "recorded_at": now, "summary": "什么时候能好？"}  # fmt: skip
        session.add(Communication(**told, direction="out", at=now - timedelta(days=30)))
        session.add(Communication(**told, direction="in", at=now - timedelta(days=14)))
        session.add(Communication(**told, direction="in", at=now - timedelta(hours=2)))
        return client.id


async def test_a_task_once_a_month(cast: Cast, as_person: People) -> None:
    now = clock.now()
    client_id = await client_of(cast, now)
    async with cast.transaction() as session:
        about = (await queries.about(session, [client_id], now))[client_id]
        assert about.unanswered == 1
        assert [sign.name for sign in signs(about, now.date())] == ["unanswered", "payment"]
        assert points(signs(about, now.date())) == AT_RISK
        assert [task.assignee_id for task in await watching.look(session, now)] == [cast.lin.id]
        assert await watching.look(session, now + timedelta(days=45)) == []  # it is still open
    where = f"/f/{cast.firm.slug}/clients/{client_id}/signs"
    said = {"note": "价格可以接受，希望每月按时收到报表"}
    lin, ben = await as_person("lin"), await as_person("ben")
    page = await lin.get(where)
    assert "价格" not in page.text
    assert (page.status_code, "已联系，完成" in page.text) == (200, True)
    assert (await ben.post(where, said)).status_code == 403
    assert (await (await as_person("ada")).post(where, said)).status_code == 403
    assert (await (await as_person("otto")).get(where)).status_code == 404
    assert (await lin.post(where, {"note": ""})).status_code == 422
    for _twice in range(2):
        assert (await lin.post(where, said)).status_code == 303
    page = await lin.get(f"/f/{cast.firm.slug}/clients/{client_id}")
    assert page.text.count(said["note"]) == 1
    async with cast.transaction() as session:
        task = (await session.scalars(select(Task).where(Task.subject_kind == "churn"))).one()
        assert task.done_by == cast.lin.id
    for later, expected in ((timedelta(minutes=5), 0), (timedelta(days=20), 0), (timedelta(days=31), 1)):
        async with cast.transaction() as session:
            assert len(await watching.look(session, now + later)) == expected
    async with cast.transaction(otto=True) as session:
        assert await watching.look(session, now) == []


async def test_an_answer_ends_the_sign_and_its_task(cast: Cast) -> None:
    now = clock.now()
    client_id = await client_of(cast, now)
    async with cast.transaction() as session:
        assert len(await watching.look(session, now)) == 1
        session.add(Communication(client_id=client_id, channel="phone", direction="out", contact_name="许承泽",
                                  member_name="林小满", at=now - timedelta(hours=1), recorded_at=now,
                                  summary="已答复"))  # fmt: skip
    async with cast.transaction() as session:
        assert (await queries.about(session, [client_id], now))[client_id].unanswered == 0
        assert await watching.look(session, now) == []
        task = (await session.scalars(select(Task).where(Task.subject_kind == "churn"))).one()
        assert task.done_at == now
        assert task.done_by is None


async def test_what_is_answered_by_itself_waits_for_nobody(cast: Cast) -> None:
    """A call is answered in the call, a confirmed letter needs no word; the firm may call from fewer points."""
    now = clock.now()
    client_id = await client_of(cast, now)
    told = {"client_id": client_id, "contact_name": "许承泽", "member_name": "林小满", "recorded_at": now,
            "direction": "in", "at": now - timedelta(days=14), "summary": "已确认"}  # fmt: skip
    async with cast.transaction() as session:
        session.add(Communication(**told, channel="phone"))
        session.add(Communication(**told, channel="link", subject_kind="notice", subject_id=uuid7()))
    async with cast.transaction() as session:
        assert (await queries.about(session, [client_id], now))[client_id].unanswered == 1
        choose(await profile_of(session), watching.LIMIT, 5, clock.today())
    async with cast.transaction() as session:
        assert await watching.look(session, now) == []


async def test_its_panel_stands_on_the_clients_page(cast: Cast, as_person: People) -> None:
    client_id = await client_of(cast, clock.now())
    page = await (await as_person("lin")).get(f"/f/{cast.firm.slug}/clients/{client_id}")
    assert page.status_code == 200
    assert "可能流失" in page.text
    assert "HT-7" in page.text
    assert (await (await as_person("otto")).get(f"/f/{cast.firm.slug}/clients/{client_id}")).status_code == 404
