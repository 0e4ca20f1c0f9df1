"""Applications in bulk: a task for each chosen client, once for the same terms, and what came of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client
from saas.identity.queries import members
from saas.kernel import tenancy
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.i18n import Both, _
from saas.kernel.identifiers import uuid7
from saas.kernel.money import Money
from saas.kernel.perform import calendar_of
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.services.support.policies import Match, matches
from saas.services.support.support_models import Application, PolicyTerms, SupportPolicy
from saas.tasks.models import Task

APPLY = _("Apply for the support policy, with the client’s yes")
DAYS_TO_APPLY = 10  # working days, where the policy names no last day


class Result(Struct, kw_only=True):
    status: Literal["granted", "refused", "dropped"]
    amount: Money | None = None
    result: Annotated[str, Meta(max_length=400)]
    decided_on: date


async def applications(session: AsyncSession, policy_id: UUID) -> dict[UUID, Application]:
    """The latest application of each client under a policy."""
    query = select(Application).where(of_this_firm(Application), Application.policy_id == policy_id)
    return {one.client_id: one for one in (await session.scalars(query.order_by(Application.made_at))).all()}


async def application(session: AsyncSession, application_id: UUID) -> Application:
    return await own_row(session, Application, application_id, lock=True)


async def apply(
    session: AsyncSession, one: SupportPolicy, valid: PolicyTerms, chosen: Collection[UUID], actor: Actor,
    now: datetime, today: date,
) -> int:  # fmt: skip
    """A task for the bookkeeper of each chosen client that is not ruled out, once for these terms; how many are new."""
    here, due = {m.id for m in await members(session)}, await _due(session, valid, now, today)
    given = 0
    for match in await matches(session, valid, one.region, today):
        if match.client.id in chosen and match.verdict != "unmet":
            made = await _promise(session, one, valid, match, actor, now)
            if made is not None:
                made.task_id = await _task(session, one, made, match.client, here, now, due)
                record(session, actor, "support.apply", now, subject=one, client_id=match.client.id, timeline=True,
                       summary=one.name.get("zh", ""))  # fmt: skip
                given += 1
    await session.flush()
    return given


async def _due(session: AsyncSession, valid: PolicyTerms, now: datetime, today: date) -> datetime:
    calendar = await calendar_of(session)
    if valid.apply_by is not None and valid.apply_by >= today:
        return calendar.close_of(valid.apply_by)
    return calendar.add_minutes(now, DAYS_TO_APPLY * calendar.minutes_per_day)[0]


async def _promise(
    session: AsyncSession, one: SupportPolicy, valid: PolicyTerms, match: Match, actor: Actor, now: datetime
) -> Application | None:
    """The application's row; None where there is one under these terms."""
    row = {"firm_id": tenancy.current_firm_id(), "id": uuid7(), "policy_id": one.id, "client_id": match.client.id,
           "round": valid.valid_from.isoformat(), "met": [judged.store() for judged in match.judged],
           "made_at": now, "made_by": actor.id, "status": "open", "result": ""}  # fmt: skip
    query = insert(Application).values(row).on_conflict_do_nothing().returning(Application.id)
    made = await session.scalar(query)
    return await application(session, made) if made is not None else None


async def _task(
    session: AsyncSession, one: SupportPolicy, made: Application, client: Client, here: Collection[UUID],
    now: datetime, due: datetime,
) -> UUID:  # fmt: skip
    mine = client.bookkeeper_id if client.bookkeeper_id in here else None
    task = Task(id=uuid7(), subject_kind="support", subject_id=made.id, client_id=client.id, step=APPLY,
                title=Both(one.name.get("zh", ""), one.name.get("en", "")), url=f"/services/support/{one.id}#clients",
                assignee_id=mine, role="" if mine else "bookkeeper", created_at=now, due_at=due)  # fmt: skip
    session.add(task)
    await session.flush()
    return task.id


async def settle(session: AsyncSession, made: Application, given: Result, actor: Actor, now: datetime) -> None:
    """What came of it, once; its task is done."""
    if made.status != "open":
        return
    made.status, made.result, made.decided_on, made.decided_by = given.status, given.result, given.decided_on, actor.id
    made.amount = given.amount if given.status == "granted" else None
    task = await session.get(Task, (made.firm_id, made.task_id)) if made.task_id else None
    if task is not None and task.done_at is None:
        task.finish(now, actor.id)
    amount: dict[str, Any] = {"amount": str(made.amount)} if made.amount is not None else {}
    record(session, actor, "support.result", now, subject=made, client_id=made.client_id, timeline=True,
           summary=given.result[:200], status=given.status, **amount)  # fmt: skip
    await session.flush()
