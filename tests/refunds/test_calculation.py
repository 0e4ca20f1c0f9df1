"""The worked examples to the fen, the ladders as they read in both languages, and the rules between them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from saas.kernel.i18n import LOCALES, Locale
from saas.refunds.calculation import Ladder, reckon
from saas.refunds.calculation.months import in_runs, served
from saas.refunds.calculation.service import Harm, Item, Loss, Service
from saas.refunds.terms import Reason, Terms, Tier
from tests.refunds.worked import CONTRACT, EXAMPLES, KEY, agreed, as_text, terms


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_worked_examples_come_out_to_the_fen(example: str) -> None:
    policy, contract, service, expected = EXAMPLES[example]
    ladder = reckon(policy, "r", contract, service)
    assert (ladder.refund, ladder.receivable, ladder.claim, ladder.credit) == expected
    assert sum(line.amount for line in ladder.lines) == ladder.refund


@pytest.mark.parametrize("locale", LOCALES)
def test_every_ladder_reads_as_it_was_read_through(locale: Locale) -> None:
    """tests/refunds/ladders.<locale>.txt was read line by line; a change of words or order shows here."""
    path = Path(__file__).with_name(f"ladders.{locale}.txt")
    text = "\n".join(as_text(name, reckon(*_args(name)), locale) for name in EXAMPLES)
    assert text == path.read_text("utf-8")


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_stored_ladder_comes_back_as_it_was(example: str) -> None:
    ladder = reckon(*_args(example))
    stored = msgspec.json.decode(msgspec.json.encode(ladder.store()))
    back = Ladder.restore(stored)
    assert as_text(example, back, "zh") == as_text(example, ladder, "zh")
    assert back.store() == stored


def test_something_else_is_no_stored_ladder() -> None:
    with pytest.raises(ValueError, match="totals"):
        Ladder.restore([])


def test_a_loss_that_is_not_proved_deducts_nothing() -> None:
    policy = terms("P4", penalty=30000)
    unproved = Loss("sunk", "建账", amount=20000)
    assert reckon(policy, "r", CONTRACT, Service(losses=(unproved,))).refund == 210000
    assert reckon(policy, "r", CONTRACT, Service()).refund == 210000


def test_own_fault_takes_no_penalty_even_where_one_is_agreed() -> None:
    loss = Loss("sunk", "建账", amount=20000, proof="发票")
    assert reckon(terms("P4", penalty=30000, at_fault=True), "r", CONTRACT, Service(losses=(loss,))).refund == 210000


def test_own_fault_takes_no_discount_back() -> None:
    assert reckon(terms("P2", at_fault=True), "r", CONTRACT, Service()).refund == 210000


@pytest.mark.parametrize(
    ("penalty", "loss", "cap", "expected"),
    [(30000, 20000, 100, 26000), (10000, 20000, 100, 10000), (90000, 90000, 5, 18000)],
)
def test_the_deduction_is_the_smallest_of_its_three_caps(penalty: int, loss: int, cap: int, expected: int) -> None:
    policy = terms("P4", penalty=penalty, deduction_cap_percent=cap)
    losses = (Loss("sunk", "建账", amount=loss, proof="发票"),)
    assert reckon(policy, "r", CONTRACT, Service(losses=losses)).refund == 210000 - expected


def test_third_party_costs_need_a_receipt() -> None:
    bare = Loss("third_party", "UKey", amount=20000)
    ladder = reckon(terms("P6"), "r", CONTRACT, Service(losses=(bare, KEY), delivered_any=False))
    assert ladder.refund == 340000


def test_harm_is_made_good_only_where_the_firm_erred_and_only_with_proof() -> None:
    harms = (Harm("罚款", 20000, "决定书"), Harm("误工", 90000))
    assert reckon(terms("P1"), "r", CONTRACT, Service(harms=harms)).refund == 210000
    assert reckon(terms("P5"), "r", CONTRACT, Service(harms=harms)).refund == 230000


def test_compensation_is_not_cut_by_the_ratio() -> None:
    service = Service(harms=(Harm("罚款", 20000, "决定书"),))
    assert reckon(terms("P5", at_fault=True, most=50), "r", CONTRACT, service).refund == 200000


def test_tiers_by_months_served() -> None:
    tiers = (Tier(3, 80), Tier(6, 40))
    policy = Terms("政策", "Policy", (), (Reason("r", "理由", "Reason", "P1", most_percent=10, tiers=tiers),))
    refunds = [reckon(policy, "r", CONTRACT, Service(served_months=months)).refund for months in (1, 3, 4, 7)]
    assert refunds == [288000, 270000, 144000, 36000]


@pytest.mark.parametrize("tiers", [[(3, 40), (6, 80)], [(6, 80), (3, 40)], [(3, 5)]])
def test_tiers_never_give_more_later(tiers: list[tuple[int, int]]) -> None:
    stored = {"code": "r", "name_zh": "", "name_en": "", "preset": "P1", "most_percent": 10,
              "tiers": [{"months": months, "percent": percent} for months, percent in tiers]}  # fmt: skip
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(stored, Reason)


@pytest.mark.parametrize(("gifts", "refund"), [("last", 0), ("forfeit", 0), ("spread", 25714)])
def test_gift_months_that_were_used(gifts: str, refund: int) -> None:
    ladder = reckon(terms("P1", gifts=gifts), "r", agreed(gift_months=2), Service(served_months=13))  # type: ignore[arg-type]
    assert (ladder.refund, ladder.receivable) == (refund, 0)


@pytest.mark.parametrize(
    ("counting", "day", "expected"),
    [
        ("full", date(2025, 12, 31), ((), None)),
        ("full", date(2026, 1, 1), (("2026-01",), None)),
        ("daily", date(2026, 2, 10), (("2026-01",), (10, 28))),
        ("daily", date(2026, 2, 28), (("2026-01", "2026-02"), None)),
        ("none", date(2026, 2, 28), (("2026-01",), None)),
    ],
)
def test_months_by_the_rule_of_the_month_of_the_notice(counting: str, day: date, expected: object) -> None:
    count = served(agreed(notice_on=day), Service(), counting)  # type: ignore[arg-type]
    assert (count.months, count.part) == expected


def test_no_more_months_than_the_contract_has() -> None:
    assert len(served(agreed(notice_on=date(2028, 5, 1)), Service(), "daily").months) == 12
    assert len(served(agreed(gift_months=2), Service(served_months=99), "full").months) == 14


def test_a_contract_from_the_middle_of_a_month_has_its_own_months() -> None:
    contract = agreed(starts_on=date(2026, 1, 31), notice_on=date(2026, 3, 30))
    assert served(contract, Service(), "full").months == ("2026-01", "2026-02")
    assert served(contract, Service(), "daily").part is None  # 2026-02-28 to 2026-03-30 is a whole month


def test_a_failed_month_in_the_part_month_is_not_charged() -> None:
    service = Service(faulty_months=("2026-05",))
    assert reckon(terms("P7"), "r", CONTRACT, service).refund == 240000


def test_pieces_of_work_worth_more_than_the_contract_never_pay_for_months() -> None:
    service = Service(items=(Item("大项", 500000),))
    assert reckon(terms("P3"), "r", CONTRACT, service).refund == 360000


def test_months_are_drawn_together() -> None:
    assert in_runs(("2025-11", "2025-12", "2026-01", "2026-03")) == "2025-11–2026-01, 2026-03"


def test_hours_are_rounded_half_up_to_the_fen() -> None:
    assert Loss("labour", "x", hours=Decimal("0.5"), rate=3).fen == 2


def test_an_unknown_reason_is_said() -> None:
    with pytest.raises(KeyError):
        reckon(terms("P1"), "elsewhere", CONTRACT, Service())


def _args(example: str) -> tuple[object, ...]:
    policy, contract, service, _expected = EXAMPLES[example]
    return policy, "r", contract, service
