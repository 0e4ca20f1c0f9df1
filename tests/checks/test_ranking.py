"""The ranking: oddities stand above innocent vouchers, and each soft signal speaks for its own kind."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from saas.checks.catalogue import BY_ID, RULES
from saas.checks.ranking import rank, soft_evidence
from saas.checks.score import scored
from saas.ledgers.frame import Ledger
from tests.checks.monthly_text import year_of

# A small trading company: wages, rent, depreciation, purchases, sales with tax, payments, fees, staff expenses.
BOOKS = """Twelve ordinary months.
account 222101 应交税费-应交增值税-进项税额
account 222102 应交税费-应交增值税-销项税额
account 560101 销售费用-广告费
account 560102 销售费用-运费
account 560201 管理费用-工资
account 560202 管理费用-水电费
account 560203 管理费用-办公费
account 560204 管理费用-差旅费
account 560205 管理费用-房租
account 560206 管理费用-折旧费
monthly 3 记-1 采购入库 甲公司 | D 1405 1{mm}00.00 | D 222101 13.00 | C 2202[甲公司] 1{mm}13.00
monthly 4 记-2 付甲公司货款 | D 2202[甲公司] 1{mm}13.00 | C 1002 1{mm}13.00
monthly 5 记-3 支付{m}月房租 | D 560205 6000.00 | C 1002 6000.00
monthly 6 记-4 销售商品 乙公司 | D 1122[乙公司] 2{mm}26.00 | C 5001 2{mm}00.00 | C 222102 26.00
monthly 7 记-5 收乙公司货款 | D 1002 2{mm}26.00 | C 1122[乙公司] 2{mm}26.00
monthly 9 记-6 销售商品 丙公司 | D 1122[丙公司] 3{mm}39.00 | C 5001 3{mm}00.00 | C 222102 39.00
monthly 10 记-7 收丙公司货款 | D 1002 3{mm}39.00 | C 1122[丙公司] 3{mm}39.00
monthly 11 记-8 发放{last}月工资 | D 2211 30{mm}0.00 | C 1002 30{mm}0.00
monthly 12 记-9 支付{m}月水电费 | D 560202 4{mm}.50 | C 1002 4{mm}.50
monthly 13 记-10 付银行手续费 | D 5603 15.00 | C 1002 15.00
monthly 14 记-11 张三报销差旅费 | D 560204 1{mm}.20 | C 1001 1{mm}.20
monthly 17 记-12 购办公用品 | D 560203 2{mm}.00 | C 1001 2{mm}.00
monthly 18 记-13 付运费 | D 560102 6{mm}.00 | C 1002 6{mm}.00
monthly 19 记-14 付广告费 | D 560101 8{mm}.00 | C 1002 8{mm}.00
monthly 20 记-15 提取备用金 | D 1001 5000.00 | C 1002 5000.00
monthly 31 记-16 计提{m}月工资 | D 560201 30{mm}0.00 | C 2211 30{mm}0.00
monthly 31 记-17 计提{m}月折旧 | D 560206 900.00 | C 1602 900.00
monthly 31 记-18 结转{m}月销售成本 | D 5401 4{mm}00.00 | C 1405 4{mm}00.00
"""

ODDITIES = {
    "N35": "2026-07-08 记-30 调账 | D 5711 4000.00 | C 2202[甲公司] 4000.00",
    "N36": "2026-07-08 记-30 付运费 | D 560102 640.00 | C 1002 640.00 {preparer=外人}",
    "N37": "2026-07-08 记-30 付运费 | D 560102 640.00 | C 1002 640.00 {entered_time=02:14:00}",
    "N41": "2026-07-08 记-30 购数控机床 | D 560203 42000.00 | C 1002 42000.00",
    "N42": "2026-08-02 记-30 计提7月工资 | D 560201 30070.00 | C 2211 30070.00",
    "N43": "2026-07-08 记-30 支付7月水电费 | D 560101 407.50 | C 1002 407.50",
    "N45": "2026-07-08 记-30 销售商品 | D 1001 2000.00 | C 5001 2000.00",
}
WITHOUT = {"N42": "monthly 31 记-16", "N43": "monthly 12 记-9"}  # what the oddity stands in place of, in July


def books(oddity: str) -> Ledger:
    text = BOOKS
    if oddity in WITHOUT:
        text = text.replace(WITHOUT[oddity], WITHOUT[oddity].replace("monthly", "monthly(1-6 8-12)"))
    ledger = year_of(text + ODDITIES.get(oddity, ""))
    frame = ledger.lines.with_columns(preparer=ledger.lines["preparer"].fill_null("王会计"))
    frame = frame.with_columns(entered_time=frame["entered_time"].fill_null("10:20:00"))
    return Ledger(ledger.name, ledger.layout, ledger.standard, ledger.chart, frame, ledger.balances)


def ranked(ledger: Ledger) -> list[str]:
    findings = [finding for rule in RULES for finding in rule.run(ledger, rule.settings)]
    vouchers = ledger.lines["voucher"].n_unique()
    return [item.voucher for item in rank(ledger, scored(findings, BY_ID, vouchers))]


@pytest.mark.parametrize("oddity", ODDITIES)
def test_an_oddity_ranks_above_every_innocent_voucher(oddity: str) -> None:
    voucher = f"{ODDITIES[oddity][:7]} 记-30"
    assert ranked(books(oddity))[0] == voucher


@pytest.mark.parametrize("oddity", ODDITIES)
def test_the_signal_is_the_one_meant(oddity: str) -> None:
    voucher = f"{ODDITIES[oddity][:7]} 记-30"
    signals = dict(soft_evidence(books(oddity)).select("signal", "voucher", "strength").rows_by_key("signal"))
    strongest = max(signals[oddity], key=lambda pair: pair[1])
    assert strongest[0] == voucher


def test_nothing_stands_out_in_ordinary_books() -> None:
    """No voucher of the ordinary year reaches half of what an oddity does."""
    ledger = books("")
    assert all(item.score < 30 for item in rank(ledger, []))


def test_a_finding_outweighs_every_soft_signal() -> None:
    """A duplicate rises above a rare pair; the copy stands above its original.

    2026-05-14 记-20 付乙公司检测费 | D 5602 1234.56 | C 1002 1234.56
    2026-05-16 记-21 付乙公司检测费 | D 5602 1234.56 | C 1002 1234.56
    2026-05-17 记-22 调账 | D 5711 4000.00 | C 2202[甲公司] 4000.00
    """
    doc: Any = inspect.getdoc(test_a_finding_outweighs_every_soft_signal)
    ledger = year_of(BOOKS + "\n".join(doc.splitlines()[1:]))
    assert ranked(ledger)[:2] == ["2026-05 记-21", "2026-05 记-20"]


def test_what_is_ranked_carries_its_rows_and_terms() -> None:
    ledger = books("N41")
    [first, *_] = rank(ledger, [])
    assert first.rows == ledger.lines.filter(ledger.lines["voucher"] == first.voucher)["row"].to_list()
    assert 0 < first.score <= 100
    assert {term.name for term in first.terms} >= {"N41"}


def test_an_empty_ledger_has_no_ranking() -> None:
    assert rank(year_of("Nothing."), []) == []
