"""N39: a voucher with its sides exchanged."""

from __future__ import annotations

import inspect
from typing import Any

from saas.checks.finding import Finding
from saas.checks.rules.reversals import RULES
from tests.checks.monthly_text import year_of

RULE = RULES[0]


def exchanged(test: Any) -> list[Finding]:
    return RULE.run(year_of(inspect.getdoc(test)), RULE.settings)


def test_a_receipt_that_credits_the_bank() -> None:
    """E05 of accounting.md: the mirror of what all other receipts are; the entry with its sides right is stated.

    monthly(1-3 5-12) 10 记-8 收甲公司货款 | D 1002 {m}500.00 | C 1122[甲] {m}500.00
    2026-04-10 记-8 收乙公司货款 | D 1122[乙] 5000.00 | C 1002 5000.00
    """
    [finding] = exchanged(test_a_receipt_that_credits_the_bank)
    assert (finding.vouchers, finding.rows) == (["2026-04 记-8"], [8, 9])
    assert (finding.period, finding.account) == ("2026-04", "1122")
    assert finding.amount is not None
    assert finding.amount.fen == 5_000_00
    assert finding.severity == "high"
    assert finding.compared["expected"]["lines"] == [
        {"account": "1122", "account_name": "应收账款", "aux": "乙", "credit": "5000.00"},
        {"account": "1002", "account_name": "银行存款", "aux": "", "debit": "5000.00"},
    ]


def test_depreciation_the_wrong_way() -> None:
    """No money moves: the words are those of the other months.

    monthly(1-7 9-12) 28 记-8 计提{m}月折旧 | D 5602 900.00 | C 1602 900.00
    2026-08-28 记-8 计提8月折旧 | D 1602 900.00 | C 5602 900.00
    """
    [finding] = exchanged(test_depreciation_the_wrong_way)
    assert finding.vouchers == ["2026-08 记-8"]


def test_refunds_returns_and_repayments() -> None:
    """Money goes back to a customer or comes back from a supplier, and says so.

    monthly 10 记-8 收甲公司货款 | D 1002 {m}500.00 | C 1122[甲] {m}500.00
    monthly 11 记-9 付乙公司货款 | D 2202[乙] {m}300.00 | C 1002 {m}300.00
    2026-04-12 记-10 退还甲公司多付货款 | D 1122[甲] 700.00 | C 1002 700.00
    2026-04-13 记-11 收到乙公司退货款 | D 1002 900.00 | C 2202[乙] 900.00
    monthly 14 记-12 收陈一借款 | D 1002 {m}0000.00 | C 2241[陈一] {m}0000.00
    2026-04-15 记-13 归还陈一借款 | D 2241[陈一] 90000.00 | C 1002 90000.00
    """
    assert exchanged(test_refunds_returns_and_repayments) == []


def test_both_directions_are_common() -> None:
    """Cash drawn and cash paid in; advances to staff and back.

    monthly 10 记-8 提取备用金 | D 1001 5000.00 | C 1002 5000.00
    monthly(4) 12 记-9 现金存入银行 | D 1002 3000.00 | C 1001 3000.00
    monthly 13 记-10 张三出差预支 | D 1221[张三] 2000.00 | C 1001 2000.00
    monthly(2 4 6 8) 14 记-11 张三交回余款 | D 1001 150.00 | C 1221[张三] 150.00
    """
    assert exchanged(test_both_directions_are_common) == []


def test_a_correction_that_names_its_voucher() -> None:
    """Booked back on the other side on purpose.

    monthly 28 记-8 计提{m}月折旧 | D 5602 900.00 | C 1602 900.00
    2026-09-28 记-9 冲销2026年8月28日记-8号凭证多提折旧 | D 1602 100.00 | C 5602 100.00
    """
    assert exchanged(test_a_correction_that_names_its_voucher) == []
