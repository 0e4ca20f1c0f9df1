"""The entrance for people without an account (trust.md §5).

`GET /l/{token}` takes the token out of the address: it becomes a cookie of half a day, and the browser goes on to
`/c/{purpose}/{link id}`. There GET shows and POST records; a mail scanner that opens every link changes nothing. Which
firm a request is in comes from the link, never from what was typed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Protocol
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock, tenancy
from saas.kernel.access import NOBODY, Actor
from saas.kernel.db import Database
from saas.kernel.directory import Firm, firm_by_code
from saas.kernel.errors import Missing, Refusal, Suspended
from saas.kernel.i18n import Locale, _
from saas.kernel.links import Gone, Link, follow
from saas.kernel.pages import Db, Req, page
from saas.kernel.web import PUBLIC, Authenticator, Connection, DoorSettings, Visitor, cookie, visitor_of

COOKIE_LIFE = 12 * 3600  # seconds: long enough to ask the boss, short enough for a borrowed phone
NO_REFERRER = {"referrer-policy": "no-referrer"}
_purposes: set[str] = set()
_languages: dict[str, Language] = {}


class Addressee(Protocol):
    """A client's contact, as far as the kernel needs to know one."""

    id: UUID
    name: str
    locale: str
    left_at: Any


@dataclass(frozen=True, slots=True)
class Face:
    """A firm as its client's contact sees it at the head of a page or a mail."""

    name: str
    name_en: str = ""
    licence: str = ""
    phone: str = ""
    email: str = ""
    initial: str = ""
    logo_url: str = ""
    accent: str = ""  # the firm's own colour, six digits (firms/colours.py)

    def name_in(self, locale: Locale) -> str:
        return (self.name_en or self.name) if locale == "en" else self.name


@dataclass(frozen=True, slots=True)
class Visit:
    """Someone behind a live link: which one, whose, and who they are."""

    link: Link
    firm: Firm
    contact: Any | None
    actor: Actor
    face: Face


class Signed(Struct):
    """The human act that a scanner does not do: typing one's name."""

    signed_name: Annotated[str, Meta(min_length=2, max_length=60)]


FindContact = Callable[[AsyncSession, UUID], Awaitable[Addressee | None]]
FindFace = Callable[[AsyncSession, Firm], Awaitable[Face]]
PublicPage = Callable[[Req, AsyncSession, Visit], Awaitable[Response[Any]]]
Seen = Callable[[AsyncSession, Visit], Awaitable[None]]
Language = Callable[[AsyncSession, Link], Awaitable[str]]
_find_contact: FindContact | None = None
_find_face: FindFace | None = None


def provide_introductions(contact: FindContact, face: FindFace) -> None:
    """A module that knows contacts and letterheads tells the kernel how to find them."""
    global _find_contact, _find_face
    _find_contact, _find_face = contact, face


def by_link(authenticate: Authenticator, database: Database, settings: DoorSettings) -> Authenticator:
    """Wraps the door's authenticator: under /c/ whoever holds a link's cookie acts as its contact, in its firm."""

    async def enter(connection: Connection, slug: str | None) -> Visitor:
        visitor = await authenticate(connection, slug)
        link_id = connection.scope.get("path_params", {}).get("link_id")
        if link_id is None or not connection.scope["path"].startswith("/c/"):
            return visitor
        token = connection.cookies.get(_cookie_name(settings, link_id), "")
        firm = await _firm_of(database, token)
        if firm is None:
            return replace(visitor, actor=NOBODY, scope=tenancy.PLATFORM)
        async with database.transaction(tenancy.link(firm.id)) as session:
            actor = await _holder(session, token, connection.cookies.get("locale", ""))
        return replace(visitor, actor=actor, firm=firm, scope=tenancy.link(firm.id))

    return enter


async def _holder(session: AsyncSession, token: str, chosen: str) -> Actor:
    """The contact behind a live link; nobody where it is over (the page says so). A language chosen here leads."""
    try:
        link = await follow(session, token, clock.now())
    except (Missing, Gone):
        return NOBODY
    contact = await _contact_of(session, link)
    wanted = chosen or await _language_of(session, link, contact)
    locale: Locale = "en" if wanted == "en" else "zh"
    return Actor("contact", link.contact_id, contact.name if contact else "", locale=locale, link_id=link.id)


async def _language_of(session: AsyncSession, link: Link, contact: Addressee | None) -> str:
    if contact is not None:
        return contact.locale
    told = _languages.get(link.purpose)
    return await told(session, link) if told is not None else ""


async def link_visitor(
    request: Request[Any, Any, Any], session: AsyncSession, purpose: str
) -> tuple[Link, Firm, Any | None]:
    """The live link of this request, its firm and its contact. Missing: none, or for another purpose; Gone: over."""
    firm = visitor_of(request).firm
    link_id: UUID = request.path_params["link_id"]
    token = request.cookies.get(_cookie_name(request.app.state.door, link_id), "")
    if firm is None or tenancy.current().kind != "link":
        raise Missing()
    link = await follow(session, token, clock.now())
    if link.id != link_id or link.purpose != purpose:
        raise Missing()
    contact = await _contact_of(session, link)
    if contact is not None and contact.left_at is not None:
        raise Missing()
    return link, firm, contact


