"""What cannot be drafted is refused in words; settings, edits, dates and numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from saas.adjustments.correction.drafting import draft, edited, renumbered
from saas.adjustments.correction.facts import Facts, Kind, Period, Settings
from saas.adjustments.correction.lacking import DETAILS, LacksAccount, named
from saas.adjustments.correction.method import choose, override
from saas.adjustments.correction.methods import Method
from saas.adjustments.correction.plan import Plan
from saas.adjustments.correction.vouchers import Entry, Mistake, Voucher, totals
from saas.kernel.errors import Invalid
from saas.kernel.money import Money

from .worked_cases import books, lines

PL = frozenset({"pl"})


def voucher(text: str, day: str = "2026-03-15", number: int = 12, word: str = "记") -> Voucher:
    return Voucher(date.fromisoformat(day), word, number, "付款", lines(text, "small"))


def plan(kind: Kind, wrong: str | None, right: str, case: str = "E02", day: str = "2026-03-15", **more: Any) -> Plan:
    facts = {"posting": "posted", "year": "same", "standard": "small", **more.pop("facts", {})}
    mistake = Mistake(voucher(wrong, day) if wrong else None, lines(right, "small") if right else (), **more)
    return draft(choose(Facts(kind=kind, **facts)), [mistake], books(case, "small"))


@pytest.mark.parametrize(
    ("kind", "wrong", "right", "sentence"),
    [
        ("account", "D 5602 10 | C 1002 10", "D 5601 10 | C 1002 9", "does not balance"),
        ("account", "D 5602 10 | C 1002 10", "D 5602 10 | C 1002 10", "same as the wrong one"),
        ("account", None, "D 5602 10 | C 1002 10", "which voucher is wrong"),
        ("account", "D 5602 10 | C 1002 10", "", "what the entry should have been"),
        ("amount_high", "D 5602 10 | C 1002 10", "D 5601 9 | C 1002 9", "accounts differ"),
        ("amount_high", "D 5602 10 | C 1002 10", "D 5602 9 | D 5601 1 | C 1002 10", "accounts differ"),
        ("amount_high", "D 5602 10 | C 1002 10", "D 5602 11 | C 1002 11", "do not change in the direction"),
        ("amount_low", "D 5602 10 | C 1002 10", "D 5602 9 | C 1002 9", "do not change in the direction"),
        ("amount_high", "D 5602 10 | C 1002 10", "D 5602 10 | C 1002 10", "do not change in the direction"),
        ("duplicate", "D 5602 10 | C 1002 10", "", "which copy of the voucher stays"),
    ],
)
def test_a_mistake_that_does_not_fit_is_refused(kind: Kind, wrong: str | None, right: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        plan(kind, wrong, right)
    assert sentence in refused.value.reason.to("en")


def test_an_earlier_years_correction_names_what_was_wrong() -> None:
    closed = {"year": "earlier_closed", "touches": PL}
    with pytest.raises(Invalid) as refused:
        plan("account", "D 5602 10 | C 1002 10", "D 1601 10 | C 1002 10", "E18", "2025-12-20", facts=closed)
    assert "few words" in refused.value.reason.to("en")


def test_an_account_the_chart_lacks_is_named() -> None:
    """Restating without 6901 in the chart: the client's program has to open it first."""
    b = books("E18", "enterprise")
    accounts = {code: account for code, account in b.chart.accounts.items() if account.role != "prior_year"}
    facts = Facts("posted", "earlier_closed", "account", "enterprise", material=True, touches=PL)
    wrong = Voucher(date(2025, 12, 20), "记", 45, "购设备", lines("D 5602 10 | C 1002 10", "enterprise"))
    mistake = Mistake(wrong, lines("D 1601 10 | C 1002 10", "enterprise"), "设备误计入费用")
    with pytest.raises(LacksAccount) as lacking:
        draft(choose(facts), [mistake], replace(b, chart=replace(b.chart, accounts=accounts)))
    assert lacking.value.role == "prior_year"
    assert "has no account 6901 以前年度损益调整" in lacking.value.reason.to("en")
    assert "prior_year" not in lacking.value.reason.to("zh")


def test_retained_earnings_are_never_another_detail_of_the_distribution() -> None:
    b = books("E18", "enterprise")
    without = {code: a for code, a in b.chart.accounts.items() if a.role != "retained.undistributed"}
    assert any(a.leaf and a.parent and a.role == "retained" for a in without.values())
    assert b.retained().role == "retained.undistributed"
    with pytest.raises(LacksAccount, match="no account"):
        replace(b, chart=replace(b.chart, accounts=without)).retained()


@pytest.mark.parametrize("role", [*sorted(DETAILS), "prior_year", "surplus", "suspense_asset", "year_profit"])
def test_a_lacking_account_is_named_as_the_standard_names_it(role: str) -> None:
    code, name = named(role, "enterprise")
    assert code.isdigit()
    assert name
    assert not name.isascii()


