"""Words a person typed in one language or in both, as they are kept; training.wording.said shows them."""

from __future__ import annotations

from typing import Any


def both(zh: str, en: str) -> dict[str, Any]:
    """{"zh": …, "en": …}; "" where nothing was written."""
    return {"zh": zh.strip(), "en": en.strip()}
