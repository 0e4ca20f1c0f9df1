"""Any amount in any notation we read comes back to the same fen; what is ambiguous is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas.ledgers.reading.amounts import NotAnAmount, fen

FULL_WIDTH = str.maketrans("0123456789,.-", "０１２３４５６７８９，．－")


def plain(value: int) -> str:
    return f"{abs(value) // 100}.{abs(value) % 100:02}"


def grouped(value: int) -> str:
    return f"{abs(value) // 100:,}.{abs(value) % 100:02}"


NOTATIONS = {
    "plain": lambda v: ("-" if v < 0 else "") + plain(v),
    "grouped": lambda v: ("-" if v < 0 else "") + grouped(v),
    "in brackets": lambda v: f"({grouped(v)})" if v < 0 else grouped(v),
    "in wide brackets": lambda v: f"（{grouped(v)}）" if v < 0 else grouped(v),
    "minus behind": lambda v: grouped(v) + ("-" if v < 0 else ""),
    "true minus sign": lambda v: ("−" if v < 0 else "") + plain(v),
    "full width": lambda v: (("-" if v < 0 else "") + grouped(v)).translate(FULL_WIDTH),
    "yuan sign": lambda v: ("-" if v < 0 else "") + "￥" + grouped(v),
    "yuan sign before minus": lambda v: "¥ " + ("-" if v < 0 else "") + grouped(v),
    "yuan": lambda v: ("-" if v < 0 else "") + plain(v) + "元",
    "blanks around": lambda v: f" \u00a0{'-' if v < 0 else ''}{grouped(v)}\u3000",
    "blanks between groups": lambda v: ("-" if v < 0 else "") + grouped(v).replace(",", " "),
    "side behind": lambda v: ("-" if v < 0 else "") + grouped(v) + " CR",
    "plus": lambda v: ("-" if v < 0 else "+") + plain(v),
    "a float's noise": lambda v: ("-" if v < 0 else "") + plain(v) + "0000000001",
    "no trailing zeros": lambda v: ("-" if v < 0 else "") + f"{abs(v) / 100:.2f}".rstrip("0").rstrip("."),
}


@given(value=st.integers(-(10**14), 10**14), notation=st.sampled_from(sorted(NOTATIONS)))
def test_every_notation_reads_back(value: int, notation: str) -> None:
    # float formatting above is exact only where a float holds every fen
    if notation == "no trailing zeros" and abs(value) > 10**13:
        value //= 10
    assert fen(NOTATIONS[notation](value)) == value


@pytest.mark.parametrize("blank", ["", " ", "-", "—", "--", "/", "无", "null", "N/A"])
def test_blank(blank: str) -> None:
    assert fen(blank) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.005", 101),
        ("-1.005", -101),
        ("0.0049", 0),
        ("1.2E+05", 12_000_000),
        ("1e3", 100_000),
        (".5", 50),
        ("12.", 1200),
    ],
)
def test_rounding_is_decimal(text: str, value: int) -> None:
    assert fen(text) == value


@pytest.mark.parametrize("text", ["1.234,56", "1234,56", "12,5", "1.234.567", "1.234.567,89", "1 234,56", "-1.234,56"])
def test_european_amounts_are_refused(text: str) -> None:
    with pytest.raises(NotAnAmount) as refused:
        fen(text)
    assert "1234.56" in refused.value.reason.to("en")
    assert "欧式" in refused.value.reason.to("zh")


@pytest.mark.parametrize(
    "text", ["abc", "1,23", "1,2345", "12,34.5", "1 2", "--5", "1.2.3", "=1+1", "万", "5%", "1e99", "(5"]
)
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount):
        fen(text)


def test_absurd_size_is_refused() -> None:
    with pytest.raises(NotAnAmount) as refused:
        fen("9" * 30)
    assert "too large" in refused.value.reason.to("en")
