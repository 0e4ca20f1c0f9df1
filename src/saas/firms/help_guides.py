"""The guides of the help page: short answers to "how do I …" (help_guides.toml)."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from saas.kernel.i18n import Locale

PATH = Path(__file__).with_name("help_guides.toml")


def guides(locale: Locale) -> list[dict[str, Any]]:
    """Each guide with its anchor, title and lines in one language."""
    return [
        {"anchor": g["anchor"], "title": g["title"][locale], "lines": [line[locale] for line in g["lines"]]}
        for g in _stored()
    ]


@cache
def _stored() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(PATH.read_text("utf-8"))["guide"]
    return found
