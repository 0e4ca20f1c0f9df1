"""Procedures: written by one person, put in force by another, read by those they concern, pinned to what began."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from saas.checklists import filling, starter
from saas.checklists.models import Checklist
from saas.checklists.procedures import procedure_queries as queries
from saas.checklists.procedures import publishing, reading
from saas.checklists.procedures.procedure_models import ProcedureReceipt, ProcedureVersion
from saas.checklists.procedures.procedure_view import as_submitted
from saas.firms.models import Notification
from saas.kernel import clock
from saas.kernel.tenancy import of_this_firm
from saas.tasks.models import Task
from tests.cases import story
from tests.cast import Browser, member_id
from tests.checklists.conftest import Desk
from tests.refunds.house import make_house

People = Callable[[str], Awaitable[Browser]]


@pytest.fixture(autouse=True)
async def library(desk: Desk) -> None:
    """The procedures of the starter, in force."""
    async with desk.cast.transaction() as session:
        await filling.begin(session)


def at(desk: Desk, path: str = "") -> str:
    return f"/f/{desk.cast.firm.slug}/checklists/procedures{path}"


async def in_force(desk: Desk, key: str) -> ProcedureVersion:
    async with desk.cast.transaction() as session:
        found = await queries.in_force_by_key(session, key)
        assert found is not None
        return found


async def known(desk: Desk, procedure_id: UUID) -> list[ProcedureVersion]:
    async with desk.cast.transaction() as session:
        return list(await queries.versions(session, procedure_id))


def typed(version: ProcedureVersion, **changes: Any) -> dict[str, Any]:
    return {**as_submitted(version).raw, "effective_on": clock.today().isoformat(), **changes}


async def written(desk: Desk, as_person: People, key: str = "refunds", **changes: Any) -> ProcedureVersion:
    """The next version, written and handed in by Quinn."""
    version, quinn = await in_force(desk, key), await as_person("quinn")
    for _twice in range(2):
        assert (await quinn.post(at(desk, f"/{version.procedure_id}/next"))).status_code == 303
    draft = (await known(desk, version.procedure_id))[0]
    assert (draft.version, draft.state) == (2, "draft")
    sent = typed(
        version, change="答复更快", body_zh=str(version.body_zh).replace("一个工作日内", "半个工作日内"), **changes
    )
    assert (await quinn.post(at(desk, f"/versions/{draft.id}/edit"), sent)).status_code == 303
    assert (await quinn.post(at(desk, f"/versions/{draft.id}/submit"))).status_code == 303
    return (await known(desk, version.procedure_id))[0]


async def test_a_firm_begins_filled_and_once(desk: Desk) -> None:
    async with desk.cast.transaction() as session:
        await filling.begin(session)
        lists = await session.scalar(select(func.count()).select_from(Checklist).where(of_this_firm(Checklist)))
        library = await queries.library(session)
    assert lists == len(starter.checklists())
    assert [(v.version, v.state) for _p, v in library] == [(1, "in_force")] * len(starter.procedures())


async def test_who_reads_and_who_writes(desk: Desk, as_person: People) -> None:
    one = await in_force(desk, "refunds")
    for name, status in (("ben", 200), ("ada", 200), ("otto", 404), ("nobody", 303)):
        person = await as_person(name)
        for path in ("", "?view=unread", f"/{one.procedure_id}", f"/{one.procedure_id}?version=1"):
            assert (await person.get(at(desk, path))).status_code == status, (name, path)
    for path, allowed in (("/new", {"quinn", "tina", "mara"}), (f"/versions/{one.id}/edit", {"quinn", "tina", "mara"})):
        for name in ("quinn", "tina", "mara", "ben", "ada", "otto", "nobody"):
            wanted = {"otto": 404, "nobody": 303}.get(name, 200 if name in allowed else 403)
            assert (await (await as_person(name)).get(at(desk, path))).status_code == wanted, (name, path)
    ben = await as_person("ben")
    assert (await ben.get(at(desk, f"/{uuid4()}"))).status_code == 404
    assert (await ben.get(at(desk, f"/{one.procedure_id}?version=9"))).status_code == 404
    assert "退费办理" in (await ben.get(f"/f/{desk.cast.firm.slug}/search?q=退费办理")).text


async def test_written_by_one_put_in_force_by_another(desk: Desk, as_person: People) -> None:
    draft = await written(desk, as_person)
    quinn, mara = await as_person("quinn"), await as_person("mara")
    assert (await quinn.post(at(desk, f"/versions/{draft.id}/approve"))).status_code == 403
    frozen = await quinn.post(at(desk, f"/versions/{draft.id}/edit"), typed(draft, title_zh="改"))
    assert (frozen.status_code, "改" in frozen.text) == (409, True)
    assert (await mara.post(at(desk, f"/versions/{draft.id}/send_back"), {"reason": "请补充时限"})).status_code == 303
    assert (await quinn.post(at(desk, f"/versions/{draft.id}/submit"))).status_code == 303
    assert (await mara.post(at(desk, f"/versions/{draft.id}/approve"))).status_code == 303
    assert (await mara.post(at(desk, f"/versions/{draft.id}/approve"))).status_code == 409
    assert [(v.version, v.state) for v in await known(desk, draft.procedure_id)] == [(2, "in_force"), (1, "replaced")]
    changes = await quinn.get(at(desk, f"/{draft.procedure_id}/changes?version=2"))
    assert "<ins>半</ins>" in changes.text
    assert (await quinn.get(at(desk, f"/{draft.procedure_id}/changes?version=1"))).status_code == 404
    async with desk.cast.transaction() as session:
        told = await session.scalars(select(Notification.member_id).where(of_this_firm(Notification)))
        assert member_id(desk.cast.ben) in set(told)


async def test_a_version_of_tomorrow_comes_in_force_tomorrow(desk: Desk, as_person: People) -> None:
    tomorrow = clock.now() + timedelta(days=1)
    draft = await written(desk, as_person, effective_on=tomorrow.astimezone(clock.CHINA).date().isoformat())
    await (await as_person("mara")).post(at(desk, f"/versions/{draft.id}/approve"))
    assert [v.state for v in await known(desk, draft.procedure_id)] == ["coming", "in_force"]
    for moment, states in ((clock.now(), ["coming", "in_force"]), (tomorrow, ["in_force", "replaced"])):
        with clock.at(moment):
            async with desk.cast.transaction() as session:
                await publishing.begin_coming(session)
        assert [v.state for v in await known(desk, draft.procedure_id)] == states


async def _tasks(desk: Desk, name: str) -> list[Task]:
    async with desk.cast.transaction() as session:
        mine = (Task.subject_kind == reading.KIND, Task.assignee_id == member_id(desk.cast.actors[name]))
        return list(
            (await session.scalars(select(Task).where(of_this_firm(Task), *mine, Task.done_at.is_(None)))).all()
        )


async def test_one_task_each_until_everything_is_read(desk: Desk, as_person: People) -> None:
    for _twice in range(2):
        async with desk.cast.transaction() as session:
            await reading.remind(session)
    assert [len(await _tasks(desk, name)) for name in ("ben", "quinn", "ada")] == [1, 1, 0]
    ben = await as_person("ben")
    async with desk.cast.transaction() as session:
        mine = await reading.unread_of(session, desk.cast.ben)
    assert 5 < len(mine) < len(starter.procedures())
    for version in mine:
        assert len(await _tasks(desk, "ben")) == 1
        for _twice in range(2):
            assert (await ben.post(at(desk, f"/{version.procedure_id}/read"))).status_code == 303
    assert await _tasks(desk, "ben") == []
    async with desk.cast.transaction() as session:
        receipts = await session.scalars(select(ProcedureReceipt).where(of_this_firm(ProcedureReceipt)))
        assert len(list(receipts)) == len(mine)
    assert (await (await as_person("otto")).post(at(desk, f"/{mine[0].procedure_id}/read"))).status_code == 404
    draft = await written(desk, as_person)
    await (await as_person("mara")).post(at(desk, f"/versions/{draft.id}/approve"))
    assert len(await _tasks(desk, "ben")) == 1  # the new version is unread again


async def test_a_refund_and_a_case_keep_the_version_they_began_with(desk: Desk, as_person: People) -> None:
    house = await make_house(desk.cast)
    refund, ben = await house.asked(), await as_person("ben")
    case, _client, _contact = await story.analysed(desk.cast)
    draft = await written(desk, as_person)
    await (await as_person("mara")).post(at(desk, f"/versions/{draft.id}/approve"))
    async with desk.cast.transaction() as session:
        pinned = {v.procedure_id: v.version for v in await queries.pinned(session, refund.id)}
        of_case = await queries.pinned(session, case.id)
    assert pinned[draft.procedure_id] == 1
    assert of_case
    slug = desk.cast.firm.slug
    page = (await ben.get(f"/f/{slug}/refunds/{refund.id}")).text
    assert f"/checklists/procedures/{draft.procedure_id}?version=1" in page
    assert "已有第 2 版" in page
    assert "更正方法选择" in (await ben.get(f"/f/{slug}/cases/{case.id}")).text
    async with desk.cast.transaction() as session:
        finding = (await session.execute(text("SELECT id FROM findings WHERE firm_id = :f LIMIT 1"),
                                         {"f": desk.cast.firm.id})).scalar()  # fmt: skip
    assert "账务异常处理" in (await ben.get(f"/f/{slug}/findings/{finding}")).text


async def test_a_firms_own_procedure_is_made_once(desk: Desk, as_person: People) -> None:
    tina = await as_person("tina")
    sent = {
        "key": str(uuid4()), "title_zh": "印章管理", "title_en": "Seals", "body_zh": "# 登记", "body_en": "# Book",
        "effective_on": clock.today().isoformat(), "rules": "n09，N10", "steps": ["case"], "readers": ["cashier"],
        "read_days": "3",
    }  # fmt: skip
    assert (await tina.post(at(desk, "/new"), {**sent, "body_en": ""})).status_code == 422
    for _twice in range(2):
        assert (await tina.post(at(desk, "/new"), sent)).status_code == 303
    async with desk.cast.transaction() as session:
        own = [v for _p, v in await queries.library(session) if v.title_zh == "印章管理"]
    assert [(v.state, v.rules, v.readers) for v in own] == [("draft", ["N09", "N10"], ["cashier"])]
    assert (await (await as_person("ben")).post(at(desk, "/new"), sent)).status_code == 403


async def refused(desk: Desk, statement: str, **values: object) -> str:
    with pytest.raises(DBAPIError) as caught:
        async with desk.cast.transaction() as session:
            await session.execute(text(statement), values)
    return str(caught.value.orig)


async def test_the_database_refuses_the_same(desk: Desk, as_person: People) -> None:
    draft = await written(desk, as_person)
    own = "UPDATE procedure_versions SET approved_by = :m WHERE id = :id"
    said = await refused(desk, own, m=member_id(desk.cast.quinn), id=draft.id)
    assert "own procedure" in said or "two_people" in said
    alone = "UPDATE procedure_versions SET state = 'coming' WHERE id = :id"
    assert "second person" in await refused(desk, alone, id=draft.id)
    changed = "UPDATE procedure_versions SET body_zh = '改' WHERE id = :id"
    assert "while it is a draft" in await refused(desk, changed, id=draft.id)
    first = (await known(desk, draft.procedure_id))[1]
    assert "while it is a draft" in await refused(desk, changed, id=first.id)
    assert "never deleted" in await refused(desk, "DELETE FROM procedure_versions WHERE id = :id", id=first.id)
