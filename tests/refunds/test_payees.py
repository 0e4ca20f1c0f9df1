"""The account: read strictly, sealed, called back about, checked by a third person, never changed (R4.1, R6.4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from saas.clients.models import Contact
from saas.kernel import clock
from saas.kernel.audit import AuditEntry
from saas.kernel.errors import Conflict, Forbidden, FreshSignInNeeded, Invalid
from saas.kernel.secrets import Sealed
from saas.refunds import queries
from saas.refunds.payment import payees
from saas.refunds.payment.payment_forms import CallBack, CheckPayee
from saas.refunds.payment.payment_models import Payee
from tests.cast import member_id
from tests.refunds import payment_story as story
from tests.refunds.house import House

CARD = "6222021234567894"  # right by Luhn
STATEMENT = [{"name": "说明.pdf", "sha256": "e" * 64, "size": 1}]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"account": "1234567"}, "account"),  # too short
        ({"account": "1" * 33}, "account"),  # too long
        ({"account": "3300-16A6"}, "account"),
        ({"bank_code": "10233100012"}, "bank_code"),  # eleven digits
        ({"bank_code": "002331000123"}, "bank_code"),
        ({"bank_code": ""}, "bank_code"),  # a company's needs one
        ({"kind": "personal", "account": "6222021234567895", "consent": True}, "account"),  # wrong by Luhn
        ({"kind": "personal", "account": "622202123456789", "consent": True}, "account"),
        ({"kind": "personal", "account": CARD}, "consent"),
        ({"holder": "别人有限公司"}, "grounds"),
        ({"holder": "别人有限公司", "grounds": "母公司代收"}, "files"),
    ],
)
async def test_what_cannot_be_an_account_is_refused_with_its_field(
    house: House, changes: dict[str, Any], field: str
) -> None:
    refund = await house.asked()
    with pytest.raises(Invalid) as caught:
        await story.written(house, refund, **changes)
    assert set(caught.value.fields) == {field}
    async with house.cast.transaction() as session:
        assert await queries.payee(session, refund.id) is None


async def test_a_companys_account_is_never_held_to_luhn(house: House) -> None:
    payee = await story.written(house, await house.asked(), account="６２２２ 0212-3456 7895")
    assert payee.account_tail == "7895"


async def test_the_number_is_sealed_for_its_place_and_found_by_its_mark(house: House) -> None:
    payee = await story.written(house, await house.asked())
    other_house = await story.another(house)
    other = await story.written(other_house, await other_house.asked())
    async with house.cast.transaction() as session:
        stored = (await session.execute(text("SELECT to_jsonb(p)::text FROM refund_payees p"))).scalars().all()
        trail = (await session.execute(text("SELECT detail::text FROM audit_entries"))).scalars().all()
        assert payees.opened(payee) == story.ACCOUNT
    assert not any(story.ACCOUNT in row for row in [*stored, *trail])
    assert payee.account_mark == other.account_mark
    assert payee.account_sealed != other.account_sealed
    other.account_sealed = payee.account_sealed
    with pytest.raises(Sealed):
        payees.opened(other)


async def test_the_money_goes_back_where_it_came_from_at_once(house: House) -> None:
    refund = await story.approved(house)
    payee = await story.written(house, refund)
    assert (payee.original, payee.is_changed) == (True, False)
    done = await house.act(refund, "check_payee", house.cast.cash, CheckPayee(payee.id))
    assert done.state == "payee_checked"
    async with house.cast.transaction() as session:
        row = await queries.payee(session, refund.id)
        assert row is not None
        assert row.verified_by == member_id(house.cast.cash)


async def test_the_same_account_twice_is_kept_once(house: House) -> None:
    refund = await house.asked()
    first, second = await story.written(house, refund), await story.written(house, refund)
    assert first.id == second.id


async def test_another_account_waits_a_day_and_needs_a_call(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    refund = await story.approved(house)
    await story.written(house, refund)
    other = await story.written(house, refund, account="33001616781050009999")
    assert other.original is False  # whatever was ticked: the first one was where the money came from
    check = CheckPayee(other.id)
    with pytest.raises(Forbidden, match="call the client back"):
        await house.act(refund, "check_payee", house.cast.cash, check)
    await story.called(house, refund, other)
    with pytest.raises(Forbidden, match="24 hours"):
        await house.act(refund, "check_payee", house.cast.cash, check)
    with pytest.raises(DBAPIError, match="waits 24 hours"):
        async with house.cast.transaction() as session:
            await session.execute(
                text("UPDATE refund_payees SET verified_by = :cash, verified_at = now() WHERE id = :id"),
                {"cash": member_id(house.cast.cash), "id": other.id},
            )
    later = clock.now() + timedelta(hours=24, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    fresh = house.cast.cash.signed_in(later)
    assert (await house.act(refund, "check_payee", fresh, check)).state == "payee_checked"


async def test_the_call_goes_to_a_number_on_record_by_somebody_else(house: House) -> None:
    refund = await house.asked()
    payee = await story.written(house, refund, original=False)
    with pytest.raises(Forbidden, match="does not make this call"):
        await story.called(house, refund, payee, actor=house.cast.ben)
    stranger = await story.another(house)
    async with house.cast.transaction() as session:
        silent = Contact(client_id=house.client.id, name="无电话")
        session.add(silent)
    for contact_id in (stranger.contact.id, silent.id):
        given = CallBack(contact_id, "confirmed", "核对账号")
        with pytest.raises(Invalid):
            async with house.cast.transaction() as session:
                await payees.call_back(session, house.cast.lin, refund.id, payee.id, given, clock.now())
    await story.called(house, refund, payee, "not_reached")
    done = await story.called(house, refund, payee)
    assert (done.called_back_by, done.call_record["phone"]) == (member_id(house.cast.lin), "13800000000")
    with pytest.raises(Conflict):
        await story.called(house, refund, payee)


async def test_an_account_the_client_denies_is_never_checked(house: House) -> None:
    refund = await story.approved(house)
    payee = await story.written(house, refund, original=False)
    await story.called(house, refund, payee, "denied")
    with pytest.raises(Forbidden, match="not their account"):
        await house.act(refund, "check_payee", house.cast.cash, CheckPayee(payee.id))


async def test_who_asked_or_wrote_never_checks(house: House) -> None:
    refund = await story.approved(house)
    payee = await story.written(house, refund)
    cashier = house.cast.cash.permissions
    for own in (house.cast.ben, house.cast.lin):  # Ben wrote the account, Lin the request
        with pytest.raises(Forbidden, match="does not check it"):
            await house.act(refund, "check_payee", replace(own, permissions=cashier), CheckPayee(payee.id))
        with pytest.raises(DBAPIError, match=r"does not check it|writer_never_verifies"):
            async with house.cast.transaction() as session:
                await session.execute(
                    text("UPDATE refund_payees SET verified_by = :own, verified_at = now() WHERE id = :id"),
                    {"own": member_id(own), "id": payee.id},
                )


async def test_checking_asks_for_a_fresh_sign_in(house: House) -> None:
    refund = await story.approved(house)
    payee = await story.written(house, refund)
    tired = house.cast.cash.signed_in(clock.now() - timedelta(hours=1))
    with pytest.raises(FreshSignInNeeded):
        await house.act(refund, "check_payee", tired, CheckPayee(payee.id))


async def test_an_account_written_while_the_cashier_looked_is_not_checked_by_mistake(house: House) -> None:
    refund = await story.approved(house)
    seen = await story.written(house, refund)
    await story.written(house, refund, account="33001616781050009999")
    with pytest.raises(Forbidden, match="Another account was written down"):
        await house.act(refund, "check_payee", house.cast.cash, CheckPayee(seen.id))


async def test_an_account_changed_after_the_check_is_checked_anew(house: House) -> None:
    refund = await story.checked(house)
    await story.written(house, refund, account="33001616781050009999")
    after = await house.fresh(refund)
    assert (after.state, after.amount) == ("approved", refund.amount)
    with pytest.raises(Conflict):
        await story.pay(house, refund)


async def test_an_account_does_not_change_under_an_approval_nor_under_a_payment(house: House) -> None:
    refund = await story.agreed(house, story.large())
    await story.written(house, refund)  # the first one may still be written
    with pytest.raises(Conflict, match="being approved"):
        await story.written(house, refund, account="33001616781050009999")
    await house.act(refund, "approve", house.cast.mara)
    with pytest.raises(Conflict, match="being approved"):
        await story.written(house, refund, account="33001616781050009999")
    await house.act(refund, "approve", house.cast.paula)
    async with house.cast.transaction() as session:
        payee = await queries.payee(session, refund.id)
        assert payee is not None
    await house.act(refund, "check_payee", house.cast.cash, CheckPayee(payee.id))
    await story.pay(house, refund)
    with pytest.raises(Conflict, match="on its way"):
        await story.written(house, refund, account="33001616781050009999")
    await story.settle(house, refund)
    with pytest.raises(Conflict, match="is over"):
        await story.written(house, refund, account="33001616781050009999")


async def test_somebody_elses_account_with_grounds_and_a_stamped_paper(house: House) -> None:
    payee = await story.written(
        house, await house.asked(), files=STATEMENT, holder="杭州澄屿控股有限公司", grounds="母公司代收", original=False
    )
    assert (payee.holder, payee.files) == ("杭州澄屿控股有限公司", STATEMENT)


async def test_by_the_client_through_the_link(house: House) -> None:
    refund = await house.asked()
    payee = await story.written(house, refund, story.contact_of(house), kind="personal", account=CARD, bank_code="",
                                consent=True)  # fmt: skip
    assert (payee.written_by, payee.consent, payee.corporate) == (None, True, False)


async def test_an_account_by_link_needs_the_call_whatever_it_claims_to_be(house: House) -> None:
    """A link may be forwarded: whoever holds it can say "this is where the money came from"."""
    refund = await story.approved(house)
    payee = await story.written(house, refund, story.contact_of(house))
    assert payee.original
    check = CheckPayee(payee.id)
    with pytest.raises(Forbidden, match="came through a link"):
        await house.act(refund, "check_payee", house.cast.cash, check)
    with pytest.raises(DBAPIError, match="after a call to the client"):
        async with house.cast.transaction() as session:
            await session.execute(
                text("UPDATE refund_payees SET verified_by = :cash, verified_at = now() WHERE id = :id"),
                {"cash": member_id(house.cast.cash), "id": payee.id},
            )
    await story.called(house, refund, payee)
    assert (await house.act(refund, "check_payee", house.cast.cash, check)).state == "payee_checked"


@pytest.mark.parametrize(
    "changes",
    ["holder = '别人'", "account_sealed = 'x'", "account_mark = 'x'", "bank = 'x'", "usable_at = now()",
     "original = true, corporate = false", "written_by = NULL", "files = '[]'"],
)  # fmt: skip
async def test_a_written_account_never_changes_in_the_database(house: House, changes: str) -> None:
    payee = await story.written(house, await house.asked(), files=STATEMENT, original=False)
    with pytest.raises(DBAPIError, match="an account never changes"):
        async with house.cast.transaction() as session:
            await session.execute(text(f"UPDATE refund_payees SET {changes} WHERE id = :id"), {"id": payee.id})


async def test_nor_is_it_deleted_nor_a_call_unsaid(house: House) -> None:
    payee = await story.written(house, refund := await house.asked(), original=False)
    await story.called(house, refund, payee)
    for statement, said in (
        ("DELETE FROM refund_payees WHERE id = :id", "stays on record"),
        ("UPDATE refund_payees SET call_record = '{}', called_back_at = NULL WHERE id = :id", "stays on record"),
    ):
        with pytest.raises(DBAPIError, match=said):
            async with house.cast.transaction() as session:
                await session.execute(text(statement), {"id": payee.id})


async def test_who_wrote_the_account_does_not_call_back_in_the_database_either(house: House) -> None:
    payee = await story.written(house, await house.asked(), original=False)
    with pytest.raises(DBAPIError, match="does not call back"):
        async with house.cast.transaction() as session:
            await session.execute(
                text("UPDATE refund_payees SET called_back_by = :ben, called_back_at = now() WHERE id = :id"),
                {"ben": member_id(house.cast.ben), "id": payee.id},
            )


async def test_the_desk_masks_and_a_reveal_is_written_down(house: House, as_person: story.People) -> None:
    refund = await story.approved(house)
    payee = await story.written(house, refund)
    url = f"/f/{house.cast.firm.slug}/refunds/{refund.id}/payment"
    for name in ("paula", "mara", "ben", "cash", "ada"):
        page = await (await as_person(name)).get(url)
        assert page.status_code == 200
        assert story.ACCOUNT not in page.text
        assert "**** 1234" in page.text
    for name, status in (("ada", 403), ("ben", 403), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).post(f"{url}/payee/{payee.id}/reveal")).status_code == status
    assert (await (await as_person("otto")).get(url)).status_code == 404
    assert (await (await as_person("nobody")).get(url)).status_code == 303
    answer = await (await as_person("cash")).post(f"{url}/payee/{payee.id}/reveal")
    assert answer.status_code == 200
    assert story.ACCOUNT in answer.text
    assert answer.headers["cache-control"] == "no-store"
    async with house.cast.transaction() as session:
        query = select(AuditEntry).where(AuditEntry.action == "refunds.reveal", AuditEntry.outcome == "done")
        [entry] = (await session.scalars(query)).all()
    assert (entry.actor_id, entry.subject_id) == (member_id(house.cast.cash), refund.id)
    assert entry.detail["payee_id"] == str(payee.id)


async def test_the_form_on_the_desk_keeps_what_was_typed(house: House, as_person: story.People) -> None:
    refund = await story.approved(house)
    url = f"/f/{house.cast.firm.slug}/refunds/{refund.id}/payment/payee"
    given = {"holder": house.client.name, "kind": "corporate", "bank": "招商银行杭州分行", "account": "12345",
             "bank_code": "308331012345", "original": "yes"}  # fmt: skip
    ben = await as_person("ben")
    answer = await ben.post(url, given)
    assert answer.status_code == 422
    assert "招商银行杭州分行" in answer.text
    for name, status in (("cash", 403), ("ada", 403), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).post(url, {**given, "account": "571900000012"})).status_code == status
    for _turn in range(2):
        assert (await ben.post(url, {**given, "account": "571900000012"})).status_code == 303
    async with house.cast.transaction() as session:
        assert len((await session.scalars(select(Payee))).all()) == 1
