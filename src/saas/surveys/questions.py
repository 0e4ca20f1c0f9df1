"""What a survey asks, in both languages, and how its answers are read."""

from __future__ import annotations

from typing import Any

from saas.kernel.i18n import Text, _

SATISFACTION: dict[str, Any] = {"name": "satisfaction", "kind": "1-5"}
TEXTS: dict[str, Text] = {"satisfaction": _("How satisfied are you with how this was handled?")}
STEPS: dict[int, Text] = {
    5: _("very satisfied"),
    4: _("satisfied"),
    3: _("so-so"),
    2: _("not satisfied"),
    1: _("not satisfied at all"),
}
LOW = 2  # answers up to here open a follow-up
