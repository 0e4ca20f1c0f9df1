"""Accounts of a chart nobody knows: a person says what they stand for, and a rule that was silent speaks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import func, select

from saas.kernel.outbox import Outbox
from saas.ledgers.charts import assigned, build
from tests.cases import story
from tests.cast import Browser, Cast

People = Callable[[str], Awaitable[Browser]]
ENGLISH = """
other
account 8100 Petty-money-drawer
account 8200 House-bank-ledger
balance 2026-09 8100 0.00 100.00 900.00 -800.00
balance 2026-09 8200 500.00 0.00 100.00 400.00
2026-09-01 记-1 opening | D 8100 100.00 | C 8200 100.00
2026-09-02 记-2 lunch | D 8900 900.00 | C 8100 900.00
"""
CHINESE = """
other
account 甲01 零用钱箱
account 甲02 往来户
balance 2026-09 甲01 0.00 100.00 900.00 -800.00
balance 2026-09 甲02 500.00 0.00 100.00 400.00
2026-09-01 记-1 提现 | D 甲01 100.00 | C 甲02 100.00
2026-09-02 记-2 付餐费 | D 甲09 900.00 | C 甲01 900.00
"""


@pytest.mark.parametrize(("books", "cash"), [(ENGLISH, "8100"), (CHINESE, "甲01")])
async def test_a_silent_rule_speaks_after_mapping(cast: Cast, as_person: People, books: str, cash: str) -> None:
    client, _contact = await story.make_client(cast)
    async with cast.transaction() as session:
        (await session.merge(client)).standard = "other"
    client.standard = "other"
    before = await story.check(cast, client, await story.import_text(cast, client, books))
    at = f"/f/{cast.firm.slug}/clients/{client.id}/chart"
    ben = await as_person("ben")
    assert "未识别" in (await ben.get(at)).text
    assert (await ben.post(at, {f"role:{cash}": "nonsense"})).status_code == 422
    assert (await ben.post(at, {"role:none-such": "cash"})).status_code == 422
    for _turn in range(2):
        assert (await ben.post(at, {f"role:{cash}": "cash"})).status_code == 303
    async with cast.transaction() as session:
        asked = select(func.count()).select_from(Outbox).where(
            Outbox.job == "checks.run", Outbox.args["client_id"].astext == str(client.id)
        )  # fmt: skip
        assert await session.scalar(asked) == 1
    after = await story.check(cast, client)
    assert "人工指定" in (await ben.get(at)).text
    assert "N09" not in {f.rule for f in before}
    assert ("N09", cash) in {(f.rule, f.account) for f in after}


async def test_who_may_map(cast: Cast, as_person: People) -> None:
    client, _contact = await story.make_client(cast)
    at = f"/f/{cast.firm.slug}/clients/{client.id}/chart"
    for name, seen, sent in (("ben", 200, 303), ("ada", 200, 403), ("otto", 404, 404), ("nobody", 303, 303)):
        browser = await as_person(name)
        assert ((await browser.get(at)).status_code, (await browser.post(at, {})).status_code) == (seen, sent)


def test_details_follow_their_account() -> None:
    chart = assigned(build("other", [("8000", "Levies"), ("800001", "销项税额")]), {"8000": "tax"})
    assert (chart.accounts["8000"].role, chart.accounts["8000"].category) == ("tax", "liability")
    assert chart.accounts["800001"].category == "liability"
    assert assigned(chart, {}) is chart
