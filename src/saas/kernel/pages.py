"""page(): the one function that renders. Block name = element id = hx-target."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.response import Redirect
from markupsafe import Markup
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock, prepared
from saas.kernel.access import Actor
from saas.kernel.conditions import Condition, Watch
from saas.kernel.i18n import Text, listed, reader
from saas.kernel.module import composition
from saas.kernel.money import Money
from saas.kernel.web import OPERATOR, Connection, visitor_of

Db: TypeAlias = NamedDependency[AsyncSession]  # the request's one transaction
ROOT = Path(__file__).parents[3]
STATIC = ROOT / "static"
TEMPLATES = ROOT / "templates"
LEADS = frozenset({"owner", "manager"})  # who is told what is not well around the product
Req = Request[Any, Any, Any]
_together: dict[tuple[str, ...], Select[Any]] = {}  # what a side bar asks, by the names of its answers
_csrf: ContextVar[str] = ContextVar("csrf")
_slug: ContextVar[str] = ContextVar("slug", default="")


class _CsrfToken:
    """This request's token, read when it is shown: the `ui` macros are global and see no request."""

    def __str__(self) -> str:
        return _csrf.get()


async def page(
    request: Req,
    template: str,
    /,
    *,
    session: AsyncSession | None = None,
    status: int = 200,
    also: Sequence[str] = (),
    **context: Any,
) -> Response[str]:
    """The whole page, or only the block the browser asked for with the blocks named in `also` out of band.

    `session` lets a full page count what waits in the side bar; a page without it has no side bar.
    """
    found = environment().get_template(template)
    block = asked_block(request)
    values = {**frame(request), **context}
    if block is not None and block in found.blocks:
        html = _block(found, block, values) + "".join(_block(found, name, {**values, "oob": True}) for name in also)
    else:
        values["conditions"] = conditions(request)
        values |= await surroundings(request, session)
        html = found.render(values)
    return Response(html, media_type="text/html", status_code=status, headers={"vary": "hx-request, hx-target"})


def asked_block(request: Req) -> str | None:
    """The element htmx wants to replace; None when it wants (or history restores) a whole page."""
    headers = request.headers
    if headers.get("hx-request") != "true" or headers.get("hx-boosted") == "true":
        return None
    if headers.get("hx-history-restore-request") == "true":
        return None
    return headers.get("hx-target", "").rpartition("#")[2] or None


def _block(template: Template, name: str, values: dict[str, Any]) -> str:
    return "".join(template.blocks[name](template.new_context(values)))


def frame(request: Connection) -> dict[str, Any]:
    """What every layout needs: the visitor, the firm, the CSRF token, where we are."""
    visitor = visitor_of(request)
    _csrf.set(request.scope["csrf"])  # type: ignore[typeddict-item]
    slug = visitor.firm.slug if visitor.firm else ""
    _slug.set(slug)
    return {
        "actor": visitor.actor if visitor.actor.kind != "nobody" else None,
        "firm": visitor.firm,
        "request_path": request.url.path,
        "locale": reader(),
        "theme": _theme(request, visitor.actor),
        "at": _at(slug),
        "navigation": [],
        "oob": False,
    }


def _theme(request: Connection, actor: Actor) -> str:
    """The person's own choice, or that of the browser nobody has signed in with; "" follows the system."""
    chosen = request.cookies.get("theme", "") if actor.kind == "nobody" else actor.theme
    return chosen if chosen in ("dark", "light") else ""


def _at(slug: str) -> Callable[[str], str]:
    def at(path: str) -> str:
        """An address inside the firm."""
        return f"/f/{slug}{path}"

    return at


def _here(path: str) -> str:
    """The same for the `ui` macros, which see no request."""
    return _at(_slug.get())(path)


def address_in(request: Connection) -> Callable[[str], str]:
    """Addresses inside the firm of this request."""
    firm = visitor_of(request).firm
    return _at(firm.slug if firm else "")


def conditions(request: Req) -> tuple[Condition, ...]:
    """What is not well around the product, for those who answer for the firm or for the installation."""
    leads = visitor_of(request).actor.roles & LEADS or request.route_handler.opt.get("permission") == OPERATOR
    watch: Watch = request.app.state.watch
    return watch.found if leads else ()


