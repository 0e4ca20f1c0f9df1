"""N16, N30, N48, N49 and N50."""

from __future__ import annotations

from saas.checks.comparisons import expected
from saas.kernel.money import Money
from tests.checks.ledger_text import found, ledger_of
from tests.checks.monthly_text import year_of

NAMES = """
account 22210101 应交税费-应交增值税-进项税额
account 22210102 应交税费-应交增值税-销项税额
account 22210103 应交税费-应交增值税-转出未交增值税
account 22210104 应交税费-应交增值税-进项税额转出
account 222102 应交税费-未交增值税
account 222105 应交税费-应交城建税
account 222106 应交税费-应交教育费附加
account 222104 应交税费-应交个人所得税
account 560203 管理费用-业务招待费
account 560210 管理费用-职工福利费
account 560101 销售费用-广告宣传费
account 560206 管理费用-工资
account 221101 应付职工薪酬-工资
"""
VAT = """monthly 31 记-8 转出未交增值税 | D 22210103 1000.00 | C 222102 1000.00
monthly(2-12) 10 记-2 缴纳上月增值税 | D 222102 1000.00 | C 1002 1000.00
"""
SURCHARGE = "{} 31 记-9 计提附加税 | D 5403 100.00 | C 222105 70.00 | C 222106 30.00\n"
PAID = "monthly(2-12) 12 记-3 缴纳附加税 | D 222105 70.00 | D 222106 30.00 | C 1002 100.00\n"


def test_a_month_with_vat_and_no_surcharge_is_found_with_its_entry() -> None:
    text = NAMES + VAT + SURCHARGE.format("monthly(1-4 6-12)")
    [finding] = found("N50", year_of(text))
    assert (finding.period, finding.severity, finding.amount) == ("2026-05", "medium", Money.of("100.00"))
    assert [(r["account"], r["debit"] or r["credit"]) for r in expected(finding.compared)] == [
        ("5403", Money.of("100.00")),
        ("222105", Money.of("70.00")),
        ("222106", Money.of("30.00")),
    ]


def test_surcharges_accrued_the_month_after_or_paid_without_accrual_are_silent() -> None:
    later = "monthly(2-12) 5 记-9 计提上月附加税 | D 5403 100.00 | C 222105 70.00 | C 222106 30.00"
    assert found("N50", year_of(NAMES + VAT + later)) == []
    at_once = "monthly(2-12) 12 记-9 缴纳城建税及教育费附加 | D 5403 100.00 | C 1002 100.00"
    assert found("N50", year_of(NAMES + VAT + at_once)) == []


def test_an_exempt_quarter_needs_no_surcharge() -> None:
    """Small-scale: the VAT of each quarter went to income."""
    text = """
    account 222101 应交税费-应交增值税
    monthly 20 记-1 销售 | D 1002 50500.00 | C 5001 50000.00 | C 222101 500.00
    monthly(3 6 9 12) 31 记-2 免征增值税 | D 222101 1499.00 | C 5301 1499.00"""
    assert [f for f in found("N50", year_of(text), taxpayer="S") if f.severity != "low"] == []
    owing = text.replace("monthly(3 6 9 12)", "monthly(3 12)")
    told = [f for f in found("N50", year_of(owing), taxpayer="S") if f.object.startswith("surcharge")]
    # books that never have any: a question about the books, not a slip in them
    assert [(f.period, f.severity) for f in told] == [("2026-09", "low")]


def test_a_year_of_sales_without_stamp_duty_is_a_faint_finding() -> None:
    text = (
        "\nmonthly 20 记-1 销售 | D 1002 50000.00 | C 5001 50000.00\n2027-01-05 记-1 付费 | D 5602 1.00 | C 1002 1.00"
    )
    [finding] = found("N50", year_of(text))
    assert (finding.object, finding.severity) == ("stamp@2026", "low")
    assert found("N50", year_of(text + "\n2026-04-10 记-2 缴印花税 | D 5403 15.00 | C 1002 15.00")) == []


def test_a_tax_that_was_not_paid_in_its_filing_month_is_found() -> None:
    unpaid = VAT.replace("monthly(2-12)", "monthly(2-5 7-12)")
    [finding] = found("N48", year_of(NAMES + unpaid + SURCHARGE.format("monthly") + PAID))
    assert (finding.account, finding.amount, finding.period) == ("222102", Money.of("1000.00"), "2026-11")
    assert finding.compared["open"] == "1000.00"


