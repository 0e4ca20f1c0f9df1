"""Each rule three ways: cured, not cured, and cured only by omission, which must fail."""

from __future__ import annotations

from tests.checks.proof import Approved, prove, without


def test_unbalanced_voucher() -> None:
    before = """
    2026-03-15 记-1 付广告费 | D 5601 1200.00 | C 1002 1200.00
    2026-03-16 记-2 付办公费 | D 5602 110.00 | C 1002 100.00
    """
    red = Approved(
        "2026-05-12 记-1 注销2026年3月16日记-2号凭证 | D 5602 -110.00 | C 1002 -100.00", "red", "2026-03 记-2"
    )
    blue = Approved(
        "2026-05-12 记-2 订正2026年3月16日记-2号凭证 | D 5602 100.00 | C 1002 100.00", "blue", "2026-03 记-2"
    )
    assert prove("N01", before, f"{before}\n{red.text}\n{blue.text}", red, blue).ok
    assert not prove("N01", before, before).ok
    assert not prove("N01", before, f"{before}\n{red.text}", red, blue).ok  # the blue one was never posted
    assert not prove("N01", before, without(before, "2026-03-16")).ok


def test_a_draft_is_cured_by_the_voucher_rewritten_as_approved() -> None:
    before = "2026-03-16 记-2 付办公费 | D 5602 110.00 | C 1002 100.00"
    right = "2026-03-16 记-2 付办公费 | D 5602 100.00 | C 1002 100.00"
    other = "2026-03-16 记-2 付办公费 | D 5602 110.00 | C 1002 110.00"
    refill = Approved(right, "refill", "2026-03 记-2")
    assert prove("N01", before, right, refill).ok
    assert not prove("N01", before, other, refill).ok
    assert not prove("N01", before, right).ok  # right, but nobody approved the change


def test_missing_number() -> None:
    before = """
    2026-01-05 记-1 付款 | D 5602 1.00 | C 1002 1.00
    2026-01-06 记-2 付款 | D 5602 2.00 | C 1002 2.00
    2026-02-05 记-1 付款 | D 5602 3.00 | C 1002 3.00
    2026-02-06 记-3 付款 | D 5602 4.00 | C 1002 4.00
    2026-02-07 记-4 付款 | D 5602 5.00 | C 1002 5.00
    """
    back = before + "2026-02-06 记-2 付款 | D 5602 9.00 | C 1002 9.00"
    renumbered = before.replace("记-3 ", "记-2 ").replace("记-4 ", "记-3 ")
    assert prove("N02", before, back).ok
    assert not prove("N02", before, before).ok
    assert not prove("N02", before, renumbered).ok
    assert not prove("N02", before, without(before, "2026-02-06", "2026-02-07")).ok


def test_number_used_twice() -> None:
    before = """
    2026-01-05 记-1 付房租 | D 5602 10.00 | C 1002 10.00
    2026-01-06 记-2 付电费 | D 5602 20.00 | C 1002 20.00
    2026-01-09 记-2 付水费 | D 5602 30.00 | C 1002 30.00
    """
    own = before.replace("2026-01-09 记-2", "2026-01-09 记-3")
    assert prove("N03", before, own).ok
    assert not prove("N03", before, before).ok
    assert not prove("N03", before, own.replace("30.00", "31.00")).ok
    assert not prove("N03", before, without(before, "2026-01-09")).ok


def test_date_against_number() -> None:
    before = "\n".join(f"2026-01-{day:02d} 记-{day} 付款 | D 5602 {day}.00 | C 1002 {day}.00" for day in range(1, 21))
    wrong = before.replace("2026-01-15 记-15", "2026-01-03 记-15")
    assert prove("N04", wrong, before).ok
    assert not prove("N04", wrong, wrong).ok
    assert not prove("N04", wrong, without(wrong, "2026-01-03 记-15")).ok


def test_account_with_details() -> None:
    before = """
    account 560201 管理费用-办公费
    2026-01-15 记-1 付办公费 | D 560201 100.00 | C 1002 100.00
    2026-02-15 记-1 付办公费 | D 5602 88.00 | C 1002 88.00
    """
    red = Approved("2026-03-12 记-1 注销2026年2月15日记-1号凭证 | D 5602 -88.00 | C 1002 -88.00", "red", "2026-02 记-1")
    blue = Approved(
        "2026-03-12 记-2 订正2026年2月15日记-1号凭证 | D 560201 88.00 | C 1002 88.00", "blue", "2026-02 记-1"
    )
    assert prove("N05", before, f"{before}\n{red.text}\n{blue.text}", red, blue).ok
    assert not prove("N05", before, f"{before}\n2026-03-12 记-1 付邮费 | D 560201 88.00 | C 1002 88.00").ok
    assert not prove(
        "N05", before, without(before, "2026-02-15") + "\n2026-02-16 记-2 付 | D 560201 1.00 | C 1002 1.00"
    ).ok


