"""The firm's choices: what is in force, from when another value counts, and what was before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms import queries
from saas.firms.choices import CHOICES, Choice, choose, chosen, history, second_factor_roles
from saas.firms.models import FirmProfile
from saas.firms.tabs import settings_tabs
from saas.kernel import clock
from saas.kernel.access import ROLES
from saas.kernel.audit import record
from saas.kernel.errors import FreshSignInNeeded, Invalid, Missing
from saas.kernel.i18n import Text, _, listed
from saas.kernel.money import Money
from saas.kernel.pages import Db, Req, actor_of, money, page, to

PATH = "/f/{slug:str}/settings/choices"
NOT_A = {"fen": _("This is not an amount. Write it like 1,234.50."), "count": _("This is not a number.")}


@get(PATH, opt={"permission": "firms.read"})
async def choices(request: Req, session: Db, done: FromQuery[str] = "") -> Response[str]:
    return await _show(request, session, done=done)


@post(f"{PATH}/{{name:str}}", opt={"permission": "firms.settings"})
async def save(request: Req, session: Db, name: FromPath[str]) -> Response[Any]:
    """What makes approval weaker or stronger asks for a fresh sign-in."""
    wanted, now, today = CHOICES.get(name), clock.now(), clock.today()
    if wanted is None or wanted.page != "choices":
        raise Missing()
    if not actor_of(request).is_fresh(now):
        raise FreshSignInNeeded()
    sent = await request.form()
    try:
        value = read(wanted, sent.getall(name, []))
        since = date.fromisoformat(str(sent.get("since") or today.isoformat()))
        if since < today:
            raise Invalid(_("Choose today or a later day."))
    except Invalid as error:
        return await _show(request, session, errors={name: error.reason}, typed={name: sent.get(name, "")}, status=422)
    except ValueError:
        reason = _("This is not a date. Write it like 2026-11-21.")
        return await _show(request, session, errors={name: reason}, status=422)
    profile = await queries.profile(session)
    before = chosen(profile, name, since)
    if value != before:
        choose(profile, name, value, since)
        words = {"choice": name, "before": before, "after": value, "since": since.isoformat()}
        record(session, actor_of(request), "firms.choose", now, subject=profile, **words)
    return to(f"/settings/choices?done={name}", request)


def read(wanted: Choice, sent: list[Any]) -> Any:
    """The value as it is kept, or Invalid with the reason."""
    text = str(sent[0]).strip() if sent else ""
    if wanted.kind == "roles":
        return _among([str(role) for role in sent if role], dict(wanted.options))
    if wanted.kind == "one":
        return _among([text], dict(wanted.options))[0]
    if wanted.kind == "text":
        if len(text) > wanted.most:
            raise Invalid(_("This is too long: at most %(n)s characters.", n=wanted.most))
        return wanted.check(text) if wanted.check is not None else text
    return _number(wanted, text)


def _among(given: list[str], options: Mapping[str, Text]) -> list[str]:
    if any(value not in options for value in given):
        raise Invalid(_("This cannot be taken: please choose or correct it."))
    return [value for value in options if value in given]


def _number(wanted: Choice, text: str) -> int:
    try:
        value = Money.of(text).fen if wanted.kind == "fen" else int(text)
    except ValueError as error:
        wrong = (
            _("This is not an amount. Write it like 1,234.50.") if wanted.kind == "fen" else _("This is not a number.")
        )
        raise Invalid(wrong) from error
    if not wanted.least <= value <= wanted.most:
        least, most = (_shown(wanted, limit) for limit in (wanted.least, wanted.most))
        raise Invalid(_("Choose something between %(least)s and %(most)s.", least=least, most=most))
    return value


async def _show(
    request: Req,
    session: AsyncSession,
    *,
    errors: Mapping[str, Text] | None = None,
    typed: Mapping[str, Any] | None = None,
    done: str = "",
    status: int = 200,
) -> Response[str]:
    profile, kind = await queries.profile(session), (await queries.firm(session)).kind
    rows = [
        {
            "choice": c,
            "value": (typed or {}).get(c.name) or _value(profile, c, kind),
            "shown": _shown(c, _value(profile, c, kind)),
            "coming": _later(profile, c),
            "error": (errors or {}).get(c.name),
            "saved": c.name == done,
        }
        for c in CHOICES.values()
        if c.page == "choices"
    ]
    return await page(
        request,
        "firms/choices.html",
        session=session,
        tabs=settings_tabs(request),
        rows=rows,
        today=clock.today(),
        may_change=actor_of(request).may("firms.settings"),
        status=status,
    )


def _value(profile: FirmProfile, wanted: Choice, kind: str) -> Any:
    if wanted.name == "second_factor_roles":
        return second_factor_roles(profile, kind)
    return chosen(profile, wanted.name)


def _later(profile: FirmProfile, wanted: Choice) -> list[tuple[str, Text | str]]:
    """Values that are to begin on a day to come."""
    today = clock.today().isoformat()
    return [(since, _shown(wanted, value)) for since, value in history(profile, wanted.name) if since > today]


def _shown(wanted: Choice, value: Any) -> Text | str:
    """A value in words."""
    if wanted.kind == "fen":
        return str(money(int(value)))
    if wanted.kind == "one":
        return dict(wanted.options)[value]
    if wanted.kind == "roles":
        return listed(ROLES[role] for role in value) or _("none")
    return str(value) or "—"


ROUTES = [choices, save]
