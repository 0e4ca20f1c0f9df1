"""A case for every affected client: promised by a page or by a regulation, opened by a job, each exactly once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import queries
from saas.cases.bulk_models import BulkOpening
from saas.cases.forms import ForMany, Triage
from saas.cases.opening import owner_for, started
from saas.cases.workflow import CASE
from saas.clients import queries as clients
from saas.identity.actors import actor_for
from saas.identity.queries import member
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict
from saas.kernel.i18n import Text
from saas.kernel.outbox import enqueue
from saas.kernel.perform import perform
from saas.kernel.tenancy import of_this_firm


async def promise(
    session: AsyncSession, actor: Actor, form: ForMany, now: datetime, *, origin: str = ""
) -> BulkOpening:
    """Keep what is to be opened and for whom. The same key again changes nothing.

    `origin` is where the matter stands under the firm ("/regulations/…"); every case links there.
    """
    known = await opening(session, form.key)
    if known is not None:
        return known
    made = BulkOpening(
        id=form.key, title=form.title, description=form.description, severity=form.severity, source=form.source,
        period=form.period, client_ids=[str(one) for one in dict.fromkeys(form.client_ids)], origin=origin,
        made_by=actor.id, made_at=now,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    record(session, actor, "cases.open_many", now, subject=made, name=form.title, count=len(made.client_ids))
    enqueue(session, "cases.open_many", bulk_id=made.id)
    return made


async def opening(session: AsyncSession, bulk_id: UUID) -> BulkOpening | None:
    query = select(BulkOpening).where(of_this_firm(BulkOpening), BulkOpening.id == bulk_id)
    return (await session.scalars(query)).one_or_none()


async def open_many(session: AsyncSession, bulk_id: str) -> None:
    """The job. A case's id follows from the matter and the client, so that no second one can be opened."""
    made = await opening(session, UUID(bulk_id))
    if made is None or made.opened_at is not None:
        return
    actor, now = actor_for(await member(session, made.made_by)), clock.now()
    left_out: list[str] = []
    named = await clients.clients_by_id(session, [UUID(one) for one in made.client_ids])
    for client_id in map(UUID, made.client_ids):
        case_id = uuid5(made.id, str(client_id))
        if client_id not in named or await queries.case_or_none(session, case_id) is not None:
            continue
        client = named[client_id]
        try:
            case = await started(
                session, actor, client, now, id=case_id, title=Text(made.title), source=made.source,
                severity=made.severity, period=made.period, description=made.description, cause_class="external",
                extra={"origin": made.origin, "bulk_id": str(made.id)},
            )  # fmt: skip
        except Conflict:
            left_out.append(str(client_id))
            continue
        owner_id = await owner_for(session, client, actor)
        if owner_id is not None:
            await perform(session, CASE, case.id, "triage", actor, Triage(owner_id), now=now)
    made.opened_at, made.left_out = now, left_out