async def surroundings(request: Req, session: AsyncSession | None) -> dict[str, Any]:
    """The side bar of this person, only what their role may open, with what waits there; and what modules show around
    every page of a firm: unread notifications, its logo."""
    visitor = visitor_of(request)
    if visitor.firm is None:
        return {}
    at, here = _at(visitor.firm.slug), request.url.path
    items = [item for item in composition().navigation if visitor.actor.may(item.permission)]
    frames = composition().frames if visitor.actor.kind == "member" else ()
    asked = {item.path: item.count for item in items if item.count is not None}
    found = await _found(session, visitor.actor, asked | {frame.name: frame.asks for frame in frames})
    navigation = [
        {
            "label": item.label,
            "url": at(item.path),
            "icon": item.icon,
            "count": found.get(item.path),
            "active": here == at(item.path) or here.startswith(at(item.path) + "/"),
            "section": item.section,
        }
        for item in items
    ]
    around = {frame.name: frame.shown(found[frame.name], visitor.firm) for frame in frames if frame.name in found}
    return {"navigation": navigation, **around}


async def _found(session: AsyncSession | None, actor: Actor, asked: Mapping[str, Select[Any]]) -> dict[str, Any]:
    """The answers by name, all in one statement; it is put together once for each set of names."""
    names = tuple(asked)
    if session is None or not names:
        return {}
    if names not in _together:
        _together[names] = select(*(query.scalar_subquery() for query in asked.values()))
    return dict(zip(names, (await session.execute(_together[names], prepared.by(actor))).one(), strict=True))


def to(path: str, request: Req | None = None) -> Redirect:
    """After a POST: see the result (303). With a request, `path` is inside its firm."""
    firm = visitor_of(request).firm if request is not None else None
    return Redirect(_at(firm.slug)(path) if firm else path, status_code=303)


@cache
def environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=-1,  # all of them: there are more templates than the usual cache holds
    )
    env.filters.update(
        money=money, capitals=lambda m: _money(m).capitals, date=show_date, datetime=show_datetime, wh=working_time,
        pairs=pairs, listed=listed,
    )  # fmt: skip
    env.globals.update(
        _=_say,
        static=static,
        csrf_token=_CsrfToken(),
        here=_here,
        now=clock.now,
        today=lambda: local(clock.now()).date(),
    )
    env.globals["ui"] = env.get_template("ui/__init__.html").module
    return env


def pairs(rows: Sequence[Any], value: str, label: str) -> list[tuple[str, str]]:
    """Rows as the options of a select: (value, label)."""
    return [(str(getattr(row, value)), str(getattr(row, label))) for row in rows]


def _say(msgid: str, **params: Any) -> str:
    return str(Text(msgid, **params))


@cache
def static(path: str) -> str:
    """The file's address with its content's hash, so that browsers keep it until it changes."""
    return f"/static/{path}?v={sha256((STATIC / path).read_bytes()).hexdigest()[:10]}"


def _money(amount: Money | int) -> Money:
    return amount if isinstance(amount, Money) else Money(amount)


def money(amount: Money | int | None) -> str | Markup:
    """1,234.00 with a real minus sign; a dash for zero, nothing for none."""
    if amount is None:
        return ""
    value = _money(amount)
    return str(value).replace("-", "−") if value else "—"


def local(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo("Asia/Shanghai"))


def show_date(day: date | datetime | None) -> str:
    if day is None:
        return ""
    day = local(day).date() if isinstance(day, datetime) else day
    return f"{day.day} {day:%b %Y}" if reader() == "en" else day.isoformat()


def show_datetime(moment: datetime | None) -> str:
    return "" if moment is None else f"{show_date(moment)} {local(moment):%H:%M}"


def working_time(minutes: int | timedelta) -> str:
    """Working minutes in words: 31 h 20 min."""
    total = abs(int(minutes.total_seconds() // 60) if isinstance(minutes, timedelta) else minutes)
    hours, rest = divmod(total, 60)
    if hours and rest:
        return _say("%(hours)s h %(minutes)s min", hours=hours, minutes=rest)
    return _say("%(hours)s h", hours=hours) if hours else _say("%(minutes)s min", minutes=rest)


def actor_of(request: Req) -> Actor:
    return visitor_of(request).actor
