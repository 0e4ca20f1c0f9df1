"""N22."""

from __future__ import annotations

from saas.kernel.money import Money
from saas.ledgers.frame import Ledger
from tests.checks.ledger_text import found, ledger_of

MONTHS = [f"{month:02d}" for month in range(1, 7)]


def series(*skip: str, amount: str = "100.00", closed: bool = True) -> str:
    """Six months of depreciation and closing, without the depreciation of some."""
    text = []
    for month in MONTHS:
        text.append(f"2026-{month}-10 记-1 付办公费 | D 5602 10.00 | C 1002 10.00")
        if month not in skip:
            text.append(f"2026-{month}-28 记-2 计提折旧 | D 5602 {amount} | C 1602 {amount}")
        if closed:
            text.append(f"2026-{month}-28 记-3 结转损益 | D 3103 1.00 | C 5602 1.00")
    return "\n".join(text)


def test_a_month_without_depreciation_names_the_entry_expected() -> None:
    [finding] = found("N22", ledger_of(series("04")))
    assert (finding.period, finding.account, finding.amount) == ("2026-04", "5602", Money(100_00))
    assert (finding.rows, finding.vouchers, finding.severity) == ([], [], "medium")
    assert finding.compared["expected"] == [
        {"account": "5602", "aux": "", "debit": "100.00", "credit": "0.00"},
        {"account": "1602", "aux": "", "debit": "0.00", "credit": "100.00"},
    ]


def test_a_full_series_is_silent() -> None:
    assert found("N22", ledger_of(series())) == []


def test_a_month_made_up_for_in_the_next_is_right() -> None:
    text = series("04").replace("2026-05-28 记-2 计提折旧 | D 5602 100.00 | C 1602 100.00",
                                "2026-05-28 记-2 计提4-5月折旧 | D 5602 200.00 | C 1602 200.00")  # fmt: skip
    assert found("N22", ledger_of(text)) == []


def test_the_last_month_may_be_unfinished() -> None:
    assert found("N22", ledger_of(series("06", closed=False))) == []
    [finding] = found("N22", ledger_of(series("06")))
    assert finding.period == "2026-06"


def test_depreciation_by_quarter_is_no_monthly_series() -> None:
    assert found("N22", ledger_of(series("01", "02", "04", "05"))) == []


def test_assets_written_off_to_their_residual_need_none() -> None:
    opening = "2026-01-01 记-0 期初余额 | D 1601 10000.00 | C 1602 9200.00 | C 3001 800.00\n"
    assert found("N22", ledger_of(opening + series("04", "05", "06"))) == []


def test_assets_bought_in_the_file_are_due_from_the_month_after(ledger: Ledger) -> None:
    """
    2026-02-10 记-1 购电脑 | D 1601 6000.00 | C 1002 6000.00
    2026-03-10 记-1 付办公费 | D 5602 10.00 | C 1002 10.00
    2026-04-10 记-1 付办公费 | D 5602 10.00 | C 1002 10.00
    """
    [finding] = found("N22", ledger)
    assert (finding.period, finding.account, finding.compared["kind"]) == ("2026-03", "5602", "never")
    assert finding.compared["months"] == ["2026-03"]


def test_the_month_of_purchase_land_and_assets_under_construction_need_none(ledger: Ledger) -> None:
    """
    2026-02-10 记-1 购土地 | D 1601 900000.00 | C 1002 900000.00
    2026-02-11 记-2 付工程款 | D 1604 6000.00 | C 1002 6000.00
    2026-04-10 记-1 购电脑 | D 1601 6000.00 | C 1002 6000.00
    2026-04-28 记-2 结转损益 | D 3103 1.00 | C 5602 1.00
    """
    assert found("N22", ledger) == []


def test_a_purchase_taken_back_needs_none(ledger: Ledger) -> None:
    """
    2026-02-10 记-1 购电脑 | D 1601 6000.00 | C 1002 6000.00
    2026-02-20 记-2 注销2026年2月10日记-1号凭证 | D 1601 -6000.00 | C 1002 -6000.00
    2026-03-10 记-1 付办公费 | D 5602 10.00 | C 1002 10.00
    2026-04-10 记-1 付办公费 | D 5602 10.00 | C 1002 10.00
    """
    assert found("N22", ledger) == []


def test_more_written_off_than_the_assets_cost_is_found(ledger: Ledger) -> None:
    """
    2026-01-01 记-0 期初余额 | D 1601 1000.00 | C 1602 950.00 | C 3001 50.00
    2026-01-31 记-1 计提折旧 | D 5602 40.00 | C 1602 40.00
    2026-02-28 记-1 计提折旧 | D 5602 40.00 | C 1602 40.00
    """
    [finding] = found("N22", ledger)
    assert (finding.period, finding.amount, finding.compared["kind"]) == ("2026-02", Money(30_00), "over")
    assert (finding.vouchers, finding.rows) == (["2026-02 记-1"], [8])


def test_amortisation_of_intangibles_is_followed_too() -> None:
    text = series("04").replace("1602", "1702").replace("折旧", "无形资产摊销")
    [finding] = found("N22", ledger_of(text))
    assert (finding.period, finding.compared["expected"][1]["account"]) == ("2026-04", "1702")


def test_a_month_made_good_by_name_is_right() -> None:
    """补提4月折旧 in May counts for April, though May's own has become smaller."""
    text = series("04") + "\n2026-05-28 记-9 补提4月折旧 | D 5602 100.00 | C 1602 100.00"
    assert found("N22", ledger_of(text)) == []


def test_a_write_off_on_a_wrong_account_is_no_missing_one() -> None:
    """N34 tells that its credit stands on another account."""
    text = series("04") + "\n2026-04-28 记-9 计提折旧 | D 5602 100.00 | C 2202 100.00"
    assert found("N22", ledger_of(text)) == []


def test_what_was_deferred_and_used_up_needs_no_more() -> None:
    paid = "2026-01-02 记-9 付装修款 | D 1801 400.00 | C 1002 400.00\n"
    months = series("05", "06").replace("C 1602", "C 1801").replace("计提折旧", "摊销装修款")
    assert found("N22", ledger_of(paid + months)) == []
    more = paid.replace("400.00", "600.00")
    assert [finding.period for finding in found("N22", ledger_of(more + months))] == ["2026-05"]
