"""What stands around the pages of training: its rooms as tabs, and the words pages share."""

from __future__ import annotations

from typing import Any

from saas.kernel.i18n import Text, _
from saas.kernel.pages import Req, actor_of, address_in

ROOMS: list[tuple[str, Text, str, str]] = [  # name, label, path under the firm, permission
    ("mine", _("My courses"), "/training", "training.read"),
    ("courses", _("All courses"), "/training/courses", "training.read"),
    ("sessions", _("Team sessions"), "/training/sessions", "training.read"),
    ("role-plays", _("Role-plays"), "/training/role-plays", "training.read"),
    ("credits", _("Credits"), "/training/credits", "training.read"),
    ("assignments", _("Assignments"), "/training/assignments", "training.overview"),
    ("matrix", _("Completion"), "/training/matrix", "training.overview"),
]
TOPICS: dict[str, Text] = {
    "corrections": _("Correcting vouchers"),
    "checks": _("Finding errors"),
    "refunds": _("Refunds"),
    "talking": _("Talking with clients"),
    "ethics": _("Professional ethics"),
    "updates": _("Accounting and tax updates"),
    "regulations": _("Rules for agencies"),
    "privacy": _("Privacy and archives"),
    "filing": _("Filing"),
    "teamwork": _("Working together"),
}
SUBJECTS: dict[str, Text] = {"professional": _("Professional subject"), "general": _("General subject")}


def rooms(request: Req, active: str) -> list[dict[str, Any]]:
    """The tabs this person may open."""
    at, actor = address_in(request), actor_of(request)
    return [
        {"label": label, "url": at(path), "active": name == active}
        for name, label, path, permission in ROOMS
        if actor.may(permission)
    ]


def topic(name: str) -> Text | str:
    return TOPICS.get(name, name)
