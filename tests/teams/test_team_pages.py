"""The pages of the team: who may see and do what, through the browser, and that a form posted twice changes nothing."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import func, select

from saas.kernel import clock
from saas.kernel.identifiers import uuid7
from saas.tasks.models import Task
from saas.tasks.parts import parts_of
from saas.teams import starter
from saas.teams.cover.cover_models import Cover
from saas.teams.handover.handover_models import Handover
from saas.teams.helping.help_models import Help
from saas.teams.raci.raci_models import Duty
from saas.teams.skills.skill_models import Skill
from saas.teams.spirit.spirit_models import Goal, Thanks
from tests.cases import story
from tests.cast import Browser, Cast
from tests.notices.sample import make_draft
from tests.refunds.house import House, make_house

People = Callable[[str], Awaitable[Browser]]
PAGES = ("", "/load", "/absences", "/help", "/handovers", "/duties", "/skills")


async def count(cast: Cast, table: Any) -> int:
    async with cast.transaction() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_everyone_of_the_firm_sees_the_team_and_nobody_else(cast: Cast, as_person: People) -> None:
    async with cast.transaction() as session:
        await starter.begin(session)
    at = f"/f/{cast.firm.slug}/teams"
    paths = [*PAGES, f"/load/{cast.ben.id}", f"/skills/people/{cast.ben.id}"]
    for path in paths:
        for name in ("paula", "ada"):
            answer = await (await as_person(name)).get(at + path)
            assert answer.status_code == 200, (path, name, answer.text[-400:])
        assert (await (await as_person("otto")).get(at + path)).status_code == 404
        assert (await (await as_person("nobody")).get(at + path)).status_code == 303
    foreign = await (await as_person("otto")).get(f"/f/{cast.other_firm.slug}/teams/load/{cast.ben.id}")
    assert foreign.status_code == 404
    for path in ("/duties/case/confirmed", "/skills/new"):
        assert (await (await as_person("ben")).get(at + path)).status_code == 403
        assert (await (await as_person("mara")).get(at + path)).status_code == 200
    assert (await (await as_person("ben")).get(f"{at}/skills/export")).status_code == 403
    assert (await (await as_person("ada")).get(f"{at}/skills/export")).content[:2] == b"PK"


async def test_asking_for_help_from_a_case(cast: Cast, as_person: People) -> None:
    case, _client, _contact = await story.opened(cast)
    at, ben, quinn = f"/f/{cast.firm.slug}", await as_person("ben"), await as_person("quinn")
    shown = await ben.get(f"{at}/cases/{case.id}")
    assert f"/teams/help/new?kind=case&amp;subject={case.id}" in shown.text
    form = await ben.get(f"{at}/teams/help/new?kind=case&subject={case.id}")
    assert form.status_code == 200
    key = re.search(r'name="key" value="([^"]+)"', form.text)
    assert key is not None
    fields = {"key": key[1], "kind": "case", "subject_id": str(case.id), "question": "这笔怎么冲？", "days": "2"}
    refused = await ben.post(f"{at}/teams/help/new", fields)
    assert refused.status_code == 422
    assert "这笔怎么冲？" in refused.text
    for _time in range(2):
        assert (await ben.post(f"{at}/teams/help/new", {**fields, "whom": str(cast.quinn.id)})).status_code == 303
    assert await count(cast, Help) == 1
    one = f"{at}/teams/help/{key[1]}"
    assert (await (await as_person("ada")).post(f"{one}/take_on")).status_code == 403
    assert (await (await as_person("otto")).post(f"{one}/take_on")).status_code == 404
    assert (await (await as_person("lin")).post(f"{one}/answer", {"answer": "抢答"})).status_code == 403
    assert (await quinn.post(f"{one}/answer", {"answer": ""})).status_code == 422
    assert (await quinn.post(f"{one}/answer", {"answer": "走以前年度损益调整"})).status_code == 303
    assert "走以前年度损益调整" in (await ben.get(f"{at}/cases/{case.id}")).text
    missing = await ben.get(f"{at}/teams/help/new?kind=case&subject={uuid7()}")
    assert missing.status_code == 404


async def test_an_absence_stands_on_my_work_and_is_ended_by_a_click(cast: Cast, as_person: People) -> None:
    at, ben, today = f"/f/{cast.firm.slug}", await as_person("ben"), clock.today().isoformat()
    fields = {"member_id": str(cast.ben.id), "kind": "leave", "from_on": today, "until_on": today}
    assert (await ben.post(f"{at}/teams/absences", fields)).status_code == 422
    fields["deputy_id"] = str(cast.lin.id)
    assert (await (await as_person("ada")).post(f"{at}/teams/absences", fields)).status_code == 403
    assert (await (await as_person("cash")).post(f"{at}/teams/absences", fields)).status_code == 403
    assert (await ben.post(f"{at}/teams/absences", fields)).status_code == 303
    again = await ben.post(f"{at}/teams/absences", fields)
    assert again.status_code == 422  # it is recorded already, and says so
    assert await count(cast, Cover) == 1
    assert "陆予安" in (await (await as_person("lin")).get(f"{at}/work")).text
    assert "林小满 代办" in (await (await as_person("paula")).get(f"{at}/teams")).text
    async with cast.transaction() as session:
        [cover] = (await session.scalars(select(Cover))).all()
    assert (await (await as_person("quinn")).post(f"{at}/teams/absences/{cover.id}/end")).status_code == 403
    assert (await (await as_person("otto")).post(f"{at}/teams/absences/{cover.id}/end")).status_code == 404
    assert (await ben.post(f"{at}/teams/absences/{cover.id}/move")).status_code == 303
    for _time in range(2):
        assert (await ben.post(f"{at}/teams/absences/{cover.id}/end")).status_code == 303
    assert "林小满 代办" not in (await (await as_person("paula")).get(f"{at}/teams")).text


async def test_duties_are_laid_down_by_a_manager_and_shown_beside_the_record(cast: Cast, as_person: People) -> None:
    case, client, _contact = await story.opened(cast)
    at, mara = f"/f/{cast.firm.slug}", await as_person("mara")
    url = f"{at}/teams/duties/case/{case.state}"
    assert (await mara.post(url, {"informed": "auditor"})).status_code == 422  # somebody answers for it
    fields = {"accountable": ["manager", str(cast.quinn.id)], "informed": "auditor"}
    for _time in range(2):
        assert (await mara.post(url, fields)).status_code == 303
    assert (await mara.post(url, {"accountable": "shaman"})).status_code == 422
    assert (await (await as_person("ben")).post(url, fields)).status_code == 403
    assert (await (await as_person("otto")).post(url, fields)).status_code == 404
    assert (await mara.get(f"{at}/teams/duties/case/nowhere")).status_code == 404
    assert await count(cast, Duty) == 1
    shown = (await (await as_person("ben")).get(f"{at}/cases/{case.id}")).text
    assert "经理、沈知微" in shown
    async with cast.transaction() as session:
        letter = await make_draft(session, cast.ben, client)
    fields = {"accountable": "owner", "consulted": str(cast.lin.id)}
    assert (await mara.post(f"{at}/teams/duties/notice/draft", fields)).status_code == 303
    asked = {"key": str(uuid7()), "kind": "notice", "subject_id": str(letter.id), "whom": str(cast.lin.id),
             "question": "这一段客户看得懂吗？", "days": "1"}  # fmt: skip
    assert (await (await as_person("ben")).post(f"{at}/teams/help/new", asked)).status_code == 303
    page = (await (await as_person("ben")).get(f"{at}/notices/{letter.id}")).text
    assert "林小满" in page.partition('id="who-does-what"')[2]
    assert asked["question"] in page.partition('id="help"')[2]


async def test_an_item_is_given_to_whoever_has_more_room(cast: Cast, as_person: People) -> None:
    case, _client, _contact = await story.opened(cast)
    at, ben = f"/f/{cast.firm.slug}", await as_person("ben")
    async with cast.transaction() as session:
        task = await session.scalar(select(Task).where(Task.subject_id == case.id, Task.done_at.is_(None)))
    assert task is not None
    url = f"{at}/teams/load/tasks/{task.id}"
    assert (await ben.post(url, {"to_id": str(uuid7())})).status_code == 422
    assert (await (await as_person("ada")).post(url, {"to_id": str(cast.lin.id)})).status_code == 403
    assert (await (await as_person("otto")).post(url, {"to_id": str(cast.lin.id)})).status_code == 404
    for _time in range(2):
        assert (await ben.post(url, {"to_id": str(cast.lin.id)})).status_code == 303
    assert (await story.reload(cast, case)).owner_id == cast.lin.id


async def test_a_hand_over_list_from_the_browser(cast: Cast, as_person: People) -> None:
    at = f"/f/{cast.firm.slug}/teams/handovers"
    ben, lin, mara = await as_person("ben"), await as_person("lin"), await as_person("mara")
    fields = {"key": str(uuid7()), "occasion": "staff", "from_id": str(cast.ben.id), "to_id": str(cast.lin.id),
              "supervisor_id": str(cast.lin.id), "effective_on": clock.today().isoformat()}  # fmt: skip
    assert (await ben.post(f"{at}/new", fields)).status_code == 422
    fields["supervisor_id"] = str(cast.mara.id)
    assert (await (await as_person("ada")).post(f"{at}/new", fields)).status_code == 403
    for _time in range(2):
        assert (await ben.post(f"{at}/new", fields)).status_code == 303
    assert await count(cast, Handover) == 1
    one = f"{at}/{fields['key']}"
    bad = await ben.post(f"{one}/lines", {"section": "keys", "what": "密码：abc123"})
    assert bad.status_code == 422
    assert (await ben.post(f"{one}/lines", {"section": "keys", "what": "UKey 一把"})).status_code == 303
    assert (await lin.post(f"{one}/lines", {"section": "keys", "what": "x"})).status_code == 403
    assert (await (await as_person("otto")).get(one)).status_code == 404
    assert (await ben.get(f"{one}/document.pdf")).content[:4] == b"%PDF"
    assert (await lin.post(f"{one}/hand_over")).status_code == 403
    for person, action in ((ben, "hand_over"), (lin, "receive"), (mara, "supervise")):
        assert (await person.post(f"{one}/{action}")).status_code == 303, action
    assert (await ben.post(f"{one}/lines", {"section": "keys", "what": "晚了"})).status_code == 409
    assert "UKey 一把" in (await (await as_person("ada")).get(one)).text


async def test_thanks_goals_and_skills_from_the_browser(cast: Cast, as_person: People) -> None:
    at, ben, mara = f"/f/{cast.firm.slug}/teams", await as_person("ben"), await as_person("mara")
    thanks = {"key": str(uuid7()), "to_id": str(cast.lin.id), "text": "谢谢帮我对账"}
    assert (await ben.post(f"{at}/thanks", {**thanks, "to_id": str(cast.ben.id)})).status_code == 422
    for _time in range(2):
        assert (await ben.post(f"{at}/thanks", thanks)).status_code == 303
    assert await count(cast, Thanks) == 1
    assert (await (await as_person("ada")).post(f"{at}/thanks", thanks)).status_code == 403
    goal = {"key": str(uuid7()), "sentence": "月底前全部签完", "target": "100%", "until_on": clock.today().isoformat()}
    assert (await ben.post(f"{at}/goals", goal)).status_code == 403
    for _time in range(2):
        assert (await mara.post(f"{at}/goals", goal)).status_code == 303
    async with cast.transaction() as session:
        [row] = (await session.scalars(select(Goal))).all()
    assert (await mara.post(f"{at}/goals/{row.id}/progress", {"percent": "140"})).status_code == 422
    assert (await mara.post(f"{at}/goals/{row.id}/progress", {"percent": "50"})).status_code == 303
    shown = (await ben.get(at)).text
    assert "谢谢帮我对账" in shown
    assert "月底前全部签完" in shown
    skill = {"key": "seals", "name_zh": "印章管理", "level-cashier": "3"}
    assert (await mara.post(f"{at}/skills/new", {**skill, "level-cashier": "9"})).status_code == 422
    for _time in range(2):
        assert (await mara.post(f"{at}/skills/new", skill)).status_code == 303
    async with cast.transaction() as session:
        [made] = (await session.scalars(select(Skill))).all()
    mark = {"skill_id": str(made.id), "level": "3", "seen_on": clock.today().isoformat()}
    assert (await ben.post(f"{at}/skills/people/{cast.cash.id}/marks", mark)).status_code == 403
    assert "差距" in (await mara.get(f"{at}/skills")).text
    assert (await mara.post(f"{at}/skills/people/{cast.mara.id}/marks", mark)).status_code == 422
    assert (await mara.post(f"{at}/skills/people/{cast.cash.id}/marks", mark)).status_code == 303
    assert "达标" in (await mara.get(f"{at}/skills")).text
    assert (await mara.post(f"{at}/skills/assign-all")).status_code == 303


async def test_a_refund_has_sub_tasks_with_their_own_day(cast: Cast, as_person: People) -> None:
    house: House = await make_house(cast)
    refund = await house.asked()
    at, ben = f"/f/{cast.firm.slug}/refunds/{refund.id}", await as_person("ben")
    fields = {"title": "核对到账", "assignee_id": str(cast.cash.id), "due_on": "2020-01-01"}
    assert (await ben.post(f"{at}/tasks", fields)).status_code == 422
    fields["due_on"] = clock.today().isoformat()
    assert (await (await as_person("cash")).post(f"{at}/tasks", fields)).status_code == 403
    assert (await (await as_person("otto")).post(f"{at}/tasks", fields)).status_code == 404
    for _time in range(2):
        assert (await ben.post(f"{at}/tasks", fields)).status_code == 303
    async with cast.transaction() as session:
        [part] = [t for t in await parts_of(session, refund.id) if t.assignee_id == cast.cash.id]
    assert part.due_at is not None
    assert "核对到账" in (await (await as_person("cash")).get(f"/f/{cast.firm.slug}/work")).text
    assert (await (await as_person("tina")).post(f"{at}/tasks/{part.id}/done")).status_code == 403
    for _time in range(2):
        assert (await (await as_person("cash")).post(f"{at}/tasks/{part.id}/done")).status_code == 303
    async with cast.transaction() as session:
        [done] = [t for t in await parts_of(session, refund.id) if t.id == part.id]
    assert done.done_by == cast.cash.id
