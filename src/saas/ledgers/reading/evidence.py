"""How well a column's values fit a field: what a heading alone cannot tell (科目 may hold codes or names)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from saas.ledgers.reading import accounts, dates
from saas.ledgers.reading.marks import side

AMOUNT = re.compile(r"[^A-Za-z\u3400-\u9fff]*\d[^\u3400-\u9fff]{0,24}[元借贷]?")


def _date(text: str) -> bool:
    try:
        dates.day(text, year=2000)
    except dates.NotADate:
        return re.fullmatch(r"\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}日?", text) is not None
    return True


def _day(text: str) -> bool:
    plain = unicodedata.normalize("NFKC", text).removesuffix(".0").strip("日月 ")
    return plain.isdigit() and 1 <= int(plain) <= 31


def _code(text: str) -> bool:
    return bool(accounts.read(text).code)


def _amount(text: str) -> bool:
    plain = unicodedata.normalize("NFKC", text).strip()
    return plain in {"-", "--", "—"} or AMOUNT.fullmatch(plain) is not None


FITS: dict[str, Callable[[str], bool]] = {
    "date": _date,
    "entered_date": _date,
    "document_date": _date,
    "account": _code,
    "account_name": lambda text: bool(accounts.read(text).name),
    "side": lambda text: side(text) is not None,
    "year": lambda text: dates.year(text) is not None,
    "period": lambda text: dates.month(text) is not None,
    "month": _day,
    "day": _day,
    "journal": lambda text: any(c.isdigit() for c in text),
    "number": lambda text: any(c.isdigit() for c in text),
    "entered_time": lambda text: dates.clock(text) is not None,
    "line": lambda text: any(c.isdigit() for c in text),
}
REQUIRED = 0.5  # below this share of fitting values the heading is not believed


def fit(field: str, values: list[str]) -> float:
    """Share of the values that fit the field, 0…1; 1 for free text; 0.6 for an empty column."""
    if not values:
        return 0.6
    amounts = field in {"debit", "credit", "amount"} or field.rpartition("_")[2] in {
        "debit",
        "credit",
        "opening",
        "closing",
    }
    test = _amount if amounts else FITS.get(field)
    if test is None:
        return 1.0
    return sum(map(test, values)) / len(values)
