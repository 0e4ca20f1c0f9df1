"""Cure of the rules on series, slips, reversals and documents: cured, not cured, only left out."""

from __future__ import annotations

from tests.checks.proof import Approved, prove, without

WAGES = """
    monthly(1-4 6-9) 28 记-10 计提{m}月工资 | D 560201 30000.00 | C 221101 30000.00
    monthly(1-9) 20 记-5 付{m}月水电费 | D 560202 800.00 | C 1002 800.00
"""


def test_missing_recurring_entry() -> None:
    late = Approved("2026-09-30 记-20 补提2026年5月工资 | D 560201 30000.00 | C 221101 30000.00", "blue")
    assert prove("N33", WAGES, WAGES + late.text, late).ok
    assert not prove("N33", WAGES, WAGES + "2026-10-28 记-10 计提10月工资 | D 560201 30000.00 | C 221101 30000.00").ok
    assert not prove("N33", WAGES, without(WAGES, "monthly(1-4")).ok


RENT = """
    monthly(1-4 6-9) 28 记-8 支付{m}月房租 | D 5602 6000.00 | C 1002 6000.00
    2026-05-28 记-8 支付5月房租 | D 5602 60000.00 | C 1002 60000.00
"""


def test_slip_of_the_decimal_point() -> None:
    less = Approved(
        "2026-09-30 记-9 冲销2026年5月28日记-8号凭证多记金额 | D 5602 -54000.00 | C 1002 -54000.00",
        "red",
        "2026-05 记-8",
    )
    assert prove("N38", RENT, RENT + less.text, less).ok
    wrong = less.text.replace("-54000.00", "-5400.00")
    assert not prove("N38", RENT, RENT + wrong, Approved(wrong, "red", "2026-05 记-8")).ok
    assert not prove("N38", RENT, without(RENT, "2026-05-28")).ok


RECEIPTS = """
    monthly(1-9) 12 记-2 收甲公司货款 | D 1002 5000.00 | C 1122[甲公司] 5000.00
    monthly(1-9) 14 记-3 收乙公司货款 | D 1002 7000.00 | C 1122[乙公司] 7000.00
    monthly(1-9) 16 记-4 收丙公司货款 | D 1002 8000.00 | C 1122[丙公司] 8000.00
    2026-08-22 记-7 收丁公司货款 | D 1122[丁公司] 9000.00 | C 1002 9000.00
"""


def test_sides_exchanged() -> None:
    red = Approved(
        "2026-09-30 记-8 注销2026年8月22日记-7号凭证 | D 1122[丁公司] -9000.00 | C 1002 -9000.00", "red", "2026-08 记-7"
    )
    blue = Approved(
        "2026-09-30 记-9 订正2026年8月22日记-7号凭证 | D 1002 9000.00 | C 1122[丁公司] 9000.00", "blue", "2026-08 记-7"
    )
    assert prove("N39", RECEIPTS, f"{RECEIPTS}{red.text}\n{blue.text}", red, blue).ok
    double = "2026-09-30 记-8 收丁公司货款 | D 1002 18000.00 | C 1122[丁公司] 18000.00"
    assert not prove("N39", RECEIPTS, RECEIPTS + double).ok
    assert not prove("N39", RECEIPTS, without(RECEIPTS, "2026-08-22")).ok


INVOICES = """
    2026-03-18 记-19 收顺达物流发票25332000000012345678 | D 5601 2000.00 | C 2202[顺达物流] 2000.00
    2026-06-22 记-25 收顺达物流发票25332000000012345678 | D 5601 2000.00 | C 2202[顺达物流] 2000.00
    2026-09-22 记-25 付办公费 | D 5602 20.00 | C 1002 20.00
"""


def test_invoice_booked_twice() -> None:
    red = Approved(
        "2026-09-30 记-38 注销2026年6月22日记-25号凭证 | D 5601 -2000.00 | C 2202[顺达物流] -2000.00",
        "red",
        "2026-06 记-25",
    )
    for rule in ("N25", "N44"):
        assert prove(rule, INVOICES, INVOICES + red.text, red).ok
        assert not prove(rule, INVOICES, INVOICES).ok
        assert not prove(rule, INVOICES, without(INVOICES, "2026-06-22")).ok


RED = """
    monthly(1-9) 20 记-3 销售商品 | D 1122[甲] {m}000.00 | C 5001 {m}000.00
    2026-09-30 记-40 冲减收入 | D 1122[甲] -3000.00 | C 5001 -3000.00
"""


def test_unexplained_red() -> None:
    undone = Approved(
        "2026-10-31 记-8 注销2026年9月30日记-40号凭证 | D 1122[甲] 3000.00 | C 5001 3000.00", "red", "2026-09 记-40"
    )
    assert prove("N26", RED, RED + undone.text, undone).ok
    explained = RED.replace("冲减收入", "甲公司退货，红字发票26332000000123456789")
    assert prove("N26", RED, explained).ok  # the document was found; amounts stand
    assert not prove("N26", RED, RED).ok
    assert not prove("N26", RED, without(RED, "2026-09-30")).ok
