"""One search over what each module lets itself be found by, and over the pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Response, get
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms import queries
from saas.kernel.access import Actor
from saas.kernel.i18n import LOCALES, Text, _
from saas.kernel.module import Hit, composition
from saas.kernel.pages import Db, Req, actor_of, address_in, page

MOST = 10  # hits of one kind
LONGEST = 100  # characters that are looked for


@get("/f/{slug:str}/search", opt={"permission": "firms.read"})
async def search(request: Req, session: Db, q: FromQuery[str] = "") -> Response[str]:
    wanted, at = " ".join(q.split())[:LONGEST], address_in(request)
    groups: dict[str, list[dict[str, Any]]] = {}
    for hit in await found(session, actor_of(request), wanted) if wanted else []:
        line = {"icon": hit.icon, "name": hit.title, "note": hit.note, "url": at(hit.url)}
        groups.setdefault(str(hit.group), []).append(line)
    return await page(request, "firms/search.html", session=session, q=wanted, groups=groups)


async def found(session: AsyncSession, actor: Actor, wanted: str) -> list[Hit]:
    """Every module's hits, in the order of the modules; pages come last."""
    hits: list[Hit] = []
    for ask in composition().searches:
        hits += list(await ask(session, actor, wanted))[:MOST]
    return hits + pages(actor, wanted)


def pages(actor: Actor, wanted: str) -> list[Hit]:
    """Places of the side bar and of the settings whose name has these words, in either language."""
    places = [*composition().navigation, *composition().settings]
    return [
        Hit(_("Places"), item.icon, item.label, "", item.path)
        for item in places
        if actor.may(item.permission) and _says(item.label, wanted)
    ][:MOST]


def _says(label: Text, wanted: str) -> bool:
    return any(wanted.casefold() in label.to(locale).casefold() for locale in LOCALES)


async def people(session: AsyncSession, actor: Actor, wanted: str) -> Sequence[Hit]:
    """Colleagues by name or address."""
    if not actor.may("firms.people"):
        return []
    word = wanted.casefold()
    return [
        Hit(_("People"), "users", m.name, m.email, f"/settings/people/{m.id}")
        for m in await queries.people(session)
        if word in m.name.casefold() or word in m.email.casefold()
    ]


ROUTES = [search]
