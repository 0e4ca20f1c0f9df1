"""The time an analysis looks at, as it stands in the address, and the tabs of the analyses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from saas.kernel import clock
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Req, address_in

ROOMS: dict[str, Text] = {
    "": _("Causes by number"),
    "/recurrence": _("What came back"),
    "/training": _("Effect of training"),
}
SPANS: dict[str, tuple[Text, int]] = {
    "90": (_("90 days"), 90),
    "180": (_("Half a year"), 180),
    "365": (_("A year"), 365),
    "1095": (_("Three years"), 1095),
}


def span_of(request: Req) -> tuple[str, date, date]:
    """(name, since, until) of the address: `days`, else the days it names itself."""
    query, today = request.query_params, clock.today()
    try:
        return "", date.fromisoformat(query["since"]), date.fromisoformat(query["until"])
    except (KeyError, ValueError):
        name = query.get("days", "365")
        name = name if name in SPANS else "365"
        return name, today - timedelta(days=SPANS[name][1] - 1), today


def spans(request: Req, path: str, kept: Mapping[str, Any], chosen: str) -> list[dict[str, Any]]:
    at = address_in(request)
    return [
        {"label": label, "on": name == chosen, "url": at(f"{path}?{urlencode({**only_given(kept), 'days': name})}")}
        for name, (label, _days) in SPANS.items()
    ]


def only_given(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in kept.items() if value}


def rooms(request: Req, chosen: str) -> list[dict[str, Any]]:
    at = address_in(request)
    return [{"label": label, "url": at(f"/improvement/causes{path}"), "on": path == chosen}
            for path, label in ROOMS.items()]  # fmt: skip
