"""Who works here, with which roles, and what each role may do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Response, get
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms import queries
from saas.firms.choices import second_factor_roles
from saas.firms.tabs import settings_tabs
from saas.identity.account import roles_in_words
from saas.identity.queries import persons_of
from saas.kernel import clock
from saas.kernel.access import ROLES
from saas.kernel.forms import Submitted
from saas.kernel.i18n import Text, _
from saas.kernel.module import composition
from saas.kernel.pages import Db, Req, actor_of, page

DONE: dict[str, Text] = {
    "invited": _("The invitation is on its way."),
    "withdrawn": _("The invitation is withdrawn."),
    "left": _("The work is handed over and the person has left."),
}
INVITED_ROLES = [role for role in ROLES if role != "owner"]


@get("/f/{slug:str}/settings/people", opt={"permission": "firms.read"})
async def people(request: Req, session: Db, done: FromQuery[str] = "") -> Response[str]:
    return await show_people(request, session, done=done)


@get("/f/{slug:str}/settings/roles", opt={"permission": "firms.read"})
async def matrix(request: Req, session: Db) -> Response[str]:
    """What each role may do, from the grants the program itself goes by."""
    rows = [
        {"label": g.label, "held": [(label, role in g.roles) for role, label in ROLES.items()]}
        for g in composition().grants
    ]
    return await page(
        request,
        "firms/roles.html",
        session=session,
        tabs=settings_tabs(request),
        roles=list(ROLES.values()),
        rows=rows,
    )


async def show_people(
    request: Req, session: AsyncSession, *, form: Submitted[Any] | None = None, done: str = "", status: int = 200
) -> Response[str]:
    actor, now = actor_of(request), clock.now()
    members = await queries.people(session)
    persons = await persons_of(session, [m.person_id for m in members])
    profile, firm = await queries.profile(session), await queries.firm(session)
    asked = set(second_factor_roles(profile, firm.kind))
    lines = [
        {
            "id": m.id,
            "name": m.name,
            "email": m.email,
            "roles": roles_in_words(m),
            "joined": m.joined_at,
            "factor": persons[m.person_id].has_second_factor,
            "must": bool(asked & set(m.roles)),
        }
        for m in members
    ]
    return await page(
        request,
        "firms/people.html",
        session=session,
        tabs=settings_tabs(request),
        members=lines,
        invitations=[(i, i.expires_at <= now) for i in await queries.open_invitations(session)],
        form=form or Submitted(),
        roles=[(role, ROLES[role]) for role in INVITED_ROLES],
        chosen=_chosen(form),
        may_change=actor.may("firms.people"),
        done=DONE.get(done, ""),
        status=status,
    )


def unknown_roles(roles: Sequence[str], *, owner: bool) -> Text | None:
    """Why these roles cannot be given; only the owner has the owner's, and nobody is without any."""
    allowed = [*INVITED_ROLES, *(["owner"] if owner else [])]
    if not roles:
        return _("Choose at least one role.")
    if set(roles) - set(allowed):
        return _("This role cannot be given here.")
    return None


def _chosen(form: Submitted[Any] | None) -> list[str]:
    given = form.raw.get("roles", []) if form else ["bookkeeper"]
    return given if isinstance(given, list) else [given]


ROUTES = [people, matrix]
