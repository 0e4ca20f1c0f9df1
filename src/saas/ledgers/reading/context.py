"""What the lines above a table say: its year and months."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from saas.ledgers.reading.dates import Month

MONTHS = re.compile(
    r"(?<!\d)(20\d\d|19[89]\d)\s*[年\-/._]\s*(?:第\s*)?(1[0-2]|0?[1-9])(?!\d)|(?<!\d)(20\d\d)(0[1-9]|1[0-2])(?:\d\d)?(?!\d)"
)
BARE = re.compile(r"(?<!\d)(1[0-2]|0?[1-9])\s*月")
YEAR = re.compile(r"(?<!\d)(20\d\d|19[89]\d)(?!\d)")


def months(texts: Iterable[str | None], *, year: int | None = None) -> list[Month]:
    """Every month that the texts name ("2026年1月至2026年3月", "2026.01-2026.03", "202603"), in their order.

    `year` completes "3月" where no text names a month with its year.
    """
    texts = list(texts)
    found = []
    for text in texts:
        for match in MONTHS.finditer(unicodedata.normalize("NFKC", text or "")):
            found.append(Month(int(match[1] or match[3]), int(match[2] or match[4])))
    if not found and year is not None:
        bare = [match[1] for text in texts for match in BARE.finditer(unicodedata.normalize("NFKC", text or ""))]
        found = [Month(year, int(number)) for number in bare]
    return found


def year(texts: Iterable[str | None]) -> int | None:
    """The first year that the texts name."""
    for text in texts:
        if match := YEAR.search(unicodedata.normalize("NFKC", text or "")):
            return int(match[1])
    return None
