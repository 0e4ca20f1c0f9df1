"""A year of books in a few lines: ledger_text with lines that stand for one voucher a month, or a day.

    monthly 28 记-10 计提{m}月工资 | D 560201 30000.00 | C 221101 30000.00
    monthly(1-4 6-12) 31 记-11 …        only the months that have it; 31 is the last day
    before 28 记-10 …                   the same in the year before
    daily(1-18) 记-{d} 付办公费 | …      on these days (1-28 unless said) of every month

{m} is the month, {mm} the month in two digits, {last} the month before; {d} and {dd} the day.
Vouchers keep the number written in every month, and the books are sorted by date as a file would be.
"""

from __future__ import annotations

import calendar
import re

from saas.ledgers.frame import Ledger
from tests.checks.ledger_text import ledger_of

REPEATED = re.compile(r"(?P<how>monthly|before|daily)(?:\((?P<span>[^)]*)\))? +(?:(?P<day>\d+) +)?(?P<voucher>.*)")


def year_of(text: str | None, year: int = 2026) -> Ledger:
    """The ledger of a docstring; its first line, the sentence about the test, is left out."""
    vouchers, other = [], []
    for raw in (text or "").splitlines()[1:]:
        line = raw.strip()
        if found := REPEATED.match(line):
            vouchers += _repeated(year, **found.groupdict())
        elif re.match(r"\d{4}-", line):
            vouchers.append(line)
        elif line.startswith("+"):
            vouchers[-1] += f"\n{line}"
        elif line:
            other.append(line)
    return ledger_of("\n".join([*other, *sorted(vouchers, key=lambda v: v[:10])]))


def _repeated(year: int, how: str, span: str | None, day: str | None, voucher: str) -> list[str]:
    year -= how == "before"
    months, days = (range(1, 13), _numbers(span or "1-28")) if how == "daily" else (_numbers(span or "1-12"), [day])
    return [_voucher(year, month, int(each or 1), voucher) for month in months for each in days]


def _voucher(year: int, month: int, day: int, voucher: str) -> str:
    day = min(day, calendar.monthrange(year, month)[1])
    values = {"{mm}": f"{month:02d}", "{m}": f"{month}", "{last}": f"{(month - 2) % 12 + 1}",
              "{dd}": f"{day:02d}", "{d}": f"{day}"}  # fmt: skip
    for name, value in values.items():
        voucher = voucher.replace(name, value)
    return f"{year}-{month:02d}-{day:02d} {voucher}"


def _numbers(text: str) -> list[int]:
    found = []
    for part in text.split():
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found
