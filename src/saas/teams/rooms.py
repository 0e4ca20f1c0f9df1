"""The rooms of teams as the tabs of its pages, and what several of them show alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from saas.identity.models import Membership
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Req, address_in

ROOMS: dict[str, Text] = {
    "/teams": _("Team"),
    "/teams/load": _("Load"),
    "/teams/absences": _("Absences"),
    "/teams/help": _("Help among colleagues"),
    "/teams/handovers": _("Hand-over lists"),
    "/teams/duties": _("Who does what"),
    "/teams/skills": _("Skills"),
}
MANAGES = "teams.manage"


def tabs(request: Req, chosen: str) -> list[dict[str, Any]]:
    at = address_in(request)
    return [{"label": label, "url": at(path), "active": path == chosen} for path, label in ROOMS.items()]


def options(people: Iterable[Membership], notes: dict[Any, Text] | None = None) -> list[tuple[str, str]]:
    """People as the options of a select; who is away says so."""
    told = notes or {}
    return [(str(m.id), f"{m.name}（{told[m.id]}）" if m.id in told else m.name) for m in people]