OPENINGS = """
    balance 2026-02 1002 500.00 0.00 100.00 400.00
    balance 2026-02 1122 100.00 0.00 0.00 100.00
    balance 2026-03 1002 {opening} 0.00 0.00 {opening}
    balance 2026-03 1122 100.00 0.00 0.00 100.00
"""


def test_opening_unlike_last_closing() -> None:
    before = OPENINGS.format(opening="450.00")
    assert prove("N06", before, OPENINGS.format(opening="400.00")).ok
    assert not prove("N06", before, OPENINGS.format(opening="420.00")).ok
    assert not prove("N06", before, without(before, "balance 2026-03 1002")).ok
    assert not prove("N06", before, without(before, "balance 2026-03")).ok


def test_list_that_does_not_roll() -> None:
    before = "balance 2026-03 1002 500.00 0.00 100.00 450.00\nbalance 2026-03 1122 1.00 0.00 0.00 1.00"
    assert prove("N07", before, before.replace("450.00", "400.00")).ok
    assert not prove("N07", before, before.replace("450.00", "430.00")).ok
    assert not prove("N07", before, without(before, "balance 2026-03 1002")).ok


OPENED = """
    2026-01-01 记-0 期初余额 | D 1001 100.00 | D 1002 900.00 | C 3001 1000.00
"""


def test_balance_on_the_wrong_side() -> None:
    before = OPENED + "2026-01-31 记-1 付货款 | D 2202 100.00 | C 1002 100.00"
    invoice = Approved("2026-02-12 记-1 补记2026年1月采购 | D 1405 300.00 | C 2202 300.00", "blue")
    assert prove("N08", before, f"{before}\n{invoice.text}", invoice).ok
    assert not prove("N08", before, f"{before}\n2026-02-12 记-1 付款 | D 2202 1.00 | C 1002 1.00").ok
    assert not prove(
        "N08", before, without(f"{before}\n2026-02-12 记-1 采购 | D 1405 9.00 | C 2202 9.00", "2026-01-01")
    ).ok


def test_cash_below_zero() -> None:
    before = (
        OPENED
        + """
    2026-01-10 记-1 付运费 | D 5601 30.00 | C 1001 30.00
    2026-01-12 记-2 付招待费 | D 5602 250.00 | C 1001 250.00
    """
    )
    red = Approved(
        "2026-02-12 记-1 注销2026年1月12日记-2号凭证 | D 5602 -250.00 | C 1001 -250.00", "red", "2026-01 记-2"
    )
    blue = Approved(
        "2026-02-12 记-2 订正2026年1月12日记-2号凭证 | D 5602 250.00 | C 1002 250.00", "blue", "2026-01 记-2"
    )
    assert prove("N09", before, f"{before}\n{red.text}\n{blue.text}", red, blue).ok
    assert not prove("N09", before, f"{before}\n2026-02-12 记-1 提现 | D 1001 500.00 | C 1002 500.00").ok
    assert not prove("N09", before, without(before, "2026-01-12")).ok
    assert not prove("N09", before, without(before, "2026-01-01")).ok


def test_stock_below_zero() -> None:
    before = OPENED + "2026-01-31 记-1 结转成本 | D 5401 250.00 | C 1405 250.00"
    late = Approved("2026-02-12 记-1 补记2026年1月采购 | D 1405 300.00 | C 2202 300.00", "blue")
    assert prove("N10", before, f"{before}\n{late.text}", late).ok
    assert not prove("N10", before, f"{before}\n2026-02-12 记-1 采购 | D 1405 300.00 | C 2202 300.00").ok
    assert not prove(
        "N10", before, without(f"{before}\n2026-01-20 记-2 付 | D 5602 1.00 | C 1002 1.00", "2026-01-31")
    ).ok


def test_shareholder_loan() -> None:
    before = (
        OPENED
        + """
    2026-03-10 记-1 股东张三借款 | D 1221[张三] 800.00 | C 1002 800.00
    2026-10-31 记-1 付邮费 | D 5602 1.00 | C 1002 1.00
    """
    )
    repaid = before + "2026-12-20 记-1 张三还款 | D 1002 800.00 | C 1221[张三] 800.00"
    assert prove("N11", before, repaid).ok
    assert not prove("N11", before, before + "2026-12-20 记-1 张三还款 | D 1002 100.00 | C 1221[张三] 100.00").ok
    assert not prove("N11", before, without(before, "2026-03-10")).ok


