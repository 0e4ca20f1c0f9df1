"""The few figures a ledger does not hold: entered by month, kept with their source, read by the rules."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy import func, select

from saas.checks import queries
from saas.checks.thresholds import in_force
from saas.kernel.outbox import Outbox
from tests.cases import story
from tests.cast import Browser, Cast

People = Callable[[str], Awaitable[Browser]]


async def test_who_may_see_and_who_may_enter_figures(cast: Cast, as_person: People) -> None:
    client, _contact = await story.make_client(cast)
    at = f"/f/{cast.firm.slug}/clients/{client.id}/figures"
    for name, status in (("paula", 200), ("ben", 200), ("ada", 200), ("cash", 200), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).get(at)).status_code == status, name
    sent = {"period": "2026-09", "vat_sales": "1,000.00"}
    for name, status in (("ada", 403), ("cash", 403), ("otto", 404), ("nobody", 303), ("ben", 303)):
        assert (await (await as_person(name)).post(at, sent)).status_code == status, name


async def test_figures_are_kept_once_and_reach_the_rules(cast: Cast, as_person: People) -> None:
    client, _contact = await story.make_client(cast)
    ben, at = await as_person("ben"), f"/f/{cast.firm.slug}/clients/{client.id}/figures"
    sent = {"period": "2026-09", "bank_balance": "12,345.60", "headcount": "7", "source": "建行9月对账单"}
    for _time in range(2):
        assert (await ben.post(at, sent)).status_code == 303
    async with cast.transaction() as session:
        kept = {row.name: (row.value, row.source) for row in await queries.figures(session, client.id)}
        chosen = await in_force(session, client)
        runs = await session.scalar(select(func.count()).select_from(Outbox).where(Outbox.job == "checks.run"))
    assert kept == {"bank_balance": (12_345_60, "建行9月对账单"), "headcount": (7, "建行9月对账单")}
    assert chosen.full("N55")["figures"] == {"bank_balance": {"2026-09": 12_345_60}}
    assert chosen.full("N20")["figures"] == {}
    assert runs == 1
    assert "12,345.60" in (await ben.get(f"{at}?period=2026-09")).text


async def test_an_emptied_field_takes_its_figure_away(cast: Cast, as_person: People) -> None:
    client, _contact = await story.make_client(cast)
    ben, at = await as_person("ben"), f"/f/{cast.firm.slug}/clients/{client.id}/figures"
    await ben.post(at, {"period": "2026-09", "bank_balance": "1.00", "vat_sales": "2.00"})
    await ben.post(at, {"period": "2026-09", "bank_balance": "3.00"})
    async with cast.transaction() as session:
        assert [(row.name, row.value) for row in await queries.figures(session, client.id)] == [("bank_balance", 3_00)]


async def test_what_is_no_figure_is_refused_in_words(cast: Cast, as_person: People) -> None:
    client, _contact = await story.make_client(cast)
    ben, at = await as_person("ben"), f"/f/{cast.firm.slug}/clients/{client.id}/figures"
    for wrong in ({"vat_sales": "many"}, {"vat_sales": "-5"}, {"headcount": "1.5"}, {"period": "2026-13"}):
        answer = await ben.post(at, {"period": "2026-09", **wrong})
        assert answer.status_code == 422, wrong
    async with cast.transaction() as session:
        assert await queries.figures(session, client.id) == []


async def test_a_rule_says_which_figures_it_needs(cast: Cast, as_person: People) -> None:
    page = (await (await as_person("ben")).get(f"/f/{cast.firm.slug}/settings/rules/N55")).text
    assert "银行对账单余额" in page
