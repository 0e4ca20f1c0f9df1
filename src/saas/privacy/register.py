"""The register of processing (个人信息处理活动): what is kept of whom, why, by which right, seen by whom, how long.

register.toml declares it table by table and column by column; the tables themselves say what else is true of them
(encrypted, only added, global). `undeclared` names what the declaration lacks: a new table or column must be declared.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import MetaData, String, Table

from saas.kernel.copying import is_json
from saas.kernel.i18n import Both

FILE = Path(__file__).with_name("register.toml")
OF_PEOPLE = re.compile(
    r"(?:^|_)(?:name|names|email|mail|phone|wechat|address|browser|recipient|payer|holder|preparer|reviewer|poster|person"
    r"|contact|caller|callee|deputy|signed|shareholders|head|seller|buyer|requester|sealed|tail|signatures|locale|reported"
    r"|answered|whom|password|recovery|counterparty|uscc|label|by|birthday|gender|passport|licence)(?:_|$)"
)


class Words(msgspec.Struct, frozen=True):
    zh: str
    en: str

    @property
    def text(self) -> Both:
        return Both(self.zh, self.en)


class Activity(msgspec.Struct, frozen=True):
    """One purpose for which people's data is handled."""

    key: str
    name: Words
    people: Words
    data: Words
    purpose: Words
    basis: Words
    seen_by: Words
    kept: Words
    clocks: tuple[str, ...]  # by which that is carried out (clocks.py)
    sensitive: bool
    tables: tuple[str, ...]


class Register(msgspec.Struct, frozen=True):
    activity: tuple[Activity, ...]
    without: frozenset[str]  # tables about things, not people
    archived: frozenset[str]  # tables that archive rules oblige to keep
    personal: frozenset[str]  # "table.column"
    impersonal: frozenset[str]  # looks like a person's and is not
    kept_in: dict[str, Words]  # tables no export contains, and why

    def columns_of(self, table: str) -> list[str]:
        """The declared personal columns of one table."""
        return sorted(name.partition(".")[2] for name in self.personal if name.startswith(f"{table}."))


@cache
def register() -> Register:
    return msgspec.convert(tomllib.loads(FILE.read_text("utf-8")), Register)


def undeclared(metadata: MetaData, declared: Register) -> list[str]:
    """What the register does not say of these tables, and what it says of none; empty when it is complete."""
    placed = [name for activity in declared.activity for name in activity.tables] + list(declared.without)
    faults = [f"{name} stands in {placed.count(name)} places" for name in sorted(set(placed)) if placed.count(name) > 1]
    faults += [f"{name}: which activity, or without people?" for name in sorted(set(metadata.tables) - set(placed))]
    faults += [f"{name} is no table" for name in sorted(set(placed) - set(metadata.tables))]
    known = declared.personal | declared.impersonal
    for table in metadata.sorted_tables:
        looks = {f"{table.name}.{column.name}" for column in table.columns if _looks(column)}
        faults += [f"{name}: personal or impersonal?" for name in sorted(looks - known)]
    existing = {f"{t.name}.{c.name}" for t in metadata.sorted_tables for c in t.columns}
    faults += [f"{name} is no column" for name in sorted(known - existing)]
    faults += [f"{name} is both" for name in sorted(declared.personal & declared.impersonal)]
    about = {name for activity in declared.activity for name in activity.tables}
    strays = {name.partition(".")[0] for name in declared.personal} - about
    faults += [f"{name} has personal columns and stands in no activity" for name in sorted(strays)]
    named = declared.archived | set(declared.kept_in)
    return faults + [f"{name} is no table" for name in sorted(named - set(metadata.tables))]


def facts_of(table: Table) -> dict[str, Any]:
    """What the table declares of itself, for the register's reader."""
    return {
        "name": table.name,
        "personal": register().columns_of(table.name),
        "encrypted": [c.name for c in table.columns if "sealed" in c.info or c.name.endswith(("_sealed", "_secret"))],
        "hashed": [c.name for c in table.columns if c.name.endswith(("_hash", "_hashes"))],
        "only_added": bool(table.info.get("append_only")),
    }


def _looks(column: Any) -> bool:
    words = isinstance(column.type, String) or is_json(column)
    return words and column.name not in ("from_state", "number") and OF_PEOPLE.search(column.name) is not None
