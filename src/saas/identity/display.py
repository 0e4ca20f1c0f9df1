"""Language and theme: kept with the person, or with the browser nobody has signed in with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from litestar import Response, post
from msgspec import Struct
from sqlalchemy import update

from saas.identity.models import Person
from saas.identity.pages import inside
from saas.kernel.forms import submitted
from saas.kernel.pages import Db, Req, to
from saas.kernel.web import PUBLIC, cookie, visitor_of

A_YEAR = 365 * 24 * 3600  # seconds


class ChosenLocale(Struct):
    locale: Literal["zh", "en"]
    next: str = "/"


class ChosenTheme(Struct):
    theme: Literal["light", "dark"]
    next: str = "/"


@post("/locale", opt={"permission": PUBLIC})
async def choose_locale(request: Req, session: Db) -> Response[Any]:
    """Also kept in the browser: pages behind a link go by it, whoever looks."""
    form = await submitted(request, ChosenLocale)
    return await _keep(request, session, "locale", form.taken.locale if form.ok else "", form.raw.get("next", "/"))


@post("/theme", opt={"permission": PUBLIC})
async def choose_theme(request: Req, session: Db) -> Response[Any]:
    form = await submitted(request, ChosenTheme)
    return await _keep(request, session, "theme", form.taken.theme if form.ok else "", form.raw.get("next", "/"))


async def _keep(request: Req, session: Db, name: str, value: str, back: str) -> Response[Any]:
    answer = to(inside(str(back)))
    if not value:
        return answer
    person_id = visitor_of(request).actor.person_id
    if person_id is not None:
        await session.execute(update(Person).where(Person.id == person_id).values({name: value}))
    answer.set_cookie(replace(cookie(name, value, request.app.state.door), max_age=A_YEAR))
    return answer


ROUTES = [choose_locale, choose_theme]
