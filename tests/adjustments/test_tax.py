"""Tax effect of the worked cases: figures with their calculation, or the facts that are missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from saas.adjustments.correction.books import OpenBooks
from saas.adjustments.correction.drafting import draft
from saas.adjustments.correction.facts import Facts, Period
from saas.adjustments.correction.method import choose
from saas.adjustments.correction.plan import Plan
from saas.adjustments.correction.vouchers import Line, Mistake, Voucher
from saas.adjustments.tax import CannotKnow, Figure, Filings, Known, TaxEffect, Taxpayer, suggested, tax_effect
from saas.kernel.money import ZERO, Money
from saas.kernel.rates import Rates, load
from saas.ledgers.charts import build

from .runner import facts_of, mistakes_of, run
from .scenarios import SCENARIOS
from .worked_cases import books, case, lines

RATES: Rates = load(Path(__file__).parents[2] / "tenants" / "_starter" / "tax_table.toml")
QUARTER_1, QUARTER_2 = date(2026, 3, 31), date(2026, 6, 30)
OCTOBER, YEAR_END = date(2025, 10, 31), date(2025, 12, 31)
GENERAL = Taxpayer("G", "month", "city", small_profit=True, taxable_income={2025: Money.of("500000")})
SMALL_SCALE = Taxpayer("S", "quarter", "city", small_profit=True, taxable_income={2025: Money.of("500000")})
FILED = Filings(vat_through=date(2026, 4, 30), paid_on=date(2026, 6, 15), due={("cit", YEAR_END): date(2026, 6, 1)})


def untaxed(case_id: str, standard: str = "small") -> tuple[Plan, OpenBooks]:
    """The plan before any tax entry, as it stands when the effect is computed."""
    scenario = next(s for s in SCENARIOS if s.id == case_id and (standard == "small" or s.variant))
    c, b = case(case_id, standard), books(case_id, standard)
    choice = choose(facts_of(scenario, c, standard, b))
    return draft(choice, mistakes_of(scenario, c, standard), b), b


def effect_of(case_id: str, taxpayer: Taxpayer, filings: Filings = FILED, standard: str = "small") -> TaxEffect:
    plan, b = untaxed(case_id, standard)
    return tax_effect(plan, b, taxpayer, filings, RATES)


def amount(figure: Figure) -> Money:
    assert isinstance(figure, Known), [str(need) for need in figure.needs]
    return figure.amount


def test_input_tax_counts_when_its_use_is_confirmed() -> None:
    """E09: 1300 more input tax, no amended return."""
    effect = effect_of("E09", GENERAL)
    assert amount(effect.vat) == Money.of("-1300")
    assert effect.amended_returns == ()
    assert amount(effect.surcharges) == ZERO


def test_small_scale_above_the_threshold() -> None:
    """E10: the quarter is not filed, sales pass 300,000: the 100 at 1 % are due with its return."""
    effect = effect_of("E10", replace(SMALL_SCALE, sales={QUARTER_2: Money.of("400000")}))
    assert amount(effect.vat) == Money.of("100")
    assert (effect.amended_returns, amount(effect.late_fee)) == ((), ZERO)


def test_small_scale_under_the_threshold_is_exempt() -> None:
    assert amount(effect_of("E10", replace(SMALL_SCALE, sales={QUARTER_2: Money.of("200000")})).vat) == ZERO


def test_small_scale_needs_the_sales_of_the_quarter() -> None:
    figure = effect_of("E10", SMALL_SCALE).vat
    assert isinstance(figure, CannotKnow)
    assert "2026-04–2026-06" in figure.needs[0].to("en")


@pytest.mark.parametrize(
    ("quarter", "month", "declared", "vat"),
    [
        # 2026: sales have to stay below 300,000; at the threshold the whole amount is taxed
        (QUARTER_1, "2026-02", "289999.99", "0"),
        (QUARTER_1, "2026-02", "290000", "3000"),
        # 2025: the limit itself was still exempt
        (YEAR_END, "2025-11", "290000", "0"),
        (YEAR_END, "2025-11", "290000.01", "3000"),
    ],
)
def test_crossing_the_threshold_taxes_everything(quarter: date, month: str, declared: str, vat: str) -> None:
    """10,000 of sales were not booked; the 1 % is on all sales once the limit is passed."""
    b = books("E17", "small")
    plan = omitted_sale(b, Period.parse(month), "D 1122[甲] 10100.00 | C 5001 10000.00 | C 2221#应交增值税 100.00")
    taxpayer = replace(SMALL_SCALE, sales={quarter: Money.of(declared)})
    assert amount(tax_effect(plan, b, taxpayer, FILED, RATES).vat) == Money.of(vat)


def omitted_sale(b: OpenBooks, period: Period, text: str) -> Plan:
    year = "same" if period.year == b.open_period.year else "earlier_closed"
    choice = choose(Facts("posted", year, "omission", "small", touches=frozenset({"pl", "vat"})))  # type: ignore[arg-type]
    return draft(choice, [Mistake(None, lines(text, "small"), "服务收入", period)], b)


def test_early_revenue_amends_the_return() -> None:
    """E12: 1200 of output tax leave April, whose return is filed; June's voucher declares them in June."""
    effect = effect_of("E12", GENERAL)
    assert amount(effect.vat) == Money.of("-1200")
    assert [(r.tax, str(r.last)) for r in effect.amended_returns] == [("vat", "2026-04-30")]
    assert amount(effect.late_fee) == ZERO


