"""N41: a term of half a year and more charged to expense at once."""

from __future__ import annotations

import pytest

from tests.checks.ledger_text import found
from tests.checks.monthly_text import year_of

BOOKS = "monthly 10 记-1 报销差旅费 | D 560204 3{mm}.50 | C 1001 3{mm}.50"


def books(summary: str, amount: str = "36000.00") -> list[str]:
    text = f"\n{BOOKS}\n2026-03-05 记-9 {summary} | D 560205 {amount} | C 1002 {amount}"
    return [v for finding in found("N41", year_of(text)) for v in finding.vouchers]


@pytest.mark.parametrize(
    "summary",
    [
        "支付全年房租",
        "付一年期财产保险费",
        "支付2026年3月-2027年2月物业费",
        "付1-12月服务费",
        "付12个月网络费",
        "付2026.03-2027.02厂房租金",
        "支付下年度房租",
        "付明年保险费",
    ],
)
def test_a_year_at_once(summary: str) -> None:
    assert books(summary) == ["2026-03 记-9"]


@pytest.mark.parametrize(
    "summary",
    [
        "支付3-5月房租",
        "付2026.03-2026.05厂房租金",
        "付年度审计费",
        "付下年度审计费",
        "发放全年一次性奖金",
        "付3月房租",
        "计提1-12月折旧",
    ],
)
def test_a_quarter_or_what_falls_due_once_a_year(summary: str) -> None:
    assert books(summary) == []


def test_a_small_sum_is_expensed_by_policy() -> None:
    assert books("付一年期软件费", "1200.00") == []
