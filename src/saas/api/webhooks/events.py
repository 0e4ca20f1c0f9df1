"""What another program can be told, and the moment it happens: from a record's step to one delivery an address."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.api import queries
from saas.api.models import WebhookDelivery, WebhookEndpoint
from saas.kernel import clock
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.module import Transition
from saas.kernel.outbox import enqueue

PING = "ping"
EVENTS: dict[str, Text] = {
    "import.previewed": _("A pushed ledger is read and waits to be confirmed"),
    "import.unreadable": _("A ledger could not be read"),
    "import.stored": _("A ledger is stored"),
    "import.undone": _("An import was undone"),
    "case.opened": _("A case is opened"),
    "case.changed": _("A case enters another state"),
    "case.closed": _("A case is closed"),
    "notice.sent": _("A letter is sent"),
    "notice.delivered": _("A letter is delivered"),
    "notice.bounced": _("A letter came back"),
    "notice.acknowledged": _("A client agrees to a letter"),
    "notice.objected": _("A client objects to a letter"),
}
_PATHS = {"import": "imports", "case": "cases", "notice": "notices"}
_ENDED = {"closed", "dismissed"}  # states of a case that tell "case.closed"


def event_of(step: Transition) -> str:
    """The name under which a step is told; "" where it is nobody's business outside."""
    if step.source == step.target or step.workflow.name not in _PATHS:
        return ""
    if step.workflow.name == "case":
        return "case.opened" if not step.source else "case.closed" if step.target in _ENDED else "case.changed"
    name = "notice.sent" if step.target == "accepted" else f"{step.workflow.name}.{step.target}"
    return name if name in EVENTS else ""


async def follow(session: AsyncSession, step: Transition) -> None:
    """Told of every transition, in its transaction: what is promised here goes out only if the step stands."""
    event = event_of(step)
    if not event:
        return
    addresses = await queries.listening(session, event)
    if not addresses:
        return
    row, name = step.row, step.workflow.name
    client = row.subject_client_id
    data = {
        "object": name,
        "id": str(row.id),
        "client_id": str(client) if client is not None else None,
        "state": step.target,
        "from": step.source,
        "url": f"/api/v1/{_PATHS[name]}/{row.id}",
    }
    for address in addresses:
        promise(session, address, event, data, step.now.isoformat())


def promise(session: AsyncSession, address: WebhookEndpoint, event: str, data: dict[str, Any], at: str) -> UUID:
    """One delivery, and the job that makes it; the body says what happened and where to read more, nothing else."""
    row_id = uuid7()
    body = {"id": str(row_id), "type": event, "at": at, "data": data}
    session.add(
        WebhookDelivery(
            id=row_id, endpoint_id=address.id, event=event, body=body, created_at=clock.now(), status="waiting"
        )
    )
    enqueue(session, "api.deliver", delivery_id=row_id)
    return row_id
