"""A year of books in a few lines: ledger_text with lines that stand for one voucher a month.

    monthly 28 记-10 计提{m}月工资 | D 560201 30000.00 | C 221101 30000.00
    monthly(1-4 6-12) 31 记-11 …        only the months that have it; 31 is the last day

{m} is the month, {mm} the month in two digits, {last} the month before.
Vouchers keep the number written in every month, and the books are sorted by date as a file would be.
"""

from __future__ import annotations

import calendar
import re

from saas.ledgers.frame import Ledger
from tests.checks.ledger_text import ledger_of

MONTHLY = re.compile(r"monthly(?:\((?P<months>[^)]*)\))? +(?P<day>\d+) +(?P<voucher>.*)")


def year_of(text: str | None, year: int = 2026) -> Ledger:
    """The ledger of a docstring; its first line, the sentence about the test, is left out."""
    vouchers, other = [], []
    for raw in (text or "").splitlines()[1:]:
        line = raw.strip()
        if found := MONTHLY.match(line):
            for month in _months(found["months"] or "1-12"):
                named = found["voucher"].replace("{mm}", f"{month:02d}").replace("{m}", str(month))
                named = named.replace("{last}", str((month - 2) % 12 + 1))
                day = min(int(found["day"]), calendar.monthrange(year, month)[1])
                vouchers.append(f"{year}-{month:02d}-{day:02d} {named}")
        elif re.match(r"\d{4}-", line):
            vouchers.append(line)
        elif line:
            other.append(line)
    return ledger_of("\n".join([*other, *sorted(vouchers, key=lambda v: v[:10])]))


def _months(text: str) -> list[int]:
    months = []
    for part in text.split():
        first, _, last = part.partition("-")
        months += range(int(first), int(last or first) + 1)
    return months
