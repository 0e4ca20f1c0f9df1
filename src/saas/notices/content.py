"""The content of a letter: JSON-ready, and frozen as canonical JSON whose SHA-256 the letter prints."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from saas.kernel.i18n import Text, reading
from saas.kernel.money import Money


def plain(value: Any) -> Any:
    """Texts stored with their parameters, money in fen, dates in ISO form; the rest as JSON has it."""
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Text):
        return plain(value.store())
    if isinstance(value, Money):
        return value.fen
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if value is None or isinstance(value, str | int | bool):
        return value
    raise TypeError(f"a letter cannot carry {type(value).__name__}: {value!r}")


def in_both_languages(build: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `build` says to a Chinese and to an English reader: {"zh": …, "en": …} wherever the words differ."""
    with reading("zh"):
        chinese = plain(build())
    with reading("en"):
        english = plain(build())
    merged: dict[str, Any] = _merged(chinese, english)
    return merged


def _merged(chinese: Any, english: Any) -> Any:
    if chinese == english:
        return chinese
    if isinstance(chinese, dict) and isinstance(english, dict) and chinese.keys() == english.keys():
        return {name: _merged(value, english[name]) for name, value in chinese.items()}
    if isinstance(chinese, list) and isinstance(english, list) and len(chinese) == len(english):
        return [_merged(one, other) for one, other in zip(chinese, english, strict=True)]
    return {"zh": chinese, "en": english}


def canonical(content: dict[str, Any]) -> bytes:
    """The one writing of this content: names sorted, no white space, UTF-8. There are no floats: plain refuses them."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def fingerprint(content: dict[str, Any]) -> str:
    return sha256(canonical(content)).hexdigest()


def grouped(digest: str) -> str:
    """As the foot of a letter prints it: c1e8 40b7 9a55 … 3f06 21dd."""
    head = " ".join(digest[i : i + 4] for i in (0, 4, 8))
    return f"{head} … {digest[-8:-4]} {digest[-4:]}" if digest else ""


def at(content: dict[str, Any], path: str) -> Any:
    """The value of a slot: at(content, "tax.vat")."""
    found: Any = content
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def is_empty(value: Any) -> bool:
    """Nothing was said. Zero is something: no tax to pay is an answer."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, dict) and "msgid" not in value:
        return not any(value.values())
    return value is None or value == []
