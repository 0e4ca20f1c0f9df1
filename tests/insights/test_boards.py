"""The boards through the browser: who may see them, addresses with mistakes in them, and what is taken away."""

from __future__ import annotations

import csv
from collections.abc import Awaitable, Callable
from datetime import timedelta
from io import BytesIO, StringIO
from urllib.parse import quote

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select, update

from saas.clients.models import Client
from saas.firms.choices import choose
from saas.firms.queries import profile
from saas.improvement.regulations.regulation_models import Regulation
from saas.insights.dashboards.boards import BOARDS, CHARTER, OVERVIEW
from saas.insights.measures.catalogue import MEASURES
from saas.insights.targets.reading import begin, starter_targets, targets
from saas.insights.targets.target_models import KpiTarget
from saas.kernel import clock
from saas.kernel.i18n import reading
from saas.kernel.identifiers import uuid7
from tests.cases import story
from tests.cast import Browser, Cast, member_id

People = Callable[[str], Awaitable[Browser]]
SOME = "sla_hit"


def paths() -> list[str]:
    found = [BOARDS[key].path for key in BOARDS] + ["/insights/targets"]
    return found + [f"/insights/measures/{key}" for key in MEASURES]


async def test_owner_manager_and_auditor_see_every_board_and_nobody_else(cast: Cast, as_person: People) -> None:
    at = f"/f/{cast.firm.slug}"
    people = {name: await as_person(name) for name in ("paula", "mara", "ada", "ben", "quinn", "otto", "nobody")}
    for path in paths():
        answer = await people["mara"].get(at + path)
        assert answer.status_code == 200, (path, answer.text[-600:])
    for path in ("/insights", "/insights/boards/anomalies", "/insights/targets", f"/insights/measures/{SOME}",
                 "/insights/export/overview.xlsx"):  # fmt: skip
        assert [(await people[name].get(at + path)).status_code for name in ("paula", "ada")] == [200, 200]
        assert [(await people[name].get(at + path)).status_code for name in ("ben", "quinn")] == [403, 403]
        assert (await people["otto"].get(at + path)).status_code == 404
        assert (await people["nobody"].get(at + path)).status_code == 303


def test_every_measure_stands_on_a_board() -> None:
    shown = {measure.key for board in BOARDS.values() for measure in board.measures()}
    assert shown == set(MEASURES)
    assert len(BOARDS[""].measures()) == len(OVERVIEW) == 8
    assert len(BOARDS["charter"].measures()) == len(CHARTER)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("period=gestern", "不是有效期间"),
        ("period=2026-13", "不是有效期间"),
        ("period=2026-11-30..2026-11-01", "不是有效期间"),
        ("period=0000-01-01..9999-12-31", "不是有效期间"),
        ("period=2150-01", "该期间尚未开始"),
        ("person=nobody", "已忽略"),
        ("team=pirates", "没有“pirates”这个岗位"),
        ("cause=WEATHER", "没有“WEATHER”这类原因"),
        ("rule=N99", "没有“N99”这条规则"),
        ("rule=N14", "N14 "),
        ("client=没有这家", "没有叫“没有这家”的客户"),
    ],
)
async def test_a_wrong_address_says_so_and_shows_the_rest(
    cast: Cast, as_person: People, query: str, words: str
) -> None:
    answer = await (await as_person("mara")).get(f"/f/{cast.firm.slug}/insights?{query}")
    assert answer.status_code == 200
    assert words in answer.text


async def test_unknown_boards_measures_and_forms_are_missing(cast: Cast, as_person: People) -> None:
    mara = await as_person("mara")
    for path in ("boards/nonsense", "measures/nonsense", "export/nonsense.xlsx", "export/overview.exe"):
        assert (await mara.get(f"/f/{cast.firm.slug}/insights/{path}")).status_code == 404, path


async def test_who_left_can_still_be_chosen_and_a_board_without_data_says_how_to_get_some(
    cast: Cast, as_person: People
) -> None:
    mara = await as_person("mara")
    shown = (await mara.get(f"/f/{cast.firm.slug}/insights/boards/anomalies")).text
    assert "办结第一个案件后，这里就会出现数据" in shown
    assert "echarts" not in shown  # nothing to draw: half a megabyte is not loaded
    async with cast.transaction() as session:
        from saas.identity.queries import member  # one row of this test

        (await member(session, member_id(cast.lin))).left_at = clock.now()
    assert "林小满（已离职）" in (await mara.get(f"/f/{cast.firm.slug}/insights/boards/anomalies")).text


async def test_a_case_is_counted_opens_into_its_row_and_can_be_taken_away(cast: Cast, as_person: People) -> None:
    case, _client, _contact = await story.opened(cast)
    mara, at = await as_person("mara"), f"/f/{cast.firm.slug}/insights"
    key = "backlog_age"
    board = (await mara.get(f"{at}/boards/anomalies")).text
    assert f"/insights/measures/{key}" in board
    assert "vendor/echarts/echarts.common.min.js" in board
    listed = (await mara.get(f"{at}/measures/{key}")).text
    assert f"/cases/{case.id}" in listed
    assert str(MEASURES[key].definition) in listed
    book = load_workbook(BytesIO((await mara.get(f"{at}/export/anomalies.xlsx")).content))
    definitions = {str(row[1].value) for row in book.worksheets[2].iter_rows(min_row=2)}
    assert str(MEASURES[key].definition) in definitions
    text = (await mara.get(f"{at}/export/anomalies.csv")).content.decode("utf-8-sig")
    assert [row for row in csv.reader(StringIO(text)) if row and row[0] == str(MEASURES[key].name)]


