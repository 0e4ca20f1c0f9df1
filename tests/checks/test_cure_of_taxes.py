"""The newer rules three ways: cured, not cured, and cured only by omission, which must fail."""

from __future__ import annotations

from tests.checks.proof import Approved, prove, without

OUTPUT = "account 22210102 应交税费-应交增值税-销项税额\n"
SALES = OUTPUT + "monthly 10 记-1 销售甲货物 | D 1122[甲] 1130.00 | C 5001 1000.00 | C 22210102 130.00\n"
SALES += "monthly 20 记-2 销售乙货物 | D 1122[乙] 2260.00 | C 5001 2000.00 | C 22210102 260.00\n"
GROSS = "2026-05-25 记-3 销售丙货物 | D 1002 3390.00 | C 5001 3390.00\n"


def test_a_sale_without_tax_is_split_by_a_red_and_a_blue_voucher() -> None:
    red = Approved(
        "2026-12-20 记-8 注销2026年5月25日记-3号凭证 | D 1002 -3390.00 | C 5001 -3390.00", "red", "2026-05 记-3"
    )
    blue = Approved(
        "2026-12-20 记-9 订正2026年5月25日记-3号凭证 | D 1002 3390.00 | C 5001 3000.00 | C 22210102 390.00",
        "blue",
        "2026-05 记-3",
    )
    for rule in ("N17", "N45"):
        assert prove(rule, SALES + GROSS, f"{SALES}{GROSS}{red.text}\n{blue.text}", red, blue).ok, rule
        assert not prove(rule, SALES + GROSS, SALES + GROSS).ok
        assert not prove(rule, SALES + GROSS, SALES).ok  # the sale was taken away


def test_equipment_moved_to_the_asset_account() -> None:
    before = "account 160101 固定资产-办公设备\n2026-04-10 记-3 购服务器一台 | D 5602 42000.00 | C 1002 42000.00\n"
    red = Approved(
        "2026-04-20 记-8 注销2026年4月10日记-3号凭证 | D 5602 -42000.00 | C 1002 -42000.00", "red", "2026-04 记-3"
    )
    blue = Approved(
        "2026-04-20 记-9 订正2026年4月10日记-3号凭证 | D 160101 42000.00 | C 1002 42000.00", "blue", "2026-04 记-3"
    )
    assert prove("N41", before, f"{before}{red.text}\n{blue.text}", red, blue).ok
    assert not prove("N41", before, before).ok
    assert not prove("N41", before, before.replace("购服务器一台", "办公费")).ok  # only the words were changed


def test_a_tax_is_cleared_by_its_payment_and_not_by_losing_the_openings() -> None:
    before = """account 222103 应交税费-应交企业所得税
    2026-01-01 记-1 收到投资款 | D 1002 90000.00 | C 3001[张三] 90000.00
    2026-03-31 记-7 计提所得税 | D 5801 500.00 | C 222103 500.00
    2026-07-31 记-1 付办公费 | D 5602 1.00 | C 1002 1.00
    2026-08-31 记-1 付办公费 | D 5602 1.00 | C 1002 1.00
    """
    paid = (
        before
        + "2026-08-31 记-2 缴所得税 | D 222103 500.00 | C 1002 500.00\n2026-09-01 记-1 付费 | D 5602 1.00 | C 1002 1.00"
    )
    assert prove("N48", before, paid).ok
    assert not prove("N48", before, before).ok
    assert not prove("N48", before, without(paid, "2026-03-31")).ok
