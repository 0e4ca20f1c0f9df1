"""The watch over closed refunds: fairness, precedents without names, the sample that is read again, times."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from saas.kernel import clock
from saas.kernel.access import SYSTEM
from saas.kernel.errors import Conflict, Forbidden
from saas.kernel.identifiers import uuid7
from saas.kernel.money import Money
from saas.kernel.perform import perform
from saas.refunds.models import Refund
from saas.refunds.watch import closed, quality
from saas.refunds.watch.anonymous import anonymised, short_forms
from saas.refunds.watch.spread import BANDS, Decision, band_of, groups, spread
from saas.refunds.watch.watch_models import QualityCheck
from saas.refunds.workflow import REFUND
from saas.tasks.models import Task
from tests.cast import Browser, member_id
from tests.refunds import payment_story as story
from tests.refunds.house import House

People = Callable[[str], Awaitable[Browser]]


def decision(share: int, *, notice_on: date = date(2026, 7, 1), reason: str = "cancel") -> Decision:
    """Of 1,000.00 received; `share` per mille."""
    return Decision(
        uuid7(), f"TF-{share}", reason, uuid7(), None, date(2026, 1, 1), date(2026, 12, 31), notice_on,
        Money(1000_00), Money(share * 100), False,
    )  # fmt: skip


def test_quartiles_are_those_of_a_spreadsheet() -> None:
    """=QUARTILE.INC({100;200;300;400;500;600;700;800}; 1…3) is 275, 450, 625."""
    s = spread([800, 100, 700, 200, 600, 300, 500, 400])
    assert (s.count, s.least, s.lower, s.median, s.upper, s.most) == (8, 100, 275, 450, 625, 800)
    assert spread([300]) == spread([300, 300]).__class__(1, 300, 300, 300, 300, 300)


def test_what_lies_far_outside_is_named_but_never_among_few() -> None:
    found = groups([decision(share) for share in (490, 500, 505, 510, 515, 900)])
    assert len(found) == 1
    assert found[0].outliers == 1
    assert [d.share for d in found[0].decisions if found[0].spread.is_outlier(d.share)] == [900]
    few = groups([decision(share) for share in (490, 500, 510, 900)])[0]
    assert few.spread.few
    assert few.outliers == 0


def test_only_the_same_reason_and_time_are_compared() -> None:
    found = groups(
        [decision(900, notice_on=date(2026, 1, 10)), decision(500), decision(480), decision(500, reason="unmet")]
    )
    assert [(g.reason, g.band, g.spread.count) for g in found] == [("cancel", 0, 1), ("cancel", 2, 2), ("unmet", 2, 1)]


@pytest.mark.parametrize(
    ("notice_on", "expected"),
    [(date(2025, 12, 1), 0), (date(2026, 1, 1), 0), (date(2026, 2, 7), 1), (date(2026, 7, 3), 3),
     (date(2026, 12, 31), 4), (date(2027, 5, 1), 4)],
)  # fmt: skip
def test_bands_cover_every_day(notice_on: date, expected: int) -> None:
    assert band_of(date(2026, 1, 1), date(2026, 12, 31), notice_on) == expected
    assert [most for _least, most in BANDS[:-1]] == [least for least, _most in BANDS[1:]]


def test_names_and_numbers_leave_a_precedent() -> None:
    names = {"杭州澄屿茶业有限公司", "许承泽", "Chengyu Tea Trading Co"}
    told = "许承泽说澄屿茶业注销，电话 138 0000 0000，账号 33001616781050001234，"
    told += "邮箱 xu@example.com，陆予安答复退 2,100.00。"
    clean = anonymised(told, names, ["陆予安"])
    for gone in ("许承泽", "澄屿", "138", "3300", "xu@", "陆予安"):
        assert gone not in clean
    assert "2,100.00" in clean
    assert "Tea" not in anonymised("Chengyu Tea Trading Co left", names)
    assert {"澄屿茶业", "澄屿"} <= short_forms("杭州澄屿茶业有限公司")
    assert short_forms("许承泽") == set()


async def archived(house: House) -> Refund:
    refund = await story.paid(house)
    fresh = await house.fresh(refund)
    if fresh.closed_at is None:
        async with house.cast.transaction() as session:
            await perform(session, REFUND, refund.id, "archive", SYSTEM)
    return await house.fresh(refund)


async def sampled(house: House, refund: Refund) -> QualityCheck:
    async with house.cast.transaction() as session:
        check = QualityCheck(refund_id=refund.id, drawn_at=clock.now())
        session.add(check)
    return check


async def test_fairness_opens_into_its_rows(house: House, as_person: People) -> None:
    refund = await archived(house)
    at = f"/f/{house.cast.firm.slug}/refunds/watch/fairness"
    ada = await as_person("ada")
    page = (await ada.get(at)).text
    assert "58.3 %" in page  # 2,100.00 of 3,600.00
    assert f"{at}/cancel/" in page
    rows = await ada.get(f"{at}/cancel/{band_of(house.contract.starts_on, house.contract.ends_on, refund.notice_on)}")
    assert refund.number in rows.text
    assert (await ada.get(f"{at}/cancel/9")).status_code == 404
    for path in (at, f"{at}/cancel/2", f"/f/{house.cast.firm.slug}/refunds/watch/times"):
        assert (await (await as_person("ben")).get(path)).status_code == 403
        assert (await (await as_person("otto")).get(path)).status_code == 404
        assert (await (await as_person("nobody")).get(path)).status_code == 303


async def test_precedents_are_found_without_names(house: House, as_person: People) -> None:
    refund = await archived(house)
    ben, at = await as_person("ben"), f"/f/{house.cast.firm.slug}/refunds/watch/precedents"
    for query in ("", "?reason=cancel", "?least=2000&most=2200", "?outcome=refund", "?band=x&least=abc"):
        page = (await ben.get(at + query)).text
        assert "2,100.00" in page, query
        for hidden in (refund.number, house.client.name, "许承泽"):
            assert hidden not in page.partition("<main")[2]
    for query in ("?reason=unmet", "?least=2200", "?outcome=rejected"):
        assert "2,100.00" not in (await ben.get(at + query)).text
    band = band_of(house.contract.starts_on, house.contract.ends_on, refund.notice_on)
    assert "2,100.00" in (await ben.get(f"{at}?band={band}")).text
    assert "2,100.00" not in (await ben.get(f"{at}?band={(band + 1) % 5}")).text
    assert (await (await as_person("otto")).get(at)).status_code == 404
    assert (await (await as_person("nobody")).get(at)).status_code == 303


async def test_times_and_reasons_count(house: House, as_person: People) -> None:
    await archived(house)
    page = (await (await as_person("ada")).get(f"/f/{house.cast.firm.slug}/refunds/watch/times")).text
    assert "客户提前解约" in page
    assert "3,600.00" not in page
    assert "2,100.00" in page


async def test_a_sample_is_drawn_once_a_month_from_the_month_before(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    refund = await archived(house)
    async with house.cast.transaction() as session:
        await quality.draw(session)
        assert await closed.checks(session) == []  # this month's are drawn next month
    next_month = (clock.today().replace(day=1) + timedelta(days=32)).replace(day=2)
    monkeypatch.setattr(clock, "today", lambda: next_month)
    for _day in range(2):
        async with house.cast.transaction() as session:
            await quality.draw(session)
    async with house.cast.transaction() as session:
        found = await closed.checks(session)
        assert [row.id for _check, row in found] == [refund.id]
        asked = (await session.scalars(select(Task).where(Task.subject_id == found[0][0].id))).all()
        assert [task.role for task in asked] == ["reviewer"]


async def test_whoever_had_a_part_does_not_read_it_again(house: House, as_person: People) -> None:
    refund = await archived(house)
    check = await sampled(house, refund)
    for name in ("ben", "lin", "quinn", "mara", "cash"):
        who = member_id(house.cast.actors[name])
        async with house.cast.transaction() as session:
            assert await closed.took_part(session, refund.id, who)
            with pytest.raises(Forbidden, match="had a part"):
                await quality.judge(
                    session, check.id, house.cast.actors[name], faults=[], remark="没问题", now=clock.now()
                )
        with pytest.raises(DBAPIError, match="had no part"):
            async with house.cast.transaction() as session:
                await session.execute(
                    text("UPDATE refund_quality_checks SET checked_by = :who, checked_at = now() WHERE id = :id"),
                    {"who": who, "id": check.id},
                )
    url = f"/f/{house.cast.firm.slug}/refunds/watch/quality"
    paula = await as_person("paula")
    assert f"{url}/{check.id}" in (await paula.get(url)).text
    assert f"{url}/{check.id}" not in (await (await as_person("mara")).get(url)).text


async def test_a_verdict_is_given_once_and_a_fault_says_what(house: House, as_person: People) -> None:
    check = await sampled(house, await archived(house))
    url = f"/f/{house.cast.firm.slug}/refunds/watch/quality/{check.id}"
    paula = await as_person("paula")
    refused = await paula.post(url, {"result": "fault", "remark": "缺少通话记录"})
    assert refused.status_code == 422
    assert "缺少通话记录" in refused.text
    assert (await (await as_person("ada")).post(url, {"result": "good", "remark": "合规"})).status_code == 403
    assert (await (await as_person("otto")).post(url, {"result": "good", "remark": "合规"})).status_code == 404
    given = {"result": "fault", "about": ["talk"], "remark": "缺少通话记录"}
    for _twice in range(2):
        assert (await paula.post(url, given)).status_code == 303
    async with house.cast.transaction() as session:
        kept = await closed.check(session, check.id)
        assert (kept.result, kept.about, kept.remark) == ("fault", ["talk"], "缺少通话记录")
        assert await closed.verdicts(session) == {member_id(house.cast.ben): (1, 1)}
        with pytest.raises(Conflict, match="Somebody else"):
            await quality.judge(session, check.id, house.cast.tina, faults=[], remark="好的", now=clock.now())
    with pytest.raises(DBAPIError, match="stays on record"):
        async with house.cast.transaction() as session:
            await session.execute(
                text("UPDATE refund_quality_checks SET result = 'good' WHERE id = :id"), {"id": check.id}
            )


async def test_an_open_refund_is_never_drawn(house: House) -> None:
    refund = await house.asked()
    with pytest.raises(DBAPIError, match="only closed"):
        await sampled(house, refund)
