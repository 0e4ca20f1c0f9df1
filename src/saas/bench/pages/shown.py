"""What the peers hand to the templates: the same words as ours, from rows that they read themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

from saas.cases import listing
from saas.cases.pages import window
from saas.cases.queries import Counts
from saas.firms.calendar import state_days
from saas.firms.queries import picture_path
from saas.kernel.access import Actor
from saas.kernel.calendar import Calendar
from saas.kernel.i18n import Locale, set_reader
from saas.kernel.module import composition
from saas.kernel.pages import environment, frame
from saas.kernel.web import DoorSettings, Visitor, csrf_token

NEAR = timedelta(days=7)
FILTERS = ("state", "severity", "rule", "client", "cause", "owner", "source", "age", "since", "until", "q")
SIDE = {
    "/clients": "clients", "/cases": "cases", "/findings": "findings", "/work": "work", "/checklists": "checklists",
    "/refunds": "refunds", "/risks": "risks", "/improvement": "improvement",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """A firm, a client or a member, as far as the page shows one."""

    name: str
    name_en: str = ""

    @property
    def initial(self) -> str:
        return self.name[:1]

    def name_in(self, locale: str) -> str:
        return (self.name_en or self.name) if locale == "en" else self.name


@dataclass(frozen=True, slots=True)
class Read:
    """Everything a peer read for the page. `who` and `side` are rows by the names of `statements`."""

    who: Mapping[str, Any]
    member_id: UUID
    member_name: str
    roles: frozenset[str]
    rows: Iterable[Any]  # cases
    clients: Mapping[UUID, Named]
    members: Mapping[UUID, Named]
    counted: Iterable[tuple[str, str | None, int]]  # name of the filter ("" for all), its value, how many
    side: Mapping[str, Any]
    now: datetime


def key_of(cookies: Mapping[str, str], door: DoorSettings) -> str:
    return sha256(cookies.get(door.session_cookie, "").encode()).hexdigest()


def values(read: Read, path: str, door: DoorSettings) -> dict[str, Any]:
    """The context of `cases/index.html`."""
    who, locale = read.who, cast(Locale, read.who["locale"])
    set_reader(locale)
    firm = _Firm(who["name"], who["name_en"], who["slug"], who["kind"], who["replaying"], who["support_until"])
    permissions = composition().permissions_of(read.roles)
    actor = Actor("member", read.member_id, read.member_name, who["person_id"], read.roles, permissions,
                  locale=locale, theme=who["theme"])  # fmt: skip
    request: Any = SimpleNamespace(
        scope={"visitor": Visitor(actor, cast(Any, firm)), "csrf": csrf_token(door.secret, who["token_hash"])},
        url=SimpleNamespace(path=path),
        cookies={},
    )
    framed = frame(request)
    given: dict[str, Any] = {**dict.fromkeys(FILTERS, ""), "state": "open"}
    url, counts = listing.urls(framed["at"], given), _counts(read.counted)
    rows = [listing.row(case, _calendar(), read.now) for case in read.rows]
    return {
        **framed,
        "rows": rows,
        "clients": read.clients,
        "members": read.members,
        "search": "",
        "tabs": listing.tabs("open", url),
        "filters": listing.filters(counts, given, url, cast(Any, read.clients), cast(Any, read.members)),
        "clear_url": "",
        **window(url, 0, len(rows), counts.total),
        "may_open": actor.may("cases.open"),
        "navigation": _navigation(framed["at"], actor, read.side, path),
        "notifications": read.side["unread"],
        "firm_logo": picture_path(who["code"], read.side["logo"]),
    }


@cache
def _calendar() -> Calendar:
    return Calendar(state_days())


@dataclass(frozen=True, slots=True)
class _Firm(Named):
    slug: str = ""
    kind: str = ""
    replaying: bool = False
    support_until: datetime | None = None


def _counts(counted: Iterable[tuple[str, str | None, int]]) -> Counts:
    found: dict[str, dict[str, int]] = {"": {}, "severity": {}, "rule": {}, "owner_id": {}, "client_id": {}}
    for name, value, number in counted:
        if value or not name:
            found[name][value or ""] = number
    client, owner = ({UUID(key): n for key, n in found[name].items()} for name in ("client_id", "owner_id"))
    return Counts(found[""][""], found["severity"], found["rule"], client, owner)


def _navigation(at: Any, actor: Actor, side: Mapping[str, Any], path: str) -> list[dict[str, Any]]:
    return [
        {
            "label": item.label,
            "url": at(item.path),
            "icon": item.icon,
            "count": side[SIDE[item.path]] if item.path in SIDE else None,
            "active": path == at(item.path) or path.startswith(at(item.path) + "/"),
            "section": item.section,
        }
        for item in composition().navigation
        if actor.may(item.permission)
    ]


def html(read: Read, path: str, door: DoorSettings) -> str:
    return environment().get_template("cases/index.html").render(values(read, path, door))