def test_omitted_cost_of_an_assessed_year() -> None:
    """E17: 36,000 × 5 % come back."""
    effect = effect_of("E17", GENERAL)
    assert amount(effect.cit) == Money.of("-1800")
    assert amount(effect.late_fee) == ZERO
    assert [(r.tax, r.last.year) for r in effect.amended_returns] == [("cit", 2025)]


@pytest.mark.parametrize("standard", ["small", "enterprise"])
def test_equipment_expensed(standard: str) -> None:
    """E18: 60,000 × 5 % = 3000, 14 days late: 21.00; nothing when the equipment is deducted at once."""
    taxpayer = replace(GENERAL, one_off_deduction=False)
    effect = effect_of("E18", taxpayer, standard=standard)
    assert (amount(effect.cit), amount(effect.late_fee)) == (Money.of("3000"), Money.of("21"))
    assert [amount(figure) for _name, figure in effect.choices] == [ZERO, Money.of("3000")]
    at_once = effect_of("E18", replace(GENERAL, one_off_deduction=True), standard=standard)
    assert (amount(at_once.cit), at_once.amended_returns) == (ZERO, ())


def test_equipment_asks_how_it_is_deducted() -> None:
    effect = effect_of("E18", GENERAL)
    assert isinstance(effect.cit, CannotKnow)
    assert [amount(figure) for _name, figure in effect.choices] == [ZERO, Money.of("3000")]


@pytest.mark.parametrize("standard", ["small", "enterprise"])
def test_omitted_revenue(standard: str) -> None:
    """E19: VAT 3000, surcharges 180 = 105 + 45 + 30, income tax (50000 − 180) × 5 % = 2491.

    Late fee, paid 2026-06-15: 3000 and 180 for 210 days from 2025-11-17, 2491 for 14 days from 2026-06-01:
    315.00 + 18.90 + 17.44 (17.437).
    """
    due = {("vat", OCTOBER): date(2025, 11, 17), ("surcharges", OCTOBER): date(2025, 11, 17), **FILED.due}
    taxpayer = replace(GENERAL, sales={OCTOBER: Money.of("150000")})
    plan, b = untaxed("E19", standard)
    effect = tax_effect(plan, b, taxpayer, replace(FILED, due=due), RATES)  # type: ignore[arg-type]
    assert amount(effect.vat) == Money.of("3000")
    assert effect.surcharge_parts == {
        Period(2025, 10): {"tax.urban": Money.of("105"), "tax.edu": Money.of("45"), "tax.local_edu": Money.of("30")}
    }
    assert (amount(effect.surcharges), amount(effect.cit)) == (Money.of("180"), Money.of("2491"))
    assert amount(effect.late_fee) == Money.of("351.34")
    assert [r.tax for r in effect.amended_returns] == ["vat", "cit"]
    printed = next(s for s in SCENARIOS if s.id == "E19" and bool(s.variant) == (standard == "enterprise"))
    assert (
        draft(plan.choice, mistakes_of(printed, case("E19", standard), standard), b, suggested(effect, plan, b))
        == (run(printed, standard)[2])
    )


