"""The policy in the settings: who sees and changes it, what a preview says, what is kept when one is refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import msgspec
from pypdf import PdfReader
from sqlalchemy import select, update

from saas.identity.models import Session
from saas.kernel import clock, tenancy
from saas.kernel.audit import AuditEntry
from saas.kernel.money import ZERO, Money
from saas.refunds.forms import Cancel
from saas.refunds.models import Refund
from saas.refunds.policies import versions
from saas.refunds.policies.impact import impact
from saas.refunds.policies.reading import raw_terms
from saas.refunds.policies.starter import starter
from saas.refunds.policies.versions import publish, terms_of
from tests.cast import Browser
from tests.refunds.house import TERMS, House, make_client, make_contract
from tests.refunds.payment_story import assessed
from tests.refunds.test_policies import changed, next_version, with_reason

People = Callable[[str], Awaitable[Browser]]


def at(house: House, path: str = "") -> str:
    return f"/f/{house.cast.firm.slug}/settings/refund-policy{path}"


def typed(after: int = 1, **fields: Any) -> dict[str, Any]:
    """A form as a browser sends it: the supplied policy, changed."""
    terms = fields.pop("terms", changed(pay_days=7))
    known = {"key": str(uuid4()), "after": str(after), "valid_from": clock.today().isoformat(), "note": "更快付款"}
    return {**raw_terms(terms), **known, **fields}


async def published(house: House) -> int:
    async with house.cast.transaction() as session:
        return len(await versions.versions(session))


async def test_everyone_of_the_firm_reads_it_and_nobody_else(house: House, as_person: People) -> None:
    for path in ("", "/1", "/1/print?language=en", "/1/pdf?language=zh"):
        for name, status in (("paula", 200), ("cash", 200), ("ada", 200), ("otto", 404), ("nobody", 303)):
            assert (await (await as_person(name)).get(at(house, path))).status_code == status, (path, name)
    paula = await as_person("paula")
    assert [(await paula.get(at(house, path))).status_code for path in ("/2", "/2/pdf", "/1/pdf?language=fr")] == [
        404
    ] * 3


async def test_only_owner_and_manager_make_versions(house: House, as_person: People) -> None:
    for name, status in (("ben", 403), ("quinn", 403), ("ada", 403), ("otto", 404), ("nobody", 303)):
        person = await as_person(name)
        assert (await person.get(at(house, "/edit"))).status_code == status, name
        for path in ("", "/edit", "/preview"):
            assert (await person.post(at(house, path), typed())).status_code == status, (name, path)
    assert await published(house) == 1
    page = (await (await as_person("ben")).get(at(house))).text
    assert "/settings/refund-policy/edit" not in page


async def test_edit_preview_publish_and_the_same_form_twice(house: House, as_person: People) -> None:
    mara = await as_person("mara")
    form = await mara.get(at(house, "/edit"))
    assert form.status_code == 200
    assert TERMS.name_zh in form.text
    sent = typed()
    preview = await mara.post(at(house, "/preview"), sent)
    assert preview.status_code == 200
    assert "第 2 版的影响" in preview.text
    assert "5 个工作日" in preview.text
    assert "7 个工作日" in preview.text
    assert await published(house) == 1
    for _twice in range(2):
        answer = await mara.post(at(house), sent)
        assert answer.status_code == 303
        assert answer.headers["location"].endswith("/settings/refund-policy/2?done=1")
    assert await published(house) == 2
    async with house.cast.transaction() as session:
        assert terms_of(await versions.in_force(session, clock.today())) == changed(pay_days=7)
        deeds = await session.scalars(select(AuditEntry).where(AuditEntry.action == "refunds.policy"))
        assert [deed.detail["reason"] for deed in deeds] == ["更快付款"]
    shown = (await mara.get(at(house))).text
    assert "更快付款" in shown
    assert "现行有效" in shown


async def test_errors_stand_at_their_fields_and_what_was_typed_stays(house: House, as_person: People) -> None:
    mara = await as_person("mara")
    wrong = {
        "penalty": "viel", "loss_percent": "200", "valid_from": "gestern", "note": "", "gifts": "never",
        "further_en": "one line", "reason-0-name_en": "", "reason-1-tiers": "3: 20, 6: 80", "reason-2-tiers": "early",
        "reason-3-most_percent": "140", "reason-4-name_zh": "x" * 60,
    }  # fmt: skip
    for path in ("/preview", ""):
        answer = await mara.post(at(house, path), typed(**wrong))
        assert answer.status_code == 422
        for name in wrong:
            assert f'id="{name}-error"' in answer.text, name
        assert 'value="viel"' in answer.text
        assert "3: 20, 6: 80" in answer.text
        assert "无偿" not in answer.text
    assert await published(house) == 1


async def test_a_row_is_added_and_taken_out_without_scripts(house: House, as_person: People) -> None:
    mara = await as_person("mara")
    rows = len(starter().reasons)
    new = {f"reason-{rows}-{name}": value for name, value in (
        ("name_zh", "搬迁"), ("name_en", "Moved away"), ("when_zh", "迁出本市"), ("when_en", "Left the city"),
        ("preset", "P7"), ("most_percent", "90"), ("tiers", ""), ("evidence", "notice"),
    )}  # fmt: skip
    more = await mara.post(at(house, "/edit"), typed(**new))
    assert more.status_code == 200
    assert f'name="reason-{rows + 1}-name_zh"' in more.text
    assert "搬迁" in more.text
    sent = typed(**new, **{"reason-4-out": "yes", "known": "yes"})
    assert (await mara.post(at(house), sent)).status_code == 303
    async with house.cast.transaction() as session:
        reasons = terms_of(await versions.in_force(session, clock.today())).reasons
    assert [reason.code for reason in reasons if reason.code in ("closing", "moved_away")] == ["moved_away"]
    assert (reasons[-1].preset, reasons[-1].evidence, reasons[-1].most_percent) == ("P7", ("notice",), 90)


async def test_two_reasons_of_one_name_and_a_policy_without_reasons_are_refused(
    house: House, as_person: People
) -> None:
    mara = await as_person("mara")
    long = typed(**{"reason-0-code": "x" * 30, "reason-1-code": "Ä"}, known="yes")
    assert (await mara.post(at(house), long)).status_code == 303
    async with house.cast.transaction() as session:
        codes = [reason.code for reason in terms_of(await versions.in_force(session, clock.today())).reasons]
    assert codes[:2] == ["service_not_as_agreed", "service_interrupted"]
    twice = {"reason-0-code": "", "reason-1-code": "", "reason-0-name_en": "Same", "reason-1-name_en": "Same"}
    answer = await mara.post(at(house, "/preview"), typed(**twice))
    assert "两个事由重名" in answer.text
    none = {f"reason-{number}-out": "yes" for number in range(len(starter().reasons))}
    assert "至少应有一个退费事由" in (await mara.post(at(house, "/preview"), typed(**none))).text


async def test_what_the_law_forbids_is_refused_and_weighty_terms_are_confirmed(house: House, as_person: People) -> None:
    mara = await as_person("mara")
    unlawful = await mara.post(at(house), typed(terms=with_reason("our_error", most_percent=50)))
    assert unlawful.status_code == 422
    assert "不得设比例上限" in unlawful.text
    weighty = typed(terms=changed(penalty=30000))
    asked = await mara.post(at(house), weighty)
    assert asked.status_code == 422
    assert "以已证明的损失为限" in asked.text
    assert "请确认已知悉以上各点" in asked.text
    assert await published(house) == 1
    assert (await mara.post(at(house), {**weighty, "known": "yes"})).status_code == 303
    assert await published(house) == 2


async def test_a_change_in_between_is_said_and_nothing_typed_is_lost(house: House, as_person: People) -> None:
    mara = await as_person("mara")
    async with house.cast.transaction() as session:
        await publish(session, house.cast.paula, next_version(1), clock.now())
    late = await mara.post(at(house), typed(after=1, note="来晚了"))
    assert late.status_code == 409
    assert "期间已发布第 2 版" in late.text
    assert "来晚了" in late.text
    assert await published(house) == 2


async def test_the_preview_reckons_open_and_last_years_requests_anew(house: House, as_person: People) -> None:
    day = clock.today().replace(day=1)
    closed = await house.asked(notice_on=day)
    await house.act(closed, "cancel", house.cast.ben, Cancel("撤回", "phone"))
    client, _contact = await make_client(house.cast, name="杭州云栖贸易有限公司")
    house.contract, house.client = await make_contract(house.cast, client), client
    opened = await house.asked(notice_on=day)
    gone = msgspec.structs.replace(starter(), reasons=tuple(r for r in starter().reasons if r.code != "cancel"))
    async with house.cast.transaction() as session:
        found = await impact(session, with_reason("cancel", preset="P2"), clock.now())
        unknown = await impact(session, gone, clock.now())
    [row] = found.open.rows
    served = 11
    assert row.refund.id == opened.id
    assert row.before == Money(3600_00 - served * 300_00)
    assert row.after == Money(max(0, 3600_00 - served * 400_00))
    assert [r.refund.id for r in found.past.rows] == [closed.id]
    assert found.open.after - found.open.before == row.difference
    assert unknown.open.rows[0].after is None
    assert unknown.open.count_changed == 1
    mara = await as_person("mara")
    page = (await mara.post(at(house, "/preview"), typed(terms=with_reason("cancel", preset="P2")))).text
    assert opened.number in page
    assert str(row.difference) in page.replace("−", "-")


async def test_it_is_printed_in_one_language_or_both(house: House, as_person: People) -> None:
    async with house.cast.transaction() as session:
        await publish(session, house.cast.mara, next_version(1, starter(), clock.today()), clock.now())
    ben = await as_person("ben")
    said = {}
    for language in ("zh", "en", "both"):
        answer = await ben.get(at(house, f"/2/pdf?language={language}"))
        assert answer.headers["content-type"] == "application/pdf"
        said[language] = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    for words in ("第九百三十三条", "冷静期退费", "原路退回"):
        assert words in said["zh"].replace("\n", "")
        assert words in said["both"].replace("\n", "")
    for words in ("Article 933", "our own promise", "red-letter invoice"):
        assert words in said["en"].replace("\n", " ")
        assert words in said["both"].replace("\n", " ")
    assert "第九百三十三条" not in said["en"]


async def test_what_a_contract_accepted_is_recorded_from_the_clients_page(house: House, as_person: People) -> None:
    path = f"/f/{house.cast.firm.slug}/contracts/{house.contract.id}/refund-policy"
    sent = {"version": "1", "accepted_on": clock.today().isoformat(), "clause": "第九条"}
    for name, status in (("cash", 403), ("ada", 403), ("otto", 404), ("nobody", 303)):
        person = await as_person(name)
        assert (await person.get(path)).status_code == status, name
        assert (await person.post(path, sent)).status_code == status, name
    lin = await as_person("lin")
    assert (await lin.get(path)).status_code == 200
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    for wrong in ({"version": "7"}, {"accepted_on": tomorrow}, {"clause": "x" * 61}):
        answer = await lin.post(path, {**sent, **wrong})
        assert answer.status_code == 422
        assert f'id="{next(iter(wrong))}-error"' in answer.text
    for _twice in range(2):
        assert (await lin.post(path, sent)).status_code == 303
    page = (await lin.get(f"/f/{house.cast.firm.slug}/clients/{house.client.id}")).text
    assert "第九条" in page
    assert "林小满 登记" in page
    async with house.cast.transaction() as session:
        entries = await session.scalars(select(AuditEntry).where(AuditEntry.action == "refunds.accept_policy"))
        assert len(list(entries)) == 1
    assert (await lin.post(path, {**sent, "clause": "第十条"})).status_code == 403


async def test_what_was_reckoned_counts_as_it_was_reckoned(house: House) -> None:
    """An assessed request is compared with the money that stood in its own ladder, and own fault stays own fault."""
    refund = await assessed(house)
    async with house.cast.transaction() as session:
        same = await impact(session, starter(), clock.now())
        row = await session.get(Refund, (refund.firm_id, refund.id))
        assert row is not None
        row.at_fault = True
        await session.flush()
        ours = await impact(session, with_reason("cancel", preset="P2"), clock.now())
    assert (same.open.rows[0].before, same.open.rows[0].difference) == (refund.computed, ZERO)
    assert same.open.changed == []
    assert ours.open.rows[0].difference == ZERO


async def test_publishing_asks_for_a_fresh_sign_in_and_the_form_survives_it(house: House, as_person: People) -> None:
    mara = await as_person("mara")
    async with house.cast.database.transaction(tenancy.PLATFORM) as session:
        await session.execute(
            update(Session).where(Session.person_id == house.cast.persons["mara"].id)
            .values(fresh_at=clock.now() - timedelta(hours=1))
        )  # fmt: skip
    answer = await mara.post(at(house), typed())
    assert answer.status_code == 307
    assert answer.headers["location"].startswith("/confirm-it-is-you?")
    assert await published(house) == 1
