"""One example a rule: a ledger in which it speaks and one that looks alike and is innocent."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from saas.checks.finding import Finding
from saas.kernel.i18n import Locale
from tests.checks.ledger_text import found
from tests.checks.monthly_text import year_of

Side = Literal["fired", "silent"]
SIDES: tuple[Side, ...] = ("fired", "silent")


@dataclass(frozen=True, slots=True)
class Example:
    """What examples/*.toml says of one rule."""

    rule: str
    ledgers: dict[Side, str]
    settings: dict[Side, dict[str, Any]]  # supplied data and what the client's page says
    figures: dict[Side, dict[str, dict[str, int]]]  # the supplied figures among them, in fen
    sealed: str
    why: dict[Locale, str]  # why the silent one is innocent
    data: dict[Locale, str]  # what a ledger must hold beyond vouchers

    def found(self, side: Side) -> list[Finding]:
        settings = dict(self.settings[side])
        if self.figures[side]:
            settings["figures"] = self.figures[side]
        if self.sealed:
            settings["sealed"] = year_of(f"\n{self.sealed}")
        return found(self.rule, year_of(f"\n{self.ledgers[side]}"), **settings)


@cache
def examples() -> dict[str, Example]:
    """By rule, in the order of its number."""
    rows: dict[str, dict[str, Any]] = {}
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        table = tomllib.loads(path.read_text("utf-8"))
        assert not rows.keys() & table.keys(), path
        rows |= table
    return {rule: _example(rule, rows[rule]) for rule in sorted(rows)}


def _example(rule: str, row: dict[str, Any]) -> Example:
    return Example(
        rule=rule,
        ledgers={side: row.get(side, row.get("ledger", "")).strip() for side in SIDES},
        settings={side: row.get("settings", {}) for side in SIDES},
        figures={side: row.get("figures", {}).get(side, {}) for side in SIDES},
        sealed=row.get("sealed", "").strip(),
        why=row["why"],
        data=row.get("data", {}),
    )
