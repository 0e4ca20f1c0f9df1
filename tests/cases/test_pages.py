"""The pages of cases: who may see and do what, and that a form posted twice changes nothing twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from saas.cases.models import Case, Lesson, Note
from saas.clients.models import Communication
from saas.kernel.identifiers import uuid7
from saas.tasks.models import Task
from saas.tasks.parts import parts_of
from tests.cases import story
from tests.cast import Browser, Cast, member_id

People = Callable[[str], Awaitable[Browser]]


async def count(cast: Cast, table: Any) -> int:
    async with cast.transaction() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_everyone_of_the_firm_sees_a_case_and_nobody_else(cast: Cast, as_person: People) -> None:
    case, client, _contact = await story.opened(cast)
    at = f"/f/{cast.firm.slug}"
    for path in ("/cases", f"/cases/{case.id}", f"/clients/{client.id}"):
        for name in ("paula", "mara", "quinn", "ben", "cash", "tina", "ada"):
            answer = await (await as_person(name)).get(at + path)
            assert answer.status_code == 200, (path, name)
            assert case.number in answer.text
        assert (await (await as_person("otto")).get(at + path)).status_code == 404
        assert (await (await as_person("nobody")).get(at + path)).status_code == 303
    unknown = await (await as_person("ben")).get(f"{at}/cases/{uuid7()}")
    foreign = await (await as_person("otto")).get(f"/f/{cast.other_firm.slug}/cases/{case.id}")
    assert (unknown.status_code, foreign.status_code) == (404, 404)


async def test_the_page_shows_the_evidence_with_the_line_that_fired(cast: Cast, as_person: People) -> None:
    case, _client, _contact = await story.opened(cast)
    page = (await (await as_person("ben")).get(f"/f/{cast.firm.slug}/cases/{case.id}")).text
    for words in ("记-3", "购办公用品", "800.00", "700.00", "凭证借贷不平", "怎样才算解决", "100 × (1 −", "轮到您"):
        assert words in page, words


async def test_a_case_by_hand_is_opened_once(cast: Cast, as_person: People) -> None:
    client, _contact = await story.make_client(cast)
    at = f"/f/{cast.firm.slug}/cases/new"
    form = {
        "key": str(uuid7()),
        "client_id": str(client.id),
        "title": "办公用品记错科目",
        "description": "记入了广告费",
        "severity": "high",
        "source": "authority",
        "period": "2026-09",
    }
    for name, status in (("ada", 403), ("cash", 403), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).post(at, form)).status_code == status, name
    ben = await as_person("ben")
    empty = await ben.post(at, {**form, "description": ""})
    assert empty.status_code == 422
    assert "办公用品记错科目" in empty.text
    first = await ben.post(at, form, files={"files": ("通知.pdf", b"%PDF-1.7", "application/pdf")})
    again = await ben.post(at, form)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["location"] == again.headers["location"]
    assert await count(cast, Case) == 1
    assert "通知.pdf" in (await ben.get(first.headers["location"])).text


async def test_findings_become_one_case_however_often_the_button_is_pressed(cast: Cast, as_person: People) -> None:
    _client, _contact, listed = await story.found(cast)
    at = f"/f/{cast.firm.slug}/cases/from-findings"
    form = {"finding": [str(finding.id) for finding in listed]}
    assert (await (await as_person("ada")).post(at, form)).status_code == 403
    assert (await (await as_person("otto")).post(at, form)).status_code == 404
    ben = await as_person("ben")
    assert (await ben.post(at, {})).status_code == 422
    first, again = await ben.post(at, form), await ben.post(at, form)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["location"] == again.headers["location"]
    assert await count(cast, Case) == 1


async def test_exchanges_notes_tasks_and_lesson_are_kept_once(cast: Cast, as_person: People) -> None:
    case, _client, contact = await story.opened(cast)
    at = f"/f/{cast.firm.slug}/cases/{case.id}"
    lin = str(member_id(cast.lin))
    forms: dict[str, tuple[dict[str, str], Any]] = {
        "exchanges": (
            {"channel": "phone", "direction": "out", "summary": "已问清", "contact_id": str(contact.id)},
            Communication,
        ),
        "notes": ({"text": "先核对银行回单"}, Note),
        "tasks": ({"title": "调取银行回单", "assignee_id": lin, "due_on": "2099-12-01"}, Task),
        "lesson": (
            {
                "why_1": "看错金额",
                "why_2": "没有复核",
                "why_3": "月末集中",
                "action": "每周复核",
                "action_owner_id": lin,
                "action_due": "2099-12-31",
            },
            Lesson,
        ),
    }
    ben = await as_person("ben")
    for path, (form, table) in forms.items():
        assert (await (await as_person("ada")).post(f"{at}/{path}", form)).status_code == 403, path
        assert (await (await as_person("otto")).post(f"{at}/{path}", form)).status_code == 404, path
        assert (await ben.post(f"{at}/{path}", {})).status_code == 422, path
        before = await count(cast, table)
        for _turn in range(2):
            assert (await ben.post(f"{at}/{path}", form)).status_code == 303, path
        assert await count(cast, table) == before + 1, path
    page = (await ben.get(at)).text
    for words in ("已问清", "先核对银行回单", "调取银行回单", "每周复核"):
        assert words in page


async def test_a_sub_task_is_finished_by_whom_it_was_given_to(cast: Cast, as_person: People) -> None:
    case, _client, _contact = await story.opened(cast)
    at = f"/f/{cast.firm.slug}/cases/{case.id}"
    form = {"title": "调取银行回单", "assignee_id": str(member_id(cast.lin)), "due_on": "2099-12-01"}
    await (await as_person("ben")).post(f"{at}/tasks", form)
    async with cast.transaction() as session:
        [task] = await parts_of(session, case.id)
    assert "assigned" in {n.kind for n in await story.notifications(cast, cast.lin)}
    assert (await (await as_person("cash")).post(f"{at}/tasks/{task.id}/done")).status_code == 403
    for _turn in range(2):
        assert (await (await as_person("lin")).post(f"{at}/tasks/{task.id}/done")).status_code == 303
    async with cast.transaction() as session:
        [done] = await parts_of(session, case.id)
        assert done.done_by == member_id(cast.lin)


@pytest.mark.parametrize(
    "query", ["severity=high", "rule=N01", "state=triaged", "age=0-3", "q=YC-", "q=记-3", "state=all"]
)
async def test_the_filters_of_the_list(cast: Cast, as_person: People, query: str) -> None:
    case, client, _contact = await story.opened(cast)
    ben, at = await as_person("ben"), f"/f/{cast.firm.slug}/cases"
    assert case.number in (await ben.get(f"{at}?{query}")).text
    for nothing in ("severity=low", "rule=N02", "state=closed", "age=16-", "q=nowhere", f"owner={member_id(cast.lin)}"):
        assert case.number not in (await ben.get(f"{at}?{nothing}")).text
    mine = await ben.get(f"{at}?client={client.id}&owner={member_id(cast.ben)}")
    assert case.number in mine.text


async def test_a_refused_step_says_why_on_its_button(cast: Cast, as_person: People) -> None:
    """The disabled button names the reason; a forged post is refused with the same words, and noted."""
    case, _client, _contact = await story.opened(cast)
    at = f"/f/{cast.firm.slug}/cases/{case.id}"
    lin = await as_person("lin")
    page = await lin.get(at)
    assert "此步骤由案件负责人办理" in page.text
    form = {"cause_class": "entry", "exposure": "100", "likelihood": "2", "impact": "2", "treatment": "reduce"}
    forged = await lin.post(f"{at}/confirm", form)
    assert forged.status_code == 403
    assert "此步骤由案件负责人办理" in forged.text
    wrong = await (await as_person("ben")).post(f"{at}/confirm", {**form, "exposure": "1.234,56"})
    assert wrong.status_code == 422
    assert 'value="1.234,56"' in wrong.text
    assert (await (await as_person("ben")).post(f"{at}/confirm", form)).status_code == 303
    assert (await (await as_person("ben")).post(f"{at}/confirm", form)).status_code == 409
    assert (await story.reload(cast, case)).state == "confirmed"


async def test_who_leaves_hands_their_cases_over(cast: Cast, as_person: People) -> None:
    case, _client, _contact = await story.opened(cast)
    paula, at = await as_person("paula"), f"/f/{cast.firm.slug}/settings/people/{member_id(cast.ben)}/leave"
    assert (await paula.post(at, {})).status_code == 422
    assert (await paula.post(at, {"to_id": str(member_id(cast.lin))})).status_code == 303
    after = await story.reload(cast, case)
    assert after.owner_id == member_id(cast.lin)
    assert after.past_owners == [str(member_id(cast.ben))]


async def test_a_merged_clients_cases_go_along(cast: Cast, as_person: People) -> None:
    case, client, _contact = await story.opened(cast)
    into, _other = await story.make_client(cast)
    async with cast.transaction() as session:
        row = await session.get_one(type(client), (client.firm_id, client.id))
        row.uscc = ""
    mara = await as_person("mara")
    answer = await mara.post(f"/f/{cast.firm.slug}/clients/{client.id}/merge", {"into_id": str(into.id)})
    assert answer.status_code == 303, answer.text[-500:]
    assert (await story.reload(cast, case)).client_id == into.id
    assert {f.client_id for f in await story.findings(cast, into)} == {into.id}
    assert case.number in (await mara.get(f"/f/{cast.firm.slug}/clients/{into.id}")).text


async def test_similar_past_vouchers_and_the_amounts_of_the_account(cast: Cast, as_person: People) -> None:
    """On the same account with much the same words, each opening into its voucher; and where this amount stands."""
    before = "\n".join(
        f"2026-0{month}-20 记-{month} 购办公用品 | D 5602 {month}50.00 | C 1002 {month}50.00" for month in range(1, 8)
    )
    client, _contact, listed = await story.found(cast, f"{before}\n{story.UNBALANCED}")
    finding = next(f for f in listed if f.rule == "N01")
    page = (await (await as_person("ben")).get(f"/f/{cast.firm.slug}/findings/{finding.id}")).text
    assert "以往类似凭证" in page
    assert f"/clients/{client.id}/vouchers?key=2026-07%20%E8%AE%B0-7" in page
    assert "近 12 个月" in page
