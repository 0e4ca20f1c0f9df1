"""What a new firm begins with: tenants/_starter/checklists and tenants/_starter/procedures, both languages."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from saas.checklists.plan import Plan, Words
from saas.kernel.pages import ROOT

CHECKLISTS = ROOT / "tenants" / "_starter" / "checklists"
PROCEDURES = ROOT / "tenants" / "_starter" / "procedures"


@dataclass(frozen=True, slots=True)
class StarterList:
    """A checklist of the starter; those that are not active are made only by hand until the firm switches them on."""

    key: str
    active: bool
    plan: Plan


class StarterProcedure(msgspec.Struct, frozen=True):
    """A procedure of the starter, with the Markdown of both languages."""

    key: str
    title: Words
    body: Words
    source: str
    rules: list[str] = []
    steps: list[str] = []
    readers: list[str] = []


@cache
def checklists() -> tuple[StarterList, ...]:
    """In the order of the file names; raises where a file does not say what a plan needs."""
    return tuple(_checklist(path) for path in sorted(CHECKLISTS.glob("*.toml")))


@cache
def procedures() -> tuple[StarterProcedure, ...]:
    """In the order of the file names."""
    return tuple(_procedure(path) for path in sorted(PROCEDURES.glob("*.toml")))


def _checklist(path: Path) -> StarterList:
    told = tomllib.loads(path.read_text("utf-8"))
    active = bool(told.pop("active", True))
    told["steps"] = told.pop("step")
    return StarterList(_key(path), active, msgspec.convert(told, Plan))


def _procedure(path: Path) -> StarterProcedure:
    told: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    return msgspec.convert({**told, "key": _key(path)}, StarterProcedure)


def _key(path: Path) -> str:
    """The name without the number that orders the files."""
    return path.stem.partition("-")[2]
