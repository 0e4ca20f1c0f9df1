"""How long each kind of record is kept by law: dated rows with their source (terms.toml), never a constant in code."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path

import msgspec

from saas.kernel.i18n import Both

FILE = Path(__file__).with_name("terms.toml")


class Source(msgspec.Struct, frozen=True):
    zh: str
    en: str


class Term(msgspec.Struct, frozen=True, rename={"start": "from", "end": "to"}):
    """One row, in force from `start` to `end`, both included; `least` and `months` count from the record's clock."""

    kind: str
    start: date
    least: int  # months the law asks for
    months: int  # ours: never fewer
    mark: str  # V checked, K known from practice
    source: Source
    end: date | None = None  # None: still in force

    @property
    def text(self) -> Both:
        return Both(self.source.zh, self.source.en)

    def last_day_for(self, day: date) -> date:
        """Of what was closed on a day: archives count full years from the next January (Order 79, art. 14)."""
        return date(day.year + self.months // 12, 12, 31)


@cache
def terms() -> tuple[Term, ...]:
    """Every row, as the file has them."""
    return tuple(msgspec.convert(tomllib.loads(FILE.read_text("utf-8"))["term"], list[Term]))


def term(kind: str, day: date) -> Term:
    """The row of a kind in force on a day; LookupError where there is none or more than one."""
    found = [t for t in terms() if t.kind == kind and t.start <= day and (t.end is None or day <= t.end)]
    if len(found) != 1:
        raise LookupError(f"{kind} has {len(found)} terms on {day.isoformat()}")
    return found[0]
