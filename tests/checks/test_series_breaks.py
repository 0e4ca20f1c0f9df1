"""N34: one member of a series departs from the others."""

from __future__ import annotations

import inspect
from typing import Any

from saas.checks.finding import Finding
from saas.checks.rules.series_breaks import RULES
from tests.checks.monthly_text import year_of

RULE = RULES[0]


def broken(test: Any) -> list[Finding]:
    return RULE.run(year_of(inspect.getdoc(test)), RULE.settings)


def test_depreciation_on_another_account() -> None:
    """The finding points at the strange line and states the usual entry.

    account 560206 管理费用-折旧费
    account 560207 管理费用-办公费
    monthly(1-6 8-12) 31 记-9 计提{m}月折旧 | D 560206 900.00 | C 1602 900.00
    2026-07-31 记-9 计提7月折旧 | D 560207 900.00 | C 1602 900.00
    """
    [finding] = broken(test_depreciation_on_another_account)
    assert (finding.vouchers, finding.account, finding.severity) == (["2026-07 记-9"], "560207", "medium")
    assert len(finding.rows) == 1
    debit, credit = finding.compared["expected"]["lines"]
    assert (debit["account"], debit["debit"], credit["account"], credit["credit"]) == (
        "560206",
        "900.00",
        "1602",
        "900.00",
    )


def test_wages_credited_to_another_debt() -> None:
    """The debit is right, the credit is not.

    account 221101 应付职工薪酬-工资
    monthly(1-6 8-12) 31 记-9 计提{m}月工资 | D 5602 3{mm}00.00 | C 221101 3{mm}00.00
    2026-07-31 记-9 计提7月工资 | D 5602 30700.00 | C 2241 30700.00
    """
    assert [f.account for f in broken(test_wages_credited_to_another_debt)] == ["2241"]


def test_twice_the_amount() -> None:
    """A fixed sum once doubled, with no month beside it empty.

    account 180101 长期待摊费用-装修费
    monthly(1-6 8-12) 31 记-9 摊销{m}月装修费 | D 5602 900.00 | C 180101 900.00
    2026-07-31 记-9 摊销7月装修费 | D 5602 1800.00 | C 180101 1800.00
    """
    [finding] = broken(test_twice_the_amount)
    assert (finding.vouchers, finding.compared["kind"]) == (["2026-07 记-9"], "twice")


def test_two_months_in_one_sum() -> None:
    """June was left out and July has both, or the summary says so.

    account 180101 长期待摊费用-装修费
    monthly(1-5 8-12) 31 记-9 摊销装修费 | D 5602 900.00 | C 180101 900.00
    2026-07-31 记-9 摊销装修费 | D 5602 1800.00 | C 180101 1800.00
    monthly 31 记-10 摊销{m}月软件 | D 5602 500.00 | C 180101 500.00
    """
    assert broken(test_two_months_in_one_sum) == []


def test_cash_or_bank_makes_no_difference() -> None:
    """A bill paid in cash for once.

    monthly(1-6 8-12) 12 记-9 支付{m}月水电费 | D 5602 4{mm}.50 | C 1002 4{mm}.50
    2026-07-12 记-9 支付7月水电费 | D 5602 407.50 | C 1001 407.50
    """
    assert broken(test_cash_or_bank_makes_no_difference) == []


def test_the_usual_entry_of_many_parties_names_this_one() -> None:
    """Twelve payments to as many suppliers; July's went to an expense, and none of the others is its party.

    monthly(1-6 8-12) 12 记-9 付货款 | D 2202[供应商{m}] 4{mm}.50 | C 1002 4{mm}.50
    2026-07-12 记-9 付货款 | D 5602[丁公司] 407.50 | C 1002 407.50
    """
    [finding] = broken(test_the_usual_entry_of_many_parties_names_this_one)
    assert [(line["account"], line["aux"]) for line in finding.compared["expected"]["lines"]] == [
        ("2202", "丁公司"),
        ("1002", ""),
    ]
