"""The rooms of “Privacy”."""

from __future__ import annotations

from typing import Any

from saas.kernel.i18n import _
from saas.kernel.pages import Req, actor_of, address_in


def rooms(request: Req, here: str) -> list[dict[str, Any]]:
    """What `ui.tabs` shows; leaving only to the owner."""
    at = address_in(request)
    known = [
        ("register", _("Register of processing"), "/settings/privacy", "privacy.read"),
        ("requests", _("Requests of people"), "/settings/privacy/requests", "privacy.read"),
        ("retention", _("Retention"), "/settings/privacy/retention", "privacy.read"),
        ("leaving", _("Export and leaving"), "/settings/privacy/leaving", "privacy.leave"),
    ]
    return [
        {"label": label, "url": at(path), "active": name == here}
        for name, label, path, permission in known
        if actor_of(request).may(permission)
    ]
