"""Deeds for several findings at once, with one reason; those that are refused stay, and the page says which and why."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, post
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks import queries
from saas.checks.asked import group_of, query_of, wanted_of
from saas.checks.forms import DismissSeveral, ExceptSeveral
from saas.checks.listing import listed
from saas.checks.workflow import FINDING
from saas.kernel.errors import Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.pages import Db, Req, actor_of, to
from saas.kernel.perform import perform


@post("/f/{slug:str}/findings/dismiss", opt={"permission": "checks.work"}, status_code=200)
async def dismiss_several(request: Req, session: Db) -> Response[Any]:
    """No anomalies: they count as false alarms of their rules."""
    return await _each(request, session, "dismiss", await submitted(request, DismissSeveral))


@post("/f/{slug:str}/findings/except", opt={"permission": "checks.work"}, status_code=200)
async def except_several(request: Req, session: Db) -> Response[Any]:
    """Always fine for their clients, until a day, with one person who answers for it."""
    return await _each(request, session, "except", await submitted(request, ExceptSeveral))


async def _each(request: Req, session: AsyncSession, action: str, form: Submitted[Any]) -> Response[Any]:
    chosen: list[UUID] = form.taken.finding if form.ok else []
    if form.ok and not chosen:
        form.refuse("finding", _("Select at least one finding."))
    if not form.ok:
        return await listed(request, session, form=form, status=422)
    refusals = []
    for finding in await queries.by_ids(session, chosen):
        try:
            async with session.begin_nested():
                await perform(session, FINDING, finding.id, action, actor_of(request), form.taken)
        except Refusal as refusal:
            refusals.append((finding, refusal.reason))
    if refusals:
        return await listed(request, session, form=form, refusals=refusals, status=422)
    return to(f"/findings{query_of(wanted_of(request), group=group_of(request))}", request)


ROUTES = [dismiss_several, except_several]
