"""What a client hands in, how periods are named in lists, and where a return stands: pure."""

from __future__ import annotations

from datetime import date

import pytest

from saas.clients.models import Client
from saas.filings.list_columns import code_of, period_of
from saas.filings.measures import MEASURES, Rate, Tally
from saas.filings.models import FilingSwitch
from saas.filings.models import RegisteredFiling as Filing
from saas.filings.profile import codes, ending, every_of, first_month, in_force, last_month
from saas.filings.standing import standing

TODAY = date(2026, 11, 20)


def company(**known: str) -> Client:
    return Client(**{"uscc": "91330106MA2XXXXXXX", "filing_period": "month", **known})


def test_a_company_a_sole_trader_and_a_non_profit_hand_in_different_returns() -> None:
    usual = in_force(company(), [], "2026-11")
    assert usual["vat"] == "month"
    assert {"iit_withholding", "cit_prepayment", "stamp_tax", "statements", "cit_annual", "annual_report"} <= set(usual)
    trader = in_force(company(uscc="92330106MA2XXXXXXX"), [], "2026-11")
    assert ("iit_business_prepayment" in trader, "cit_prepayment" in trader) == (True, False)
    assert "annual_report" not in in_force(company(uscc="52330000MJ8XXXXXXX"), [], "2026-11")
    assert set(usual) <= set(codes())


def test_a_switch_holds_from_its_month_on() -> None:
    set_for = [FilingSwitch(code="vat", every="quarter", from_month="2026-12"),
               FilingSwitch(code="iit_withholding", every="", from_month="2026-10")]  # fmt: skip
    assert in_force(company(), set_for, "2026-11")["vat"] == "month"
    assert in_force(company(), set_for, "2026-12")["vat"] == "quarter"
    assert "iit_withholding" in in_force(company(), set_for, "2026-09")
    assert "iit_withholding" not in in_force(company(), set_for, "2026-10")


def test_periods_begin_and_end_with_months() -> None:
    assert [last_month(p) for p in ("2026-03", "2026-Q4", "2026-H1", "2025")] == [
        "2026-03", "2026-12", "2026-06", "2025-12",
    ]  # fmt: skip
    assert [first_month(p) for p in ("2026-03", "2026-Q4", "2026-H1", "2025")] == [
        "2026-03", "2026-10", "2026-01", "2025-01",
    ]  # fmt: skip
    assert [ending(e, "2026-06") for e in ("month", "quarter", "half", "year")] == [
        "2026-06",
        "2026-Q2",
        "2026-H1",
        None,
    ]
    assert [every_of(p) for p in ("2026-03", "2026-Q1", "2026-H1", "2026")] == ["month", "quarter", "half", "year"]


@pytest.mark.parametrize(
    ("said", "period"),
    [
        ("2026-10", "2026-10"), ("202610", "2026-10"), ("2026年10月", "2026-10"), ("2026年第三季度", "2026-Q3"),
        ("2026Q3", "2026-Q3"), ("2026", "2026"), ("2025年度", "2025"), ("2026-07-01至2026-09-30", "2026-Q3"),
        ("2026-01-01 至 2026-12-31", "2026"), ("2026-13", None), ("2026-02-01至2026-04-30", None), ("上个月", None),
    ],
)  # fmt: skip
def test_periods_as_lists_write_them(said: str, period: str | None) -> None:
    assert period_of(said) == period


def test_returns_as_lists_call_them() -> None:
    called = (
        "增值税及附加税费申报表",
        "个税扣缴",
        "企业所得税年度汇算清缴",
        "企业所得税(查账征收)季度",
        "印花税",
        "财务报表报送",
        "vat",
        "车船税?",
    )
    assert [code_of(text) for text in called] == [
        "vat", "iit_withholding", "cit_annual", "cit_prepayment", "stamp_tax", "statements", "vat", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("known", "state"),
    [
        ({"due_on": TODAY}, "due"),
        ({"due_on": date(2026, 11, 16)}, "missed"),
        ({"due_on": TODAY, "filed_on": TODAY}, "filed"),
        ({"due_on": date(2026, 11, 16), "filed_on": date(2026, 11, 16)}, "late"),
        ({"due_on": date(2026, 11, 16), "filed_on": date(2026, 11, 13), "accepted_on": date(2026, 11, 16)}, "accepted"),
        ({"due_on": date(2026, 11, 16), "filed_on": date(2026, 11, 13), "accepted_on": date(2026, 11, 17)}, "late"),
        ({"due_on": date(2026, 11, 16), "filed_on": TODAY, "accepted_on": TODAY, "amended_on": TODAY}, "amended"),
        ({"due_on": date(2026, 11, 16), "waived_on": TODAY}, "waived"),
    ],
)
def test_the_state_follows_from_the_days(known: dict[str, date], state: str) -> None:
    assert standing(Filing(**known), TODAY) == state


def test_rates_say_their_n_and_nothing_without_any() -> None:
    tally = Tally(due=8, missed=1, late=2, in_time=5, accepted=7, zero=3, amended_own=1, amended_client=0)
    assert {name: m.of(tally) for name, m in MEASURES.items()} == {
        "missed_rate": (1, 8), "late_rate": (2, 8), "in_time_rate": (5, 8), "zero_rate": (3, 7),
        "amended_own_rate": (1, 7), "amended_client_rate": (0, 7),
    }  # fmt: skip
    assert (Rate(1, 8).percent, Rate(0, 0).percent) == (12.5, None)
