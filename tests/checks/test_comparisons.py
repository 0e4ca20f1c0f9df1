"""What stands behind a finding's sentence, as people read it."""

from __future__ import annotations

import pytest

from saas.checks.comparisons import figures


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("party·支付房租··1002C|22210101D|560204D", "支付房租"),
        ("words·计提工资·560201D|221101C", "计提工资"),
        ("party·付货款·嘉兴启石·220201D|100201C", "付货款 嘉兴启石"),
        ("2026-03 记-1", "2026-03 记-1"),
    ],
)
def test_a_series_is_named_by_its_words(value: str, shown: str) -> None:
    assert [figure["value"] for figure in figures({"shown_by": value})] == [shown]


def test_a_series_without_words_and_a_zero_amount() -> None:
    assert figures({"shown_by": "accounts·560201D|221101C"}) == []
    assert [figure["value"] for figure in figures({"closing": "0.00", "count": 2})] == ["0.00", 2]
