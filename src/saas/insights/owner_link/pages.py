"""Links for owners: who has one, making one, handing it on, taking it back, and who looked when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.choices import choice
from saas.firms.queries import firm as firm_of
from saas.identity.queries import members_by_id
from saas.insights.dashboards.boards import tabs
from saas.insights.owner_link import queries
from saas.insights.owner_link.link_models import OwnerLink, OwnerView
from saas.insights.reports.making import ROOM as REPORTS
from saas.insights.rooms import ROOMS
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.config import active
from saas.kernel.directory import Firm
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import LOCALES, Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.link_entrance import link_url
from saas.kernel.links import Link, issue
from saas.kernel.outbox import enqueue
from saas.kernel.pages import Db, Req, actor_of, page, show_date, show_datetime, to
from saas.notices.qr import svg
from saas.notices.sending import secret_of

ROOM = "/insights/links"
PURPOSE = "figures"
MANAGE = {"permission": "insights.manage"}
LIVES: dict[str, Text] = {d: _("for %(n)s days", n=d) for d in ("7", "30", "90", "365")}
LANGUAGES = {"zh": "中文", "en": "English"}
SHOWN = 100  # looks


class NewLink(Struct):
    """`key` comes from the page, so that a form sent twice makes one link."""

    key: UUID
    for_name: Annotated[str, Meta(min_length=1, max_length=60)]
    email: Annotated[str, Meta(max_length=254)] = ""
    days: Literal["7", "30", "90", "365"] = "30"
    locale: Literal["zh", "en"] = "zh"


@get(f"/f/{{slug:str}}{ROOM}", opt=MANAGE)
async def index(request: Req, session: Db) -> Response[str]:
    return await _page(request, session)


@post(f"/f/{{slug:str}}{ROOM}", opt=MANAGE, status_code=200)
async def make(request: Req, session: Db) -> Response[Any]:
    form, actor, now = await submitted(request, NewLink), actor_of(request), clock.now()
    if form.ok and form.taken.email and "@" not in form.taken.email.strip("@"):
        form.refuse("email", _("This is not an e-mail address."))
    if not form.ok:
        return await _page(request, session, form, status=422)
    given = form.taken
    assert actor.id is not None
    if given.key not in {row.id for row, *_rest in await queries.links(session)}:
        row = await new_link(session, await firm_of(session), given, actor.id, now)
        record(session, actor, "insights.link", now, subject=row, for_name=row.for_name, days=given.days)
        if row.email:
            enqueue(session, "insights.mail_link", owner_link_id=row.id)
    return to(f"{ROOM}/{given.key}", request)


async def new_link(session: AsyncSession, firm: Firm, given: NewLink, member_id: UUID, now: datetime) -> OwnerLink:
    """The row and its link; the token is derived from the row's id, so that it can be shown and mailed again."""
    link, _token = issue(session, firm.code, PURPOSE, given.key, now=now, life=timedelta(days=int(given.days)),
                         secret=secret_of(active(), given.key))  # fmt: skip
    await session.flush()
    row = OwnerLink(id=given.key, link_id=link.id, for_name=given.for_name, email=given.email.strip(),
                    locale=given.locale, made_at=now, made_by=member_id)  # fmt: skip
    session.add(row)
    await session.flush()
    return row


def address(firm: Firm, row: OwnerLink) -> str:
    settings = active()
    return link_url(settings.public_url, f"{firm.code}.{secret_of(settings, row.id)}")


@get(f"/f/{{slug:str}}{ROOM}/{{owner_link_id:uuid}}", opt=MANAGE)
async def detail(request: Req, session: Db, owner_link_id: FromPath[UUID]) -> Response[str]:
    """The address to hand on while it is alive, and every look through it."""
    row, link = await queries.one(session, owner_link_id)
    state, where = _state(link, clock.now()), address(await firm_of(session), row)
    names = {key: member.name for key, member in (await members_by_id(session)).items()}
    return await page(
        request,
        "insights/owner_link.html",
        session=session,
        tabs=tabs(request, REPORTS, rooms=ROOMS),
        link=row,
        live=state == "live",
        state=STATES[state],
        facts=[
            {"label": _("Made for"), "value": row.for_name},
            {"label": _("Mailed to"), "value": row.email or "—"},
            {"label": _("Made by"), "value": f"{names.get(row.made_by, '')} · {show_datetime(row.made_at)}"},
            {"label": _("Valid until"), "value": show_date(link.expires_at)},
        ],
        names_shown=await choice(session, "owner_link_names") == "on",
        address=where if state == "live" else "",
        qr=svg(where, row.for_name) if state == "live" else "",
        views=[_look(view) for view in await queries.views(session, row.id, SHOWN)],
    )


@post(f"/f/{{slug:str}}{ROOM}/{{owner_link_id:uuid}}/revoke", opt=MANAGE, status_code=200)
async def revoke(request: Req, session: Db, owner_link_id: FromPath[UUID]) -> Response[Any]:
    """At once: whoever has the page open sees nothing more. Twice is once."""
    row, link = await queries.one(session, owner_link_id, lock=True)
    if link.revoked_at is None:
        link.revoked_at = clock.now()
        record(session, actor_of(request), "insights.link_ended", link.revoked_at, subject=row, for_name=row.for_name)
    return to(f"{ROOM}/{row.id}", request)


STATES: dict[str, tuple[Text, str, str]] = {  # label, tone, icon
    "live": (_("valid"), "green", "check"),
    "expired": (_("expired"), "", "lock"),
    "revoked": (_("taken back"), "", "lock"),
}


def _state(link: Link, now: datetime) -> str:
    return "revoked" if link.revoked_at is not None else "expired" if link.expires_at <= now else "live"


async def _page(
    request: Req, session: AsyncSession, form: Submitted[NewLink] | None = None, status: int = 200
) -> Response[str]:
    now = clock.now()
    return await page(
        request,
        "insights/owner_links.html",
        session=session,
        status=status,
        tabs=tabs(request, REPORTS, rooms=ROOMS),
        links=[
            {
                "id": row.id,
                "name": row.for_name,
                "email": row.email or _("handed on by hand"),
                "until": show_date(link.expires_at),
                "state": STATES[_state(link, now)],
                "live": _state(link, now) == "live",
                "views": views,
                "last": show_datetime(last),
            }
            for row, link, views, last in await queries.links(session)
        ],
        form=form or Submitted({"key": str(uuid7()), "days": "30", "locale": "zh"}),
        lives=list(LIVES.items()),
        languages=[(locale, LANGUAGES[locale]) for locale in LOCALES],
        names_shown=await choice(session, "owner_link_names") == "on",
    )


def _look(view: OwnerView) -> dict[str, Any]:
    what = _("Looked at the figures") if view.what == "page" else _("Took the report %(file)s", file=view.note)
    return {"icon": "eye" if view.what == "page" else "file-download", "who": "", "what": what,
            "when": show_datetime(view.at)}  # fmt: skip


ROUTES = [index, make, detail, revoke]
