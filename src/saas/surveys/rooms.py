"""The rooms of surveys, and who may see one answer."""

from __future__ import annotations

from typing import Any

from saas.kernel.access import Actor
from saas.kernel.errors import Forbidden
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Req, actor_of, address_in
from saas.surveys.models import FollowUp, Survey

ROOMS: dict[str, tuple[Text, str, str]] = {
    "inbox": (_("What clients answered"), "/surveys", "surveys.read"),
    "scores": (_("Scores"), "/surveys/scores", "surveys.read"),
    "questionnaires": (_("Questionnaires"), "/surveys/questionnaires", "surveys.read"),
    "tags": (_("Themes"), "/surveys/tags", "surveys.manage"),
    "notes": (_("You said, we did"), "/surveys/notes", "surveys.read"),
}
CHANNELS: dict[str, Text] = {
    "phone": _("by telephone"),
    "wechat": _("by WeChat"),
    "email": _("by e-mail"),
    "visit": _("in person"),
}


def tabs(request: Req, here: str) -> list[dict[str, Any]]:
    at, actor = address_in(request), actor_of(request)
    return [
        {"label": label, "url": at(path), "active": name == here}
        for name, (label, path, permission) in ROOMS.items()
        if actor.may(permission)
    ]


def may_see(actor: Actor, survey: Survey, follow: FollowUp | None) -> None:
    """A single answer is for those who lead, and for whoever must follow it up; Forbidden for others."""
    owns = follow is not None and follow.owner_id is not None and follow.owner_id == actor.id
    if not actor.may("surveys.read") and not owns:
        raise Forbidden(_("Single answers are seen by managers and by whoever follows them up."))
