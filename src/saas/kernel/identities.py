"""New ids for copied rows: the same old id always becomes the same new one, wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any
from uuid import UUID

from sqlalchemy import Column, String, Uuid

from saas.kernel.copying import Portion, Survey, is_json, parents
from saas.kernel.secrets import FieldCipher

IN_TEXT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SHORTEST = 36  # characters of an id in a text

Move = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Identities:
    """From the firm `source` to the firm `target`. The time at the head of an id stays: rows keep their order.

    With `strangers` the ids of people are changed too: nobody of the one firm is in the other.
    """

    source: UUID
    target: UUID
    strangers: bool = False
    _made: dict[UUID, UUID] = field(default_factory=dict, repr=False)

    def of(self, old: UUID) -> UUID:
        if old == self.source:  # a firm's profile has the firm's own id
            return self.target
        made = self._made.get(old)
        if made is None:
            made = self._made[old] = self._make(old)
        return made

    def _make(self, old: UUID) -> UUID:
        tail = bytearray(blake2b(old.bytes, digest_size=10, key=self.target.bytes).digest())
        tail[0], tail[2] = tail[0] & 0x0F | 0x70, tail[2] & 0x3F | 0x80
        return UUID(bytes=old.bytes[:6] + bytes(tail))


def moved(portion: Portion, ids: Identities, known: Survey, cipher: FieldCipher) -> list[list[Any]]:
    """The rows as the other firm's. A key of a row that is not taken becomes null; ids in texts and JSON move too."""
    columns = [portion.table.c[name] for name in portion.columns]
    moves = [(at, move) for at, column in enumerate(columns) if (move := _move(column, ids, known)) is not None]
    rows = [list(row) for row in portion.rows]
    for row in rows:
        for at, move in moves:
            row[at] = move(row[at])
    for place, column in enumerate(columns):
        if "sealed" in column.info:
            _seal_again(portion, place, rows, ids, cipher)
    return rows


def _move(column: Column[Any], ids: Identities, known: Survey) -> Move | None:
    keys = parents(column.table)
    if column.name == "firm_id":
        return lambda value: ids.target
    if isinstance(column.type, Uuid):
        if column.info.get("global") and not ids.strangers:
            return None
        if column.name in keys:
            kept = known.kept[keys[column.name].name]
            return lambda value: ids.of(value) if value in kept else None
        return lambda value: ids.of(value) if value is not None else None
    if (is_json(column) or isinstance(column.type, String)) and column.table.name in known.kept:
        return lambda value: _in_text(value, ids, known.every)
    return None


def _in_text(value: str | None, ids: Identities, every: AbstractSet[UUID]) -> str | None:
    if value is None or len(value) < SHORTEST:
        return value

    def put(match: re.Match[str]) -> str:
        old = UUID(match[0])
        return str(ids.of(old)) if old in every else match[0]

    return IN_TEXT.sub(put, value)


def _seal_again(portion: Portion, place: int, rows: list[list[Any]], ids: Identities, cipher: FieldCipher) -> None:
    """An encrypted field opens only in its own row: it is opened there and sealed for the new one."""
    table, sealed = portion.table, portion.columns[place]
    name, row_id = table.c[sealed].info["sealed"], portion.columns.index("id")
    marks = [i for i, column in enumerate(portion.columns) if table.c[column].info.get("mark_of") == sealed]
    for old, new in zip(portion.rows, rows, strict=True):
        if old[place]:
            text = cipher.decrypt(old[place], f"{ids.source}:{table.name}.{name}:{old[row_id]}")
            new[place] = cipher.encrypt(text, f"{ids.target}:{table.name}.{name}:{new[row_id]}")
            for mark in marks:
                new[mark] = cipher.fingerprint(text, f"{ids.target}:{table.name}.{name}")
