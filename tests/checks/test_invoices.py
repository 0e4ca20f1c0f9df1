"""N44: invoice numbers repeated, malformed, or younger than their voucher."""

from __future__ import annotations

import inspect
from typing import Any

from saas.checks.finding import Finding
from saas.checks.rules.invoices import RULES
from tests.checks.monthly_text import year_of

RULE = RULES[0]


def faults(test: Any) -> list[Finding]:
    return RULE.run(year_of(inspect.getdoc(test)), RULE.settings)


def test_one_invoice_for_two_purchases() -> None:
    """Both vouchers are shown; the number makes the identity.

    2026-03-02 记-3 采购入库 甲公司 发票号26332000000123456789 | D 1405 800.00 | C 2202[甲] 800.00
    2026-05-20 记-9 采购入库 乙公司 发票号26332000000123456789 | D 1405 950.00 | C 2202[乙] 950.00
    """
    [finding] = faults(test_one_invoice_for_two_purchases)
    assert finding.vouchers == ["2026-03 记-3", "2026-05 记-9"]
    assert finding.rows == [2, 3, 4, 5]
    assert (finding.period, finding.object) == ("2026-05", "repeated·26332000000123456789")
    assert finding.severity == "high"


def test_a_column_of_numbers() -> None:
    """The number stands in a column of its own; one digit is lost in July.

    monthly(1-6 8-12) 5 记-3 采购入库 | D 1405 {m}00.00 | C 2202[甲] {m}00.00 {reference=2633200000012345{m}000}
    2026-07-05 记-3 采购入库 | D 1405 700.00 | C 2202[甲] 700.00 {reference=2633200000012345700}
    """
    text = (inspect.getdoc(test_a_column_of_numbers) or "").replace("monthly(1-6 8-12)", "monthly(1-6 8-9)")
    [finding] = RULE.run(year_of(text.replace("12345{m}000", "12345{m}000")), RULE.settings)
    assert (finding.vouchers, finding.compared["kind"]) == (["2026-07 记-3"], "malformed")
    assert finding.rows == [14, 15]


def test_an_invoice_of_next_year() -> None:
    """The number begins with 27: it was issued in 2027.

    2026-12-20 记-3 购办公用品 发票号27332000000123456789 | D 5602 800.00 | C 1002 800.00
    """
    [finding] = faults(test_an_invoice_of_next_year)
    assert (finding.compared["kind"], finding.period) == ("younger", "2026-12")


def test_paying_an_invoice_is_not_booking_it_again() -> None:
    """Purchase, two instalments and a red copy may all name one invoice.

    2026-03-02 记-3 采购入库 发票号26332000000123456789 | D 1405 800.00 | C 2202[甲] 800.00
    2026-03-20 记-4 付甲公司 发票号26332000000123456789 | D 2202[甲] 500.00 | C 1002 500.00
    2026-04-20 记-5 付甲公司 发票号26332000000123456789 | D 2202[甲] 300.00 | C 1002 300.00
    2026-05-20 记-6 退货 红字 发票号26332000000123456789 | D 1405 -100.00 | C 2202[甲] -100.00
    """
    assert faults(test_paying_an_invoice_is_not_booking_it_again) == []


def test_old_forms_are_well_formed() -> None:
    """Eight digits, code and number together, and twenty digits.

    2026-03-02 记-1 购办公用品 发票号12345678 | D 5602 10.00 | C 1002 10.00
    2026-03-03 记-2 购办公用品 发票号3300204130 12345679 | D 5602 10.00 | C 1002 10.00
    2026-03-04 记-3 购办公用品 发票号033002000413 12345670 | D 5602 10.00 | C 1002 10.00
    2026-03-05 记-4 购办公用品 发票号26332000000123456789 | D 5602 10.00 | C 1002 10.00
    2026-03-06 记-5 购办公用品 发票号25332000000123456789 | D 5602 10.00 | C 1002 10.00
    """
    assert faults(test_old_forms_are_well_formed) == []


def test_a_column_that_is_no_invoice_number() -> None:
    """Settlement numbers, contracts and lots repeat by nature.

    monthly 5 记-3 采购入库 | D 1405 {m}00.00 | C 2202[甲] {m}00.00 {reference=HT-2026-001}
    monthly 6 记-4 采购入库 | D 1405 {m}10.00 | C 2202[乙] {m}10.00 {reference=HT-2026-002}
    """
    assert faults(test_a_column_that_is_no_invoice_number) == []
