"""Settings, “Interfaces”: the firm's tokens. The owner makes them after a fresh sign-in; each is shown once."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.api import queries, tokens
from saas.api.rooms import be_fresh, rooms
from saas.api.scopes import SCOPES
from saas.firms.queries import firm as firm_of
from saas.firms.tabs import settings_tabs
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.config import active
from saas.kernel.errors import Conflict
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _, listed
from saas.kernel.pages import Db, Req, actor_of, page, to

PATH = "/f/{slug:str}/settings/api"
DAYS: list[tuple[str, Text]] = [("30", _("for 30 days")), ("90", _("for 90 days")), ("365", _("for a year"))]
PACES = [(str(pace), str(pace)) for pace in tokens.PACES]


class NewToken(Struct):
    name: Annotated[str, Meta(max_length=60)]
    scopes: list[str]
    days: int
    per_minute: int


@get(PATH, opt={"permission": "api.read"})
async def index(request: Req, session: Db, done: FromQuery[str] = "") -> Response[str]:
    return await _show(request, session, done=_("The token is revoked.") if done == "revoked" else None)


@post(PATH, opt={"permission": "api.manage"}, status_code=200)
async def make(request: Req, session: Db) -> Response[str]:
    """The answer shows the token, once; repeating the form makes no second one, since the name is taken."""
    form, now = await submitted(request, NewToken), clock.now()
    be_fresh(request, now)
    if form.ok:
        _check(form)
    if not form.ok:
        return await _show(request, session, form=form, status=422)
    wanted, firm = form.taken, await firm_of(session)
    try:
        _token, secret = await tokens.make(
            session, firm.code, actor_of(request), now, name=wanted.name, scopes=wanted.scopes, days=wanted.days,
            per_minute=wanted.per_minute,
        )  # fmt: skip
    except Conflict as refusal:
        form.refuse("name", refusal.reason)
        return await _show(request, session, form=form, status=409)
    return await _show(request, session, secret=secret)


@post(f"{PATH}/{{token_id:uuid}}/revoke", opt={"permission": "api.manage"})
async def revoke(request: Req, session: Db, token_id: FromPath[UUID]) -> Response[Any]:
    """At once, without a fresh sign-in: a token that leaked must be closed quickly."""
    tokens.revoke(session, await queries.token(session, token_id), actor_of(request), clock.now())
    return to("/settings/api?done=revoked", request)


def _check(form: Submitted[NewToken]) -> None:
    taken = form.taken
    if not taken.scopes or any(name not in SCOPES for name in taken.scopes):
        form.refuse("scopes", _("Choose at least one thing it may do."))
    if taken.days not in tokens.LIVES:
        form.refuse("days", _("This cannot be taken: please choose or correct it."))
    if taken.per_minute not in tokens.PACES:
        form.refuse("per_minute", _("This cannot be taken: please choose or correct it."))


async def _show(
    request: Req,
    session: AsyncSession,
    *,
    form: Submitted[Any] | None = None,
    secret: str = "",
    done: Text | None = None,
    status: int = 200,
) -> Response[str]:
    now, people = clock.now(), await members_by_id(session)
    rows = [
        {
            "token": token,
            "live": token.is_live(now),
            "scopes": listed(SCOPES[name].label for name in token.scopes if name in SCOPES),
            "by": people[token.made_by].name if token.made_by in people else "",
        }
        for token in await queries.tokens(session)
    ]
    return await page(
        request,
        "api/tokens.html",
        session=session,
        tabs=settings_tabs(request),
        rooms=rooms(request, "tokens"),
        rows=rows,
        scopes=[(name, scope.label) for name, scope in SCOPES.items()],
        meanings=[{"label": scope.label, "note": scope.help, "value": name} for name, scope in SCOPES.items()],
        days=DAYS,
        paces=PACES,
        may_manage=actor_of(request).may("api.manage"),
        secret=secret,
        example=f"curl -H 'Authorization: Bearer …' {active().public_url}/api/v1/token",
        form=form or Submitted(),
        done=done,
        status=status,
    )


ROUTES = [index, make, revoke]