def test_taxes_paid_a_quarter_later_and_the_last_month_are_silent() -> None:
    assert found("N48", year_of(NAMES + VAT + SURCHARGE.format("monthly") + PAID)) == []
    quarterly = """account 222103 应交税费-应交企业所得税
    monthly(3 6 9 12) 31 记-7 计提所得税 | D 5801 500.00 | C 222103 500.00
    monthly(4 7 10) 15 记-7 缴纳所得税 | D 222103 500.00 | C 1002 500.00"""
    assert found("N48", year_of(NAMES + quarterly)) == []


def test_input_vat_on_entertainment_is_to_be_transferred_out() -> None:
    text = NAMES + "2026-03-10 记-1 招待费 | D 560203 1000.00 | D 22210101 60.00 | C 1002 1060.00"
    [finding] = found("N49", year_of(text))
    assert (finding.vouchers, finding.severity, finding.amount) == (["2026-03 记-1"], "high", Money.of("60.00"))
    [debit, credit] = expected(finding.compared)
    assert (debit["account"], credit["account"], credit["credit"]) == ("560203", "22210104", Money.of("60.00"))


def test_what_is_transferred_out_the_same_month_is_silent() -> None:
    text = (
        NAMES
        + """2026-03-10 记-1 招待费 | D 560203 1000.00 | D 22210101 60.00 | C 1002 1060.00
    2026-03-31 记-2 进项税额转出 | D 560203 60.00 | C 22210104 60.00
    2026-03-12 记-3 办公费 | D 5602 1000.00 | D 22210101 60.00 | C 1002 1060.00"""
    )
    assert found("N49", year_of(text)) == []


def test_what_exceeds_a_limit_is_said_from_the_third_quarter_on() -> None:
    text = (
        NAMES
        + """
    monthly(1-10) 5 记-1 销售 | D 1002 100000.00 | C 5001 100000.00
    monthly(1-10) 28 记-2 工资 | D 560206 10000.00 | C 221101 10000.00
    monthly(1-10) 10 记-3 招待 | D 560203 2000.00 | C 1002 2000.00
    monthly(1-10) 11 记-4 福利 | D 560210 2000.00 | C 1002 2000.00
    monthly(1-10) 12 记-5 广告 | D 560101 5000.00 | C 1002 5000.00"""
    )
    entertainment, welfare = found("N30", year_of(text))
    assert (entertainment.severity, entertainment.compared["limit"]) == ("info", "4500.00")  # 0.5 % of 900,000
    assert (welfare.severity, welfare.compared["limit"], welfare.amount) == ("medium", "12600.00", Money.of("5400.00"))
    assert found("N30", year_of(text.replace("1-10", "1-8"))) == []
    assert found("N30", year_of(text.replace("1-10", "3-12"))) == []  # the year's beginning is not in the file


def test_modest_spending_is_only_for_information() -> None:
    text = (
        NAMES
        + """
    monthly 5 记-1 销售 | D 1002 100000.00 | C 5001 100000.00
    monthly 10 记-3 招待 | D 560203 500.00 | C 1002 500.00"""
    )
    assert [f.severity for f in found("N30", year_of(text))] == ["info"]


def test_a_burden_that_halves_within_a_year_is_found() -> None:
    def year(number: int, vat: str) -> str:
        return "".join(
            f"{number}-{month:02d}-20 记-1 销售 | D 1122 11300.00 | C 5001 10000.00 | C 22210102 1300.00\n"
            f"{number}-{month:02d}-28 记-2 转出未交 | D 22210103 {vat} | C 222102 {vat}\n"
            for month in range(1, 13)
        )

    text = NAMES + year(2025, "400.00") + year(2026, "200.00") + "2027-01-05 记-1 付费 | D 5602 1.00 | C 1002 1.00"
    [finding] = found("N16", ledger_of(text))
    assert (finding.compared["burden"], finding.compared["burden_before"]) == ("2.00%", "4.00%")
    steady = text.replace(" 200.00", " 380.00")
    assert found("N16", ledger_of(steady)) == []
    assert found("N16", ledger_of(steady), benchmark=0.06) != []
    assert found("N16", ledger_of(text), taxpayer="S") == []


def test_a_tax_that_is_never_paid_in_a_long_file_is_a_question() -> None:
    """Its payments may be booked elsewhere; one month left out of many is another matter."""
    text = """
        account 222103 应交税费-应交个人所得税
        monthly 10 记-1 发放工资 | D 2211 9000.00 | C 222103 300.00 | C 1002 8700.00
        monthly 31 记-2 结转损益 | D 3103 9000.00 | C 5602 9000.00"""
    assert {f.severity for f in found("N48", year_of(text))} == {"low"}
    paid = text + "\n        2026-02-15 记-5 缴纳个人所得税 | D 222103 300.00 | C 1002 300.00"
    assert {f.severity for f in found("N48", year_of(paid))} == {"high"}
