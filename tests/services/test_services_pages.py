"""Screens of services: who may open what, pressing twice, bad input, and nothing without consent."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from saas.clients.models import Contract
from saas.kernel import clock
from saas.kernel.identifiers import uuid7
from saas.kernel.money import Money
from saas.refunds.payment.closing import OTHER_PLAN
from saas.refunds.payment.errands import give as give_errand
from saas.services.library.library_models import SnippetUse
from saas.services.models import (
    Application,
    FreeService,
    Idea,
    Lead,
    Proposal,
    ServicePrice,
)
from saas.services.support.support_models import PolicyTerms
from saas.tasks.models import Task
from tests.cast import Cast
from tests.refunds.house import make_house
from tests.services.story import People, plan, stage


async def test_who_opens_what(cast: Cast, as_person: People) -> None:
    keys = await stage(cast)
    base = f"/f/{cast.firm.slug}/services"
    pages = ["", "/proposals", "/leads", "/sources", "/support", "/library", "/care", "/given",
             f"/catalogue/{keys['plan_small']}", f"/support/{keys['six_taxes']}", f"/library/{keys['p_open_call']}",
             f"/clients/{keys['client']}", "?view=withdrawn", "/library?q=%E6%BB%9E%E7%BA%B3%E9%87%91",
             "/support"]  # fmt: skip
    for path in pages:
        for name, status in (("paula", 200), ("ben", 200), ("ada", 200), ("otto", 404), ("nobody", 303)):
            assert (await (await as_person(name)).get(base + path)).status_code == status, (path, name)
    for path, may, may_not in (
        ("/catalogue/new", "mara", "ben"), (f"/catalogue/{keys['payroll']}/edit", "paula", "quinn"),
        ("/proposals/new", "ben", "cash"), ("/leads/new", "ben", "ada"), ("/partners/new", "mara", "ben"),
        ("/support/new", "mara", "ben"), (f"/support/{keys['rd_super']}/edit", "mara", "ben"),
        ("/library/new", "ben", "ada"), (f"/library/{keys['a_archives']}/edit", "ben", "cash"),
    ):  # fmt: skip
        for name, status in ((may, 200), (may_not, 403), ("otto", 404), ("nobody", 303)):
            assert (await (await as_person(name)).get(base + path)).status_code == status, (path, name)
    client_page = await (await as_person("ben")).get(f"/f/{cast.firm.slug}/clients/{keys['client']}")
    assert "服务与增长" in client_page.text


async def test_prices_are_history_and_withdrawn_is_kept(cast: Cast, as_person: People) -> None:
    keys = await stage(cast)
    mara, one = await as_person("mara"), f"/f/{cast.firm.slug}/services/catalogue/{keys['payroll']}"
    day = (clock.today() + timedelta(30)).isoformat()
    given = {"price": "180", "valid_from": day, "reason": "人力成本上升"}
    assert (await mara.post(f"{one}/prices", {**given, "price": "viel"})).status_code == 422
    for _press in range(2):
        assert (await mara.post(f"{one}/prices", given)).status_code == 303
    other = await mara.post(f"{one}/prices", {**given, "price": "190"})
    assert other.status_code == 409
    assert "190" in other.text
    async with cast.transaction() as session:
        rows = (await session.scalars(select(ServicePrice).where(ServicePrice.service_id == keys["payroll"]))).all()
        assert sorted(row.price.fen for row in rows) == [15_000, 18_000]
    assert (await (await as_person("ben")).post(f"{one}/prices", given)).status_code == 403
    for _press in range(2):
        assert (await mara.post(f"{one}/withdraw")).status_code == 303
    assert "工资核算" not in (await mara.get(f"/f/{cast.firm.slug}/services")).text
    new = {"kind": "extra", "unit": "once", "name_zh": "商标注册协助", "about_zh": "查询与提交", "price": "800",
           "valid_from": clock.today().isoformat()}  # fmt: skip
    ben = await as_person("ben")
    assert (await ben.post(f"/f/{cast.firm.slug}/services/ideas", {"words": "商标注册"})).status_code == 303
    async with cast.transaction() as session:
        idea = (await session.scalars(select(Idea))).one()
    for _press in range(2):
        made = await mara.post(f"/f/{cast.firm.slug}/services/catalogue/new", {**new, "idea": str(idea.id)})
        assert made.status_code == 303
    async with cast.transaction() as session:
        idea = (await session.scalars(select(Idea))).one()
        assert (idea.status, idea.service_id is not None) == ("taken", True)


async def test_a_plan_is_approved_by_another_and_writes_the_contract(cast: Cast, as_person: People) -> None:
    keys = await stage(cast)
    ben, mara, base = await as_person("ben"), await as_person("mara"), f"/f/{cast.firm.slug}/services/proposals"
    given = await plan(cast, keys)
    assert (await mara.post(f"{base}/new", {**given, "discount_reason": ""})).status_code == 422
    assert (await mara.post(f"{base}/new", {**given, "discount": "9999"})).status_code == 422
    for _press in range(2):
        made = await mara.post(f"{base}/new", given)
        assert made.status_code == 303
    one = f"{base}/{given['key']}"
    own = await mara.post(f"{one}/approve")
    assert own.status_code == 403
    assert (await ben.post(f"{one}/approve")).status_code == 403
    approved = await (await as_person("paula")).post(f"{one}/approve")
    assert approved.status_code == 303, approved.text
    page = (await ben.get(one)).text
    assert "升级" in page
    assert "450.00" in page  # 320 + 150 − 20
    for _press in range(2):
        await ben.post(f"{one}/accept", {"name": "陈听雨", "way": "phone"})
    async with cast.transaction() as session:
        proposal = (await session.scalars(select(Proposal))).one()
        contracts = {c.number: c for c in (await session.scalars(select(Contract))).all()}
        assert (proposal.state, proposal.notice_id is not None) == ("accepted", True)
        new = contracts[proposal.number]
        assert (new.price.fen, new.paid_months, new.list_month.fen) == (45_000 * 12, 12, 47_000)
        assert contracts["HT-1"].cancelled_on == proposal.effective_on
        assert (await session.scalar(text("SELECT tier FROM client_tiers"))) == "gold"
    with pytest.raises(IntegrityError):
        async with cast.transaction() as session:
            await session.execute(text("UPDATE service_proposals SET approved_by = prepared_by"))


async def test_support_policies_match_give_tasks_once_and_keep_results(cast: Cast, as_person: People) -> None:
    keys = await stage(cast)
    ben, base = await as_person("ben"), f"/f/{cast.firm.slug}/services"
    one = f"{base}/support/{keys['disabled_fund']}"
    page = (await ben.get(one)).text
    assert "资料不全" in page
    fact = {"name": "headcount", "value": "12", "as_of": "2026-11-01"}
    here = f"{base}/clients/{keys['client']}/facts"
    assert (await ben.post(here, {**fact, "value": "zwölf"})).status_code == 422
    assert (await ben.post(here, fact)).status_code == 303
    assert "资料不全" not in (await ben.get(one)).text
    assert (await ben.post(f"{one}/apply")).status_code == 422
    for _press in range(2):
        assert (await ben.post(f"{one}/apply", {"clients": str(keys["client"])})).status_code == 303
    async with cast.transaction() as session:
        made = (await session.scalars(select(Application))).one()
        task = (await session.scalars(select(Task).where(Task.subject_id == made.id))).one()
        assert task.assignee_id == cast.ben.id
    result = {"status": "granted", "result": "免征确认", "decided_on": "2026-11-20"}
    assert (await ben.post(f"{one}/applications/{made.id}", result)).status_code == 422
    for _press in range(2):
        sent = await ben.post(f"{one}/applications/{made.id}", {**result, "amount": "1800"})
        assert sent.status_code == 303
    async with cast.transaction() as session:
        made = (await session.scalars(select(Application))).one()
        task = (await session.scalars(select(Task).where(Task.subject_id == made.id))).one()
        assert (made.status, made.amount, task.done_at is not None) == ("granted", Money(180_000), True)
    terms = {
        "valid_from": "2027-01-01",
        "source": "测试",
        "mark": "K",
        "fact": "headcount",
        "op": "most",
        "value": "20",
    }
    mara = await as_person("mara")
    assert (await ben.post(f"{one}/terms", terms)).status_code == 403
    assert (await mara.post(f"{one}/terms", {**terms, "op": "has"})).status_code == 422
    for _press in range(2):
        assert (await mara.post(f"{one}/terms", terms)).status_code == 303
    async with cast.transaction() as session:
        query = select(PolicyTerms).where(PolicyTerms.policy_id == keys["disabled_fund"])
        assert len((await session.scalars(query)).all()) == 2


async def test_leads_the_library_and_free_service(cast: Cast, as_person: People) -> None:
    keys = await stage(cast)
    ben, base = await as_person("ben"), f"/f/{cast.firm.slug}/services"
    leads: list[UUID] = [uuid7(), uuid7()]
    for key in leads:
        lead = {"key": str(key), "company": f"新客{key}", "contact": "李", "wants": "代办食品许可", "source": "client",
                "referrer_id": str(keys["client"]), "owner_id": str(cast.ben.id)}  # fmt: skip
        for _press in range(2):
            assert (await ben.post(f"{base}/leads/new", lead)).status_code == 303
    assert (
        await ben.post(f"{base}/leads/{leads[0]}/lose", {"why": "not_offered", "words": "没有这项"})
    ).status_code == 303
    assert (await ben.post(f"{base}/leads/{leads[1]}/contact", {"reason": "已通话"})).status_code == 303
    assert (await ben.post(f"{base}/leads/{leads[1]}/win", {"client_id": str(keys["client"])})).status_code == 303
    assert "50.0 %" in (await ben.get(f"{base}/sources")).text
    async with cast.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Lead)) == 2
        assert (await session.scalars(select(Idea))).one().why == "not_offered"
    for _press in range(2):
        assert (await ben.post(f"{base}/library/{keys['a_archives']}/use")).status_code == 204
    assert (await (await as_person("ada")).post(f"{base}/library/{keys['a_archives']}/use")).status_code == 403
    entry = {"kind": "answer", "about_zh": "印花税何时申报？", "text_zh": "按季或按次。", "tags": "filing"}
    assert (await ben.post(f"{base}/library/new", entry)).status_code == 422
    for _press in range(2):
        assert (await ben.post(f"{base}/library/new", {**entry, "basis": "印花税法"})).status_code == 303
    assert "印花税何时申报" in (await ben.get(f"{base}/library?q=印花税")).text
    free = {"key": str(uuid7()), "on_day": "2026-11-02", "to_whom": "大学生创业园", "what": "税务讲座", "why": "public",
            "hours": "2.5", "value": "500", "done_by": str(cast.ben.id)}  # fmt: skip
    assert (await ben.post(f"{base}/given", {**free, "to_whom": ""})).status_code == 422
    for _press in range(2):
        assert (await ben.post(f"{base}/given", free)).status_code == 303
    async with cast.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(SnippetUse)) == 1
        assert (await session.scalars(select(FreeService))).one().minutes == 150
    nobody = await as_person("nobody")
    assert "2.5" not in (await nobody.get(f"/p/{cast.firm.slug}/about")).text
    assert (await (await as_person("otto")).post(f"{base}/given", free)).status_code == 404


async def test_beside_a_refund_stand_the_plans(cast: Cast, as_person: People) -> None:
    """With the difference to what the client pays; the follow-up task of “another plan” ends with the new contract."""
    keys = await stage(cast)
    house = await make_house(cast)
    refund = await house.completed()
    mara, base = await as_person("mara"), f"/f/{cast.firm.slug}"
    page = (await mara.get(f"{base}/refunds/{refund.id}")).text
    assert f"/services/proposals/new?refund={refund.id}" in page
    assert "降级" in page
    assert "退费" in (await mara.get(f"{base}/services/library?tag=refund")).text
    builder = (await mara.get(f"{base}/services/proposals/new?refund={refund.id}&plan={keys['plan_small']}")).text
    assert str(refund.id) in builder
    async with cast.transaction() as session:
        await give_errand(session, refund, OTHER_PLAN, clock.now(), role="manager", days=3)
    given = await plan(cast, keys, client_id=str(refund.client_id), refund_id=str(refund.id),
                       plan_id=str(keys["plan_small"]))  # fmt: skip
    assert (await (await as_person("ben")).post(f"{base}/services/proposals/new", given)).status_code == 303
    assert (await mara.post(f"{base}/services/proposals/{given['key']}/approve")).status_code == 303
    accepted = {"name": "许承泽", "way": "paper"}
    assert (await mara.post(f"{base}/services/proposals/{given['key']}/accept", accepted)).status_code == 303
    async with cast.transaction() as session:
        task = (await session.scalars(select(Task).where(Task.subject_id == refund.id, Task.workflow == ""))).all()
        assert [one.done_at is not None for one in task if one.step.msgid == OTHER_PLAN.msgid] == [True]
