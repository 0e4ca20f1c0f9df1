"""Sources, conversion and partners: the report and the register."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.queries import clients_by_id
from saas.kernel import clock
from saas.kernel.errors import Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.services import measures
from saas.services.sources import partners
from saas.services.sources.partners import COMMISSIONS, KINDS, PartnerForm
from saas.services.words import SOURCES, tabs

AT = "/f/{slug:str}/services/sources"
PARTNER = "/f/{slug:str}/services/partners"
READ, MANAGE = {"permission": "services.read"}, {"permission": "services.manage"}
SPANS: dict[int, Text] = {90: _("90 days"), 365: _("the last year"), 1825: _("the last five years")}
FEW = 5  # below so many decided leads a share says little


@get(AT, opt=READ)
async def index(request: Req, session: Db, days: FromQuery[int] = 365) -> Response[str]:
    """Conversion by source with n, new clients and what they pay a month; partners beneath."""
    days = days if days in SPANS else 365
    today, at = clock.today(), address_in(request)
    since = today - timedelta(days)
    found = await measures.by_source(session, since, today)
    brought = await partners.brought(session)
    known = await partners.partners(session)
    handed = await partners.handed_on(session)
    named = await clients_by_id(session, [one.client_id for one in handed])
    by_id = {one.id: one for one in known}
    return await page(
        request, "services/sources.html", session=session, tabs=tabs(request, "sources"),
        spans=[{"label": label, "on": n == days, "url": at(f"/services/sources?days={n}")}
               for n, label in SPANS.items()],
        rows=[{"row": row, "label": SOURCES.get(row.source, _("not written down")), "few": row.conversion.n < FEW,
               "share": row.conversion.percent, "n": row.conversion.n, "days": row.middle_days} for row in found],
        referred=await measures.referral_rate(session, since, today), few=FEW, today=today,
        partners=[_partner(one, brought.get(one.id, 0), today) for one in known],
        handed=[{"one": one, "client": named[one.client_id], "partner": by_id[one.partner_id].name} for one in handed],
        may_manage=actor_of(request).may("services.manage"),
    )  # fmt: skip


def _partner(one: Any, brought: int, today: date) -> dict[str, Any]:
    return {"partner": one, "kind": KINDS[one.kind], "commission": COMMISSIONS[one.commission], "brought": brought,
            "percent": f"{one.commission_permille / 10:g} %" if one.commission == "share" else "",
            "over": one.contract_until is not None and one.contract_until < today}  # fmt: skip


@get(PARTNER + "/new", opt=MANAGE)
async def new(request: Req, session: Db) -> Response[str]:
    return await _form(request, session, Submitted({"kind": "law", "commission": "none"}))


@post(PARTNER + "/new", opt=MANAGE, status_code=200)
async def create(request: Req, session: Db) -> Response[Any]:
    return await _save(request, session, None)


@get(PARTNER + "/{row_id:uuid}", opt=MANAGE)
async def edit(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[str]:
    one = await partners.partner(session, row_id)
    raw = {name: getattr(one, name) for name in PartnerForm.__struct_fields__}
    raw = {name: value.isoformat() if isinstance(value, date) else "" if value is None else str(value)
           for name, value in raw.items()}  # fmt: skip
    return await _form(request, session, Submitted(raw), one)


@post(PARTNER + "/{row_id:uuid}", opt=MANAGE, status_code=200)
async def save(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    return await _save(request, session, await partners.partner(session, row_id))


@post(PARTNER + "/{row_id:uuid}/end", opt=MANAGE, status_code=200)
async def end(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    await partners.end(session, await partners.partner(session, row_id), actor_of(request), clock.now())
    return to("/services/sources#partners", request)


async def _save(request: Req, session: AsyncSession, one: Any) -> Response[Any]:
    form = await submitted(request, PartnerForm)
    ends = form.taken.contract_until if form.ok else None
    if ends is not None and form.taken.contract_from is not None and ends < form.taken.contract_from:
        form.refuse("contract_until", _("A contract cannot end before it begins."))
    if form.ok and form.taken.commission == "fixed" and not form.taken.commission_fixed:
        form.refuse("commission_fixed", _("Please fill this in."))
    if not form.ok:
        return await _form(request, session, form, one, 422)
    try:
        await partners.save(session, form.taken, actor_of(request), clock.now(), one)
    except Refusal as refusal:
        form.refuse("name", refusal.reason)
        return await _form(request, session, form, one, refusal.status)
    return to("/services/sources#partners", request)


async def _form(
    request: Req, session: AsyncSession, form: Submitted[Any], one: Any = None, status: int = 200
) -> Response[str]:
    return await page(
        request, "services/partner_form.html", session=session, status=status, form=form, one=one,
        kinds=list(KINDS.items()), commissions=list(COMMISSIONS.items()),
    )  # fmt: skip


ROUTES = [index, new, create, edit, save, end]
