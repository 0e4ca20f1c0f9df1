"""Suggestions the bookkeeper accepts: carry-forward, depreciation, cost, tax; and before | change | after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from saas.adjustments.correction import balances, carry_forward, costs, depreciation, taxes
from saas.adjustments.correction.drafting import draft
from saas.adjustments.correction.facts import Facts, Period, Settings
from saas.adjustments.correction.method import choose
from saas.adjustments.correction.methods import Method
from saas.adjustments.correction.vouchers import Line, Mistake, Voucher, balanced
from saas.kernel.errors import Invalid
from saas.kernel.money import ZERO, Money

from .worked_cases import books, lines

CLOSED = Facts("posted", "earlier_closed", "omission", "small", touches=frozenset({"pl"}))


def shown(entry_lines: tuple[Line, ...]) -> str:
    return " | ".join(f"{'D' if line.on_debit else 'C'} {line.account} {line.amount}" for line in entry_lines)


def test_renewed_carry_forward_moves_the_profit_on() -> None:
    """An omitted expense of an open December whose profit is already in retained earnings."""
    b = books("E16", "small")
    choice = choose(Facts("posted", "earlier_open", "omission", "small"))
    rent = Mistake(None, lines("D 5602 1000 | C 2241 1000", "small"), "租金", Period(2025, 12))
    plan = draft(choice, [rent], b)
    reserve = Settings(surplus_reserve=Decimal("0.1"))
    entries = carry_forward.renew(plan, b, reserve, retained_too=True)
    assert [(entry.summary, shown(entry.lines)) for entry in entries] == [
        ("补充结转损益", "D 3103 1,000.00 | C 5602 1,000.00"),
        ("补充结转本年利润", "D 3103 -1,000.00 | C 310402 -1,000.00"),
        ("调整盈余公积", "D 310402 -100.00 | C 3101 -100.00"),
    ]
    whole = draft(choice, [rent], b, entries)
    assert [v.number for v in whole.vouchers] == [66, 67, 68, 69]
    assert sum((line.net for line in whole.lines if line.account == "3103"), ZERO) == ZERO


def test_income_is_carried_forward_on_its_own_side() -> None:
    b = books("E16", "small")
    choice = choose(Facts("posted", "earlier_open", "omission", "small"))
    sale = Mistake(None, lines("D 1122 1000 | C 5001 1000", "small"), "收入", Period(2025, 12))
    [entry] = carry_forward.renew(draft(choice, [sale], b), b, Settings(), retained_too=False)
    assert shown(entry.lines) == "D 5001 1,000.00 | C 3103 1,000.00"


def test_nothing_to_renew_without_result_accounts() -> None:
    b = books("E16", "small")
    choice = choose(Facts("posted", "earlier_open", "omission", "small"))
    loan = Mistake(None, lines("D 1002 1000 | C 2241 1000", "small"), "借款", Period(2025, 12))
    assert carry_forward.renew(draft(choice, [loan], b), b, Settings(), retained_too=True) == []


def test_closing_that_left_nothing() -> None:
    with pytest.raises(Invalid, match="carried forward already"):
        carry_forward.complete_closing({"5603": ZERO}, Period(2026, 4), books("E14", "small"))


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2026-02-21", 36, [("补提2026年3—4月折旧", "1,280.00")]),
        ("2026-03-01", 36, [("补提2026年4月折旧", "640.00")]),
        ("2026-04-30", 36, []),  # the first month is the open one
        ("2025-10-15", 36, [("补提2025年11—12月折旧", "1,280.00"), ("补提2026年1—4月折旧", "2,560.00")]),
        ("2025-10-15", 3, [("补提2025年11—12月折旧", "15,360.00"), ("补提2026年1月折旧", "7,680.00")]),
        ("2024-10-15", 6, [("补提2024年11月—2025年4月折旧", "23,040.00")]),
    ],
)
def test_depreciation_of_closed_months(start: str, months: int, expected: list[tuple[str, str]]) -> None:
    """24,000 less 4 %: 640.00 a month over 36 months; earlier years apart from this one."""
    asset = depreciation.Asset(Money.of("24000"), months, date.fromisoformat(start), "5602", Decimal("0.04"))
    entries = depreciation.catch_up(asset, Method.RED_BLUE, books("E11", "small"))
    assert [(entry.summary, str(entry.lines[0].debit)) for entry in entries] == expected


def test_monthly_rounding_and_the_last_month() -> None:
    """100.00 over 3 months: 33.33, 33.33, 33.34, as the monthly entries carry it."""
    asset = depreciation.Asset(Money.of("100"), 3, date(2026, 1, 5), "5602")
    sums = [asset.accumulated(Period(2026, month)) for month in (1, 2, 3, 4, 5)]
    assert [str(amount) for amount in sums] == ["0.00", "33.33", "66.66", "100.00", "100.00"]


def test_earlier_depreciation_is_restated() -> None:
    b = books("E18", "enterprise")
    asset = depreciation.Asset(Money.of("60000"), 60, date(2025, 10, 20), "6602")
    earlier, this_year = depreciation.catch_up(asset, Method.RESTATE, b)
    assert shown(earlier.lines) == "D 6901 2,000.00 | C 1602 2,000.00"
    assert shown(this_year.lines) == "D 6602 5,000.00 | C 1602 5,000.00"


def test_cost_needs_a_voucher_that_takes_stock_into_cost() -> None:
    b = books("E13", "small")
    purchase = Voucher(date(2026, 3, 5), "记", 5, "购商品", lines("D 1405 100 | C 2202 100", "small"))
    with pytest.raises(Invalid, match="carried this stock into cost"):
        costs.sold_share(purchase, Money.of("-10"), Decimal("0.5"), b)
    with pytest.raises(Invalid, match="between 0 and 1"):
        costs.sold_share(purchase, Money.of("-10"), Decimal(2), b)


def test_deferred_tax_only_when_the_difference_is_temporary() -> None:
    b = books("E18", "enterprise")
    entry = taxes.income_tax(2025, Money.of("3000"), Method.RESTATE, b, temporary=True)
    assert (entry.summary, shown(entry.lines)) == (
        "确认2025年度差错更正的递延所得税",
        "D 6901 3,000.00 | C 2901 3,000.00",
    )


def test_surcharges_that_fall() -> None:
    entry = taxes.surcharges(
        {"tax.urban": Money.of("-70"), "tax.edu": ZERO}, Period(2025, 10), Method.BLUE_CURRENT, books("E19", "small")
    )
    assert (entry.summary, shown(entry.lines)) == ("冲减附加税费", "D 222106 70.00 | C 5403 70.00")
    assert balanced(entry.lines)


def test_payment_without_late_fee() -> None:
    entry = taxes.payment({"tax.cit": Money.of("3000")}, ZERO, "1002", books("E18", "small"))
    assert (entry.summary, shown(entry.lines)) == ("缴纳税款", "D 222105 3,000.00 | C 1002 3,000.00")


def test_late_fee_reminds_of_the_annual_return() -> None:
    b = books("E18", "small")
    paid = taxes.payment({"tax.cit": Money.of("3000")}, Money.of("21"), "1002", b)
    [reminder] = draft(choose(CLOSED), [], b, [paid]).reminders
    assert (reminder.direction, reminder.amount, reminder.cause) == ("increase", Money.of("21"), "late_fee")


def test_before_change_after() -> None:
    """E02: bank is touched and unchanged; waiting vouchers are not counted."""
    b = books("E02", "small")
    wrong = Voucher(date(2026, 3, 15), "记", 12, "付广告费", lines("D 5602 1200 | C 1002 1200", "small"))
    choice = choose(Facts("posted", "same", "account", "small"))
    plan = draft(choice, [Mistake(wrong, lines("D 5601 1200 | C 1002 1200", "small"))], b)
    before = {("5602", ""): Money.of("5000"), ("1002", ""): Money.of("80000")}
    rows = [
        (row.account, row.name, str(row.before), str(row.change), str(row.after))
        for row in balances.effect(plan, b, before)
    ]
    assert rows == [
        ("5602", "管理费用", "5,000.00", "-1,200.00", "3,800.00"),
        ("1002", "银行存款", "80,000.00", "0.00", "80,000.00"),
        ("5601", "销售费用", "0.00", "1,200.00", "1,200.00"),
    ]
    classes = {row.kind: (row.before, row.change) for row in balances.by_class(plan, b, before)}
    assert classes["expense"] == (Money.of("5000"), ZERO)
    assert classes["profit"] == (Money.of("-5000"), ZERO)


def test_restated_profit_is_equity() -> None:
    b = books("E17", "enterprise")
    facts = replace(CLOSED, standard="enterprise", material=True)
    plan = draft(
        choose(facts), [Mistake(None, lines("D 5602 100 | C 2241 100", "enterprise"), "租金", Period(2025, 11))], b
    )
    change = {row.kind: row.change for row in balances.by_class(plan, b, {})}
    assert (change["liabilities"], change["equity"], change["profit"]) == (Money.of("100"), Money.of("-100"), ZERO)
    assert plan.statements == {"balance_sheet", "comparatives"}


@pytest.mark.parametrize(("reverse", "dropped"), [("opposite_side", True), ("same_side_negative", False)])
def test_what_a_one_column_report_shows(reverse: str, dropped: bool) -> None:
    """A credit to an expense account is dropped by programs that read only the debit column (§1.3)."""
    b = books("E18", "small")
    options = Settings(pl_reverse=reverse)  # type: ignore[arg-type]
    wrong = Voucher(date(2025, 12, 20), "记", 45, "购设备", lines("D 5602 60000 | C 1002 60000", "small"))
    mistake = Mistake(wrong, lines("D 1601 60000 | C 1002 60000", "small"), "设备误计入费用")
    plan = draft(choose(replace(CLOSED, kind="account", settings=options)), [mistake], b)
    [row] = balances.income_statement(plan, b)
    assert (row.account, row.change, row.dropped) == ("5602", Money.of("-60000"), dropped)
