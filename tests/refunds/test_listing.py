"""/refunds: the list, the board, the filters, the files; one firm's only."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from saas.kernel import clock
from saas.kernel.money import Money
from saas.refunds.lists import list_export, list_queries, listing
from saas.refunds.lists.list_queries import Wanted
from saas.refunds.lists.listing import VIEWS, Given, opened_between
from tests.cast import Browser
from tests.refunds import payment_story as story
from tests.refunds.conftest import RefundIn
from tests.refunds.house import House, make_client, make_contract

People = Callable[[str], Awaitable[Browser]]
PATHS = (
    "",
    "/board",
    "?view=all",
    "?only=late",
    "?only=unusual",
    "?q=TF-",
    "?period=month",
    "?view=nonsense&after=x~y",
)


async def another(house: House, name: str, **changes: object) -> House:
    """The same house with another client and its own contract."""
    client, contact = await make_client(house.cast, name=name)
    contract = await make_contract(house.cast, client)
    return House(house.cast, client, contact, contract, house.policy)


@pytest.mark.parametrize("path", PATHS)
async def test_everybody_of_the_firm_sees_the_list(
    house: House, refund_in: RefundIn, as_person: People, path: str
) -> None:
    refund = await refund_in("submitted")
    for name in ("ben", "ada", "cash"):
        found = await (await as_person(name)).get(f"/f/{house.cast.firm.slug}/refunds{path}")
        assert found.status_code == 200, found.text
    if path in ("", "/board", "?view=all", "?q=TF-", "?period=month"):
        assert refund.number in found.text
    if path in ("?only=late", "?only=unusual"):
        assert refund.number not in found.text
    otto = await as_person("otto")
    assert (await otto.get(f"/f/{house.cast.firm.slug}/refunds{path}")).status_code == 404
    nobody = await as_person("nobody")
    assert (await nobody.get(f"/f/{house.cast.firm.slug}/refunds{path}")).status_code == 303


async def test_tabs_count_each_stage_and_the_board_sums_it(house: House, refund_in: RefundIn) -> None:
    await refund_in("submitted")
    other = await another(house, "宁波拾光餐饮管理有限公司")
    await other.completed(asked=Money(1000_00))
    async with house.cast.transaction() as session:
        wanted = Wanted(VIEWS["all"])
        counted = await list_queries.figures(session, wanted, clock.now(), VIEWS["all"])
        assert {state: f.count for state, f in counted.items()} == {"submitted": 1, "complete": 1}
        assert listing.total("open", counted).amount == Money(3100_00)
        assert listing.total("asked", counted).count == 1
        assert listing.total("closed", counted).count == 0
        narrowed = await list_queries.figures(session, Wanted(VIEWS["all"], other.client.id), clock.now(), VIEWS["all"])
        assert {state: f.count for state, f in narrowed.items()} == {"complete": 1}


async def test_what_is_overdue_stands_first_and_is_counted(house: House, refund_in: RefundIn) -> None:
    refund = await refund_in("submitted")
    later = clock.now() + timedelta(days=60)
    async with house.cast.transaction() as session:
        late = await list_queries.listed(session, Wanted(VIEWS["open"], late=True), later)
        assert [r.id for r in late] == [refund.id]
        assert await list_queries.listed(session, Wanted(VIEWS["open"], late=True), clock.now()) == []
        counted = await list_queries.figures(session, Wanted(VIEWS["open"]), later, VIEWS["open"])
        assert counted["submitted"].late == 1


async def test_a_search_finds_by_number_and_by_client(house: House, refund_in: RefundIn, as_person: People) -> None:
    refund = await refund_in("submitted")
    ben = await as_person("ben")
    for wanted in (refund.number, refund.number.lower(), "澄屿"):
        found = await ben.get(f"/f/{house.cast.firm.slug}/refunds?q={wanted}")
        assert refund.number in found.text
    assert refund.number not in (await ben.get(f"/f/{house.cast.firm.slug}/refunds?q=拾光")).text
    assert refund.number in (await ben.get(f"/f/{house.cast.firm.slug}/search?q={refund.number}")).text


async def test_the_clients_page_shows_its_refunds(house: House, refund_in: RefundIn, as_person: People) -> None:
    refund = await refund_in("submitted")
    ben = await as_person("ben")
    shown = await ben.get(f"/f/{house.cast.firm.slug}/clients/{house.client.id}")
    assert refund.number in shown.text
    assert f"/refunds/new?client={house.client.id}" in shown.text


async def test_the_file_has_numbers_as_numbers_and_no_formulas(house: House, as_person: People) -> None:
    evil = await another(house, '=HYPERLINK("http://example.com")')
    refund = await evil.asked()
    paula = await as_person("paula")
    book = await paula.get(f"/f/{house.cast.firm.slug}/refunds/export/xlsx")
    sheet = load_workbook(io.BytesIO(book.content)).active
    assert sheet is not None
    line = [cell.value for cell in sheet[2]]
    assert line[0] == refund.number
    assert line[1] == '\'=HYPERLINK("http://example.com")'
    assert line[4] == 2100
    text = (await paula.get(f"/f/{house.cast.firm.slug}/refunds/export/csv")).content.decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert refund.number in text
    assert (await paula.get(f"/f/{house.cast.firm.slug}/refunds/export/pdf")).status_code == 404
    ben = await as_person("ben")
    assert (await ben.get(f"/f/{house.cast.firm.slug}/refunds/export/csv")).status_code == 403
    otto = await as_person("otto")
    assert (await otto.get(f"/f/{house.cast.firm.slug}/refunds/export/csv")).status_code == 404


def test_a_cell_that_begins_like_a_formula_is_a_text() -> None:
    content, _media = list_export.comma_separated([["=1+1", "+1", "-1", "@x", "plain", 5]])
    assert content.decode("utf-8-sig").strip() == "'=1+1,'+1,'-1,'@x,plain,5"


def test_the_views_hold_every_state_once() -> None:
    stages = [state for name in listing.STEPS for state in VIEWS[name]]
    assert sorted(stages) == sorted(VIEWS["all"])
    assert len(set(stages)) == len(stages)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("month", "2026-01-01", None),
        ("last-month", "2025-12-01", "2026-01-01"),
        ("quarter", "2026-01-01", None),
        ("last-year", "2025-01-01", "2026-01-01"),
        ("", None, None),
    ],
)
def test_periods_begin_at_midnight_in_china(period: str, first: str | None, last: str | None) -> None:
    day = clock.today().replace(year=2026, month=1, day=31)
    since, before = opened_between(period, day)
    assert (since and since.isoformat()) == (first and f"{first}T00:00:00+08:00")
    assert (before and before.isoformat()) == (last and f"{last}T00:00:00+08:00")


def test_addresses_keep_the_other_filters_and_drop_the_place() -> None:
    url = Given(view="talk", reason="cancel").url(lambda path: path)
    assert url(period="month") == "/refunds?view=talk&reason=cancel&period=month"
    assert url(view="open", reason="") == "/refunds"


async def test_the_board_counts_exceptions_and_opens_into_them(house: House, as_person: People) -> None:
    """A changed amount is one; the badge leads to the list of them."""
    refund = await story.assessed(house, amount=Money(2000_00))
    root = f"/f/{house.cast.firm.slug}/refunds"
    mara = await as_person("mara")
    page = (await mara.get(f"{root}/board")).text
    assert "1 项异常" in page
    assert "金额已调整" in page
    assert "view=reckoned&amp;only=unusual" in page
    assert refund.number in (await mara.get(f"{root}?view=reckoned&only=unusual")).text
