"""Texts the firm wrote in two languages, and the reader's one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saas.kernel.i18n import reader


def said(texts: Mapping[str, Any], title: str = "") -> str:
    """The reader's language, the other one where theirs was never written; {title} is filled in."""
    other = "en" if reader() == "zh" else "zh"
    return str(texts.get(reader()) or texts.get(other) or "").replace("{title}", title)
