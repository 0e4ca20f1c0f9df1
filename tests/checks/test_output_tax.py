"""N17 and N45."""

from __future__ import annotations

from saas.checks.comparisons import expected
from saas.kernel.money import Money
from tests.checks.ledger_text import found
from tests.checks.monthly_text import year_of

BOOKS = """
account 22210102 应交税费-应交增值税-销项税额
account 22210101 应交税费-应交增值税-进项税额
monthly 10 记-1 销售甲货物 | D 1122[甲] 1130.00 | C 5001 1000.00 | C 22210102 130.00
monthly 20 记-2 销售乙货物 | D 1122[乙] 2260.00 | C 5001 2000.00 | C 22210102 260.00
"""
GROSS = "2026-05-25 记-3 销售丙货物 | D 1002 3390.00 | C 5001 3390.00"


def test_a_sale_without_its_tax_line_is_found_with_the_entry_that_splits_it() -> None:
    [finding] = found("N45", year_of(BOOKS + GROSS))
    assert (finding.vouchers, finding.period, finding.severity) == (["2026-05 记-3"], "2026-05", "medium")
    assert [(row["account"], row["debit"], row["credit"]) for row in expected(finding.compared)] == [
        ("5001", Money.of("390.00"), None),
        ("22210102", None, Money.of("390.00")),
    ]


def test_the_month_of_that_sale_does_not_tie() -> None:
    [finding] = found("N17", year_of(BOOKS + GROSS))
    assert (finding.period, finding.vouchers) == ("2026-05", ["2026-05 记-3"])
    assert (finding.compared["tax_due"], finding.compared["tax_booked"]) == ("830.70", "390.00")


def test_tax_split_at_the_months_end_ties_and_is_silent() -> None:
    later = GROSS.replace(
        "C 5001 3390.00", "C 5001 3390.00\n2026-05-31 记-4 价税分离 | D 5001 390.00 | C 22210102 390.00"
    )
    assert found("N45", year_of(BOOKS + later)) == []
    assert found("N17", year_of(BOOKS + later)) == []


def test_exempt_sales_on_an_account_of_their_own_are_no_untaxed_sales() -> None:
    exempt = "account 500102 主营业务收入-免税收入\nmonthly 25 记-3 销售农产品 | D 1002 900.00 | C 500102 900.00"
    assert found("N45", year_of(BOOKS + exempt)) == []
    assert found("N17", year_of(BOOKS + exempt)) == []


def test_a_returned_sale_and_rounding_are_silent() -> None:
    more = """2026-05-25 记-3 丙退货 | D 1122[丙] -1130.00 | C 5001 -1000.00 | C 22210102 -130.00
    2026-06-25 记-3 销售丁货物 | D 1122[丁] 113.01 | C 5001 100.00 | C 22210102 13.01"""
    assert found("N17", year_of(BOOKS + more)) == []
    assert found("N45", year_of(BOOKS + more)) == []


def test_returns_that_tell_different_sales_are_found() -> None:
    vat = {"2026-03": 1_000_000_00, "2026-06": 1_000_000_00}
    figures = {"vat_sales": vat, "cit_revenue": {"2026-06": 1_700_000_00}}
    [finding] = found("N17", year_of(BOOKS), figures=figures)
    assert (finding.object, finding.amount) == ("returns@2026-06", Money(300_000_00))
    assert found("N17", year_of(BOOKS), figures={**figures, "cit_revenue": {"2026-06": 1_900_000_00}}) == []
