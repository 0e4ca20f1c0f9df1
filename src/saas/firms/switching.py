"""The firms of a person: going to one, and creating another."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.creation import create_firm
from saas.firms.forms import NewFirm
from saas.firms.sign_up import check_uscc
from saas.identity.account import me, roles_in_words
from saas.identity.queries import firms_of
from saas.kernel import clock
from saas.kernel.errors import Conflict
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _, reader
from saas.kernel.pages import Db, Req, page, to
from saas.kernel.web import SIGNED_IN

MOST_OWNED = 5  # firms one person may own; more are the operator's to allow


@get("/firms", opt={"permission": SIGNED_IN})
async def firms(request: Req, session: Db) -> Response[str]:
    return await _show(request, session, Submitted())


@post("/firms", opt={"permission": SIGNED_IN})
async def create(request: Req, session: Db) -> Response[Any]:
    """The person's address is confirmed already, so the firm begins at once."""
    form = await submitted(request, NewFirm)
    check_uscc(form)
    if not form.ok:
        return await _show(request, session, form, status=422)
    person = await me(request, session, lock=True)
    owned = [firm for member, firm in await firms_of(session, person.id) if member.is_owner]
    if any(firm.name == form.taken.firm_name for firm in owned):
        form.refuse("firm_name", _("You own a firm of this name already."))
        return await _show(request, session, form, status=422)
    if len(owned) >= MOST_OWNED:
        raise Conflict(_("You own %(n)s firms already, which is the most.", n=len(owned)))
    firm, _member = await create_firm(
        session,
        name=form.taken.firm_name,
        owner=person,
        now=clock.now(),
        locale=reader(),
        uscc=form.taken.uscc,
    )
    return to(f"/f/{firm.slug}/start")


async def _show(request: Req, session: AsyncSession, form: Submitted[Any], status: int = 200) -> Response[str]:
    person = await me(request, session)
    rows = [
        {
            "name": firm.name_in(reader()),
            "kind": firm.kind,
            "tour_until": firm.tour_until,
            "roles": roles_in_words(member),
            "slug": firm.slug,
        }
        for member, firm in await firms_of(session, person.id)
    ]
    return await page(request, "firms/firms.html", firms=rows, form=form, status=status)


ROUTES = [firms, create]