def purpose(
    name: str,
    show: PublicPage,
    *,
    deeds: Mapping[str, PublicPage] | None = None,
    files: Mapping[str, PublicPage] | None = None,
    seen: Seen | None = None,
    language: Language | None = None,
) -> list[HTTPRouteHandler]:
    """The routes of one kind of link: GET /c/{name}/{link}, its `files` (GET), its `deeds` (POST), and POST …/seen.

    `seen` is told the first time a person (a page that stayed open, not a scanner's GET) looks at it. `language` is
    that of a link which no contact holds. A refusal raised by a handler rolls back what it did and is shown in words
    on the client's own page.
    """
    if name in _purposes:
        raise ValueError(f"two pages for links of the purpose {name}")
    _purposes.add(name)
    if language is not None:
        _languages[name] = language

    async def look(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
        if visit.link.viewed_at is None:
            visit.link.viewed_at = clock.now()
            if seen is not None:
                await seen(session, visit)
        return Response(None, status_code=204)

    root = f"/c/{name}/{{link_id:uuid}}"
    routes = [get(root, opt={"permission": PUBLIC}, name=f"link.{name}")(_behind_link(name, show))]
    for path, handler in (files or {}).items():
        routes.append(get(f"{root}/{path}", opt={"permission": PUBLIC})(_behind_link(name, handler)))
    for deed, handler in {**(deeds or {}), "seen": look}.items():
        made = post(f"{root}/{deed}", opt={"permission": PUBLIC}, status_code=200)(_behind_link(name, handler))
        routes.append(made)
    return routes


def link_url(public_url: str, token: str) -> str:
    """What a mail, a QR code or a chat carries."""
    return f"{public_url}/l/{token}"


@get("/l/{token:str}", opt={"permission": PUBLIC})
async def entrance(request: Req, token: FromPath[str]) -> Response[Any]:
    """Nothing is recorded here: mail scanners and previews of chats open links too."""
    database: Database = request.app.state.database
    door: DoorSettings = request.app.state.door
    firm = await _firm_of(database, token)
    if firm is None:
        return await _closed(request, Missing(), None)
    async with database.transaction(tenancy.link(firm.id)) as session:
        try:
            link = await follow(session, token, clock.now())
        except Missing as refusal:
            return await _closed(request, refusal, None)
        except Gone as refusal:
            return await _closed(request, refusal, await _face(session, firm))
        if link.purpose not in _purposes:
            return await _closed(request, Missing(), None)
        answer = Redirect(f"/c/{link.purpose}/{link.id}", status_code=303, headers=NO_REFERRER)
        answer.set_cookie(_token_cookie(door, link.id, token))
        return answer


async def _firm_of(database: Database, token: str) -> Firm | None:
    """The firm a token names; its code is letters and digits, and nothing else reaches the database."""
    code = token.partition(".")[0]
    if not (code.isascii() and code.isalnum()):
        return None
    async with database.transaction(tenancy.PLATFORM) as session:
        return await firm_by_code(session, code)


def _behind_link(name: str, handler: PublicPage) -> Callable[..., Awaitable[Response[Any]]]:
    async def handle(request: Req, session: Db, link_id: FromPath[UUID]) -> Response[Any]:
        firm = visitor_of(request).firm
        face = await _face(session, firm) if firm is not None and tenancy.current().kind == "link" else None
        try:
            async with session.begin_nested():
                link, owner, contact = await link_visitor(request, session, name)
                _open_for_clients(owner)
                actor = visitor_of(request).actor
                answer = await handler(request, session, Visit(link, owner, contact, actor, face or Face(owner.name)))
        except Refusal as refusal:
            return await _closed(request, refusal, None if isinstance(refusal, Missing) else face)
        answer.headers.setdefault("referrer-policy", "no-referrer")
        return answer

    return handle


def _open_for_clients(firm: Firm) -> None:
    if firm.suspended_at is not None:
        raise Suspended(_("The firm’s work here is interrupted. Please call the firm."))


async def _closed(request: Req, refusal: Refusal, face: Face | None) -> Response[Any]:
    """Why this link leads nowhere, and whom to ask: the firm, where the link was really one of its own."""
    answer = await page(request, "links/closed.html", status=refusal.status, reason=refusal.reason, firm=face)
    answer.headers.update(NO_REFERRER)
    return answer


async def _contact_of(session: AsyncSession, link: Link) -> Addressee | None:
    if link.contact_id is None or _find_contact is None:
        return None
    return await _find_contact(session, link.contact_id)


async def _face(session: AsyncSession, firm: Firm) -> Face:
    return await _find_face(session, firm) if _find_face else Face(firm.name, firm.name_en)


def _cookie_name(settings: DoorSettings, link_id: Any) -> str:
    return f"{settings.cookie_prefix}link-{UUID(str(link_id)).hex}"


def _token_cookie(settings: DoorSettings, link_id: UUID, token: str) -> Cookie:
    return replace(cookie(_cookie_name(settings, link_id), token, settings), max_age=COOKIE_LIFE)


ROUTES = [entrance]
