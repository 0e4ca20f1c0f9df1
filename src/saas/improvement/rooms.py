"""The rooms of improvement, as the tabs of its pages, and what several of its pages show alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from saas.identity.models import Membership
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Req, address_in

ROOMS: dict[str, Text] = {
    "lessons": _("Lessons learned"),
    "actions": _("Actions"),
    "inbox": _("Inbox"),
    "changes": _("Changes"),
    "causes": _("Causes"),
    "steps": _("Step times"),
    "regulations": _("Regulations"),
    "market": _("Market"),
}
SOURCES: dict[str, Text] = {
    "case": _("Case"),
    "refund": _("Refund"),
    "incident": _("Incident"),
    "complaint": _("Complaint"),
    "survey": _("Survey"),
    "staff": _("Idea of a colleague"),
}


def tabs(request: Req, chosen: str) -> list[dict[str, Any]]:
    at = address_in(request)
    return [{"label": label, "url": at(f"/improvement/{name}"), "active": name == chosen}
            for name, label in ROOMS.items()]  # fmt: skip


def working_here(members: Mapping[UUID, Membership]) -> list[tuple[str, str]]:
    """Everybody who can be given something, as the options of a select."""
    here = sorted((m for m in members.values() if m.left_at is None), key=lambda m: m.name)
    return [(str(m.id), m.name) for m in here]
