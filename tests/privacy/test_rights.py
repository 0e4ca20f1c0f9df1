"""People ask about their own data and are answered; what is past its time is listed, and goes once a manager agrees."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select

from saas.clients.models import Client, Communication, Contact
from saas.firms.models import Notification
from saas.kernel import clock
from saas.kernel.i18n import _
from saas.kernel.identifiers import uuid7
from saas.privacy import queries, retention
from saas.privacy.jobs import nightly
from saas.privacy.models import DataRequest, RetentionBatch
from saas.privacy.people import ERASED
from tests.cast import Browser, Cast

ROOM = "/settings/privacy"
Browsers = Callable[[str], Awaitable[Browser]]


async def _contact(cast: Cast) -> UUID:
    """Miss Wang, with whom somebody spoke on the telephone."""
    async with cast.transaction() as session:
        client = Client(
            number="K0001", name="衡山路小吃店", sort_key="heng", pinyin="hs", taxpayer_kind="small", standard="small",
            created_at=clock.now(),
        )  # fmt: skip
        session.add(client)
        await session.flush()
        contact = Contact(client_id=client.id, name="王小姐", phone="13800000000", email="wang@example.com")
        session.add(contact)
        await session.flush()
        session.add(
            Communication(
                client_id=client.id,
                channel="phone",
                direction="in",
                contact_id=contact.id,
                contact_name="王小姐",
                member_id=cast.ben.id,
                member_name="陆予安",
                at=clock.now(),
                recorded_at=clock.now(),
                summary="询问发票",
            )
        )
        return contact.id


async def _ask(mara: Browser, at: str, kind: str, person: str) -> str:
    form = {
        "key": str(uuid7()), "kind": kind, "person": person, "proof": "按留存号码回拨", "asked_on": "2026-11-20",
        "wish": "请告知",
    }  # fmt: skip
    first, second = await mara.post(f"{at}/requests", form), await mara.post(f"{at}/requests", form)
    assert first.status_code == 303
    assert first.headers["location"] == second.headers["location"]  # one request
    return first.headers["location"]


async def test_a_contact_gets_a_copy_a_correction_and_a_deletion(cast: Cast, as_person: Browsers) -> None:
    contact_id, at = await _contact(cast), f"/f/{cast.firm.slug}{ROOM}"
    for room in ("", "/requests", "/retention"):
        for name, status in {"ada": 200, "ben": 403, "otto": 404, "nobody": 303}.items():
            assert (await (await as_person(name)).get(at + room)).status_code == status, (room, name)
    mara = await as_person("mara")
    copy = await _ask(mara, at, "copy", f"contact:{contact_id}")
    async with cast.transaction() as session:
        assert [r.due_on for r in await queries.data_requests(session)] == [date(2026, 12, 11)]  # 15 working days
    told = json.loads((await mara.get(f"{copy}/copy.json")).content)
    assert told["person"]["phone"] == "13800000000"
    assert told["records"]["communications"][0]["summary"] == "询问发票"
    assert any(why["basis"] for why in told["why"])
    assert (await mara.get(f"{copy}/copy.pdf")).content.startswith(b"%PDF")
    assert (await (await as_person("ada")).get(f"{copy}/copy.json")).status_code == 403
    assert (await mara.post(f"{copy}/answer", {"decision": "do", "words": ""})).status_code == 422
    assert (await mara.post(f"{copy}/answer", {"decision": "do", "words": "已当面交付"})).status_code == 303
    assert (await mara.post(f"{copy}/answer", {"decision": "do", "words": "再次"})).status_code == 409
    right = await _ask(mara, at, "correction", f"contact:{contact_id}")
    fields = {"decision": "do", "words": "已更正", "field_phone": "13900000000"}
    assert (await mara.post(f"{right}/answer", fields)).status_code == 303
    gone = await _ask(mara, at, "deletion", f"contact:{contact_id}")
    assert (await mara.post(f"{gone}/answer", {"decision": "do", "words": "已删除"})).status_code == 303
    staying = await _ask(mara, at, "deletion", f"member:{cast.ben.id}")
    assert (await mara.post(f"{staying}/answer", {"decision": "do", "words": "好"})).status_code == 422
    assert (await mara.post(f"{staying}/answer", {"decision": "refuse", "words": "仍在职"})).status_code == 303
    assert "仍在职" in (await mara.get(staying)).text
    async with cast.transaction() as session:
        contact = await session.get_one(Contact, (cast.firm.id, contact_id))
        assert (contact.name, contact.phone, contact.email) == (ERASED, "", "")
        corrected = await session.scalar(select(DataRequest).where(DataRequest.kind == "correction"))
        assert corrected is not None
        assert corrected.changed == {"phone": ["13800000000", "13900000000"]}


async def test_what_is_past_its_time_waits_for_a_manager_unless_the_law_decides(
    cast: Cast, as_person: Browsers
) -> None:
    contact_id, now = await _contact(cast), clock.now()
    async with cast.transaction() as session:
        (await session.get_one(Contact, (cast.firm.id, contact_id))).left_at = now - timedelta(days=3 * 365 + 40)
        read = now - timedelta(days=400)
        session.add(
            Notification(
                member_id=cast.ben.id, kind="assigned", text=_("Saved."), url="/", created_at=read, read_at=read
            )
        )
    for _night in range(2):
        async with cast.transaction() as session:
            await nightly(session)
    async with cast.transaction() as session:
        listed = {batch.kind: batch for batch in await queries.batches(session)}
        assert {kind: batch.decided_at is not None for kind, batch in listed.items()} == {
            "contacts": False,
            "notifications": True,
        }
        assert await session.scalar(select(func.count()).select_from(Notification)) == 0
        assert (await session.get_one(Contact, (cast.firm.id, contact_id))).name == "王小姐"
    at, mara = f"/f/{cast.firm.slug}{ROOM}/retention", await as_person("mara")
    assert (await (await as_person("ada")).post(f"{at}/{listed['contacts'].id}/approve")).status_code == 403
    short = {"kind": "contacts", "months": "12", "valid_from": "2026-12-01", "reason": "更短"}
    assert (await mara.post(at, short)).status_code == 422  # the law's least
    assert (await mara.post(at, {**short, "months": "60"})).status_code == 303
    assert (await mara.post(f"{at}/{listed['contacts'].id}/approve")).status_code == 303
    assert (await mara.post(f"{at}/{listed['contacts'].id}/approve")).status_code == 409
    async with cast.transaction() as session:
        assert (await session.get_one(Contact, (cast.firm.id, contact_id))).name == ERASED
        batch = await session.get_one(RetentionBatch, (cast.firm.id, listed["contacts"].id))
        assert (batch.done, batch.decided_by) == (1, cast.mara.id)
        assert (await queries.rules(session, date(2027, 1, 1)))["contacts"].months == 60
        assert "contacts" not in await queries.rules(session, date(2026, 11, 30))


def test_months_end_where_the_month_is_short() -> None:
    day = clock.now().replace(2026, 3, 31)
    assert (retention.months_before(day, 1).month, retention.months_before(day, 1).day) == (2, 28)
    assert retention.months_before(day, 3).year == 2025
