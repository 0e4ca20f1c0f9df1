"""What a survey may be about: a case, a refund that was paid, or the work for a client as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import queries as cases
from saas.clients import queries as clients
from saas.kernel.i18n import Text
from saas.refunds import queries as refunds


@dataclass(frozen=True, slots=True)
class About:
    """A record as surveys see it. `url` is under the firm."""

    kind: str
    id: UUID
    client_id: UUID
    handler_id: UUID | None
    number: str
    title: Text | str
    url: str


async def about(session: AsyncSession, kind: str, subject_id: UUID) -> About:
    """The record a survey is about; Missing where it is none of this firm's."""
    if kind == "client":
        client = await clients.client(session, subject_id)
        return About(kind, client.id, client.id, client.bookkeeper_id, "", client.name, f"/clients/{client.id}")
    if kind == "refund":
        refund = await refunds.refund(session, subject_id)
        return About(
            kind, refund.id, refund.client_id, refund.preparer_id, refund.number, refund.number, f"/refunds/{refund.id}"
        )
    case = await cases.case(session, subject_id)
    return About("case", case.id, case.client_id, case.owner_id, case.number, case.title, f"/cases/{case.id}")
