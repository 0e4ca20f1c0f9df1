"""N20, N46, N47, N54 and N55: the books against figures from outside."""

from __future__ import annotations

import pytest

from saas.kernel.money import Money
from tests.checks.ledger_text import found
from tests.checks.monthly_text import year_of

BOOKS = """
account 221101 应付职工薪酬-工资
account 22210101 应交税费-应交增值税-进项税额
account 22210102 应交税费-应交增值税-销项税额
2026-01-01 记-1 收到投资款 | D 1002 100000.00 | C 3001[张三] 100000.00
monthly 20 记-2 销售 | D 1002 11300.00 | C 5001 10000.00 | C 22210102 1300.00
monthly 25 记-3 采购 | D 1405 2000.00 | D 22210101 260.00 | C 1002 2260.00
monthly 28 记-4 计提工资 | D 5602 5000.00 | C 221101 5000.00
"""
HALF = [f"2026-{month:02d}" for month in range(1, 7)]


def test_without_figures_nothing_is_said() -> None:
    for rule in ("N20", "N46", "N47", "N54", "N55"):
        assert found(rule, year_of(BOOKS)) == []


def test_wages_filed_below_wages_booked_are_found() -> None:
    filed = {"iit_income": dict.fromkeys(HALF, 4_000_00), "social_base": dict.fromkeys(HALF, 2_000_00)}
    income, base = found("N20", year_of(BOOKS), figures=filed)
    assert (income.severity, income.compared["booked"], income.compared["supplied"]) == (
        "medium",
        "30000.00",
        "24000.00",
    )
    assert (base.severity, base.amount) == ("low", Money.of("18000.00"))


@pytest.mark.parametrize("months", [5, 6])
def test_wages_within_a_tenth_or_of_few_months_are_silent(months: int) -> None:
    fen = 4_700_00 if months == 6 else 1_000_00
    assert found("N20", year_of(BOOKS), figures={"iit_income": dict.fromkeys(HALF[:months], fen)}) == []


def test_vat_on_invoices_and_claimed_input_vat_have_to_be_in_the_books() -> None:
    figures = {"invoices_issued_tax": {"2026-03": 1_430_00, "2026-04": 1_200_00}, "input_tax_used": {"2026-03": 260_00}}
    [finding] = found("N46", year_of(BOOKS), figures=figures)
    assert (finding.period, finding.amount) == ("2026-03", Money.of("130.00"))
    [input_tax] = found("N46", year_of(BOOKS), figures={"input_tax_used": {"2026-03": 300_00}})
    assert (input_tax.object, input_tax.amount) == ("input_tax_used@2026-03", Money.of("40.00"))


def test_filed_statements_are_those_of_the_ledger() -> None:
    filed = {"profit_filed": {"2026-03": 15_000_00}, "assets_filed": {"2026-03": 133_120_00}}
    assert found("N47", year_of(BOOKS), figures=filed) == []
    wrong = {"profit_filed": {"2026-03": 14_000_00}, "assets_filed": {"2026-03": 130_000_00}}
    profit, assets = found("N47", year_of(BOOKS), figures=wrong)
    assert (profit.severity, profit.amount) == ("critical", Money.of("1000.00"))
    assert (assets.severity, assets.compared["booked"]) == ("medium", "133120.00")
    later = BOOKS.replace("monthly", "monthly(2-12)").replace("2026-01-01", "2026-02-01")
    assert [f.object for f in found("N47", year_of(later), figures=wrong)] == ["assets@2026-03"]


def test_platform_takings_above_revenue_with_vat_are_found() -> None:
    [finding] = found("N54", year_of(BOOKS), figures={"platform_income": dict.fromkeys(HALF, 12_000_00)})
    assert (finding.severity, finding.compared["booked"], finding.compared["supplied"]) == (
        "high",
        "67800.00",
        "72000.00",
    )
    assert found("N54", year_of(BOOKS), figures={"platform_income": dict.fromkeys(HALF, 11_500_00)}) == []


def test_a_bank_balance_that_differs_is_told_once() -> None:
    right = {"2026-01": 109_040_00, "2026-02": 118_080_00, "2026-03": 127_120_00}
    off = {**right, "2026-02": 118_030_00, "2026-03": 127_070_00}
    *_silence, late = found("N55", year_of(BOOKS), figures={"bank_balance": right})
    assert (late.object, late.severity, _silence) == ("missing@2026-03", "low", [])
    first, _late = found("N55", year_of(BOOKS), figures={"bank_balance": off})
    assert (first.period, first.severity, first.amount) == ("2026-02", "high", Money.of("50.00"))
