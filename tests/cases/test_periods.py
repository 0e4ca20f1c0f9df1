"""The period board: each month's five steps, what holds it up, and the client's own row."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime

from litestar import Litestar
from sqlalchemy import select

from saas.cases.period_board import queries
from saas.cases.period_board.stages import Month, holding, stages
from saas.filings import planning
from saas.filings import queries as filings
from saas.filings.models import DocumentsIn
from saas.filings.recording import accept_many
from saas.kernel import clock
from saas.kernel.identifiers import uuid7
from tests.cases import story
from tests.cases.test_links import handed_on
from tests.cast import Browser, Cast
from tests.notices.conftest import Phone
from tests.statements import count_statements

AsPerson = Callable[[str], Awaitable[Browser]]
SOUND = """
2026-10-05 记-1 提现 | D 1001 5000.00 | C 1002 5000.00
2026-10-20 记-2 购办公用品 | D 5602 800.00 | C 1002 800.00
"""
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


def held(month: Month) -> str:
    waits = holding(stages(month, NOW.date()))
    return waits.name if waits else ""


def test_the_first_step_that_is_not_done_holds_the_month_up() -> None:
    month = Month(uuid7(), "2026-10")
    assert held(month) == "received"
    month.received_on = date(2026, 11, 3)
    assert held(month) == "imported"
    month.has_books = True
    assert held(month) == "checked"
    month.checked, month.severe = True, 2
    assert held(month) == "checked"
    month.severe = 0
    assert held(month) == "filed"  # nothing is registered
    month.expects = False
    assert held(month) == ""


async def test_a_month_goes_through_its_five_steps(cast: Cast, as_person: AsPerson) -> None:
    with clock.at(datetime(2026, 11, 2, 2, tzinfo=UTC)):
        client, _contact = await story.make_client(cast, filing_period="month")
        async with cast.transaction() as session:
            await planning.plan(session)
    at = f"/f/{cast.firm.slug}/periods"
    with clock.at(NOW):
        ben = await as_person("ben")
        tick = {"month": "2026-10", "received_on": "2026-11-20", "back": "all="}
        for name, status in (("ada", 403), ("cash", 403), ("otto", 404), ("nobody", 303), ("ben", 303), ("ben", 303)):
            answer = await (await as_person(name)).post(f"{at}/{client.id}/documents", tick)
            assert answer.status_code == status, name
        assert (await ben.post(f"{at}/{client.id}/documents", {**tick, "received_on": "2026-12-01"})).status_code == 422
        assert "账套未导入" in (await ben.get(at)).text
        import_id = await story.import_text(cast, client, story.UNBALANCED.replace("-09-", "-10-"))
        await story.check(cast, client, import_id)
        assert "重大发现" in (await ben.get(at)).text
        await story.check(cast, client, await story.import_text(cast, client, SOUND))
        await story.by_hand(cast, client, period="2026-10")
        async with cast.transaction() as session:
            grid = await queries.grid(session, [client], ["2026-10"])
            october = grid[client.id, "2026-10"]
            assert (october.has_books, october.checked, october.severe) == (True, True, 0)
            assert held(october) == "corrected"
            rows = await filings.of_months(session, [client.id], ["2026-10"])
            await accept_many(session, cast.ben, [row.id for row in rows], date(2026, 11, 12), clock.now())
        async with cast.transaction() as session:
            october = (await queries.grid(session, [client], ["2026-10"]))[client.id, "2026-10"]
            assert stages(october, NOW.date())[-1].done
            assert len((await session.scalars(select(DocumentsIn))).all()) == 1
        for name, status in (("ada", 200), ("otto", 404), ("nobody", 303)):
            assert (await (await as_person(name)).get(f"{at}/{client.id}")).status_code == status, name


async def test_the_client_sees_its_own_row_and_no_word_of_ours(cast: Cast, as_person: AsPerson, phone: Phone) -> None:
    with clock.at(datetime(2026, 11, 2, 2, tzinfo=UTC)):
        client, contact = await story.make_client(cast, filing_period="month")
        async with cast.transaction() as session:
            await planning.plan(session)
    with clock.at(NOW):
        shown = await phone.open(await handed_on(cast, await as_person("ben"), client, contact, "status"))
        assert "2026-10" in shown.text
        assert "资料" in shown.text
        assert "账套未导入" not in shown.text


async def test_fifty_clients_take_no_more_queries_than_one(app: Litestar, cast: Cast, as_person: AsPerson) -> None:
    ben, at = await as_person("ben"), f"/f/{cast.firm.slug}/periods"
    sent = []
    for more in (1, 59):
        with clock.at(datetime(2026, 11, 2, 2, tzinfo=UTC)):
            for _n in range(more):
                await story.make_client(cast, filing_period="month")
            async with cast.transaction() as session:
                await planning.plan(session)
        with clock.at(NOW):
            sent.append(await count_statements(app, lambda: ben.get(at)))
    assert sent[1] <= sent[0] + 1  # whether there is another page
    with clock.at(NOW):
        first = await ben.get(at)
    assert first.text.count("/documents") == 100  # October and November; nobody answers for earlier months
    assert "after=" in first.text
