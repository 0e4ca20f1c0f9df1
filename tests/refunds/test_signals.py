"""Signals: each kind is raised when it should be, once, and looked at once by somebody who had no part in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from saas.kernel import clock
from saas.kernel.identifiers import uuid7
from saas.kernel.money import Money
from saas.refunds import facts, queries
from saas.refunds.models import Refund
from saas.refunds.payment.payment_models import Payee
from saas.refunds.watch import kinds, signals
from saas.refunds.watch import queries as watched
from saas.refunds.watch.kinds import Surroundings
from saas.refunds.watch.thresholds import Thresholds
from saas.refunds.watch.watch_models import Signal
from tests.cast import Browser, member_id
from tests.refunds.house import House, make_client, make_contract

People = Callable[[str], Awaitable[Browser]]
NOW = datetime(2026, 7, 8, 10, tzinfo=clock.CHINA)


def payee(holder: str = "杭州澄屿茶业有限公司", **known: Any) -> Payee:
    given: dict[str, Any] = {"id": uuid7(), "corporate": True, "account_tail": "3307", "written_at": NOW}
    return Payee(holder=holder, **{**given, **known})


def refund(**known: Any) -> Refund:
    given: dict[str, Any] = {"notice_on": date(2026, 6, 30), "amount": Money(1000_00), "computed": Money(1000_00)}
    return Refund(**{**given, **known})


AROUND = Surroundings(Thresholds(), preparer="陆予安", by_preparer=1, payers=frozenset({"杭州澄屿茶业有限公司"}),
                      colleagues=frozenset({"何静"}), starts_on=date(2026, 1, 1), fast_lane_up_to=Money(500_00),
                      level_2_from=Money(3000_00))  # fmt: skip
CHANGED = {"amount": Money(1200_00)}
RAISED: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    # kind, the refund, what surrounds it, what does so without a signal
    ("many_by_one", {}, {"by_preparer": 3}, {"by_preparer": 2}),
    ("same_account", {}, {"same_account": (("TF-1", False),)}, {"same_account": ()}),
    ("payee_not_payer", {}, {"payees": (payee("王某"),)}, {"payees": (payee(),)}),
    ("payee_colleague", {}, {"payees": (payee("何静", corporate=False),)}, {"payees": (payee("何静某公司"),)}),
    (
        "payee_changed",
        {"approved_at": NOW - timedelta(hours=1)},
        {"payees": (payee(), payee())},
        {"payees": (payee(),)},
    ),
    ("overridden_often", CHANGED, {"overridden": 2, "reckoned": 5}, {"overridden": 1, "reckoned": 5}),
    ("overridden_often", CHANGED, {"overridden": 2, "reckoned": 5}, {"overridden": 4, "reckoned": 4}),
    ("soon_after_start", {}, {"starts_on": date(2026, 6, 1)}, {"starts_on": date(2026, 5, 30)}),
    ("split", {}, {"earlier": ("TF-1",)}, {"earlier": ()}),
    ("below_limit", {"amount": Money(2999_00)}, {}, {"level_2_from": Money(4000_00)}),
]


@pytest.mark.parametrize(("kind", "row", "around", "quiet"), RAISED)
def test_each_kind_is_raised_at_its_threshold(
    kind: str, row: dict[str, Any], around: dict[str, Any], quiet: dict[str, Any]
) -> None:
    loud = kinds.raised(refund(**row), replace(AROUND, **around))
    assert kind in {name for name, _about, _words in loud}
    assert kind not in {name for name, _about, _words in kinds.raised(refund(**row), replace(AROUND, **quiet))}


def test_another_clients_account_is_named_first() -> None:
    around = replace(AROUND, same_account=(("TF-1", False), ("TF-2", True)), payees=(payee(),))
    words = kinds.account_used_before(refund(), around)
    assert words is not None
    assert "TF-2、TF-1" in words.to("zh")
    assert "TF-2, TF-1" in words.to("en")
    assert "another client" in words.msgid


def test_a_clean_refund_raises_nothing() -> None:
    assert kinds.raised(refund(), replace(AROUND, payees=(payee(),))) == []


async def three_of_ben(house: House) -> Refund:
    """The third refund that Ben prepares within a month."""
    for name in ("宁波拾光餐饮管理有限公司", "杭州知了教育咨询有限公司"):
        client, contact = await make_client(house.cast, name=name)
        await House(house.cast, client, contact, await make_contract(house.cast, client), house.policy).asked()
    return await house.asked()


async def raised(house: House, refund_id: UUID) -> list[Signal]:
    async with house.cast.transaction() as session:
        return list(await watched.signals(session, refund_id))


async def test_the_third_refund_of_one_preparer_is_a_signal_and_closes_the_fast_lane(house: House) -> None:
    refund = await three_of_ben(house)
    found = await raised(house, refund.id)
    assert [signal.kind for signal in found] == ["many_by_one"]
    async with house.cast.transaction() as session:
        row = await queries.refund(session, refund.id)
        assert row.signals == 1
        row.amount = row.computed = Money(100_00)
        assert not (await facts.refund_facts(session, row)).fast_lane_open
        await signals.see(session, refund.id, found[0].id, house.cast.quinn, "三家公司同月注销，属实", clock.now())
        assert (await facts.refund_facts(session, row)).fast_lane_open
        assert row.signals == 0


async def test_the_same_signal_is_raised_once(house: House) -> None:
    refund = await three_of_ben(house)
    async with house.cast.transaction() as session:
        row = await queries.refund(session, refund.id)
        assert await signals.look(session, row, clock.now()) == []


async def test_a_signal_is_seen_on_the_refunds_page(house: House, as_person: People) -> None:
    refund = await three_of_ben(house)
    signal = (await raised(house, refund.id))[0]
    at = f"/f/{house.cast.firm.slug}/refunds/{refund.id}"
    url = f"{at}/signals/{signal.id}"
    quinn = await as_person("quinn")
    page = (await quinn.get(at)).text
    assert "陆予安" in page
    assert url in page
    assert (await quinn.post(url, {"remark": ""})).status_code == 422
    assert (await (await as_person("ben")).post(url, {"remark": "没问题"})).status_code == 403
    assert (await (await as_person("otto")).post(url, {"remark": "没问题"})).status_code == 404
    assert (await (await as_person("nobody")).post(url, {"remark": "没问题"})).status_code in (303, 403)
    assert (await quinn.post(url, {"remark": "三家公司同月注销"})).status_code == 303
    assert (await quinn.post(url, {"remark": "再写一次"})).status_code == 303
    assert (await (await as_person("mara")).post(url, {"remark": "我也看了"})).status_code == 409
    seen = (await raised(house, refund.id))[0]
    assert (seen.remark, seen.seen_by) == ("三家公司同月注销", member_id(house.cast.quinn))
    assert "三家公司同月注销" in (await quinn.get(at)).text


async def test_a_preparer_who_may_review_does_not_judge_their_own(house: House, as_person: People) -> None:
    client, contact = await make_client(house.cast, name="宁波拾光餐饮管理有限公司")
    early = await make_contract(house.cast, client, starts_on=clock.today() - timedelta(days=5),
                                ends_on=clock.today() + timedelta(days=360))  # fmt: skip
    own = House(house.cast, client, contact, early, house.policy)
    refund = await own.asked(house.cast.quinn)
    found = await raised(house, refund.id)
    assert [signal.kind for signal in found] == ["soon_after_start"]
    url = f"/f/{house.cast.firm.slug}/refunds/{refund.id}/signals/{found[0].id}"
    assert (await (await as_person("quinn")).post(url, {"remark": "没问题"})).status_code == 403
    with pytest.raises(DBAPIError, match="own refund"):
        async with house.cast.transaction() as session:
            await session.execute(
                text("UPDATE refund_signals SET seen_by = :who, seen_at = now(), remark = '没问题' WHERE id = :id"),
                {"who": member_id(house.cast.quinn), "id": found[0].id},
            )


async def test_what_was_seen_never_changes_in_the_database(house: House) -> None:
    refund = await three_of_ben(house)
    signal = (await raised(house, refund.id))[0]
    async with house.cast.transaction() as session:
        await signals.see(session, refund.id, signal.id, house.cast.mara, "已核实", clock.now())
    for change in ("UPDATE refund_signals SET remark = '' WHERE id = :id", "DELETE FROM refund_signals WHERE id = :id"):
        with pytest.raises(DBAPIError, match="stays as it was"):
            async with house.cast.transaction() as session:
                await session.execute(text(change), {"id": signal.id})


async def test_the_watch_lists_what_is_open(house: House, as_person: People) -> None:
    refund = await three_of_ben(house)
    path = f"/f/{house.cast.firm.slug}/refunds/watch"
    ada = await as_person("ada")
    for query in ("", "?kind=many_by_one", "?kind=nonsense"):
        assert refund.number in (await ada.get(path + query)).text
    assert refund.number not in (await ada.get(f"{path}?kind=split")).text
    assert (await (await as_person("ben")).get(path)).status_code == 403
    assert (await (await as_person("otto")).get(path)).status_code == 404
    assert (await (await as_person("nobody")).get(path)).status_code == 303
    mara = await as_person("mara")
    assert refund.number in (await mara.get(f"/f/{house.cast.firm.slug}/refunds?only=unusual")).text
