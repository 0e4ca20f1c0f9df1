"""The two rooms of “Interfaces”, and the fresh sign-in that every key needs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from saas.kernel.errors import FreshSignInNeeded
from saas.kernel.i18n import _
from saas.kernel.pages import Req, actor_of, address_in


def rooms(request: Req, here: str) -> list[dict[str, Any]]:
    """What `ui.tabs` shows."""
    at = address_in(request)
    return [
        {"label": _("Tokens"), "url": at("/settings/api"), "active": here == "tokens"},
        {"label": _("Webhooks"), "url": at("/settings/api/webhooks"), "active": here == "webhooks"},
    ]


def be_fresh(request: Req, now: datetime) -> None:
    if not actor_of(request).is_fresh(now):
        raise FreshSignInNeeded()
