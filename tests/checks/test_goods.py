"""N18: purchases against sales, as a whole and by class of goods."""

from __future__ import annotations

from datetime import date

import polars as pl

from saas.checks.outside.invoice_reading import LINES
from saas.kernel.money import Money
from tests.checks.ledger_text import found, ledger_of
from tests.checks.monthly_text import year_of

NAMES = """
account 22210101 应交税费-应交增值税-进项税额
account 22210102 应交税费-应交增值税-销项税额
account 140501 库存商品-茶叶
account 140502 库存商品-茶具
account 140503 库存商品-礼盒
account 500101 主营业务收入-茶叶
account 500102 主营业务收入-茶具
account 500103 主营业务收入-礼盒
account 500104 主营业务收入-培训服务
account 540101 主营业务成本-茶叶
account 540102 主营业务成本-茶具
account 540103 主营业务成本-礼盒
"""
TRADE = """
monthly 5 记-1 购茶叶 | D 140501 6000.00 | C 1002 6000.00
monthly 6 记-2 购茶具 | D 140502 3000.00 | C 1002 3000.00
monthly 20 记-3 售茶叶 | D 1002 9000.00 | C 500101 9000.00
monthly 21 记-4 售茶具 | D 1002 5000.00 | C 500102 5000.00
monthly 31 记-5 结转茶叶成本 | D 540101 6000.00 | C 140501 6000.00
monthly 31 记-6 结转茶具成本 | D 540102 3000.00 | C 140502 3000.00
"""


def test_input_vat_that_outgrows_output_vat_is_found() -> None:
    def year(number: int, bought: str) -> str:
        return "".join(
            f"{number}-{month:02d}-20 记-1 销售 | D 1122 113000.00 | C 5001 100000.00 | C 22210102 13000.00\n"
            f"{number}-{month:02d}-25 记-2 采购 | D 1405 80000.00 | D 22210101 {bought} | C 2202 80000.00\n"
            for month in range(1, 13)
        )

    end = "2027-01-05 记-1 付费 | D 5602 1.00 | C 1002 1.00"
    [finding] = found("N18", ledger_of(NAMES + year(2025, "6000.00") + year(2026, "12000.00") + end))
    assert (finding.severity, finding.amount, finding.period) == ("low", Money.of("72000.00"), "2026-12")
    assert found("N18", ledger_of(NAMES + year(2025, "6000.00") + year(2026, "8000.00") + end)) == []
    assert found("N18", ledger_of(NAMES + year(2026, "12000.00") + end)) == []


def test_a_class_sold_below_cost_is_found_and_a_profitable_one_is_not() -> None:
    assert found("N18", year_of(NAMES + TRADE)) == []
    dear = TRADE.replace("540102 3000.00", "540102 8000.00").replace("140502 3000.00", "140502 8000.00")
    [finding] = found("N18", year_of(NAMES + dear))
    assert (finding.object, finding.account, finding.amount) == ("below@茶具", "500102", Money.of("36000.00"))
    assert (finding.compared["margin"], finding.severity) == ("-60.0%", "low")


def test_a_class_sold_without_any_cost_is_found_and_a_service_is_not() -> None:
    gifts = "monthly(7-12) 22 记-7 售礼盒 | D 1002 4000.00 | C 500103 4000.00\n"
    [finding] = found("N18", year_of(NAMES + TRADE + gifts))
    assert (finding.object, finding.amount, finding.period) == ("no_cost@礼盒", Money.of("24000.00"), "2026-12")
    assert found("N18", year_of(NAMES + TRADE + gifts.replace("500103", "500104"))) == []


def test_a_class_that_lies_in_stock_for_half_a_year_is_found() -> None:
    bought = "2026-03-08 记-8 购礼盒 | D 140503 30000.00 | C 1002 30000.00\n"
    [finding] = found("N18", year_of(NAMES + TRADE + bought))
    assert (finding.object, finding.amount) == ("unsold@礼盒", Money.of("30000.00"))
    used = "2026-08-08 记-8 领用礼盒 | D 5602 500.00 | C 140503 500.00\n"
    assert found("N18", year_of(NAMES + TRADE + bought + used)) == []
    assert found("N18", year_of(NAMES + TRADE + bought.replace("03-08", "09-08"))) == []


def test_classes_kept_by_auxiliary_item_are_compared_alike() -> None:
    text = TRADE
    for account, item in (("01", "茶叶"), ("02", "茶具")):
        for top in ("1405", "5001", "5401"):
            text = text.replace(f"{top}{account} ", f"{top}[存货:{item}] ")
    dear = text.replace("5401[存货:茶具] 3000.00", "5401[存货:茶具] 8000.00").replace(
        "1405[存货:茶具] 3000.00", "1405[存货:茶具] 8000.00"
    )
    assert [f.object for f in found("N18", year_of("\n" + dear))] == ["below@茶具"]


def test_customers_on_the_sales_account_are_no_goods() -> None:
    text = """
    monthly 20 记-3 销售 | D 1122[甲] 9000.00 | C 5001[甲] 9000.00
    monthly 21 记-4 销售 | D 1122[乙] 5000.00 | C 5001[乙] 5000.00
    monthly 31 记-5 结转成本 | D 5401 12000.00 | C 1405 12000.00"""
    assert found("N18", year_of(text)) == []


def listed(*rows: tuple[str, int]) -> pl.DataFrame:
    full = [(n, f"{n:020}", date(2026, 9, 1), "", "", fen, fen // 10, "", "", [goods])
            for n, (goods, fen) in enumerate(rows, 2)]  # fmt: skip
    return pl.DataFrame(full, schema=LINES, orient="row")


BOUGHT = [("茶", 900_000), ("纸制品", 20_000), ("现代服务", 800_000)]
SOLD = [("茶", 1_500_000), ("现代服务", 700_000)]


def test_goods_on_invoices_to_customers_that_nobody_bought_are_found() -> None:
    ledger = year_of(NAMES + TRADE)
    lists = {"in": listed(*BOUGHT), "out": listed(*SOLD)}
    assert found("N18", ledger, invoices=lists) == []
    odd = {"in": lists["in"], "out": listed(*SOLD, ("钢材", 900_000))}
    [finding] = found("N18", ledger, invoices=odd)
    assert (finding.object, finding.severity, finding.amount) == ("invoices_sold@钢材", "medium", Money(900_000))
    unsold = {"in": listed(*BOUGHT, ("黄金", 500_000)), "out": lists["out"]}
    assert [(f.object, f.severity) for f in found("N18", ledger, invoices=unsold)] == [("invoices_bought@黄金", "low")]
    assert found("N18", ledger, invoices={"out": odd["out"]}) == []


def test_a_maker_sells_other_goods_than_it_buys() -> None:
    making = "monthly 28 记-9 领料 | D 4001 2000.00 | C 1403 2000.00\n"
    lists = {"in": listed(("塑料", 900_000)), "out": listed(("玩具", 1_500_000))}
    assert found("N18", year_of(NAMES + TRADE + making), invoices=lists) == []
    assert len(found("N18", year_of(NAMES + TRADE), invoices=lists)) == 2
