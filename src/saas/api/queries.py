"""Every SELECT of the API and of its settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.api.models import ApiAnswer, ApiToken, WebhookDelivery, WebhookEndpoint
from saas.kernel.db import FirmRow
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm

R = TypeVar("R", bound=FirmRow)


async def portion(
    session: AsyncSession, table: type[R], wanted: Sequence[ColumnElement[bool]], after: UUID | None, limit: int
) -> tuple[list[R], UUID | None]:
    """The newest rows first (ids carry their time), and the id after which the next page begins; None on the last."""
    query = select(table).where(of_this_firm(table), *wanted)
    if after is not None:
        query = query.where(table.id < after)
    rows = list((await session.scalars(query.order_by(table.id.desc()).limit(limit + 1))).all())
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


def equal(*pairs: tuple[Any, Any]) -> list[ColumnElement[bool]]:
    """(column, value) as conditions; a value of None is no filter."""
    return [column == value for column, value in pairs if value is not None]


async def tokens(session: AsyncSession) -> Sequence[ApiToken]:
    """Those in force first, then the newest."""
    query = select(ApiToken).where(of_this_firm(ApiToken))
    return (await session.scalars(query.order_by(ApiToken.revoked_at.desc().nulls_first(), ApiToken.id.desc()))).all()


async def token(session: AsyncSession, token_id: UUID) -> ApiToken:
    return await own_row(session, ApiToken, token_id)


async def answer(session: AsyncSession, token_id: UUID, key: str) -> ApiAnswer:
    query = select(ApiAnswer).where(of_this_firm(ApiAnswer), ApiAnswer.token_id == token_id, ApiAnswer.key == key)
    return (await session.execute(query)).scalar_one()


async def endpoints(session: AsyncSession) -> Sequence[WebhookEndpoint]:
    """Every address that was not removed, the oldest first."""
    query = select(WebhookEndpoint).where(of_this_firm(WebhookEndpoint), WebhookEndpoint.removed_at.is_(None))
    return (await session.scalars(query.order_by(WebhookEndpoint.id))).all()


async def listening(session: AsyncSession, event: str) -> Sequence[WebhookEndpoint]:
    """The addresses that are told of an event. A stopped one is: what it missed is kept for when it goes on."""
    query = select(WebhookEndpoint).where(
        of_this_firm(WebhookEndpoint), WebhookEndpoint.removed_at.is_(None), WebhookEndpoint.events.contains([event])
    )
    return (await session.scalars(query.order_by(WebhookEndpoint.id))).all()


async def endpoint(session: AsyncSession, endpoint_id: UUID, *, lock: bool = False) -> WebhookEndpoint:
    return await own_row(session, WebhookEndpoint, endpoint_id, WebhookEndpoint.removed_at.is_(None), lock=lock)


async def delivery(session: AsyncSession, delivery_id: UUID) -> WebhookDelivery:
    """One delivery, locked: a job and a person must not send it at the same time."""
    return await own_row(session, WebhookDelivery, delivery_id, lock=True)


async def deliveries(session: AsyncSession, endpoint_id: UUID, limit: int = 50) -> Sequence[WebhookDelivery]:
    """The newest first."""
    query = select(WebhookDelivery).where(of_this_firm(WebhookDelivery), WebhookDelivery.endpoint_id == endpoint_id)
    return (await session.scalars(query.order_by(WebhookDelivery.id.desc()).limit(limit))).all()


async def undelivered(session: AsyncSession, endpoint_id: UUID) -> Sequence[WebhookDelivery]:
    """What an address was not told, the oldest first, locked."""
    query = select(WebhookDelivery).where(
        of_this_firm(WebhookDelivery),
        WebhookDelivery.endpoint_id == endpoint_id,
        WebhookDelivery.status.in_(("waiting", "failed")),
    )
    return (await session.scalars(query.order_by(WebhookDelivery.id).limit(1000).with_for_update())).all()


async def counts(session: AsyncSession) -> dict[tuple[UUID, str], int]:
    """How many deliveries of each address have each status."""
    columns = (WebhookDelivery.endpoint_id, WebhookDelivery.status)
    query = select(*columns, func.count()).where(of_this_firm(WebhookDelivery)).group_by(*columns)
    return {(row[0], row[1]): row[2] for row in (await session.execute(query)).all()}
