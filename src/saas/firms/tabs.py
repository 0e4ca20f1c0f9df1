"""The tabs of the settings: each module's own, in the order of the modules, as far as this person may open them."""

from __future__ import annotations

from typing import Any

from saas.kernel.module import composition
from saas.kernel.pages import Req, actor_of, address_in


def settings_tabs(request: Req) -> list[dict[str, Any]]:
    actor, at, here = actor_of(request), address_in(request), request.url.path
    return [
        {
            "label": item.label,
            "url": at(item.path),
            "active": here == at(item.path)
            or (item.path != "/settings" and here.startswith((at(item.path) + "/", at(item.path) + "."))),
        }
        for item in composition().settings
        if actor.may(item.permission)
    ]
