"""Texts that a firm keeps in both languages: {"zh": …, "en": …}, shown in the reader's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saas.kernel.i18n import reader


def said(both: Mapping[str, Any] | None) -> str:
    """The reader's language; the other one where theirs is empty."""
    if not both:
        return ""
    mine, other = ("zh", "en") if reader() == "zh" else ("en", "zh")
    return str(both.get(mine) or both.get(other) or "")


def kept(before: Mapping[str, Any] | None, written: str) -> dict[str, str]:
    """What somebody wrote in their language beside what stands in the other one."""
    return {**{name: str(text) for name, text in (before or {}).items()}, reader(): written}
