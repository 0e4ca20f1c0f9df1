"""The register: filled for a new firm, rolled out to the clients it touches, read, answered, watched by a calendar."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from saas.cases.models import Case
from saas.clients.models import Client
from saas.firms.models import Notification
from saas.improvement import jobs
from saas.improvement.receipts import reading
from saas.improvement.regulations import queries, quiz, rollout, starter, watch
from saas.improvement.regulations.kinds import KINDS, MARKS, Filter
from saas.improvement.regulations.regulation_models import CompetitorTerms, Regulation
from saas.kernel import clock
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import ROOT
from saas.tasks.models import Task
from tests.cast import Browser, Cast, member_id
from tests.identity.post import work_through

People = Callable[[str], Awaitable[Browser]]
HAN = re.compile(r"[㐀-鿿]")


async def make_clients(cast: Cast, *kinds: dict[str, Any]) -> list[Client]:
    async with cast.transaction() as session:
        made = [
            Client(number=f"K{uuid7().hex[-6:]}", name=f"客户{place}", sort_key=uuid7().hex, pinyin="k",
                   **{"taxpayer_kind": "small", "standard": "small", "bookkeeper_id": member_id(cast.ben), **kind},
                   created_at=clock.now())
            for place, kind in enumerate(kinds)
        ]  # fmt: skip
        session.add_all(made)
    return made


async def entry(cast: Cast, key: str = "vat-small-scale-2026") -> Regulation:
    async with cast.transaction() as session:
        await jobs.begin(session)
        found = await session.scalar(select(Regulation).where(Regulation.key == key))
        assert found is not None
        return found


def test_every_entry_says_everything_in_both_languages() -> None:
    entries = starter.entries()
    assert len(entries) >= 25
    assert len({one["key"] for one in entries}) == len(entries)
    for one in entries:
        assert one["kind"] in KINDS, one["key"]
        assert one["mark"] in MARKS, one["key"]
        assert one["source"], one["key"]
        assert isinstance(one["effective_on"], date), one["key"]
        for name in ("title", "issuer", "changes", "impact"):
            assert HAN.search(one[name]["zh"]), (one["key"], name)
            assert one[name]["en"], (one["key"], name)
            assert not HAN.search(one[name]["en"]), (one["key"], name)
        assert len(re.findall(r"[。；]", one["impact"]["zh"])) >= 2, one["key"]  # two sentences
    quizzes = [one["quiz"] for one in entries if one["quiz"]]
    assert len(quizzes) >= 8
    stems = [question["question"]["zh"] for asked in quizzes for question in asked]
    assert len(set(stems)) == len(stems)
    for asked in quizzes:
        assert len(asked) == 2
        for question in asked:
            assert 0 <= question["answer"] < len(question["choices"]) >= 3
            assert question["why"]["zh"]
            assert question["why"]["en"]


def test_every_announcement_of_2026_the_tax_table_rests_on_has_its_entry() -> None:
    table = (ROOT / "tenants" / "_starter" / "tax_table.toml").read_text("utf-8")
    named = " ".join(f"{one['number']} {one['changes']['zh']}" for one in starter.entries())
    numbers = set(re.findall(r"公告2026年第(\d+)号", table))
    assert numbers
    assert {number for number in numbers if f"2026年第{number}号" not in named.replace(" ", "")} == set()


async def test_a_new_firm_begins_with_the_register_and_keeps_its_own_changes(cast: Cast) -> None:
    one = await entry(cast)
    async with cast.transaction() as session:
        kept = await queries.regulation(session, one.id)
        kept.mark = "V"
    async with cast.transaction() as session:
        await jobs.begin(session)
        assert await session.scalar(select(func.count()).select_from(Regulation)) == len(starter.entries())
        assert (await queries.regulation(session, one.id)).mark == "V"


async def test_the_filter_finds_the_clients_a_rule_touches(cast: Cast) -> None:
    made = await make_clients(
        cast,
        {"industry": "美妆电商", "address": "杭州市西湖区"},
        {"taxpayer_kind": "general", "industry": "机械制造"},
        {"standard": "enterprise", "address": "上海市"},
        {"archived_at": clock.now()},
    )
    wanted = {
        "": [0, 1, 2],
        "taxpayer_kind": [0, 2],
        "standard": [2],
        "industry": [0, 1],
        "region": [0, 2],
        "whom": [],
    }
    values = {"taxpayer_kind": "small", "standard": "enterprise", "industry": "电商，制造", "region": "杭州、上海",
              "whom": "firm"}  # fmt: skip
    async with cast.transaction() as session:
        for name, expected in wanted.items():
            found = await queries.matching(session, Filter(**({name: values[name]} if name else {})))
            assert {c.id for c in found} == {made[place].id for place in expected}, name


async def test_tasks_reach_every_client_once_and_show_their_done_rate(cast: Cast, as_person: People) -> None:
    one = await entry(cast)
    made = await make_clients(cast, {}, {}, {"taxpayer_kind": "general"})
    mara, ben, lin = await as_person("mara"), await as_person("ben"), await as_person("lin")
    at = f"/f/{cast.firm.slug}/improvement/regulations/{one.id}"
    due = str(clock.today() + timedelta(days=7))
    assert (await ben.post(f"{at}/tasks", {"due_on": due})).status_code == 403
    assert (await mara.post(f"{at}/tasks", {"due_on": "2020-01-01"})).status_code == 422
    for _twice in range(2):
        assert (await mara.post(f"{at}/tasks", {"due_on": due})).status_code == 303
    async with cast.transaction() as session:
        tasks = (await session.scalars(select(Task).where(Task.subject_id == one.id))).all()
        assert sorted(str(t.client_id) for t in tasks) == sorted(str(c.id) for c in made[:2])
        assert {t.assignee_id for t in tasks} == {cast.ben.id}
    done = f"{at}/clients/{made[0].id}/done"
    assert (await ben.post(done, {"result": ""})).status_code == 422
    assert (await lin.post(done, {"result": "已核对"})).status_code == 403
    for _twice in range(2):
        assert (await ben.post(done, {"result": "已核对起征点口径"})).status_code == 303
    assert (await ben.post(f"{at}/clients/{made[2].id}/done", {"result": "x"})).status_code == 404
    await make_clients(cast, {})  # a client that came later gets its task by the same button
    await mara.post(f"{at}/tasks", {"due_on": due})
    async with cast.transaction() as session:
        assert await queries.done_rates(session, [one.id]) == {one.id: (1, 3)}
    page = (await ben.get(at)).text
    assert "已核对起征点口径" in page
    assert "1 / 3" in page


async def test_cases_are_opened_for_every_client_once(cast: Cast, as_person: People) -> None:
    one = await entry(cast)
    made = await make_clients(cast, {}, {}, {"taxpayer_kind": "general"})
    mara, at = await as_person("mara"), f"/f/{cast.firm.slug}/improvement/regulations/{one.id}"
    for _twice in range(2):
        assert (await mara.post(f"{at}/cases")).status_code == 303
        await work_through(cast.database, cast.firm.id)
    async with cast.transaction() as session:
        cases = (await session.scalars(select(Case))).all()
        assert {c.client_id for c in cases} == {made[0].id, made[1].id}
        assert {c.cause_class for c in cases} == {"external"}
        assert {t.case.id for t in await queries.touched(session, one.id) if t.case} == {c.id for c in cases}
    assert cases[0].number in (await mara.get(at)).text


async def test_a_rule_of_the_firm_itself_touches_no_client(cast: Cast, as_person: People) -> None:
    one = await entry(cast, "agency-measures")
    await make_clients(cast, {})
    refused = await (await as_person("mara")).post(
        f"/f/{cast.firm.slug}/improvement/regulations/{one.id}/tasks", {"due_on": str(clock.today())}
    )
    assert refused.status_code == 422
    assert "没有客户" in refused.text


async def test_people_read_and_answer_once(cast: Cast, as_person: People) -> None:
    one = await entry(cast)
    tina, ben, ada = await as_person("tina"), await as_person("ben"), await as_person("ada")
    at = f"/f/{cast.firm.slug}/improvement/regulations/{one.id}"
    assert (await ben.post(f"{at}/ask", {"roles": ["bookkeeper"]})).status_code == 403
    assert (await tina.post(f"{at}/ask", {"days": "3"})).status_code == 422
    for _twice in range(2):
        assert (await tina.post(f"{at}/ask", {"roles": ["bookkeeper", "cashier"], "days": "3"})).status_code == 303
    async with cast.transaction() as session:
        assert len(await reading.of_subject(session, one.id)) == 3
    missing = await ben.post(f"{at}/read", {"answer_0": "1"})
    assert missing.status_code == 422
    assert 'value="1" checked' in missing.text  # what was ticked is kept
    assert (await ben.post(f"{at}/read", {"answer_0": "9", "answer_1": "1"})).status_code == 422
    for answers in (("1", "0"), ("1", "1")):
        sent = await ben.post(f"{at}/read", {f"answer_{place}": a for place, a in enumerate(answers)})
        assert sent.status_code == 303
    assert (await ada.post(f"{at}/read", {"answer_0": "1", "answer_1": "1"})).status_code == 303  # unasked, for herself
    async with cast.transaction() as session:
        receipts = {r.member_id: r for r in await reading.of_subject(session, one.id)}
    assert (receipts[member_id(cast.ben)].answers, receipts[member_id(cast.ben)].right) == (
        [1, 0],
        1,
    )  # the first count
    assert receipts[member_id(cast.ada)].right == 2
    assert "1 / 2" in (await tina.get(at)).text
    assert "已于" in (await ben.get(at)).text


async def test_who_has_not_read_in_time_is_reminded_once_a_week(cast: Cast) -> None:
    one = await entry(cast)
    async with cast.transaction() as session:
        matter = reading.Matter("regulation", one.id, rollout.title(one), rollout.url(one))
        await reading.ask(session, cast.tina, matter, ["cashier"], 1, clock.now() - timedelta(days=9))

    async def told() -> int:
        async with cast.transaction() as session:
            await reading.remind(session)
            query = select(func.count()).select_from(Notification).where(Notification.member_id == cast.cash.id)
            return await session.scalar(query) or 0

    first = await told()
    assert (first, await told()) == (1, 1)
    async with cast.transaction() as session:
        [receipt] = await reading.of_subject(session, one.id)
        receipt.reminded_on = clock.today() - timedelta(days=7)
        for row in await session.scalars(select(Notification)):
            row.read_at = clock.now()
    assert await told() == 2


async def test_coming_days_and_the_yearly_reading_stand_in_my_work(cast: Cast, as_person: People) -> None:
    one = await entry(cast)
    today = clock.today()
    async with cast.transaction() as session:
        changed = await queries.regulation(session, one.id)
        changed.effective_on, changed.reviewed_on = today + timedelta(days=20), today - timedelta(days=400)
        ends = await session.scalar(select(Regulation).where(Regulation.key == "platform-reporting"))
        assert ends is not None
        ends.repealed_on = today + timedelta(days=10)
    for _twice in range(2):
        async with cast.transaction() as session:
            await watch.look_ahead(session)
    async with cast.transaction() as session:
        given = (await session.scalars(select(Task).where(Task.role == "manager"))).all()
    assert sorted((t.subject_kind, t.step.msgid) for t in given) == sorted(
        [
            ("regulation_day", watch.BEGINS.msgid),
            ("regulation_day", watch.ENDS.msgid),
            ("register", watch.REVIEW_STEP.msgid),
        ]
    )
    mara, at = await as_person("mara"), f"/f/{cast.firm.slug}/improvement/regulations"
    assert str(one.id) in (await mara.get(f"{at}?view=coming")).text
    assert str(one.id) in (await mara.get(f"{at}?view=review")).text
    assert (await mara.post(f"{at}/{one.id}/ready")).status_code == 303
    for _twice in range(2):
        assert (await mara.post(f"{at}/{one.id}/still")).status_code == 303
    async with cast.transaction() as session:
        left = (await session.scalars(select(Task).where(Task.role == "manager", Task.done_at.is_(None)))).all()
    assert [t.subject_id for t in left] == [ends.id]


async def test_an_entry_of_ones_own_with_its_quiz(cast: Cast, as_person: People) -> None:
    tina, at = await as_person("tina"), f"/f/{cast.firm.slug}/improvement/regulations"
    form = {
        "key": str(uuid7()), "kind": "tax", "title_zh": "测试公告", "source": "税务局网站", "changes_zh": "税率变化",
        "impact_zh": "按新税率开票", "effective_on": "2027-01-01", "taxpayer_kind": "general", "mark": "K",
        "question_1": "税率是多少？", "right_1": "9%", "wrong_1": "6%\n13%", "why_1": "公告第一条",
    }  # fmt: skip
    for wrong in ({}, {"question_2": "只有题干"}, {"repealed_on": "2026-01-01"}, {"source_url": "javascript:alert(1)"}):
        refused = await tina.post(f"{at}/new", {**form, **wrong})
        assert refused.status_code == 422
        assert "公告第一条" in refused.text
    form |= {"question_2": "何时施行？", "right_2": "2027 年", "wrong_2": "2026 年", "why_2": "公告第二条"}
    for _twice in range(2):
        assert (await tina.post(f"{at}/new", form)).headers["location"].endswith(form["key"])
    async with cast.transaction() as session:
        kept = await queries.regulation(session, UUID(form["key"]))
        assert [q["choices"][q["answer"]]["zh"] for q in kept.quiz] == ["9%", "2027 年"]
        assert kept.clients == {"whom": "clients", "taxpayer_kind": "general"}
    page = await tina.get(f"{at}/{form['key']}/edit")
    assert "公告第二条" in page.text
    assert (await tina.post(f"{at}/{form['key']}/edit", {**form, "title_zh": "测试公告（修订）"})).status_code == 303
    async with cast.transaction() as session:
        again = await queries.regulation(session, UUID(form["key"]))
        assert (again.title["zh"], again.quiz) == ("测试公告（修订）", kept.quiz)
    assert (await tina.post(f"{at}/{form['key']}/archive")).status_code == 303
    assert form["key"] not in (await tina.get(f"{at}?view=coming")).text


def test_a_starter_quiz_survives_the_form() -> None:
    [one] = [e for e in starter.entries() if e["key"] == "pipl"]
    fields = quiz.as_fields(one["quiz"])
    again, missing = quiz.made(fields)
    assert missing == ""
    assert quiz.as_fields(again) == fields


async def test_competitors_are_read_beside_our_own_policy(cast: Cast, as_person: People) -> None:
    tina, at = await as_person("tina"), f"/f/{cast.firm.slug}/improvement/market"
    form = {"competitor": "某同行", "seen_on": str(clock.today()), "source": "官网价目页", "unused": "按剩余月份退 80%"}
    assert (await tina.post(at, {**form, "unused": ""})).status_code == 422
    assert (await tina.post(at, {**form, "seen_on": "2099-01-01"})).status_code == 422
    for _twice in range(2):
        assert (await tina.post(at, form)).status_code == 303
    assert (await tina.post(at, {**form, "unused": "不退"})).status_code == 422  # a reading is never changed
    page = (await (await as_person("ada")).get(at)).text
    assert "按剩余月份退 80%" in page
    assert "官网价目页" in page
    assert (await (await as_person("ben")).post(at, form)).status_code == 403
    with pytest.raises(DBAPIError):
        async with cast.transaction() as session:
            await session.execute(update(CompetitorTerms).values(remark="改"))
