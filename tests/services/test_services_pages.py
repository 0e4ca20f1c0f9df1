"""Screens of services: who may open what, pressing twice, bad input, and nothing without consent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from saas.clients.models import Client, Contact, Contract
from saas.kernel import clock
from saas.kernel.identifiers import uuid7
from saas.kernel.money import Money
from saas.services.care import reminding
from saas.services.library.library_models import Snippet, SnippetUse
from saas.services.models import (
    Application,
    CareMessage,
    Consent,
    FreeService,
    HandOn,
    Idea,
    Lead,
    Proposal,
    Review,
    Service,
    ServicePrice,
    SupportPolicy,
)
from saas.services.starter import begin
from saas.services.support.support_models import PolicyTerms
from saas.tasks.models import Task
from tests.cast import Browser, Cast

People = Callable[[str], Awaitable[Browser]]


async def stage(cast: Cast) -> dict[str, Any]:
    """The starter, one client with a contact and a running contract."""
    now = clock.now()
    today = clock.today()
    async with cast.transaction() as session:
        await begin(session)
        await begin(session)
        client = Client(
            number="K0001", name="听雨轩餐饮有限公司", sort_key="ting", pinyin="tingyuxuan", taxpayer_kind="small",
            standard="small", industry="餐饮", address="杭州市", bookkeeper_id=cast.ben.id, created_at=now,
            uscc="91330106MA2XY3KL4P",
        )  # fmt: skip
        session.add(client)
        await session.flush()
        contact = Contact(client_id=client.id, name="陈听雨", email="chen@example.com", may_approve=True)
        session.add_all([contact, Contract(
            client_id=client.id, number="HT-1", starts_on=today - timedelta(100), ends_on=today + timedelta(200),
            paid_months=12, price=Money(240_000), list_month=Money(20_000),
        )])  # fmt: skip
        await session.flush()
        keys: dict[str, Any] = {"client": client.id, "contact": contact.id}
        for kind in (Service, SupportPolicy, Snippet):
            keys |= {
                row.key: row.id for row in (await session.scalars(select(kind))).all() if row.firm_id == cast.firm.id
            }
    return keys


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


async def plan(cast: Cast, keys: dict[str, Any], **changed: str) -> dict[str, Any]:
    today = clock.today()
    return {"key": str(uuid7()), "client_id": str(keys["client"]), "plan_id": str(keys["plan_small_plus"]),
            "extras": str(keys["payroll"]), "months": "12", "effective_on": (today + timedelta(10)).isoformat(),
            "answer_by": (today + timedelta(14)).isoformat(), "discount": "20", "discount_reason": "三年老客户",
            **changed}  # fmt: skip


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


async def test_without_consent_nothing_is_handed_on_or_published(cast: Cast, as_person: People) -> None:
    keys = await stage(cast)
    mara, base = await as_person("mara"), f"/f/{cast.firm.slug}/services"
    partner = {"name": "浙江明理律师事务所", "kind": "law", "commission": "share", "commission_permille": "50"}
    for _press in range(2):
        assert (await mara.post(f"{base}/partners/new", partner)).status_code == 303
    async with cast.transaction() as session:
        partner_id = await session.scalar(text("SELECT id FROM partners"))
    here, contact = f"{base}/clients/{keys['client']}", str(keys["contact"])
    hand = {"contact_id": contact, "partner_id": str(partner_id), "what": "姓名、电话，咨询股权"}
    refused = await mara.post(f"{here}/hand-on", hand)
    assert refused.status_code == 403
    assert "尚未同意" in refused.text
    said = {"contact_id": contact, "text": "账清楚，退费也爽快。", "shown_as": "餐饮业陈女士", "said_on": "2026-11-01"}
    for _press in range(2):
        assert (await mara.post(f"{here}/reviews", said)).status_code == 303
    async with cast.transaction() as session:
        review = (await session.scalars(select(Review))).one()
    assert (await mara.post(f"{here}/reviews/{review.id}/publish")).status_code == 403
    about = f"/p/{cast.firm.slug}/about"
    nobody = await as_person("nobody")
    assert "爽快" not in (await nobody.get(about)).text
    for purpose in ("share", "review"):
        yes = {"contact_id": contact, "purpose": purpose, "what": "可以", "way": "phone",
               **({"partner_id": str(partner_id)} if purpose == "share" else {})}  # fmt: skip
        for _press in range(2):
            assert (await mara.post(f"{here}/consents", yes)).status_code == 303
    for _press in range(2):
        assert (await mara.post(f"{here}/hand-on", hand)).status_code == 303
        assert (await mara.post(f"{here}/reviews/{review.id}/publish")).status_code == 303
    assert "爽快" in (await nobody.get(about)).text
    async with cast.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(HandOn)) == 1
        consents = (await session.scalars(select(Consent))).all()
        assert len(consents) == 2
    for one in consents:
        for _press in range(2):
            assert (await mara.post(f"{here}/consents/{one.id}/revoke", {"way": "phone"})).status_code == 303
    assert "爽快" not in (await nobody.get(about)).text
    assert (await (await as_person("otto")).post(f"{here}/consents", said)).status_code == 404
    with pytest.raises(IntegrityError):
        async with cast.transaction() as session:
            await session.execute(text("UPDATE consents SET revoked_at = NULL"))
    with pytest.raises(IntegrityError):
        async with cast.transaction() as session:
            await session.execute(text("UPDATE reviews SET text = 'x', published_at = now(), withdrawn_at = NULL"))


async def test_reminders_need_consent_and_come_once(cast: Cast, as_person: People) -> None:
    keys = await stage(cast)
    mara, base = await as_person("mara"), f"/f/{cast.firm.slug}/services"
    now = clock.now()
    async with cast.transaction() as session:
        kind = next(one for one in await reminding.kinds(session) if one.key == "filing")
        client, contact = await session.get(Client, (cast.firm.id, keys["client"])), await session.get(
            Contact, (cast.firm.id, keys["contact"]))  # fmt: skip
        assert client is not None
        assert contact is not None
        occasion = reminding.Occasion("filing", "2026-12-15", clock.today())
        assert await reminding.send(session, kind, client, contact, occasion, now) is None
        assert await session.scalar(select(func.count()).select_from(CareMessage)) == 0
    with pytest.raises(IntegrityError):
        async with cast.transaction() as session:
            session.add(CareMessage(client_id=keys["client"], contact_id=keys["contact"], consent_id=uuid7(),
                                    key="filing", occasion="x", on_day=clock.today(), subject={}, text={},
                                    made_at=now))  # fmt: skip
    yes = {"contact_id": str(keys["contact"]), "purpose": "care", "what": "申报期提醒", "way": "wechat"}
    assert (await mara.post(f"{base}/clients/{keys['client']}/consents", yes)).status_code == 303
    async with cast.transaction() as session:
        contact = await session.get(Contact, (cast.firm.id, keys["contact"]))
        assert contact is not None
        contact.hours, contact.locale = "09:00-12:00, 14:00-18:00", "en"
        kind = next(one for one in await reminding.kinds(session) if one.key == "filing")
        client = await session.get(Client, (cast.firm.id, keys["client"]))
        assert client is not None
        first = await reminding.send(session, kind, client, contact, occasion, now)
        assert first is not None
        assert first.delivery_id is not None
        assert await reminding.send(session, kind, client, contact, occasion, now) is None
        due = await session.scalar(text("SELECT due_at FROM outbox WHERE job = 'notices.deliver' AND args ->> "
                                        "'delivery_id' = :id"), {"id": str(first.delivery_id)})  # fmt: skip
        local = due.astimezone(clock.CHINA)
        assert 9 <= local.hour < 18
        assert local.hour != 12 or local.minute == 0
        for n in range(4):
            more = reminding.Occasion("filing", f"again-{n}", clock.today())
            await reminding.send(session, kind, client, contact, more, now)
        assert await session.scalar(select(func.count()).select_from(CareMessage)) == reminding.MOST_A_MONTH
    bad = {"days_before": "-3", "subject_zh": "a", "subject_en": "b", "text_zh": "c", "text_en": "d"}
    assert (await mara.post(f"{base}/care/filing", bad)).status_code == 422
    assert (await mara.post(f"{base}/care/filing", {**bad, "days_before": "5", "is_on": "yes"})).status_code == 303
    assert (await (await as_person("ben")).post(f"{base}/care/filing", bad)).status_code == 403


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
