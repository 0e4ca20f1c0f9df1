"""Words of the trade in plain words, for readers who keep no books (A4.3): a letter ends with those it uses."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from saas.kernel.i18n import Locale, Text

PATH = Path(__file__).with_name("glossary.toml")
MOST = 8


@cache
def _terms() -> list[dict[str, dict[str, str]]]:
    found: list[dict[str, dict[str, str]]] = tomllib.loads(PATH.read_text("utf-8"))["term"]
    return found


def terms_in(kind: str, content: dict[str, Any], locale: Locale) -> list[tuple[str, str]]:
    """(term, plain words) for the terms that this content uses, in the glossary's order."""
    if kind != "adjustment":
        return []
    text = json.dumps(_readable(content, locale), ensure_ascii=False).lower()
    found = [
        (term["name"][locale], term["means"][locale])
        for term in _terms()
        if any(word.lower() in text for word in term["seen"].values())
    ]
    return found[:MOST]


def _readable(value: Any, locale: Locale) -> Any:
    """The content with its stored Texts as this reader sees them."""
    if isinstance(value, dict) and "msgid" in value:
        return Text.restore(value).to(locale)
    if isinstance(value, dict):
        return {name: _readable(item, locale) for name, item in value.items() if name != "letter"}
    return [_readable(item, locale) for item in value] if isinstance(value, list) else value
