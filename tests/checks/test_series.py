"""Series: what recurs, however it is worded, and at which rhythm."""

from __future__ import annotations

import inspect

from saas.checks.series import find
from tests.checks.monthly_text import year_of


def test_a_series_is_seen_by_party_by_words_and_by_accounts() -> None:
    """The wording changed in March, the party in July; the accounts stay.

    monthly(1-2 4-6) 5 记-1 支付{m}月房租 | D 5602 6000.00 | C 2241[甲] 6000.00
    monthly(7-12) 5 记-1 支付{m}月房租 | D 5602 6000.00 | C 2241[乙] 6000.00
    2026-03-05 记-1 付办公室租金 | D 5602 6000.00 | C 2241[甲] 6000.00
    """
    series = find(year_of(inspect.getdoc(test_a_series_is_seen_by_party_by_words_and_by_accounts))).series
    numbers = sorted(series.select("level", "n").rows())
    assert numbers == [("accounts", 12), ("party", 5), ("party", 6), ("words", 11)]
    assert series["dispersion"].max() < 0.2


def test_a_member_on_a_wrong_account_still_belongs() -> None:
    """May's rent stands in selling expenses: it is a member, and its form is not the usual one.

    monthly(1-4 6-12) 5 记-1 支付{m}月房租 | D 5602 6000.00 | C 1002 6000.00
    2026-05-05 记-1 支付5月房租 | D 5601 6000.00 | C 1002 6000.00
    """
    members = find(year_of(inspect.getdoc(test_a_member_on_a_wrong_account_still_belongs))).members
    words = members.filter(members["level"] == "words")
    assert words.height == 12
    assert words.filter(words["form"] != words["usual_form"])["voucher"].to_list() == ["2026-05 记-1"]


def test_a_member_counts_for_the_month_it_stands_for() -> None:
    """Wages paid name the month before; that is the series' habit, not a shift.

    monthly 10 记-2 发放{last}月工资 | D 2211 30000.00 | C 1002 30000.00
    """
    members = find(year_of(inspect.getdoc(test_a_member_counts_for_the_month_it_stands_for))).members
    assert (members["counted"] == members["month"]).all()


def test_corrections_estimates_and_transfers_are_no_members() -> None:
    """What is reversed, estimated or moved between own accounts does not recur as business.

    account 220202 应付账款-暂估
    monthly 30 记-2 暂估入库 | D 1405 9000.00 | C 220202 9000.00
    monthly 1 记-1 冲回暂估入库 | D 1405 -9000.00 | C 220202 -9000.00
    monthly 2 记-3 提取备用金 | D 1001 5000.00 | C 1002 5000.00
    """
    assert find(year_of(inspect.getdoc(test_corrections_estimates_and_transfers_are_no_members))).series.is_empty()


def test_an_empty_ledger_has_no_series() -> None:
    assert find(year_of("Nothing.")).series.is_empty()
