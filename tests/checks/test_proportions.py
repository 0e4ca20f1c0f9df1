"""N13, N19 and N23."""

from __future__ import annotations

from saas.kernel.money import Money
from tests.checks.ledger_text import found
from tests.checks.monthly_text import year_of

END = "\n2027-01-05 记-1 付费 | D 5602 1.00 | C 1002 1.00\n"
SALES = "monthly 20 记-2 销售 | D 1002 100000.00 | C 5001 100000.00\n"
COST = "monthly 28 记-3 结转成本 | D 5401 60000.00 | C 1405 60000.00\n"
CAPITAL = "2026-01-01 记-1 收到投资款 | D 1002 900000.00 | C 3001[张三] 900000.00\n"


def test_other_receivables_of_a_third_of_all_assets_are_found() -> None:
    text = END + CAPITAL + SALES + "2026-05-05 记-4 借给甲公司 | D 1221[甲公司] 700000.00 | C 1002 700000.00"
    [finding] = found("N13", year_of(text))
    assert (finding.account, finding.amount, finding.compared["rate"]) == ("1221", Money.of("700000.00"), "33%")


def test_small_receivables_unknown_balances_and_young_books_are_silent() -> None:
    small = "2026-05-05 记-4 借给甲公司 | D 1221[甲公司] 300000.00 | C 1002 300000.00"
    large = small.replace("300000", "700000")
    assert found("N13", year_of(END + CAPITAL + SALES + small)) == []
    assert found("N13", year_of(END + SALES + large)) == []
    assert found("N13", year_of(("\n" + CAPITAL + SALES + large).replace("monthly ", "monthly(1-8) "))) == []


def test_old_advances_are_found_and_fresh_ones_are_not() -> None:
    advance = "2026-03-05 记-4 预收乙公司 | D 1002 600000.00 | C 2203[乙公司] 600000.00"
    [finding] = found("N13", year_of(END + CAPITAL + SALES + advance))
    assert (finding.account, finding.compared["balance"]) == ("2203", "600000.00")
    assert found("N13", year_of(END + CAPITAL + SALES + advance.replace("2026-03", "2026-09"))) == []


def test_months_with_costs_and_no_sales_are_found() -> None:
    rent = "monthly 5 记-1 付房租 | D 5602 5000.00 | C 1002 5000.00\n"
    [finding] = found("N19", year_of(END + rent + SALES.replace("monthly", "monthly(1-4 8-12)")))
    assert (finding.severity, finding.object, finding.compared["months"]) == ("low", "idle@2026-05", 3)
    [longer] = found("N19", year_of(END + rent + SALES.replace("monthly", "monthly(1-4)")))
    assert (longer.severity, longer.period) == ("high", "2026-12")


def test_two_idle_months_a_company_being_set_up_and_one_at_rest_are_no_findings() -> None:
    rent = "monthly 5 记-1 付房租 | D 5602 5000.00 | C 1002 5000.00\n"
    assert found("N19", year_of(END + rent + SALES.replace("monthly", "monthly(1-4 7-12)"))) == []
    [set_up] = found("N19", year_of(END + rent + SALES.replace("monthly", "monthly(6-12)")))
    assert set_up.severity == "info"
    assert found("N19", year_of(END + SALES.replace("monthly", "monthly(1-4 8-12)"))) == []


def test_cost_above_sales_for_two_quarters_is_found() -> None:
    text = (
        END
        + SALES
        + COST.replace("monthly", "monthly(1-3)")
        + COST.replace("monthly", "monthly(4-12)").replace("60000", "120000")
    )
    assert [f.period for f in found("N23", year_of(text)) if f.severity == "medium"] == ["2026-09", "2026-12"]


def test_a_month_without_its_margin_stands_apart_and_a_steady_year_does_not() -> None:
    odd = (
        END
        + SALES
        + COST.replace("monthly", "monthly(1-6 8-12)")
        + "2026-07-28 记-3 结转成本 | D 5401 9000.00 | C 1405 9000.00"
    )
    [finding] = found("N23", year_of(odd))
    assert (finding.period, finding.severity, finding.compared["margin"]) == ("2026-07", "low", "91.0%")
    assert found("N23", year_of(END + SALES + COST)) == []
    quarterly = END + SALES + COST.replace("monthly", "monthly(3 6 9 12)").replace("60000", "180000")
    assert found("N23", year_of(quarterly)) == []