def test_everything_that_is_missing_is_asked_once() -> None:
    unknown = Taxpayer("G", "month")
    effect = effect_of("E19", unknown, Filings(vat_through=date(2026, 4, 30)))
    assert amount(effect.vat) == Money.of("3000")
    assert [need.to("en") for need in effect.needs] == [
        "whether the client is a small low-profit enterprise in 2025",
        "the sales of the period: both education fees are exempt up to 100,000.00",
        "whether the client is in a city, a county town or elsewhere",
    ]


def test_unknown_filings_are_asked() -> None:
    figure = effect_of("E12", GENERAL, Filings()).vat
    assert isinstance(figure, CannotKnow)


def test_revenue_without_tax_is_asked() -> None:
    b = books("E17", "small")
    plan = omitted_sale(b, Period(2025, 11), "D 1122[甲] 10000.00 | C 5001 10000.00")
    figure = tax_effect(plan, b, GENERAL, FILED, RATES).vat
    assert isinstance(figure, CannotKnow)


def test_current_year_waits_for_the_prepayment() -> None:
    effect = effect_of("E02", GENERAL)
    assert (amount(effect.cit), amount(effect.vat), effect.amended_returns) == (ZERO, ZERO, ())
    assert not effect.any


def test_wages_ask_for_the_employees() -> None:
    """E04 raises accrued wages: withheld tax and social base follow per employee."""
    assert isinstance(effect_of("E04", GENERAL).iit, CannotKnow)


def withheld(wrong: str, right: str, month: int = 4) -> TaxEffect:
    """Wages of a month paid out with one withholding booked, and the entry as it should have been."""
    b = with_iit(books("E04", "small"))
    paid = Voucher(date(2026, month, 10), "记", 9, "发放工资", read(wrong))
    choice = choose(Facts("posted", "same", "tax_split", "small"))
    plan = draft(choice, [Mistake(paid, read(right))], b)
    return tax_effect(plan, b, GENERAL, replace(FILED, due={("iit", date(2026, 4, 30)): date(2026, 5, 22)}), RATES)


def with_iit(b: OpenBooks) -> OpenBooks:
    """The books with a detail account for the tax withheld."""
    chart = build("small", [(a.code, a.name) for a in b.chart.accounts.values()] + [("222109", "应交个人所得税")])
    return replace(b, chart=chart)


def read(text: str) -> tuple[Line, ...]:
    return lines(text.replace("2221#个人所得税", "222109"), "small")


def test_too_little_withheld_is_known_from_the_right_entry() -> None:
    """April's pay-out withheld 300, right is 420: 120 to withhold, April's return again, 24 days of late fee."""
    effect = withheld(
        "D 2211 30000.00 | C 2221#个人所得税 300.00 | C 1002 29700.00",
        "D 2211 30000.00 | C 2221#个人所得税 420.00 | C 1002 29580.00",
    )
    assert amount(effect.iit) == Money.of("120")
    assert [(r.tax, r.first) for r in effect.amended_returns] == [("iit", date(2026, 4, 1))]
    assert amount(effect.late_fee) == Money.of("1.44")  # 120 × 0.05 % × 24 days
    assert effect.any


