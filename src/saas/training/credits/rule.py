"""What the law asks for in a year, from tenants/_starter/credits.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache

from saas.kernel.i18n import Both, Text
from saas.kernel.pages import ROOT

FILE = ROOT / "tenants/_starter/credits.toml"


@dataclass(frozen=True, slots=True)
class Rule:
    """Credits of a year, of them at least so many professional; carried over to no other year."""

    valid_from: date
    total: int
    professional: int
    source: Text


@cache
def rules() -> tuple[Rule, ...]:
    """Oldest first."""
    data = tomllib.loads(FILE.read_text())["rules"]
    found = [Rule(r["valid_from"], r["total"], r["professional"], Both(**r["source"])) for r in data]
    return tuple(sorted(found, key=lambda rule: rule.valid_from))


def rule_of(year: int) -> Rule:
    """The rule in force at the end of the year; the first one for years before it."""
    in_force = [rule for rule in rules() if rule.valid_from <= date(year, 12, 31)]
    return in_force[-1] if in_force else rules()[0]
