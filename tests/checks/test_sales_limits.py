"""N28 and N29."""

from __future__ import annotations

from saas.kernel.money import Money
from tests.checks.ledger_text import found
from tests.checks.monthly_text import year_of

SALE = "monthly 20 记-1 销售货物 | D 1122 {gross} | C 5001 {net} | C 222101 {tax}"
VAT = "\naccount 222101 应交税费-应交增值税"


def small(net: str, rate: float = 0.01) -> str:
    """Twelve months with this sale, in yuan."""
    tax = float(net) * rate
    values = {"net": f"{float(net):.2f}", "tax": f"{tax:.2f}", "gross": f"{float(net) + tax:.2f}"}
    line = SALE
    for name, value in values.items():
        line = line.replace("{" + name + "}", value)
    return f"{VAT}\n{line}"


def test_twelve_months_above_the_limit_are_found_in_the_month_that_passed_it() -> None:
    [finding] = found("N28", year_of(small("480000")), taxpayer="S")
    assert (finding.period, finding.severity, finding.vouchers) == ("2026-11", "high", ["2026-11 记-1"])
    assert (finding.compared["sales"], finding.compared["limit"]) == ("5280000.00", "5000000.00")


def test_coming_near_is_for_information_and_far_is_silent() -> None:
    [finding] = found("N28", year_of(small("340000")), taxpayer="S")
    assert (finding.severity, finding.period, finding.vouchers) == ("info", "2026-12", [])
    assert found("N28", year_of(small("250000")), taxpayer="S") == []


def test_a_general_taxpayer_has_no_limit() -> None:
    assert found("N28", year_of(small("480000")), taxpayer="G") == []
    assert found("N29", year_of(small("100000")), taxpayer="G") == []


def test_returns_count_before_the_ledger() -> None:
    declared = {"vat_sales": {"2026-03": 4_000_000_00}}
    [finding] = found("N28", year_of(small("100000")), taxpayer="S", figures=declared)
    assert (finding.period, finding.severity, finding.amount) == ("2026-09", "low", Money(4_600_000_00))


def test_an_exempted_quarter_at_the_threshold_is_found() -> None:
    relief = "\n2026-03-31 记-9 减免增值税 | D 222101 3600.00 | C 5301 3600.00"
    exempted, *near = found("N29", year_of(small("120000") + relief), taxpayer="S")
    assert (exempted.severity, exempted.period, exempted.vouchers) == ("high", "2026-03", ["2026-03 记-9"])
    assert near == []
    barely = "\n2026-03-31 记-9 减免增值税 | D 222101 3000.00 | C 5301 3000.00"
    told = found("N29", year_of(small("100000") + barely), taxpayer="S")
    assert [f.severity for f in told] == ["low", "info", "info"]  # March, then two quarters at the threshold


def test_an_exempted_quarter_below_the_threshold_and_the_relief_of_two_points_are_silent() -> None:
    relief = "\n2026-03-31 记-9 减免增值税 | D 222101 1800.00 | C 5301 1800.00"
    assert found("N29", year_of(small("60000") + relief), taxpayer="S") == []
    two_points = "\n2026-03-31 记-9 减按1%征收 | D 222101 9000.00 | C 5301 9000.00"
    told = found("N29", year_of(small("150000", 0.03) + two_points), taxpayer="S")
    assert [f for f in told if f.vouchers] == []


def test_a_monthly_filer_is_measured_by_the_month() -> None:
    assert [f.period for f in found("N29", year_of(small("95000")), taxpayer="S", vat_by="month")] == [
        f"2026-{month:02d}" for month in range(1, 12)
    ]  # December is not over