def test_added_entries_have_to_balance() -> None:
    choice = choose(Facts("posted", "same", "account", "small"))
    with pytest.raises(Invalid, match="does not balance"):
        draft(choice, [], books("E02", "small"), [Entry("补提", lines("D 5602 1", "small"))])


def test_amounts_on_several_lines_change_together() -> None:
    """D3: one amount on several lines; lines that are right stay out of the voucher."""
    found = "D 5602 100 | D 5601 50 | C 1001 50 | C 1002 100"
    drafted = plan("amount_high", found, "D 5602 70 | D 5601 50 | C 1001 50 | C 1002 70")
    assert [line.amount for line in drafted.vouchers[0].lines] == [Money.of("-30"), Money.of("-30")]


def test_report_safe_reversal() -> None:
    """`pl_reverse`: the expense falls on its own side, red, instead of on the credit side."""
    closed = {"year": "earlier_closed", "touches": PL, "settings": Settings(pl_reverse="same_side_negative")}
    drafted = plan(
        "account", "D 5602 10 | C 1002 10", "D 1601 10 | C 1002 10", "E18", "2025-12-20", subject="设备", facts=closed
    )
    assert [(line.account, line.debit, line.credit.fen) for line in drafted.vouchers[0].lines] == [
        ("1601", Money.of("10"), 0),
        ("5602", Money.of("-10"), 0),
    ]
    assert drafted.warnings == ()


def test_opposite_side_warns_of_reports_that_drop_it() -> None:
    closed = {"year": "earlier_closed", "touches": PL}
    drafted = plan(
        "account", "D 5602 10 | C 1002 10", "D 1601 10 | C 1002 10", "E18", "2025-12-20", subject="设备", facts=closed
    )
    assert any("drop this line" in warning.to("en") for warning in drafted.warnings)


def test_prior_year_items_to_non_operating_accounts() -> None:
    closed = {"year": "earlier_closed", "touches": PL, "settings": Settings(prior_year_to_nonoperating=True)}
    rent = plan(
        "omission", None, "D 5602 10 | C 2241 10", "E17", subject="办公室租金", period=Period(2025, 11), facts=closed
    )
    sale = plan(
        "omission", None, "D 1122 10 | C 5001 10", "E17", subject="服务收入", period=Period(2025, 11), facts=closed
    )
    assert rent.vouchers[0].lines[0].account == "5711"
    assert sale.vouchers[0].lines[1].account == "5301"


def test_surplus_asset_of_a_small_enterprise() -> None:
    """D20: through 1901 to 5301."""
    found = plan("asset_surplus", None, "D 1601 8000 | C 1602 3000", subject="打印机", period=Period(2026, 5))
    assert [v.summary for v in found.vouchers] == ["盘盈固定资产:打印机", "结转盘盈固定资产:打印机"]
    assert totals(found.lines) == {
        ("1601", ""): Money.of("8000"),
        ("1602", ""): Money.of("-3000"),
        ("5301", ""): Money.of("-5000"),
    }


def test_surplus_asset_of_an_enterprise_is_restated() -> None:
    b = books("E18", "enterprise")
    facts = Facts(
        "posted", "earlier_closed", "asset_surplus", "enterprise", settings=Settings(surplus_reserve=Decimal("0.1"))
    )
    found = draft(choose(facts), [Mistake(None, lines("D 1601 8000", "enterprise"), "打印机", Period(2025))], b)
    assert [(v.summary, v.lines[1].account) for v in found.vouchers] == [
        ("盘盈固定资产:打印机", "6901"),
        ("结转以前年度损益调整", "410402"),
        ("调整盈余公积", "4101"),
    ]
    assert found.vouchers[2].amount == Money.of("800")


def test_surplus_asset_without_a_value() -> None:
    with pytest.raises(Invalid, match="worth"):
        plan("asset_surplus", None, "C 1601 8000", subject="打印机", period=Period(2026, 5))


def test_duplicate_of_a_closed_year() -> None:
    """D18: one blue voucher for the net effect; the summary names the copy that stays."""
    kept = voucher("D 5602 10 | C 1002 10", "2025-11-03", 7)
    closed = {"year": "earlier_closed", "touches": PL}
    drafted = plan("duplicate", "D 5602 10 | C 1002 10", "", "E18", "2025-11-05", original=kept, facts=closed)
    [blue] = drafted.vouchers
    assert (drafted.choice.path, blue.colour) == (("D18", "D13"), "blue")
    assert blue.summary == "更正2025年11月5日记-12号凭证:与2025年11月3日记-7号重复"
    assert [(line.account, line.on_debit) for line in blue.lines] == [("1002", True), ("5602", False)]


