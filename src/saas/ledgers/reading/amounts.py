"""Amounts as exports write them → whole fen, by decimal rules; what is ambiguous is refused with a reason."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

import polars as pl

from saas.kernel.i18n import Text, _

CURRENCY = re.compile(
    r"^(?:RMB|CNY|USD|EUR|GBP|HKD|人民币|[¥￥$€£])\s*|\s*(?:RMB|CNY|USD|EUR|GBP|HKD|元|圆)$", re.IGNORECASE
)
SIDE = re.compile(r"^(?:借|贷|dr|cr)\.?\s*|\s*(?:借方?|贷方?|dr|cr)\.?$", re.IGNORECASE)
MINUS = str.maketrans({"−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "﹣": "-", "\u00a0": " ", "\u3000": " "})
BLANK = {"", "-", "--", "/", "\\", "*", "nil", "none", "null", "nan", "n/a", "#n/a", "无"}
SIMPLE = re.compile(r"(-)?([0-9]{1,12})(?:\.([0-9]{1,2}))?")  # nearly every cell of a ledger
PLAIN = re.compile(r"\d+(?:\.\d*)?|\.\d+")
GROUPED = re.compile(r"\d{1,3}(?:([, '])\d{3})(?:\1\d{3})*(?:\.\d*)?")
SCIENTIFIC = re.compile(r"\d+(?:\.\d+)?e[+-]?\d{1,2}", re.IGNORECASE)
EUROPEAN = re.compile(r"\d{1,3}(?:[. ]\d{3})*,\d{1,2}|\d+,\d{1,2}|\d{1,3}(?:\.\d{3}){2,}|\d{1,3}(?:\.\d{3})+,\d+")
LIMIT = Decimal(10) ** 15  # yuan: beyond this the cell is no amount of a ledger (and fen stay inside 64 bits)


class NotAnAmount(ValueError):
    """Why a cell is not read as an amount, in words."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason)
        self.reason = reason


def fen(text: str) -> int | None:
    """Fen of "1,234.50", "(1,234.50)", "1,234.50-", "－１２３", "¥8", "1.2E+05", "100 Cr" (the side is read elsewhere).

    None for a blank cell or a dash. NotAnAmount for anything else, also for European "1.234,56", which could be
    misread. More than two decimals are rounded half away from zero.
    """
    if match := SIMPLE.fullmatch(text):
        sign, whole_yuan, part = match.groups()
        simple = int(whole_yuan) * 100 + int((part or "0").ljust(2, "0"))
        return -simple if sign else simple
    plain, negative = _unsigned(unicodedata.normalize("NFKC", text).translate(MINUS).strip())
    if plain.lower() in BLANK:
        return None
    if PLAIN.fullmatch(plain) or SCIENTIFIC.fullmatch(plain):
        yuan = Decimal(plain)
    elif GROUPED.fullmatch(plain):
        yuan = Decimal(re.sub("[, ']", "", plain))
    elif EUROPEAN.fullmatch(plain):
        raise NotAnAmount(
            _("“%(text)s” may be a European amount (comma as decimal point); write it as 1234.56", text=text.strip())
        )
    else:
        raise NotAnAmount(_("“%(text)s” is not an amount", text=text.strip()[:40]))
    if yuan >= LIMIT:
        raise NotAnAmount(_("“%(text)s” is too large for an amount", text=text.strip()[:40]))
    whole = int((yuan * 100).quantize(Decimal(1), ROUND_HALF_UP))
    return -whole if negative else whole


def simple() -> pl.Expr:
    """Fen of the column's cells where they are as nearly all of a ledger are (SIMPLE); null where `fen` must look."""
    cell = pl.first()
    yuan = pl.when(cell.str.contains(rf"^(?:{SIMPLE.pattern})$")).then(cell).cast(pl.Float64)
    return (yuan * 100).round().cast(pl.Int64)  # exact: at most 14 digits


def _unsigned(text: str) -> tuple[str, bool]:
    """The figure without its one sign, brackets, currency and side, and whether it is negative."""
    sign = ""
    for __ in range(4):
        before = text
        text = CURRENCY.sub("", SIDE.sub("", text)).strip()
        if not sign and text.startswith("(") and text.endswith(")"):
            text, sign = text[1:-1].strip(), "-"
        elif not sign and len(text) > 1 and text[0] in "+-":
            text, sign = text[1:].strip(), text[0]
        elif not sign and len(text) > 1 and text[-1] == "-":
            text, sign = text[:-1].strip(), "-"
        if text == before:
            break
    return text, sign == "-"
