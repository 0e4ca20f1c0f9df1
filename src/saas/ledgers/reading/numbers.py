"""Voucher numbers: 记-12, 记字第0012号, 记-12 1/2, 转账凭证-0003, 2026-03-0012 → word and number."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

SIMPLE = re.compile(r"([\u4e00-\u9fff]?)-?([0-9]{1,12})")  # nearly every cell of a ledger
PAGE = re.compile(r"[\s_\-]*[(\[]?\s*(?:第\s*)?\d+\s*/\s*\d+\s*页?\s*[)\]]?\s*$")
VOID = re.compile(r"[(\[【]?\s*(?:已?作废|void(?:ed)?)\s*[)\]】]?", re.IGNORECASE)
CALENDAR = re.compile(r"^(?:19|20)\d{2}(?:0[1-9]|1[0-2])?(?:[0-3]\d)?$")
RUN = re.compile(r"\d+")


class Number(NamedTuple):
    """What a voucher cell says. number is None when it has no digits."""

    word: str
    number: int | None
    void: bool


def read(text: str) -> Number:
    """The voucher word, its number without page suffix (1/2) and date prefix, and whether the cell says it is void."""
    if match := SIMPLE.fullmatch(text):
        return Number(match[1], int(match[2]), False)
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = re.sub(r"^(\d+)\.0+$", r"\1", plain)
    void = bool(VOID.search(plain))
    plain = PAGE.sub("", VOID.sub("", plain)) or plain
    first = RUN.search(plain)
    if first is None:
        return Number(_word(plain), None, void)
    runs = [run[0] for run in RUN.finditer(plain)]
    word = _word(plain[: first.start()]) or _word(re.split(r"\d", plain)[-1])
    return Number(word, int(_serial(runs, chinese=bool(word) and not word.isascii())[:18]), void)


def _serial(runs: list[str], *, chinese: bool) -> str:
    """The run of digits that counts vouchers: not a year or month before it, not a sub-number after it."""
    while len(runs) > 1 and CALENDAR.match(runs[0]):
        year_only = len(runs[0]) == 4
        runs = runs[1:]
        if year_only and len(runs) > 1 and len(runs[0]) <= 2 and 1 <= int(runs[0]) <= 12:
            runs = runs[1:]
    return runs[0] if chinese else max(runs, key=len)


def _word(text: str) -> str:
    """记字第 → 记; 付款凭证- → 付款凭证."""
    word = re.sub(r"[\s\-_/.#:：、()\[\]]+|号$|第$", "", text)
    return re.sub(r"(?<=.)字第?$|第$|号$", "", word)