def test_estimate_never_reversed() -> None:
    before = """
    account 220202 应付账款-暂估应付款
    2026-01-31 记-1 暂估入库 | D 1405 500.00 | C 220202[甲] 500.00
    2026-05-10 记-1 付办公费 | D 5602 10.00 | C 1002 10.00
    """
    red = Approved("2026-06-12 记-1 冲回2026年1月暂估入库 | D 1405 -500.00 | C 220202[甲] -500.00")
    assert prove("N14", before, f"{before}\n{red.text}", red).ok
    assert not prove("N14", before, before + "\n2026-06-10 记-1 付办公费 | D 5602 10.00 | C 1002 10.00").ok
    assert not prove("N14", before, without(before, "2026-01-31")).ok


def test_party_that_rests() -> None:
    before = """
    2026-01-01 记-0 期初余额 | D 1122[甲] 500.00 | C 3001 500.00
    2026-12-31 记-1 付办公费 | D 5602 10.00 | C 1002 10.00
    """
    assert prove("N15", before, before + "2027-01-10 记-1 收货款 | D 1002 500.00 | C 1122[甲] 500.00").ok
    assert not prove("N15", before, before + "2027-01-10 记-1 付办公费 | D 5602 10.00 | C 1002 10.00").ok
    assert not prove(
        "N15", before, without(before, "2026-01-01") + "\n2026-01-02 记-2 付 | D 5602 1.00 | C 1002 1.00"
    ).ok


def test_profit_not_carried() -> None:
    before = """
    2026-01-11 记-2 付办公费 | D 5602 200.00 | C 1002 200.00
    2026-01-31 记-3 结转损益 | D 3103 180.00 | C 5602 180.00
    """
    rest = Approved("2026-02-28 记-1 补充结转损益 | D 3103 20.00 | C 5602 20.00", "blue")
    assert prove("N21", before, f"{before}\n{rest.text}", rest).ok
    assert not prove("N21", before, f"{before}\n2026-02-28 记-1 结转损益 | D 3103 5.00 | C 5602 5.00").ok
    assert not prove("N21", before, without(before, "2026-01-31")).ok
    assert not prove("N21", before, before.replace("200.00", "180.00")).ok


def test_depreciation_missing() -> None:
    before = "\n".join(
        f"2026-0{m}-10 记-1 付办公费 | D 5602 10.00 | C 1002 10.00\n"
        + (f"2026-0{m}-28 记-2 计提折旧 | D 5602 100.00 | C 1602 100.00" if m != 4 else "")
        for m in range(1, 7)
    )
    late = Approved("2026-07-12 记-1 补提2026年4月折旧 | D 5602 100.00 | C 1602 100.00", "blue")
    assert prove("N22", before, f"{before}\n{late.text}", late).ok
    assert not prove("N22", before, f"{before}\n2026-07-12 记-1 计提折旧 | D 5602 100.00 | C 1602 100.00").ok
    gone = without(before, *(f"2026-0{m}-28" for m in range(1, 7)))
    assert not prove("N22", before, gone).ok


def test_duplicate() -> None:
    before = """
    2026-04-18 记-19 付运费给顺达物流 | D 5601[顺达] 2000.00 | C 1002 2000.00
    2026-04-22 记-25 付运费给顺达物流 | D 5601[顺达] 2000.00 | C 1002 2000.00
    """
    red = Approved(
        "2026-05-12 记-38 注销2026年4月22日记-25号凭证(与2026年4月18日记-19号重复)"
        " | D 5601[顺达] -2000.00 | C 1002 -2000.00",
        "red",
        "2026-04 记-25",
    )
    assert prove("N25", before, f"{before}\n{red.text}", red).ok
    assert not prove("N25", before, before).ok
    assert not prove("N25", before, without(before, "2026-04-22")).ok


def test_a_file_that_ends_earlier_proves_nothing() -> None:
    before = """
    2026-03-16 记-2 付办公费 | D 5602 110.00 | C 1002 100.00
    2026-04-16 记-1 付办公费 | D 5602 10.00 | C 1002 10.00
    """
    assert not prove("N01", before, without(before, "2026-04-16")).ok


def test_other_changes_in_closed_months_are_not_accepted_with_a_cure() -> None:
    before = """
    2026-03-16 记-2 付办公费 | D 5602 110.00 | C 1002 100.00
    2026-03-17 记-3 付房租 | D 5602 50.00 | C 1002 50.00
    2026-04-16 记-1 付办公费 | D 5602 10.00 | C 1002 10.00
    """
    red = Approved(
        "2026-04-12 记-2 注销2026年3月16日记-2号凭证 | D 5602 -110.00 | C 1002 -100.00", "red", "2026-03 记-2"
    )
    right = f"{before}\n{red.text}"
    assert prove("N01", before, right, red).ok
    assert not prove("N01", before, right.replace("D 5602 50.00 | C 1002 50.00", "D 5602 60.00 | C 1002 60.00"), red).ok
    assert not prove("N01", before, right + "\n2026-03-20 记-9 付 | D 5602 5.00 | C 1002 5.00", red).ok
    assert prove("N01", before, right.replace("付房租", "付三月房租"), red).ok  # words may differ
