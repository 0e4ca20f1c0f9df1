"""The screens of drills: who may see and do what, what is told and what is kept sealed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from sqlalchemy import func, select

from saas.cases import opening
from saas.firms.notifications import notify
from saas.kernel import clock, documents, jobs, tenancy
from saas.kernel.i18n import Text
from saas.kernel.identifiers import uuid7
from saas.kernel.mailbox import letters_of
from saas.kernel.outbox import Outbox
from saas.risks.drill_models import Drill, DrillPlan
from saas.risks.drills import errands
from saas.tasks.models import Task
from tests.cast import Browser, Cast, member_id
from tests.risks import drill_story as story
from tests.risks.test_drills import found_in, in_the_sandbox

People = Callable[[str], Awaitable[Browser]]


@pytest.fixture(scope="module", autouse=True)
def printers() -> Iterator[None]:
    yield
    documents.cool_down()


async def test_planning_a_drill_by_the_form(cast: Cast, as_person: People) -> None:
    client = await story.client_with_books(cast)
    mara, firm = await as_person("mara"), f"/f/{cast.firm.slug}/risks/drills"
    shown = await mara.get(f"{firm}/new")
    assert shown.status_code == 200
    key = uuid7()
    fields = {
        "key": str(key), "title": "年度差错演练", "scenario": "books", "limit_minutes": "90", "n-unbalanced": "2",
        "clients": str(client.id), "participants": str(member_id(cast.ben)),
    }  # fmt: skip
    for missing, said in (
        ({"n-unbalanced": "0"}, "请填写各种差错各植入几处"),
        ({"participants": ""}, "请至少选择一名参加人员"),
        ({"clients": ""}, "请至少选择一家客户"),
        ({"scenario": "flood"}, "请选择情景"),
        ({"limit_minutes": "soon"}, "年度差错演练"),
        ({"begins_at": "2020-01-01T09:00"}, "请选择将来的时间"),
    ):
        refused = await mara.post(f"{firm}/new", {**fields, **missing})
        assert refused.status_code == 422
        assert said in refused.text
        assert "年度差错演练" in refused.text
    for _twice in range(2):
        assert (await mara.post(f"{firm}/new", fields)).status_code == 303
    async with cast.transaction() as session:
        drills = (await session.scalars(select(Drill).where(Drill.firm_id == cast.firm.id))).all()
    assert [(d.id, d.kinds, d.limit_minutes, d.state) for d in drills] == [(key, {"unbalanced": 2}, 90, "planned")]
    assert (await (await as_person("ben")).post(f"{firm}/new", fields)).status_code == 403
    assert (await (await as_person("otto")).post(f"{firm}/new", fields)).status_code == 404
    assert (await (await as_person("nobody")).get(firm)).status_code == 303


async def test_from_start_to_score_nothing_is_told_before_its_time(cast: Cast, as_person: People) -> None:
    client = await story.client_with_books(cast)
    drill = await story.planned(cast, client)
    url = f"/f/{cast.firm.slug}/risks/drills/{drill.id}"
    ben, mara, otto, nobody = [await as_person(name) for name in ("ben", "mara", "otto", "nobody")]
    for path in (url, f"{url}/progress"):
        assert (await ben.get(path)).status_code == 200
        assert (await otto.get(path)).status_code == 404
        assert (await nobody.get(path)).status_code == 303
    for deed in ("begin", "finish", "cancel", "learn"):
        assert (await ben.post(f"{url}/{deed}", {"reason": "不想做了", "lessons": "没有心得"})).status_code == 403
        assert (await otto.post(f"{url}/{deed}")).status_code == 404
        assert (await nobody.post(f"{url}/{deed}")).status_code == 303
    assert (await ben.get(f"{url}/report.pdf")).status_code == 404
    assert (await mara.post(f"{url}/begin")).status_code == 303
    assert (await mara.post(f"{url}/begin")).status_code == 409
    await story.work_off(cast, drill, "drills.prepare")
    drill = await story.fresh(cast, drill)
    under_way = (await mara.get(url)).text
    assert "封存" in under_way
    assert "凭证借贷不平 × 1" in under_way  # Mara asked for it; even she does not see where it went
    assert "凭证借贷不平" not in (await ben.get(url)).text
    async with cast.transaction() as session:
        told = select(func.count()).where(Task.firm_id == cast.firm.id, Task.step["msgid"].astext == errands.WORK.msgid)
        assert await session.scalar(told) == 2

    sandbox = f"/f/{drill.sandbox_slug}"
    page = await ben.get(f"{sandbox}/clients")
    assert page.status_code == 200
    assert "演练 DRILL" in page.text
    assert "邮件不会发给客户" in page.text
    assert drill.sandbox_slug not in (await ben.get(f"/f/{cast.firm.slug}/clients")).text
    assert "演练 DRILL" not in (await ben.get(f"/f/{cast.firm.slug}/clients")).text
    assert (await (await as_person("lin")).get(f"{sandbox}/clients")).status_code == 404  # takes no part
    assert (await otto.get(f"{sandbox}/clients")).status_code == 404
    assert "（演练 DRILL）" in (await ben.get("/firms")).text
    inside = await (await as_person("paula")).post(
        f"{sandbox}/risks/drills/new", {"key": str(uuid7()), "title": "套娃"}
    )
    assert inside.status_code == 422

    async with cast.database.transaction(story.inside(drill)) as session:
        actor = await in_the_sandbox(cast, session, "ben")
        await opening.from_findings(session, actor, await found_in(session, "N01"), clock.now())
    assert (await mara.post(f"{url}/finish")).status_code == 303
    assert (await mara.post(f"{url}/finish")).status_code == 409
    await story.work_off(cast, drill, "drills.score")
    assert (await ben.get(f"{sandbox}/clients")).status_code == 404
    shown = (await ben.get(url)).text
    assert "1／3（33%）" in shown
    assert "未发现" in shown
    assert "陆予安" in shown
    pdf = await ben.get(f"{url}/report.pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    words = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf.content)).pages)
    assert "1／3" in words
    assert "设备误记费用" in words
    assert (await otto.get(f"{url}/report.pdf")).status_code == 404
    assert (await mara.post(f"{url}/learn", {"lessons": "设备采购要先看合同。"})).status_code == 303
    await story.erased(cast, drill)
    assert "设备采购要先看合同。" in (await mara.get(url)).text
    assert "剩余 0" in (await mara.get(url)).text
    assert "账簿差错演练" in (await mara.get(f"/f/{cast.firm.slug}/risks/drills")).text


async def test_no_letter_of_a_sandbox_leaves_the_house(cast: Cast, mailbox_folder: Path) -> None:
    """A job of the sandbox that mails a member: the letter lies in the embedded mailbox, and goes with the sandbox."""
    client = await story.client_with_books(cast)
    drill = await story.running(cast, await story.planned(cast, client))
    assert drill.sandbox_id is not None
    await story.act(cast, drill, "finish")
    async with cast.database.transaction(story.inside(drill)) as session:
        members = [member_id(await in_the_sandbox(cast, session, "quinn"))]
        await notify(session, members, "mention", Text("请看一下"), "/clients", clock.now())
    async with cast.database.transaction(story.inside(drill)) as session:
        mails = (tenancy.of_this_firm(Outbox), Outbox.job == "firms.mail_notification", Outbox.finished_at.is_(None))
        waiting = (await session.scalars(select(Outbox.id).where(*mails))).all()
        assert set(await session.scalars(select(Outbox.outlet).where(*mails))) == {"mailbox"}
    for job in waiting:
        await jobs.run_job(cast.database, drill.sandbox_id, job)
    assert letters_of(mailbox_folder, drill.sandbox_id)
    await story.work_off(cast, drill, "drills.score")
    await story.erased(cast, drill)
    assert letters_of(mailbox_folder, drill.sandbox_id) == []


async def test_the_yearly_plan_reminds_once_and_moves_on(cast: Cast, as_person: People) -> None:
    client = await story.client_with_books(cast)
    mara, firm = await as_person("mara"), f"/f/{cast.firm.slug}/risks/drills"
    soon = clock.today() + timedelta(days=9)
    fields = {"title": "年度演练", "scenario": "books", "every_months": "12", "next_on": str(soon),
              "keeper_id": str(member_id(cast.tina))}  # fmt: skip
    assert (await mara.post(f"{firm}/plans", {**fields, "next_on": "bald"})).status_code == 422
    assert (await mara.post(f"{firm}/plans", {**fields, "keeper_id": str(uuid7())})).status_code == 422
    assert (await (await as_person("ben")).post(f"{firm}/plans", fields)).status_code == 403
    assert (await mara.post(f"{firm}/plans", fields)).status_code == 303
    async with cast.transaction() as session:
        await errands.remind(session)
        await errands.remind(session)
    async with cast.transaction() as session:
        plan = (await session.scalars(select(DrillPlan).where(DrillPlan.firm_id == cast.firm.id))).one()
        tasks = (await session.scalars(select(Task).where(Task.subject_id == plan.id))).all()
    assert [(task.assignee_id, task.done_at) for task in tasks] == [(cast.tina.id, None)]
    tina = await as_person("tina")
    assert "年度演练" in (await tina.get(f"/f/{cast.firm.slug}{tasks[0].url}")).text
    await story.planned(cast, client, plan_id=plan.id)
    async with cast.transaction() as session:
        plan = (await session.scalars(select(DrillPlan).where(DrillPlan.firm_id == cast.firm.id))).one()
        task = (await session.scalars(select(Task).where(Task.subject_id == plan.id))).one()
    assert plan.next_on == date(soon.year + 1, soon.month, min(soon.day, 28) if soon.month == 2 else soon.day)
    assert task.done_at is not None
    assert (await (await as_person("otto")).post(f"{firm}/plans/{plan.id}/end")).status_code == 404
    for _twice in range(2):
        assert (await tina.post(f"{firm}/plans/{plan.id}/end")).status_code == 303
    assert "还没有计划" in (await tina.get(firm)).text
