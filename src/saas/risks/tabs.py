"""The rooms of risks: register, limits, incidents, playbooks, drills."""

from __future__ import annotations

from typing import Any

from saas.kernel.i18n import Text, _
from saas.kernel.pages import Req, address_in

ROOMS: list[tuple[str, Text, str]] = [
    ("register", _("Risk register"), "/risks"),
    ("limits", _("Limits and hits"), "/risks/limits"),
    ("incidents", _("Incidents"), "/incidents"),
    ("playbooks", _("Playbooks"), "/playbooks"),
    ("drills", _("Drills"), "/risks/drills"),
]


def tabs(request: Req, here: str) -> list[dict[str, Any]]:
    at = address_in(request)
    return [{"label": label, "url": at(path), "active": name == here} for name, label, path in ROOMS]
