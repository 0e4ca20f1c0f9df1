"""Every page of improvement: who may open it, who is refused, and who gets the page of nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy import select

from saas.improvement import jobs
from saas.improvement.changes.change_models import Change
from saas.improvement.changes.workflow import CHANGE
from saas.improvement.lessons import gathering
from saas.improvement.lessons.lesson_models import Improvement, LibraryLesson
from saas.improvement.regulations.regulation_models import Regulation
from saas.kernel import clock
from saas.kernel.i18n import Text
from saas.kernel.perform import start
from tests.cast import Browser, Cast, member_id

People = Callable[[str], Awaitable[Browser]]
OPEN = ("", "/lessons", "/actions", "/actions?view=over", "/inbox", "/inbox?view=decided", "/changes", "/causes",
        "/changes?view=over&target=rule", "/causes?days=90&rule=N41", "/causes?since=2026-01-01&until=2026-02-01",
        "/causes/recurrence", "/causes/recurrence?by=client&same=object", "/causes/training", "/steps",
        "/steps?process=refund&days=90", "/regulations", "/regulations?view=review&kind=tax&q=x",
        "/market")  # fmt: skip


async def records(cast: Cast) -> dict[str, str]:
    """One of each, by its path."""
    async with cast.transaction() as session:
        await jobs.begin(session)
        lesson = LibraryLesson(title=Text("税率选错"), source_kind="staff", learned="先看日期", written_at=clock.now())
        session.add(lesson)
        await session.flush()
        today = clock.today()
        action = Improvement(lesson_id=lesson.id, title="每周复核", owner_id=member_id(cast.ben), due_on=today,
                             target_kind="kpi", target_key="low_rating")  # fmt: skip
        await gathering.begin(session, cast.mara, action, clock.now())
        change = Change(number="GG-2026-0001", kind="process", title="复核", problem="错", proposal="改",
                        target_kind="policy", target_key="1", author_id=member_id(cast.ben), drafted_at=clock.now(),
                        effective_on=today + timedelta(days=1))  # fmt: skip
        await start(session, CHANGE, change, cast.ben)
        rule = await session.scalar(select(Regulation).where(Regulation.key == "pipl"))
        assert rule is not None
        return {
            "lesson": f"/lessons/{lesson.id}", "action": f"/actions/{action.id}", "change": f"/changes/{change.id}",
            "regulation": f"/regulations/{rule.id}",
        }  # fmt: skip


async def test_everybody_of_the_firm_reads_and_nobody_else(cast: Cast, as_person: People) -> None:
    at, made = f"/f/{cast.firm.slug}/improvement", await records(cast)
    ada, otto, nobody = await as_person("ada"), await as_person("otto"), await as_person("nobody")
    for path in (*OPEN, *made.values()):
        assert (await ada.get(at + path)).status_code == 200, path
        assert (await otto.get(at + path)).status_code == 404, path
        assert (await nobody.get(at + path)).status_code == 303, path
    for path in made.values():
        other = f"/f/{cast.other_firm.slug}/improvement{path}"
        assert (await otto.get(other)).status_code == 404, path


async def test_forms_are_for_those_who_may_send_them(cast: Cast, as_person: People) -> None:
    at, made = f"/f/{cast.firm.slug}/improvement", await records(cast)
    paths = {"/lessons/new": "ben", "/changes/new": "ben", f"{made['change']}/edit": "ben",
             f"/changes/new?lesson={made['lesson'].rpartition('/')[2]}": "ben", "/regulations/new": "tina",
             f"{made['regulation']}/edit": "tina"}  # fmt: skip
    ada, otto, nobody = await as_person("ada"), await as_person("otto"), await as_person("nobody")
    for path, who in paths.items():
        assert (await (await as_person(who)).get(at + path)).status_code == 200, path
        assert (await ada.get(at + path)).status_code == 403, path
        assert (await otto.get(at + path)).status_code == 404, path
        assert (await nobody.get(at + path)).status_code == 303, path


async def test_deeds_are_refused_to_those_who_may_not(cast: Cast, as_person: People) -> None:
    at, made = f"/f/{cast.firm.slug}/improvement", await records(cast)
    deeds = ["/inbox", "/market", "/lessons/new", f"{made['lesson']}/learned", f"{made['lesson']}/causes",
             f"{made['lesson']}/share", f"{made['lesson']}/actions", f"{made['action']}/finish",
             f"{made['action']}/helped", f"{made['change']}/propose", f"{made['change']}/edit", "/changes/new",
             "/regulations/new", *(f"{made['regulation']}/{deed}" for deed in
             ("edit", "ask", "tasks", "cases", "still", "ready", "archive"))]  # fmt: skip
    ada, otto, nobody = await as_person("ada"), await as_person("otto"), await as_person("nobody")
    for deed in deeds:
        assert (await ada.post(at + deed)).status_code == 403, deed
        assert (await otto.post(at + deed)).status_code == 404, deed
        assert (await nobody.post(at + deed)).status_code == 303, deed
    assert (await (await as_person("ben")).post(f"{at}{made['action']}/finish", {"note": "已做"})).status_code == 303
    assert (await (await as_person("ben")).post(f"{at}{made['action']}/finish", {"note": "已做"})).status_code == 409
    assert (await (await as_person("ben")).post(f"{at}{made['lesson']}/actions", {"title": "x"})).status_code == 422


async def test_an_empty_list_says_what_will_come(cast: Cast, as_person: People) -> None:
    at, ben = f"/f/{cast.firm.slug}/improvement", await as_person("ben")
    said = {
        "/lessons": "结案后会自动出现",
        "/actions": "案件带措施结案时",
        "/inbox": "会自动出现在这里",
        "/changes": "前后效果自动度量",
        "/causes": "原因在案件分析时填写",
        "/causes/recurrence": "届时才知道",
        "/causes/training": "90 天后",
        "/steps": "自动计时",
        "/market": "尚未登记同行",
    }
    for path, words in said.items():
        assert words in (await ben.get(at + path)).text, path
