"""Words kept in both languages, shown in the reader's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saas.kernel.i18n import reader


def said(words: Mapping[str, Any]) -> str:
    """{"zh": …, "en": …} in the reader's language; in the other one where somebody wrote only that."""
    return str(words.get(reader()) or words.get("zh") or words.get("en") or "")


def both(zh: str, en: str) -> dict[str, Any]:
    """What a person typed, as it is kept."""
    return {"zh": zh.strip(), "en": en.strip()}
