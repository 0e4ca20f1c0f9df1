"""/improvement/market: notes on industry and competitors, and how others treat refunds beside our own promise."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.queries import members_by_id
from saas.improvement.regulations import market, queries
from saas.improvement.regulations.forms import Reading
from saas.improvement.regulations.kinds import NOTES
from saas.improvement.regulations.pages import row
from saas.improvement.regulations.regulation_models import CompetitorTerms
from saas.improvement.rooms import tabs
from saas.kernel import clock, tenancy
from saas.kernel.audit import record
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.refunds.policies.versions import in_force
from saas.refunds.terms import Terms
from saas.training.wording import said

AT = "/f/{slug:str}/improvement/market"


@get(AT, opt={"permission": "improvement.read"})
async def index(request: Req, session: Db) -> Response[str]:
    return await _show(request, session, Submitted({"seen_on": str(clock.today())}))


async def _show(
    request: Req, session: AsyncSession, form: Submitted[Any], *, opened: str = "", status: int = 200
) -> Response[str]:
    readings = await queries.readings(session)
    newest, today = market.latest(readings), clock.today()
    policy = await in_force(session, today)
    notes = await queries.register(session, today, kinds=NOTES)
    return await page(
        request, "improvement/market.html", session=session, status=status, tabs=tabs(request, "market"),
        newest=newest, version=policy.version, members=await members_by_id(session), terms=list(market.TERMS.items()),
        rows=market.sheet(market.ours(msgspec.convert(policy.terms, Terms)), newest), form=form, opened=opened,
        readings=readings, may_write=actor_of(request).may("improvement.register"),
        notes=[{**row(note), "changes": said(note.changes), "impact": said(note.impact)} for note in notes],
    )  # fmt: skip


@post(AT, opt={"permission": "improvement.register"}, status_code=200)
async def add(request: Req, session: Db) -> Response[Any]:
    """Read on a day, from a source; the same competitor on the same day is one reading."""
    form = await submitted(request, Reading)
    if form.ok and form.taken.seen_on > clock.today():
        form.refuse("seen_on", _("This day is still to come."))
    terms = {name: getattr(form.taken, name) for name in market.TERMS} if form.ok else {}
    if form.ok and not any(terms.values()):
        form.refuse("notice", _("Write down at least one term."))
    if not form.ok:
        return await _show(request, session, form, opened="reading", status=422)
    given, actor, now = form.taken, actor_of(request), clock.now()
    new = insert(CompetitorTerms).values(
        firm_id=tenancy.current_firm_id(), id=uuid7(), competitor=given.competitor, seen_on=given.seen_on,
        source=given.source, source_url=given.source_url, terms={k: v for k, v in terms.items() if v},
        remark=given.remark, recorded_by=actor.id, recorded_at=now,
    )  # fmt: skip
    kept = await session.scalar(new.on_conflict_do_nothing().returning(CompetitorTerms.id))
    if kept is None:
        known = next((r for r in await queries.readings(session)
                      if (r.competitor, r.seen_on) == (given.competitor, given.seen_on)), None)  # fmt: skip
        if known is None or known.terms != {k: v for k, v in terms.items() if v}:
            form.refuse("seen_on", _("This competitor was read on this day already; a reading is never changed."))
            return await _show(request, session, form, opened="reading", status=422)
    else:
        record(session, actor, "improvement.read_competitor", now, summary=given.competitor)
    return to("/improvement/market", request)


ROUTES = [index, add]
