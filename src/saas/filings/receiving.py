"""收票: on which day all documents of a client's month were in our hands."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client
from saas.filings import queries
from saas.filings.models import DocumentsIn
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.clock import CHINA
from saas.kernel.errors import Invalid
from saas.kernel.i18n import _


async def receive(
    session: AsyncSession, actor: Actor, client: Client, month: str, day: date | None, now: datetime
) -> bool:
    """Everything of the month ("2026-11") is here since a day; None takes that back. Whether anything changed."""
    if day is not None and day > now.astimezone(CHINA).date():
        raise Invalid(_("This day is still to come."))
    if day is not None and day < date.fromisoformat(f"{month}-01"):
        raise Invalid(_("The month had not begun on that day."))
    known = (await queries.documents(session, [client.id], [month])).get((client.id, month))
    if (known.received_on if known else None) == day:
        return False
    if day is None:
        await session.delete(known)
    else:
        values = {"received_on": day, "recorded_by": actor.id, "recorded_at": now}
        row = insert(DocumentsIn).values(client_id=client.id, month=month, **values)
        unique = ["firm_id", "client_id", "month"]
        await session.execute(row.on_conflict_do_update(index_elements=unique, set_=values))
    record(session, actor, "filings.documents", now, subject=client, client_id=client.id, name=month,
           day=day.isoformat() if day else "")  # fmt: skip
    return True
