"""N12 and N51."""

from __future__ import annotations

from saas.kernel.money import Money
from saas.ledgers.frame import Ledger
from tests.checks.ledger_text import found
from tests.checks.monthly_text import year_of

SALES = "\naccount 224101 其他应付款-股东借款\nmonthly 20 记-1 销售 | D 1002 50000.00 | C 5001 50000.00\n"
END = "2027-01-05 记-1 付费 | D 5602 1.00 | C 1002 1.00\n"


def test_a_shareholder_who_lends_more_than_half_the_sales_is_found() -> None:
    text = SALES + END + "monthly(3 6 9) 5 记-2 收股东借款 | D 1002 200000.00 | C 224101[张三] 200000.00"
    [finding] = found("N12", year_of(text))
    assert (finding.compared["person"], finding.amount, finding.severity) == ("张三", Money.of("600000.00"), "medium")
    assert len(finding.vouchers) == 3


def test_money_that_went_back_and_large_sales_are_silent() -> None:
    text = SALES + END + "monthly(3 6 9) 5 记-2 收股东借款 | D 1002 200000.00 | C 224101[张三] 200000.00\n"
    assert (
        found("N12", year_of(text + "2026-11-05 记-2 还股东借款 | D 224101[张三] 300000.00 | C 1002 300000.00")) == []
    )
    assert found("N12", year_of(text.replace("50000.00", "150000.00"))) == []


def test_a_loan_repaid_for_the_years_end_and_lent_again_is_found(ledger: Ledger) -> None:
    """
    2026-03-10 记-1 股东张三借款 | D 1221[张三] 200000.00 | C 1002 200000.00
    2026-12-28 记-1 张三还款 | D 1002 200000.00 | C 1221[张三] 200000.00
    2027-01-04 记-1 张三借款 | D 1221[张三] 150000.00 | C 1002 150000.00
    """
    [finding] = found("N51", ledger)
    assert (finding.vouchers, finding.period) == (["2026-12 记-1", "2027-01 记-1"], "2027-01")
    assert (finding.compared["repaid"], finding.compared["lent_again"]) == ("200000.00", "150000.00")


def test_a_loan_repaid_in_november_or_a_small_new_one_is_silent(ledger: Ledger) -> None:
    """
    2026-03-10 记-1 股东张三借款 | D 1221[张三] 200000.00 | C 1002 200000.00
    2026-11-28 记-1 张三还款 | D 1002 200000.00 | C 1221[张三] 200000.00
    2027-01-04 记-1 张三借款 | D 1221[张三] 150000.00 | C 1002 150000.00
    2026-03-10 记-2 股东李四借款 | D 1221[李四] 200000.00 | C 1002 200000.00
    2026-12-28 记-2 李四还款 | D 1002 200000.00 | C 1221[李四] 200000.00
    2027-01-04 记-2 李四借款 | D 1221[李四] 20000.00 | C 1002 20000.00
    """
    assert found("N51", ledger) == []
