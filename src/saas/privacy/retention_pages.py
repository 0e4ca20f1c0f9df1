"""Settings, “Privacy”, “Retention”: how long each kind is kept, what is due, and a manager's decision."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.tabs import settings_tabs
from saas.kernel import clock, tenancy
from saas.kernel.audit import record
from saas.kernel.errors import Invalid
from saas.kernel.forms import Submitted, submitted
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.privacy import queries, retention
from saas.privacy.clocks import CLOCKS
from saas.privacy.models import RetentionRule
from saas.privacy.rooms import rooms

PATH = "/f/{slug:str}/settings/privacy/retention"


class NewRule(Struct):
    kind: str
    months: Annotated[int, Meta(ge=1, le=1200)]
    valid_from: date
    reason: Annotated[str, Meta(max_length=500)]


class Keep(Struct):
    why: Annotated[str, Meta(max_length=500)]


@get(PATH, opt={"permission": "privacy.read"})
async def retention_page(request: Req, session: Db) -> Response[str]:
    return await _show(request, session)


@post(PATH, opt={"permission": "privacy.manage"})
async def set_rule(request: Req, session: Db) -> Response[Any]:
    """The firm's own time from a day on; set again for the same day it replaces what was set."""
    form, now, actor = await submitted(request, NewRule), clock.now(), actor_of(request)
    if form.ok:
        try:
            retention.allowed(form.taken.kind, form.taken.months, form.taken.valid_from)
        except Invalid as error:
            form.errors.update(error.fields)
    if not form.ok:
        return await _show(request, session, form=form, status=422)
    given = form.taken
    mine = (RetentionRule.firm_id == tenancy.current_firm_id(), RetentionRule.kind == given.kind)
    rule = await session.scalar(select(RetentionRule).where(*mine, RetentionRule.valid_from == given.valid_from))
    if rule is None:
        rule = RetentionRule(id=uuid7(), kind=given.kind, valid_from=given.valid_from, set_by=actor.id)
    rule.months, rule.reason, rule.set_by, rule.set_at = given.months, given.reason, actor.id or rule.set_by, now
    session.add(rule)
    record(session, actor, "privacy.rule", now, subject=rule, kind=rule.kind, months=rule.months)
    return to("/settings/privacy/retention", request)


@post(f"{PATH}/{{batch_id:uuid}}/approve", opt={"permission": "privacy.manage"})
async def approve(request: Req, session: Db, batch_id: FromPath[UUID]) -> Response[Any]:
    batch = await queries.batch(session, batch_id, lock=True)
    await retention.carry_out(session, batch, actor_of(request), clock.now())
    return to("/settings/privacy/retention", request)


@post(f"{PATH}/{{batch_id:uuid}}/keep", opt={"permission": "privacy.manage"})
async def keep(request: Req, session: Db, batch_id: FromPath[UUID]) -> Response[Any]:
    form, batch = await submitted(request, Keep), await queries.batch(session, batch_id, lock=True)
    if not form.ok:
        return await _show(request, session, form=form, status=422)
    retention.keep(session, batch, actor_of(request), form.taken.why, clock.now())
    return to("/settings/privacy/retention", request)


async def _show(
    request: Req, session: AsyncSession, *, form: Submitted[Any] | None = None, status: int = 200
) -> Response[str]:
    batches = await queries.batches(session)
    return await page(
        request,
        "privacy/retention.html",
        session=session,
        tabs=settings_tabs(request),
        rooms=rooms(request, "retention"),
        clocks=await retention.table(session, clock.today()),
        waiting=[b for b in batches if b.decided_at is None],
        decided=[b for b in batches if b.decided_at is not None],
        labels={kind: found.label for kind, found in CLOCKS.items()},
        kind_options=[(kind, found.label) for kind, found in CLOCKS.items() if found.decided != "product"],
        may_manage=actor_of(request).may("privacy.manage"),
        form=form or Submitted({"valid_from": clock.today().isoformat()}),
        status=status,
    )


ROUTES = [retention_page, set_rule, approve, keep]
