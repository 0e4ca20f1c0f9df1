"""Consent first; reminders, tiers, offers by link and yearly reviews."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from saas.clients.models import Client, Contact, Contract
from saas.firms.choices import choose
from saas.firms.queries import profile
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.config import active
from saas.kernel.identifiers import uuid7
from saas.kernel.module import Event
from saas.kernel.perform import calendar_of, tell
from saas.notices.letters import Letter
from saas.notices.models import Delivery, Notice
from saas.notices.sending import secret_of
from saas.services import reviewing
from saas.services.care import reminding
from saas.services.consent import consents
from saas.services.consent.consents import ConsentForm
from saas.services.library.library_models import Snippet
from saas.services.models import (
    CareMessage,
    Consent,
    HandOn,
    Proposal,
    Review,
)
from saas.services.offering.proposing import PROPOSAL
from saas.services.offering.tiers import pace, set_tier
from saas.tasks.models import Task
from tests.cases.story import by_hand, make_client
from tests.cast import Cast
from tests.services.story import People, plan, stage


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


async def test_the_tier_shortens_our_time_and_never_the_clients(cast: Cast) -> None:
    """A case of a gold client, where the firm chose 50 percent, is due in half the time; a basic one as ever."""
    due = {}
    for tier in ("gold", "basic"):
        client, _contact = await make_client(cast, email=f"{tier}@example.com")
        async with cast.transaction() as session:
            choose(await profile(session), "pace_gold", 50, clock.today())
            await set_tier(session, client, tier, clock.today(), "约定", cast.mara, clock.now())
        case = await by_hand(cast, client)
        async with cast.transaction() as session:
            calendar = await calendar_of(session)
        assert case.stage_due_at is not None
        due[tier] = calendar.working_minutes(case.entered_at, case.stage_due_at)
        async with cast.transaction() as session:
            assert await pace(session, PROPOSAL, case) == 100
    assert due["gold"] * 2 == due["basic"]


async def test_the_client_accepts_by_the_letters_link(cast: Cast, as_person: People) -> None:
    keys = await stage(cast)
    base = f"/f/{cast.firm.slug}/services/proposals"
    made = []
    for _plan in range(2):
        given = await plan(cast, keys)
        assert (await (await as_person("ben")).post(f"{base}/new", given)).status_code == 303
        assert (await (await as_person("mara")).post(f"{base}/{given['key']}/approve")).status_code == 303
        made.append(UUID(given["key"]))
    async with cast.transaction() as session:
        for key, name in zip(made, ("notice.acknowledged", "notice.expired"), strict=True):
            proposal = await session.get(Proposal, (cast.firm.id, key))
            assert proposal is not None
            letter = await session.get(Notice, (cast.firm.id, proposal.notice_id))
            assert letter is not None
            said = str(letter.content["lines"])
            assert "金牌" in said
            actor = Actor("contact", keys["contact"], "陈听雨")
            await tell(session, Event(name, letter, actor, clock.now(), {"contact_name": "陈听雨"}))
            await tell(session, Event(name, letter, actor, clock.now(), {"contact_name": "陈听雨"}))
    async with cast.transaction() as session:
        yes, no = [await session.get(Proposal, (cast.firm.id, key)) for key in made]
        assert yes is not None
        assert no is not None
        assert (yes.state, yes.accepted_how, yes.accepted_by) == ("accepted", "link", "陈听雨")
        assert (no.state, no.contract_id) == ("declined", None)
        assert await session.scalar(select(func.count()).select_from(Contract)) == 2
        kind = Letter.kind("service_offer")
        assert letter is not None
        assert set(kind.required) <= {*letter.content}


async def test_what_falls_due_is_looked_at_once_a_year(cast: Cast, as_person: People) -> None:
    keys = await stage(cast)
    async with cast.transaction() as session:
        one = await session.get(Snippet, (cast.firm.id, keys["a_archives"]))
        assert one is not None
        one.review_on, one.owner_id = clock.today(), cast.lin.id
        for _day in range(2):
            await reviewing.remind(session)
        tasks = (await session.scalars(select(Task).where(Task.subject_id == one.id))).all()
        assert [(task.assignee_id, task.done_at) for task in tasks] == [(cast.lin.id, None)]
    lin = await as_person("lin")
    for _press in range(2):
        sent = await lin.post(f"/f/{cast.firm.slug}/services/library/{one.id}/review", {"words": "79号令未变"})
        assert sent.status_code == 303
    async with cast.transaction() as session:
        again = await session.get(Snippet, (cast.firm.id, keys["a_archives"]))
        task = (await session.scalars(select(Task).where(Task.subject_id == keys["a_archives"]))).one()
        assert again is not None
        assert again.review_on > clock.today() + timedelta(360)
        assert task.done_at is not None


async def test_a_reminder_is_stopped_from_its_own_page(cast: Cast, client: AsyncTestClient[Litestar]) -> None:
    """Read in the contact's language, stopped with one press, pressed twice without harm."""
    keys = await stage(cast)
    async with cast.transaction() as session:
        who = await session.get(Client, (cast.firm.id, keys["client"]))
        contact = await session.get(Contact, (cast.firm.id, keys["contact"]))
        assert who is not None
        assert contact is not None
        contact.locale = "en"
        given = ConsentForm(contact_id=contact.id, purpose="care", way="phone", what="monthly reminder")
        await consents.give(session, contact, given, cast.mara, clock.now())
        kind = next(one for one in await reminding.kinds(session) if one.key == "filing")
        sent = await reminding.send(session, kind, who, contact, reminding.Occasion("filing", "x", clock.today()),
                                    clock.now())  # fmt: skip
        assert sent is not None
        delivery = await session.get(Delivery, (cast.firm.id, sent.delivery_id))
        assert delivery is not None
        token = f"{cast.firm.code}.{secret_of(active(), delivery.id)}"
    page = await client.get(f"/l/{token}")
    assert "Filing closes on" in page.text
    csrf = re.findall(r'name="csrf" value="([^"]+)"', page.text)[0]
    for _press in range(2):
        stopped = await client.post(f"{page.url.path}/stop", data={"csrf": csrf, "stop": "yes"})
        assert "no more reminders" in stopped.text
    async with cast.transaction() as session:
        assert await consents.standing(session, keys["contact"], "care") is None
        more = reminding.Occasion("filing", "y", clock.today())
        assert await reminding.send(session, kind, who, contact, more, clock.now()) is None
