"""What a delivery is about: the client, the record whose log a reply joins, and whose matter it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.models import Client
from saas.kernel.i18n import Text
from saas.kernel.module import composition
from saas.kernel.tenancy import of_this_firm
from saas.kernel.workflow import Workflow
from saas.notices import messages, queries
from saas.notices.models import Delivery
from saas.notices.workflow import NOTICE


@dataclass(frozen=True, slots=True)
class Subject:
    """`kind` and `id` are the record's; `url` is under the firm; `reacts` when its own module answers a failed mail."""

    client: Client
    kind: str
    id: UUID | None
    owner_id: UUID | None
    title: Text | str
    url: str
    reacts: bool = False


async def subject_of(session: AsyncSession, delivery: Delivery) -> Subject | None:
    """A letter's case or refund, a question's case; else the client the contact belongs to."""
    if delivery.notice_id is not None:
        notice = await queries.notice(session, delivery.notice_id)
        client = await clients.client(session, notice.client_id)
        owner = notice.owner_id
        if notice.subject_kind in composition().workflows:
            return Subject(client, notice.subject_kind, notice.subject_id, owner, notice.title, NOTICE.url(notice))
        return Subject(client, "notice", notice.id, owner, notice.title, NOTICE.url(notice))
    workflow = composition().workflows.get(messages.about(delivery.subject_kind))
    if workflow is not None:
        return await _of_record(session, workflow, delivery)
    contact = await queries.contact_or_none(session, delivery.contact_id) if delivery.contact_id else None
    if contact is None:
        return None
    client = await clients.client(session, contact.client_id)
    return Subject(client, "", None, client.bookkeeper_id, client.name, f"/clients/{client.id}")


async def _of_record(session: AsyncSession, workflow: Workflow, delivery: Delivery) -> Subject | None:
    table: Any = workflow.row
    row = await session.scalar(select(table).where(of_this_firm(table), table.id == delivery.subject_id))
    if row is None:
        return None
    client = await clients.client(session, row.subject_client_id)
    owner = (workflow.assignee(row) if workflow.assignee else None) or client.bookkeeper_id
    return Subject(client, workflow.name, row.id, owner, workflow.title(row), workflow.url(row), reacts=True)
