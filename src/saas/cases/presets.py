"""The questions a firm begins with, by the rule that found the anomaly (tenants/_starter/questions.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from saas.kernel.pages import ROOT

STARTER = ROOT / "tenants" / "_starter" / "questions.toml"


@dataclass(frozen=True, slots=True)
class Preset:
    """One question, worded for someone who is not an accountant."""

    ask: Mapping[str, str]  # by language
    answer: str  # text, choice, date, amount, yes_no
    fills: str
    files: Mapping[str, str]
    choices: tuple[Mapping[str, str], ...]


@cache
def _all() -> dict[str, list[Preset]]:
    table = tomllib.loads(STARTER.read_text("utf-8"))
    return {rule: [_preset(row) for row in rows] for rule, rows in table.items()}


def presets(rules: Sequence[str]) -> list[Preset]:
    """Those of the rules of a case, then those asked for every anomaly."""
    known = _all()
    return [preset for rule in dict.fromkeys([*rules, "general"]) for preset in known.get(rule, [])]


def _preset(row: Mapping[str, Any]) -> Preset:
    return Preset(row["ask"], row["answer"], row["fills"], row.get("files", {}), tuple(row.get("choices", ())))
