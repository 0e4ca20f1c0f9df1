"""N38: slips of the decimal point and exchanged digits, each proved by a second number."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from saas.checks.finding import Finding
from saas.checks.rules.slips import RULES
from saas.checks.signals.digits import slip
from saas.checks.signals.settlements import slipped_settlements
from tests.checks.monthly_text import year_of

RULE = RULES[0]


def slips(test: Any) -> list[Finding]:
    return RULE.run(year_of(inspect.getdoc(test)), RULE.settings)


@pytest.mark.parametrize(
    ("found", "right", "kind"),
    [
        (1250_00, 12500_00, "÷10"),
        (12500_00, 125_00, "×100"),
        (15200_00, 12500_00, "transposed"),
        (54738, 547385, "÷10"),  # the fen that a division cuts off
        (12500_00, 12500_00, ""),
        (15200_00, 12590_00, ""),
        (1000_00, 1009_00, ""),  # divisible by nine, but no digits exchanged
    ],
)
def test_how_one_amount_becomes_another(found: int, right: int, kind: str) -> None:
    assert slip(found, right) == kind


def test_a_zero_too_many_in_a_fixed_series() -> None:
    """The lines, the difference and the right amount are named.

    monthly(1-4 6-12) 28 记-8 支付{m}月房租 | D 5602 6000.00 | C 1002 6000.00
    2026-05-28 记-8 支付5月房租 | D 5602 60000.00 | C 1002 60000.00
    """
    [finding] = slips(test_a_zero_too_many_in_a_fixed_series)
    assert (finding.vouchers, finding.rows) == (["2026-05 记-8"], [10, 11])
    assert (finding.period, finding.account) == ("2026-05", "5602")
    assert finding.amount is not None
    assert finding.amount.fen == 54_000_00
    assert (finding.compared["booked"], finding.compared["expected_amount"]) == ("60000.00", "6000.00")
    assert finding.compared["kind"] == "×10"
    assert finding.compared["expected"]["lines"] == [
        {"account": "5602", "account_name": "管理费用", "aux": "", "debit": "6000.00"},
        {"account": "1002", "account_name": "银行存款", "aux": "", "credit": "6000.00"},
    ]


def test_digits_exchanged_in_a_series_with_a_step() -> None:
    """The base moved in July; September exchanged two digits of the new amount.

    monthly(1-6) 28 记-8 计提{m}月社保 | D 5602 4120.00 | C 2211 4120.00
    monthly(7-8 10-12) 28 记-8 计提{m}月社保 | D 5602 4380.00 | C 2211 4380.00
    2026-09-28 记-8 计提9月社保 | D 5602 3480.00 | C 2211 3480.00
    """
    [finding] = slips(test_digits_exchanged_in_a_series_with_a_step)
    assert (finding.period, finding.compared["kind"]) == ("2026-09", "transposed")
    assert finding.compared["expected_amount"] == "4380.00"


def test_a_slip_in_a_series_that_varies() -> None:
    """Wages vary a little; August has a zero too many.

    monthly(1-7 9-12) 28 记-8 计提{m}月工资 | D 5602 31{mm}4.50 | C 2211 31{mm}4.50
    2026-08-28 记-8 计提8月工资 | D 5602 310845.00 | C 2211 310845.00
    """
    [finding] = slips(test_a_slip_in_a_series_that_varies)
    assert (finding.vouchers, finding.compared["expected_amount"]) == (["2026-08 记-8"], "31084.50")


def test_every_slipped_line_is_shown() -> None:
    """Social insurance and housing fund, both ten times too large: all four lines, and the entry as it should be.

    account 221103 应付职工薪酬-社会保险费
    account 221104 应付职工薪酬-住房公积金
    account 560207 管理费用-社会保险费
    account 560208 管理费用-住房公积金
    monthly(1-6 8-12) 28 记-1 计提社保 | D 560207 41{mm}.23 | D 560208 8{mm}.17 | C 221103 41{mm}.23 | C 221104 8{mm}.17
    2026-07-28 记-1 计提社保 | D 560207 41072.30 | D 560208 8071.70 | C 221103 41072.30 | C 221104 8071.70
    """
    [finding] = slips(test_every_slipped_line_is_shown)
    assert finding.rows == [26, 27, 28, 29]
    amounts = [line.get("debit") or line.get("credit") for line in finding.compared["expected"]["lines"]]
    assert amounts == ["4107.23", "807.17", "4107.23", "807.17"]


def test_a_round_sum_far_outside_is_meant() -> None:
    """Entertainment of 6,200.00 where 600 is usual: somebody gave a dinner.

    monthly(1-7 9-12) 28 记-8 报销招待费 | D 5602 6{mm}.00 | C 1001 6{mm}.00
    2026-08-28 记-8 报销招待费 | D 5602 6200.00 | C 1001 6200.00
    """
    assert slips(test_a_round_sum_far_outside_is_meant) == []


def test_the_invoice_proves_the_payment() -> None:
    """Two digits exchanged in the payment; another supplier's equal amounts prove nothing.

    2026-03-05 记-1 采购入库 甲公司 | D 1405 10000.00 | D 2221 1300.00 | C 2202[甲] 11300.00
    2026-03-25 记-2 付甲公司货款 | D 2202[甲] 13100.00 | C 1002 13100.00
    2026-03-06 记-3 采购入库 乙公司 | D 1405 27000.00 | C 2202[乙] 27000.00
    2026-03-26 记-4 付乙公司货款 | D 2202[乙] 27000.00 | C 1002 27000.00
    """
    [finding] = slips(test_the_invoice_proves_the_payment)
    assert finding.vouchers == ["2026-03 记-2"]
    assert finding.rows == [7, 8]
    assert finding.compared["shown_by"] == "2026-03 记-1"


def test_a_tenth_paid_is_a_deposit_or_a_part() -> None:
    """Innocent ratios of ten: a deposit by name, and parts that add up to the invoice.

    2026-03-05 记-1 采购入库 甲公司 | D 1405 113600.00 | C 2202[甲] 113600.00
    2026-03-25 记-2 付甲公司定金 | D 2202[甲] 11360.00 | C 1002 11360.00
    2026-03-06 记-3 采购入库 乙公司 | D 1405 271500.00 | C 2202[乙] 271500.00
    2026-03-26 记-4 付乙公司货款 | D 2202[乙] 27150.00 | C 1002 27150.00
    2026-04-26 记-4 付乙公司货款 | D 2202[乙] 244350.00 | C 1002 244350.00
    """
    assert slips(test_a_tenth_paid_is_a_deposit_or_a_part) == []


def test_a_part_that_looks_like_digits_exchanged() -> None:
    """63,215.90 less a part of 27,000.00 leaves 36,215.90.

    2026-03-18 记-29 销售商品 | D 1122[甲] 63215.90 | C 5001 63215.90
    2026-04-08 记-9 收甲公司款 | D 1002 27000.00 | C 1122[甲] 27000.00
    2026-05-06 记-8 收甲公司款 | D 1002 36215.90 | C 1122[甲] 36215.90
    2026-06-06 记-8 销售商品 | D 1122[甲] 500.00 | C 5001 500.00
    """
    assert slips(test_a_part_that_looks_like_digits_exchanged) == []


def test_round_sums_of_different_length_are_no_exchange() -> None:
    """10,100.00 invoiced and 11,000.00 received: a round sum on account, not two digits.

    2026-03-18 记-29 销售商品 | D 1122[甲] 10100.00 | C 5001 10100.00
    2026-04-08 记-9 收甲公司款 | D 1002 11000.00 | C 1122[甲] 11000.00
    """
    assert slips(test_round_sums_of_different_length_are_no_exchange) == []


def test_wages_paid_before_they_are_accrued_prove_nothing() -> None:
    """A payment is compared with the accrual of its own month or the one before, never with a later one.

    account 221101 应付职工薪酬-工资
    2026-03-12 记-7 发放2月工资 | D 221101 137930.00 | C 1002 137930.00
    2026-05-31 记-8 计提5月工资 | D 5602 139730.00 | C 221101 139730.00
    """
    assert slips(test_wages_paid_before_they_are_accrued_prove_nothing) == []


def test_without_auxiliary_items_the_summaries_must_name_one_company() -> None:
    """Two companies on one account: digits exchanged between them are chance; one company's are proof.

    2026-03-05 记-1 购进温州华源电子有限公司货物 | D 1405 13673.00 | C 2202 13673.00
    2026-03-25 记-2 付宁波安岚纺织品有限公司货款 | D 2202 31673.00 | C 1002 31673.00
    2026-04-05 记-1 购进台州泰鑫包装有限公司货物 | D 1405 25480.00 | C 2202 25480.00
    2026-04-25 记-2 付台州泰鑫包装有限公司货款 | D 2202 25840.00 | C 1002 25840.00
    """
    [finding] = slips(test_without_auxiliary_items_the_summaries_must_name_one_company)
    assert finding.vouchers == ["2026-04 记-2"]


def test_a_rise_and_a_tariff_are_no_slips() -> None:
    """Rent raised for good, a bonus of two months' wages, bank fees of 10 and 100 yuan.

    monthly(1-6) 28 记-8 支付{m}月房租 | D 5602 6000.00 | C 1002 6000.00
    monthly(7-12) 28 记-8 支付{m}月房租 | D 5602 7500.00 | C 1002 7500.00
    monthly 27 记-7 计提{m}月工资 | D 5602 30000.00 | C 2211 30000.00
    2026-12-29 记-9 计提年终奖 | D 5602 60000.00 | C 2211 60000.00
    monthly 3 记-1 付手续费 | D 5603 10.00 | C 1002 10.00
    2026-05-06 记-2 付手续费 | D 5603 100.00 | C 1002 100.00
    """
    assert slips(test_a_rise_and_a_tariff_are_no_slips) == []


def test_digits_exchanged_in_a_payment_of_several_invoices() -> None:
    """Every payment takes all that is open; one misses it by two digits.

    2026-01-05 记-1 甲厂油料 | D 5401 1234.50 | C 2202[甲厂] 1234.50
    2026-01-20 记-2 付甲厂货款 | D 2202[甲厂] 1234.50 | C 1002 1234.50
    2026-02-05 记-1 甲厂油料 | D 5401 700.10 | C 2202[甲厂] 700.10
    2026-02-09 记-2 甲厂油料 | D 5401 900.20 | C 2202[甲厂] 900.20
    2026-02-20 记-3 付甲厂货款 | D 2202[甲厂] 1600.30 | C 1002 1600.30
    2026-03-05 记-1 乙厂油料 | D 5401 3111.40 | C 2202[乙厂] 3111.40
    2026-03-20 记-2 付乙厂货款 | D 2202[乙厂] 3111.40 | C 1002 3111.40
    2026-04-05 记-1 乙厂油料 | D 5401 2000.10 | C 2202[乙厂] 2000.10
    2026-04-09 记-2 乙厂油料 | D 5401 1740.20 | C 2202[乙厂] 1740.20
    2026-04-20 记-3 付乙厂货款 | D 2202[乙厂] 3470.30 | C 1002 3470.30
    """
    [finding] = slips(test_digits_exchanged_in_a_payment_of_several_invoices)
    assert (finding.vouchers, finding.compared["expected_amount"]) == (["2026-04 记-3"], "3740.30")
    assert (finding.compared["kind"], finding.compared["shown_by"]) == ("transposed", "2202·乙厂")


def test_payments_in_parts_are_no_slips() -> None:
    """The same amounts in a ledger that never pays all that is open.

    2026-01-05 记-1 甲厂油料 | D 5401 3740.30 | C 2202[甲厂] 3740.30
    2026-01-20 记-2 付甲厂货款 | D 2202[甲厂] 3470.30 | C 1002 3470.30
    2026-02-05 记-1 乙厂油料 | D 5401 3111.40 | C 2202[乙厂] 3111.40
    2026-02-20 记-2 付乙厂货款 | D 2202[乙厂] 1000.00 | C 1002 1000.00
    2026-03-05 记-1 丙厂油料 | D 5401 2111.40 | C 2202[丙厂] 2111.40
    2026-03-20 记-2 付丙厂货款 | D 2202[丙厂] 1000.00 | C 1002 1000.00
    """
    assert slipped_settlements(year_of(inspect.getdoc(test_payments_in_parts_are_no_slips))).is_empty()


def test_a_small_tax_paid_as_it_was_declared_is_no_slip() -> None:
    """February's payment is a tenth of its series, and exactly what January put on the account.

    2026-01-31 记-8 转出未交增值税 | D 22210103 1566.44 | C 222102 1566.44
    2026-02-14 记-5 缴纳上月增值税 | D 222102 1566.44 | C 1002 1566.44
    monthly(2-12) 28 记-8 转出未交增值税 | D 22210103 15664.40 | C 222102 15664.40
    monthly(3-12) 14 记-5 缴纳上月增值税 | D 222102 15664.40 | C 1002 15664.40
    """
    found = slips(test_a_small_tax_paid_as_it_was_declared_is_no_slip)
    assert [f.vouchers for f in found if "2026-02 记-5" in f.vouchers] == []


def test_little_cost_of_few_sales_is_no_slip() -> None:
    """August's cost is a tenth of the others', and so are August's sales.

    monthly(1-7 9-12) 20 记-1 销售商品 | D 1122[甲] 10{mm}57.00 | C 5001 10{mm}57.00
    monthly(1-7 9-12) 31 记-2 结转销售成本 | D 5401 7{mm}23.00 | C 1405 7{mm}23.00
    2026-08-20 记-1 销售商品 | D 1122[甲] 1085.00 | C 5001 1085.00
    2026-08-31 记-2 结转销售成本 | D 5401 708.00 | C 1405 708.00
    """
    assert slips(test_little_cost_of_few_sales_is_no_slip) == []