def test_reclassified_result_of_a_closed_year_changes_no_balance_when_restated() -> None:
    facts = Facts("posted", "earlier_closed", "account", "enterprise", material=True, touches=PL)
    wrong = Voucher(date(2025, 12, 20), "记", 45, "付款", lines("D 5601 10 | C 1002 10", "enterprise"))
    mistake = Mistake(wrong, lines("D 5602 10 | C 1002 10", "enterprise"), "科目误用")
    drafted = draft(choose(facts), [mistake], books("E18", "enterprise"))
    assert drafted.vouchers == ()
    assert any("comparative" in warning.to("en") for warning in drafted.warnings)


def test_dates_follow_the_open_period() -> None:
    b = books("E02", "small")
    choice = choose(Facts("posted", "same", "account", "small"))
    mistake = Mistake(voucher("D 5602 10 | C 1002 10"), lines("D 5601 10 | C 1002 10", "small"))

    def dates(**change: Any) -> set[date]:
        return {v.date for v in draft(choice, [mistake], replace(b, **change)).vouchers}

    assert dates() == {date(2026, 5, 12)}
    assert dates(today=date(2026, 6, 3)) == {date(2026, 5, 31)}  # May is still open in June
    assert dates(last_dates={"记": date(2026, 5, 20)}) == {date(2026, 5, 20)}  # never before the last voucher


def test_three_series_of_vouchers() -> None:
    """A red copy keeps its 凭证字; the blue one goes where its own cash line sends it."""
    b = replace(
        books("E02", "small"), words=("收", "付", "转"), last_numbers={"收": 4, "付": 9, "转": 2}, last_dates={}
    )
    choice = choose(Facts("posted", "same", "account", "small"))
    paid = voucher("D 5602 10 | C 1002 10", word="付")
    drafted = draft(choice, [Mistake(paid, lines("D 5602 10 | C 2202 10", "small"))], b)
    assert [(v.word, v.number) for v in drafted.vouchers] == [("付", 10), ("转", 3)]


def test_renumbered_when_others_were_booked_meanwhile() -> None:
    b = books("E02", "small")
    first = plan("account", "D 5602 10 | C 1002 10", "D 5601 10 | C 1002 10")
    later = replace(b, today=date(2026, 5, 20), last_numbers={"记": 40}, last_dates={"记": date(2026, 5, 18)})
    again = renumbered(first, later)
    assert [(v.number, v.date) for v in again.vouchers] == [(41, date(2026, 5, 20)), (42, date(2026, 5, 20))]
    assert [v.lines for v in again.vouchers] == [v.lines for v in first.vouchers]


def test_a_waiting_voucher_gets_its_number_when_its_month_opens() -> None:
    early = plan("early", "D 1122 10 | C 5001 10", "D 1122 10 | C 5001 10", subject="服务收入", period=Period(2026, 6))
    june = replace(
        books("E02", "small"),
        today=date(2026, 6, 5),
        open_period=Period(2026, 6),
        last_numbers={"记": 3},
        last_dates={},
    )
    again = renumbered(early, june, posted={early.vouchers[0].key})
    assert [(v.key, v.date) for v in again.vouchers] == [
        ("2026-05 记-38", date(2026, 5, 12)),
        ("2026-06 记-4", date(2026, 6, 5)),
    ]
    assert again.waits_for is None


def test_early_with_its_month_open_now_does_not_wait() -> None:
    early = plan("early", "D 1122 10 | C 5001 10", "D 1122 10 | C 5001 10", subject="服务收入", period=Period(2026, 5))
    assert [v.number for v in early.vouchers] == [38, 39]
    assert early.vouchers[1].summary == "确认2026年5月服务收入"


def test_editing_keeps_the_plan_and_moves_the_advice() -> None:
    b = books("E02", "small")
    drafted = plan("account", "D 5602 10 | C 1002 10", "D 5601 10 | C 1002 10")
    changed = edited(drafted, 1, "订正", lines("D 1405 10 | C 1002 10", "small"), b)
    assert changed.vouchers[0] == drafted.vouchers[0]
    assert changed.vouchers[1].lines[0].account == "1405"
    assert any("correct the cost too" in advice.to("en") for advice in changed.advice)


def test_a_person_may_prefer_another_lawful_method() -> None:
    choice = choose(Facts("posted", "same", "amount_high", "small"))
    assert override(choice, Method.RED_BLUE).method is Method.RED_BLUE
    with pytest.raises(Invalid, match="never offered"):
        override(choice, Method.DELETE)


def test_what_the_plan_says_of_itself() -> None:
    drafted = plan("account", "D 5602 12 | C 1002 12", "D 5601 12 | C 1002 12")
    assert (drafted.amount, drafted.touches_prior_year, drafted.waits_for) == (Money.of("12"), False, None)
    assert drafted.statements == {"income_statement"}
    assert drafted.corrects == (("2026-03 记-12", voucher("D 5602 12 | C 1002 12").fingerprint),)
