"""N24, N41 and N43."""

from __future__ import annotations

from saas.checks.comparisons import expected
from saas.kernel.money import Money
from tests.checks.ledger_text import found
from tests.checks.monthly_text import year_of

BOOKS = """
account 160101 固定资产-办公设备
account 560201 管理费用-办公费
account 560203 管理费用-业务招待费
account 560205 管理费用-水电费
account 560212 管理费用-咨询服务费
monthly(1-6 8-12) 10 记-1 付甲事务所顾问费 | D 560212 800.00 | C 1002 800.00
monthly 12 记-2 付{m}月水电费 | D 560205 300.00 | C 1002 300.00
"""


def test_equipment_charged_to_office_expense_is_found_with_the_entry_to_the_asset() -> None:
    text = BOOKS + "2026-04-10 记-3 购服务器及机柜一台 | D 560201 42000.00 | C 1002 42000.00"
    [finding] = found("N41", year_of(text))
    assert (finding.vouchers, finding.severity, finding.account) == (["2026-04 记-3"], "medium", "560201")
    [debit, credit] = expected(finding.compared)
    assert (debit["account"], credit["account"], credit["credit"]) == ("160101", "560201", Money.of("42000.00"))


def test_a_licence_of_three_years_is_no_cost_of_one_month() -> None:
    text = BOOKS + "2026-04-10 记-3 付系统三年服务费 | D 560201 36000.00 | C 1002 36000.00"
    assert [f.vouchers for f in found("N41", year_of(text))] == [["2026-04 记-3"]]


def test_small_things_upkeep_rent_and_clouds_are_expenses() -> None:
    text = (
        BOOKS
        + """
    2026-04-10 记-3 购打印机 | D 560201 1200.00 | C 1002 1200.00
    2026-04-11 记-4 空调维修 | D 560201 9000.00 | C 1002 9000.00
    2026-04-12 记-5 租赁设备 | D 560201 9000.00 | C 1002 9000.00
    2026-04-13 记-6 付云服务器费 | D 560201 9000.00 | C 1002 9000.00
    2026-04-14 记-7 购汽车 | D 160101 90000.00 | C 1002 90000.00
    monthly 15 记-8 领用设备{m} | D 560201 6000.00 | C 1411 6000.00"""
    )
    assert found("N41", year_of(text)) == []


def test_words_that_name_another_expense_are_found() -> None:
    text = BOOKS + "2026-07-20 记-3 付车间水电费 | D 560203 310.00 | C 1002 310.00"
    [finding] = found("N43", year_of(text))
    assert (finding.vouchers, finding.account, finding.severity) == (["2026-07 记-3"], "560203", "low")
    assert [row["account"] for row in expected(finding.compared)] == ["560205", "560203"]


def test_words_of_two_kinds_general_accounts_and_corrections_say_nothing() -> None:
    text = (
        BOOKS
        + """
    2026-07-20 记-3 招待客户差旅费 | D 560203 310.00 | C 1002 310.00
    2026-07-21 记-4 付快递费 | D 560201 20.00 | C 1002 20.00
    2026-07-22 记-5 调整水电费 | D 560203 310.00 | C 560205 310.00"""
    )
    assert found("N43", year_of(text)) == []


def test_an_entry_that_left_its_usual_account_is_found() -> None:
    text = BOOKS + "2026-07-10 记-1 付甲事务所顾问费 | D 560201 800.00 | C 1002 800.00"
    [finding] = found("N24", year_of(text))
    assert (finding.vouchers, finding.compared["usual_account"], finding.compared["same_words"]) == (
        ["2026-07 记-1"],
        "560212",
        11,
    )


def test_a_new_habit_and_few_uses_are_silent() -> None:
    two = BOOKS.replace("1-6 8-12", "1-6") + "monthly(7-12) 10 记-1 付甲事务所顾问费 | D 560201 800.00 | C 1002 800.00"
    assert found("N24", year_of(two)) == []
    few = BOOKS.replace("1-6 8-12", "4-6") + "2026-07-10 记-1 付甲事务所顾问费 | D 560201 800.00 | C 1002 800.00"
    assert found("N24", year_of(few)) == []