def test_what_the_open_month_withholds_needs_no_amended_return() -> None:
    effect = withheld(
        "D 2211 30000.00 | C 2221#个人所得税 420.00 | C 1002 29580.00",
        "D 2211 30000.00 | C 2221#个人所得税 300.00 | C 1002 29700.00",
        month=5,
    )
    assert amount(effect.iit) == -Money.of("120")
    assert effect.amended_returns == ()


def test_withholding_that_stays_the_same_changes_nothing() -> None:
    effect = withheld(
        "D 2211 30000.00 | C 2221#个人所得税 300.00 | C 1002 29700.00",
        "D 2211 30000.00 | C 2221#个人所得税 300.00 | C 1001 29700.00",
    )
    assert (amount(effect.iit), effect.amended_returns) == (ZERO, ())


def test_late_booking_moves_vat_between_periods_without_a_voucher() -> None:
    """D8: sale of March booked in April. The year's total is right; March was declared 600 too low, April too high."""
    b = books("E02", "small")
    sale = lines("D 1122[甲] 10600.00 | C 5001 10000.00 | C 2221#销项税额 600.00", "small")
    wrong = Voucher(date(2026, 4, 20), "记", 22, "确认服务收入", sale)
    choice = choose(Facts("posted", "same", "late", "small", touches=frozenset({"pl", "vat"})))
    plan = draft(choice, [Mistake(wrong, period=Period(2026, 3))], b)
    due = {(tax, date(2026, 3, 31)): date(2026, 4, 20) for tax in ("vat", "surcharges")}
    taxpayer = replace(GENERAL, sales={date(2026, 3, 31): Money.of("150000"), date(2026, 4, 30): Money.of("150000")})
    effect = tax_effect(plan, b, taxpayer, replace(FILED, due=due, paid_on=date(2026, 5, 20)), RATES)  # type: ignore[arg-type]
    assert plan.vouchers == ()
    assert amount(effect.vat) == ZERO
    assert [r.last.month for r in effect.amended_returns] == [3, 4]
    assert amount(effect.late_fee) == Money.of("9") + Money.of("0.54")  # 30 days on 600 and on 36


def test_income_above_the_small_limit_is_taxed_in_full() -> None:
    """2,990,000 + 50,000 − 180 passes 3 M: 25 % of everything, no longer 5 %."""
    taxpayer = replace(GENERAL, sales={OCTOBER: Money.of("150000")}, taxable_income={2025: Money.of("2990000")})
    effect = effect_of("E19", taxpayer)
    assert amount(effect.cit) == Money.of("3039820") * RATES.at("cit.rate", YEAR_END).number - Money.of("149500")


def test_a_loss_pays_nothing() -> None:
    assert amount(effect_of("E17", replace(GENERAL, taxable_income={2025: Money.of("-100000")})).cit) == ZERO


def test_omitted_cost_outside_its_window() -> None:
    """Cost of 2020, found in 2026: more than five years."""
    b = books("E17", "small")
    choice = choose(Facts("posted", "earlier_closed", "omission", "small", touches=frozenset({"pl"})))
    rent = lines("D 5602 36000.00 | C 2241[房东] 36000.00", "small")
    plan = draft(choice, [Mistake(None, rent, "办公室租金", Period(2020, 11))], b)
    effect = tax_effect(plan, b, GENERAL, FILED, RATES)
    assert (amount(effect.cit), effect.amended_returns) == (ZERO, ())


def test_every_known_figure_shows_its_calculation() -> None:
    effect = effect_of("E18", replace(GENERAL, one_off_deduction=False))
    assert isinstance(effect.cit, Known)
    assert [sentence.to("en") for sentence in effect.cit.basis] == [
        "Taxable income of 2025 from 500,000.00 to 560,000.00",
        "560,000.00 × 5% = 28,000.00 (small low-profit enterprise)",
        "Tax 28,000.00 − 25,000.00 = 3,000.00",
    ]
    assert isinstance(effect.late_fee, Known)
    assert effect.late_fee.basis[0].to("en") == "corporate income tax 3,000.00 × 0.05% × 14 days = 21.00"
    assert "征收管理法" in effect.late_fee.law
