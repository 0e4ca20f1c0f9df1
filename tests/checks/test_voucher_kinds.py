"""Voucher kinds, references and pairs."""

from __future__ import annotations

import pytest

from saas.checks.voucher_kinds import dated_at_month_end, take_over, vouchers
from saas.ledgers.frame import Ledger
from tests.checks.ledger_text import ledger_of


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("closing", "记-1 转账 | D 5001 500.00 | C 5602 180.00 | C 3103 320.00"),
        ("closing", "记-1 年末 | D 3103 500.00 | C 3104 500.00"),
        ("vat_transfer", "记-1 转账 | D 22210105 500.00 | C 222102 500.00"),
        ("cost_carry", "记-1 销售成本 | D 5401 500.00 | C 1405 500.00"),
        ("cost_carry", "记-1 领料 | D 4001 500.00 | C 1403 500.00"),
        ("accrual", "记-1 工资 | D 5602 500.00 | C 2211 500.00"),
        ("accrual", "记-1 折旧 | D 5602 500.00 | C 1602 500.00"),
        ("estimate", "记-1 入库 | D 1405 500.00 | C 220202 500.00"),
        ("estimate", "记-1 暂估入库 | D 1405 500.00 | C 2202[甲] 500.00"),
        ("estimate_reversal", "记-1 冲回 | D 1405 -500.00 | C 220202 -500.00"),
        ("own_transfer", "记-1 提现 | D 1001 500.00 | C 1002 500.00"),
        ("opening", "记-1 期初余额 | D 1001 500.00 | C 3001 500.00"),
        ("ordinary", "记-1 付房租 | D 5602 500.00 | C 1002 500.00"),
        ("ordinary", "记-1 销售 | D 1122 500.00 | C 5001 500.00"),
    ],
)
def test_kinds_come_from_accounts(kind: str, text: str) -> None:
    names = [
        "account 220202 应付账款-暂估应付款", "account 22210105 应交税费-应交增值税-转出未交增值税",
        "account 222102 应交税费-未交增值税",
    ]  # fmt: skip
    ledger = ledger_of("\n".join([*names, f"2026-01-31 {text}"]))
    assert vouchers(ledger)["kind"].to_list() == [kind]


@pytest.mark.parametrize(
    ("summary", "refers_to", "corrects"),
    [
        ("注销2026年1月15日记-12号凭证", "2026-01 记-12", "red"),
        ("冲销1月记字第12号凭证多记金额", "2026-01 记-12", "red"),
        ("订正2026年1月15日记-12号凭证", "2026-01 记-12", "blue"),
        ("补记2026年1月15日记-12号凭证少记金额", "2026-01 记-12", "blue"),
        ("注销2025年1月15日记-12号凭证", None, "red"),
        ("付房租", None, ""),
    ],
)
def test_summaries_name_the_voucher_they_correct(summary: str, refers_to: str | None, corrects: str) -> None:
    text = f"""
    2026-01-15 记-12 付广告费 | D 5602 1200.00 | C 1002 1200.00
    2026-03-15 记-2 {summary} | D 5602 -100.00 | C 1002 -100.00
    """
    last = vouchers(ledger_of(text)).row(-1, named=True)
    assert (last["refers_to"], last["corrects"]) == (refers_to, corrects)


def test_reversals_take_the_nearest_original_before_them(ledger: Ledger) -> None:
    """
    account 220202 应付账款-暂估应付款
    2026-01-31 记-1 暂估 | D 1405 500.00 | C 220202 500.00
    2026-02-01 记-1 冲回 | D 1405 -500.00 | C 220202 -500.00
    2026-02-28 记-2 暂估 | D 1405 500.00 | C 220202 500.00
    2026-03-01 记-1 冲回 | D 220202 500.00 | C 1405 500.00
    2026-03-31 记-2 暂估 | D 1405 500.00 | C 220202 500.00
    """
    pairs = dict(vouchers(ledger).select("voucher", "pair").iter_rows())
    assert pairs == {
        "2026-01 记-1": "2026-02 记-1", "2026-02 记-1": "2026-01 记-1",
        "2026-02 记-2": "2026-03 记-1", "2026-03 记-1": "2026-02 记-2",
        "2026-03 记-2": None,
    }  # fmt: skip


def test_months_whose_vouchers_share_one_date(ledger: Ledger) -> None:
    """
    2026-01-31 记-1 付款 | D 5602 1.00 | C 1002 1.00
    2026-01-31 记-2 付款 | D 5602 1.00 | C 1002 1.00
    2026-02-03 记-1 付款 | D 5602 1.00 | C 1002 1.00
    2026-02-28 记-2 付款 | D 5602 1.00 | C 1002 1.00
    """
    assert dated_at_month_end(ledger) == {"2026-01"}


def test_the_month_another_firm_took_over(ledger: Ledger) -> None:
    """
    2026-01-31 记-1 付款 | D 5602 1.00 | C 1002 1.00 {preparer=王}
    2026-02-28 记-1 付款 | D 5602 1.00 | C 1002 1.00 {preparer=王}
    2026-03-31 记-1 付款 | D 5602 1.00 | C 1002 1.00 {preparer=李}
    """
    assert take_over(ledger) == "2026-03"
