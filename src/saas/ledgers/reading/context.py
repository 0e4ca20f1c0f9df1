"""What the lines above a table say: its year and months."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from saas.ledgers.reading.dates import Month

MONTHS = re.compile(
    r"(?<!\d)(20\d\d|19[89]\d)\s*[年\-/._]\s*(?:第\s*)?(1[0-2]|0?[1-9])(?!\d)|(?<!\d)(20\d\d)(0[1-9]|1[0-2])(?:\d\d)?(?!\d)"
)
YEAR = re.compile(r"(?<!\d)(20\d\d|19[89]\d)(?!\d)")


def months(texts: Iterable[str | None]) -> list[Month]:
    """Every month that the texts name ("2026年1月至2026年3月", "2026.01-2026.03", "202603"), in their order."""
    found = []
    for text in texts:
        for match in MONTHS.finditer(unicodedata.normalize("NFKC", text or "")):
            found.append(Month(int(match[1] or match[3]), int(match[2] or match[4])))
    return found


def year(texts: Iterable[str | None]) -> int | None:
    """The first year that the texts name."""
    for text in texts:
        if match := YEAR.search(unicodedata.normalize("NFKC", text or "")):
            return int(match[1])
    return None
