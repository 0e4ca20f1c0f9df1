"""The assessment: evidence that gathers itself, the sheets, the ladder, and an amount that differs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal

import pytest

from saas.cases.models import Case
from saas.filings import planning
from saas.filings.models import RegisteredFiling
from saas.kernel import clock
from saas.kernel.errors import Conflict, Forbidden, Invalid
from saas.kernel.money import Money
from saas.refunds import queries
from saas.refunds.assessing import assessment, evidence
from saas.refunds.assessing.assessment import Assessment
from saas.refunds.calculation import Ladder
from saas.refunds.calculation.service import Harm, Loss, Service
from saas.refunds.models import Refund
from tests.cases import story
from tests.cast import Browser
from tests.refunds.conftest import RefundIn
from tests.refunds.house import HANDLER, TERMS, House, contract_day, disqualify, make_contract, qualify
from tests.refunds.payment_story import usual

People = Callable[[str], Awaitable[Browser]]


def month(number: int) -> str:
    return f"{contract_day(number, 1):%Y-%m}"


async def calculated(house: House, refund: Refund, given: Assessment | None = None) -> Refund:
    async with house.cast.transaction() as session:
        return await assessment.calculate(session, house.cast.ben, refund, given or Assessment(Service()), clock.now())


async def test_five_months_of_twelve(house: House) -> None:
    refund = await calculated(house, await house.completed(notice_on=usual()))
    assert (refund.computed, refund.amount) == (Money(2100_00), Money(2100_00))
    assert Ladder.restore(refund.ladder).refund == 2100_00
    assert refund.evidence["receipts"][0]["fen"] == 3600_00
    assert [m["month"] for m in refund.evidence["months"]][:2] == [month(1), month(2)]
    assert sum(m["served"] for m in refund.evidence["months"]) == 5


async def test_another_amount_needs_its_reason_and_stays_within_what_was_received(house: House) -> None:
    refund = await house.completed(notice_on=usual())
    with pytest.raises(Invalid) as why:
        await calculated(house, refund, Assessment(Service(), amount=Money(2400_00)))
    assert "override_reason" in why.value.fields
    with pytest.raises(Invalid) as much:
        await calculated(house, refund, Assessment(Service(), amount=Money(3600_01), override_reason="补偿"))
    assert "amount" in much.value.fields
    more = await calculated(house, refund, Assessment(Service(), amount=Money(2400_00), override_reason="老客户"))
    assert (more.computed, more.amount, more.override_reason) == (Money(2100_00), Money(2400_00), "老客户")
    assert more.overridden
    again = await calculated(house, refund)
    assert (again.amount, again.override_reason) == (Money(2100_00), "")


async def test_only_the_preparer_calculates_and_only_while_the_file_is_complete(house: House) -> None:
    refund = await house.completed(notice_on=usual())
    async with house.cast.transaction() as session:
        with pytest.raises(Forbidden):
            await assessment.calculate(session, house.cast.lin, refund, Assessment(Service()), clock.now())
    await calculated(house, refund)
    await house.act(refund, "assess", house.cast.ben)
    with pytest.raises(Conflict):
        await calculated(house, refund)


async def test_an_error_of_ours_is_made_good_and_asks_for_a_second_level(house: House) -> None:
    refund = await house.completed(notice_on=usual(), reason="unmet", asked=Money(2645_00))
    service = Service(
        faulty_months=(month(4),), harms=(Harm("滞纳金", 45_00, "完税证明"), Harm("罚款", 200_00, "决定书"))
    )
    done = await calculated(house, refund, Assessment(service))
    assert done.amount == Money(2645_00)
    assert done.at_fault


async def test_a_case_of_our_own_making_makes_it_our_error(house: House) -> None:
    case = await story.by_hand(house.cast, house.client)
    async with house.cast.transaction() as session:
        kept = await session.get(Case, (case.firm_id, case.id))
        assert kept is not None
        kept.responsibility = "firm"
    refund = await house.completed(notice_on=usual())
    service = Service(harms=(Harm("滞纳金", 45_00, "完税证明"),))
    plain = await calculated(house, refund, Assessment(service))
    assert (plain.amount, plain.at_fault) == (Money(2100_00), False)
    linked = await calculated(house, refund, Assessment(service, case=kept))
    assert (linked.amount, linked.at_fault, linked.case_id) == (Money(2145_00), True, case.id)


async def test_costs_of_others_need_a_receipt_and_changed_months_a_reason(house: House) -> None:
    refund = await house.completed(notice_on=usual())
    with pytest.raises(Invalid, match="receipt"):
        await calculated(house, refund, Assessment(Service(losses=(Loss("third_party", "刻章", amount=200_00),))))
    with pytest.raises(Invalid) as why:
        await calculated(house, refund, Assessment(Service(served_months=3)))
    assert "served_why" in why.value.fields
    done = await calculated(house, refund, Assessment(Service(served_months=3, served_why="四月起停止")))
    assert done.amount == Money(2700_00)


async def test_hours_kept_are_read_again(house: House) -> None:
    refund = await house.completed(notice_on=usual())
    service = Service(losses=(Loss("labour", "建账", Decimal("2.5"), 8000, proof="工时表"),))
    done = await calculated(house, refund, Assessment(service))
    assert assessment.service_of(done) == service
    async with house.cast.transaction() as session:
        agreed = await assessment.agreed_of(session, done)
        terms = await assessment.terms_of(session, done)
    result = assessment.reckoned(terms, done.reason, agreed, service)
    assert (result.loss, result.kept, result.margin) == (200_00, 1500_00, 1300_00)


@pytest.mark.usefixtures("late_november")  # the books are of September 2026
async def test_the_evidence_finds_books_checks_cases_and_letters(house: House, refund_in: RefundIn) -> None:
    import_id = await story.import_text(house.cast, house.client, story.UNBALANCED)
    await story.check(house.cast, house.client, import_id)
    case = await story.by_hand(house.cast, house.client)
    async with house.cast.transaction() as session:
        due = (await planning.filing_calendar(session)).due("vat", "2026-09")
        assert due is not None
        row = RegisteredFiling(**planning.row_of(house.client.id, "vat", "2026-09", due))
        row.filed_on = row.accepted_on = date(2026, 10, 20)
        session.add(row)
    refund = await refund_in("complete")
    async with house.cast.transaction() as session:
        found = await evidence.gather(session, await queries.refund(session, refund.id), clock.now())
    september = next(m for m in found["months"] if m["month"] == "2026-09")
    assert september["import_id"] == str(import_id)
    assert september["checked"] is not None
    assert [(f["code"], f["standing"]) for f in september["filings"]] == [("vat", "accepted")]
    assert next(m for m in found["months"] if m["month"] == "2026-02")["import_id"] is None
    assert [c["number"] for c in found["cases"]] == [case.number]
    assert found["talks"] == 1
    assert found["receipts"][0]["payer"] == house.client.name


async def test_two_contracts_do_not_pay_for_each_other(house: House) -> None:
    refund = await house.completed(notice_on=usual())
    house.contract = await make_contract(house.cast, house.client)
    other = await house.completed(notice_on=usual())
    assert (await calculated(house, other)).amount == (await calculated(house, refund)).amount == Money(2100_00)


async def test_the_page_reckons_live_and_keeps_what_was_typed(house: House, as_person: People) -> None:
    refund = await house.completed(notice_on=usual())
    at = f"/f/{house.cast.firm.slug}/refunds/{refund.id}/assessment"
    for name, status in (("ada", 403), ("cash", 403), ("otto", 404), ("nobody", 303), ("ben", 200), ("quinn", 200)):
        assert (await (await as_person(name)).get(at)).status_code == status, name
    ben = await as_person("ben")
    fields = {
        "items-name": ["工商年报"],
        "items-price": ["100.00"],
        "items-delivered": ["yes"],
        "items-shown_by": ["回执"],
    }
    live = await ben.post(f"{at}/preview", fields, hx_request="true", hx_target="preview")
    assert live.status_code == 200
    assert "<html" not in live.text
    assert "2,041.67" in live.text  # 3,600 − 5 × 3,500 ÷ 12 − 100
    assert (await house.fresh(refund)).amount is None
    wrong = await ben.post(at, {**fields, "items-price": ["abc"]})
    assert wrong.status_code == 422
    assert "abc" in wrong.text
    assert "回执" in wrong.text
    unsaid = await ben.post(at, {**fields, "amount": "2,500.00"})
    assert unsaid.status_code == 422
    for name, status in (("lin", 403), ("ada", 403), ("otto", 404), ("nobody", 303)):
        assert (await (await as_person(name)).post(at, fields)).status_code == status, name
    for _turn in range(2):
        assert (await ben.post(at, fields)).status_code == 303
    assert (await house.fresh(refund)).amount == Money(2041_67)
    page = await ben.get(f"/f/{house.cast.firm.slug}/refunds/{refund.id}")
    assert "2,041.67" in page.text
    assert "工商年报" in page.text


async def test_without_the_qualification_nothing_is_proposed(house: House) -> None:
    refund = await house.completed(notice_on=usual())
    await calculated(house, refund)
    await disqualify(house.cast, "ben")
    with pytest.raises(Forbidden, match="qualification"):
        await house.act(refund, "assess", house.cast.ben)
    await qualify(house.cast, "ben", HANDLER)
    assert (await house.act(refund, "assess", house.cast.ben)).state == "assessed"


def test_a_case_of_ours_changes_only_the_reason_at_hand() -> None:
    terms = assessment.as_judged(TERMS, "cancel", Case(responsibility="firm"))
    assert [reason.at_fault for reason in terms.reasons] == [True, True, False]
    assert assessment.as_judged(TERMS, "cancel", Case(responsibility="client")) is TERMS


async def test_the_form_as_the_page_gives_it_is_kept_without_typing_anything(house: House, as_person: People) -> None:
    """Empty rows come with the policy's rate filled in; that makes no loss of them, and no amount is typed."""
    refund = await house.completed()
    at, ben = f"/f/{house.cast.firm.slug}/refunds/{refund.id}/assessment", await as_person("ben")
    page = (await ben.get(at)).text
    assert 'value="80.00"' in page
    assert "required" not in page.partition('name="amount"')[2].partition(">")[0]
    untouched = {"losses-kind": ["labour"] * 2, "losses-name": ["", ""], "losses-rate": ["80.00"] * 2, "amount": ""}
    assert (await ben.post(at, untouched)).status_code == 303
    assert (await house.fresh(refund)).amount == (await house.fresh(refund)).computed