async def test_what_is_taken_away_says_its_filters_in_words_and_reckons_nothing(cast: Cast, as_person: People) -> None:
    formula = '=HYPERLINK("https://example.com")'
    client, _contact = await story.make_client(cast)
    async with cast.transaction() as session:
        await session.execute(update(Client).where(Client.id == client.id).values(name=formula))
    mara, at = await as_person("mara"), f"/f/{cast.firm.slug}/insights/export/anomalies"
    query = f"?period=2026-10&person={cast.ben.id}&client={quote(formula)}"
    book = load_workbook(BytesIO((await mara.get(f"{at}.xlsx{query}")).content))
    said = {str(row[0].value): str(row[1].value) for row in book.worksheets[3].iter_rows(min_row=2)}
    assert said == {"期间": "2026-10-01 – 2026-10-31", "人员": "陆予安", "客户": f"'{formula}"}
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    text = (await mara.get(f"{at}.csv{query}")).content.decode("utf-8-sig")
    cells = [cell for row in csv.reader(StringIO(text)) for cell in row]
    assert f"'{formula}" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


async def test_a_target_applies_from_its_day_zero_is_one_and_twice_is_once(cast: Cast, as_person: People) -> None:
    mara, at, today = await as_person("mara"), f"/f/{cast.firm.slug}/insights/targets", clock.today()
    later = {"measure": SOME, "value": "97.5", "applies_from": (today + timedelta(days=10)).isoformat()}
    for _time in range(2):
        assert (await mara.post(at, later)).status_code == 303
        assert (await mara.post(at, {**later, "value": "0", "applies_from": today.isoformat()})).status_code == 303
    async with cast.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(KpiTarget)) == 2
        assert (await targets(session, today))[SOME] == 0
        assert str((await targets(session, today + timedelta(days=10)))[SOME]) == "0.9750"
        assert SOME not in await targets(session, today - timedelta(days=1))
    assert "≥ 0 %" in (await mara.get(at)).text
    for wrong in ({"value": "viel"}, {"value": "101"}, {"value": "nan"}, {"measure": "mood"}, {"applies_from": "x"}):
        assert (await mara.post(at, {**later, **wrong})).status_code == 422, wrong
    assert (await (await as_person("ada")).post(at, later)).status_code == 403
    assert (await (await as_person("otto")).post(at, later)).status_code == 404


async def test_a_target_rests_on_a_standard_which_shows_how_it_stands(cast: Cast, as_person: People) -> None:
    """By the register's entry in force; its page shows figure and goal; what is no entry is refused."""
    async with cast.transaction() as session:
        entry = Regulation(
            kind="law", title={"zh": "代理记账管理办法", "en": "Rules on bookkeeping"}, issuer={}, source="财政部",
            effective_on=clock.today() - timedelta(days=900), changes={}, impact={}, made_at=clock.now(),
            reviewed_on=clock.today(),
        )  # fmt: skip
        session.add(entry)
        await session.flush()
    mara, at = await as_person("mara"), f"/f/{cast.firm.slug}/insights/targets"
    given = {"measure": SOME, "value": "90", "applies_from": clock.today().isoformat(), "clause": "第十四条"}
    assert (await mara.post(at, {**given, "regulation": str(uuid7())})).status_code == 422
    for _time in range(2):
        assert (await mara.post(at, {**given, "regulation": str(entry.id)})).status_code == 303
    async with cast.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(KpiTarget)) == 1
    assert "代理记账管理办法 第十四条" in (await mara.get(at)).text
    page = f"/f/{cast.firm.slug}/improvement/regulations/{entry.id}"
    shown = (await mara.get(page)).text.partition('id="standards"')[2]
    assert "≥ 90 %" in shown
    assert "第十四条" in shown
    assert 'id="standards"' not in (await (await as_person("ben")).get(page)).text  # figures are for who may see them


async def test_the_starter_targets_name_measures_and_keep_what_the_firm_set(cast: Cast) -> None:
    assert set(starter_targets()) <= set(MEASURES)
    async with cast.transaction() as session:
        session.add(KpiTarget(measure=SOME, value=None, applies_from=clock.today(), set_at=clock.now(), set_by=None))
        await session.flush()
        for _time in range(2):
            await begin(session)
        rows = (await session.scalars(select(KpiTarget.measure))).all()
        assert sorted(rows) == sorted({*starter_targets(), SOME})
        assert SOME not in await targets(session, clock.today())


async def test_the_charter_is_public_only_where_the_firm_wants_it(cast: Cast, as_person: People) -> None:
    nobody, at = await as_person("nobody"), f"/p/{cast.firm.slug}/charter"
    assert (await nobody.get(at)).status_code == 404
    async with cast.transaction() as session:
        await begin(session)
        choose(await profile(session), "show_charter", "on", clock.today())
    shown = await nobody.get(at)
    assert shown.status_code == 200
    with reading("zh"):
        name = str(MEASURES[SOME].name)
    assert name in shown.text
    assert (await nobody.get("/p/nobody-knows/charter")).status_code == 404
