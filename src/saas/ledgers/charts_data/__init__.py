"""The standards' charts of accounts as data: small, enterprise (with its later accounts), npo; aliases; details.

Each CSV names its source in its first comment lines. Columns of a chart: code, name, category, side (D, C or B),
industry ("special" = only banks, insurers, brokers, leasing or oil), role.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
CHARTS = {"small": ("small",), "enterprise": ("enterprise", "enterprise_later"), "npo": ("npo",)}


@dataclass(frozen=True, slots=True)
class Official:
    """An account as a standard prescribes it (always level 1)."""

    code: str
    name: str
    category: str
    side: str
    special: bool
    role: str


@dataclass(frozen=True, slots=True)
class Detail:
    """What the name of a detail account says about its role, inside an ancestor's role."""

    within: str
    name: re.Pattern[str]
    role: str
    side: str  # "" = the parent's


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one data file; lines that begin with # say where the data comes from."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


@cache
def officials(standard: str) -> tuple[Official, ...]:
    """The level-1 accounts of a standard; those of small, enterprise and npo together for any other."""
    if standard not in CHARTS:
        return tuple(account for known in CHARTS for account in officials(known))
    return tuple(
        Official(r["code"], r["name"], r["category"], r["side"], r["industry"] == "special", r["role"])
        for file in CHARTS[standard]
        for r in rows(file)
    )


@cache
def by_code(standard: str) -> dict[str, Official]:
    """The official account of each code; where a later standard took a number over, the older one keeps it."""
    if standard not in CHARTS:
        return {}
    return {account.code: account for account in reversed(officials(standard))}


@cache
def by_name(standard: str) -> dict[str, Official]:
    """Official names and their aliases, as `bare` writes them. For an unknown standard: the names of all."""
    named = {bare(account.name): account for account in reversed(officials(standard))}
    for row in rows("aliases"):
        official = named.get(bare(row["official"]))
        if official:
            named.setdefault(bare(row["name"]), official)
    return named


@cache
def details() -> tuple[Detail, ...]:
    return tuple(Detail(r["within"], re.compile(r["name"]), r["role"], r["side"]) for r in rows("details"))


@cache
def roles() -> tuple[str, ...]:
    """Every role that an account can play, and each one above it ("tax.vat" of "tax.vat.input"); "" stands for none."""
    named = {one.role for one in officials("")} | {one.role for one in details()}
    return tuple(sorted({"", *(role[: at.start()] for role in named for at in re.finditer(r"\.|$", role))}))


def bare(name: str) -> str:
    """A name without what writers vary: blanks, punctuation, case, "and"."""
    name = re.sub(r"(?i)\band\b|(?<=[a-z])-(?=[a-z])", " ", name)
    return re.sub(r"[\s,，.。、&'’()（）]+", " ", name).strip().lower()
