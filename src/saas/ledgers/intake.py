"""Taking a ledger in, whichever way it comes: the same checks, the same refusals, the same beginning."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import PurePath
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client
from saas.kernel import tenancy
from saas.kernel.access import Actor
from saas.kernel.config import active
from saas.kernel.errors import Invalid
from saas.kernel.files import store_of
from saas.kernel.i18n import Text, _
from saas.kernel.perform import start
from saas.ledgers import queries
from saas.ledgers.models import Import
from saas.ledgers.reading import Unreadable
from saas.ledgers.reading.container import look
from saas.ledgers.workflow import IMPORT

LARGEST = 60 * 1024 * 1024
SUFFIXES = (".xlsx", ".xlsm", ".xls", ".csv", ".txt", ".tsv")


class NotTaken(Invalid):
    """A file that is refused on the spot; `earlier` is the stored import of the very same bytes."""

    def __init__(self, reason: Text, earlier: Import | None = None) -> None:
        super().__init__(reason, {"file": reason})
        self.earlier = earlier


async def receive(
    session: AsyncSession, client: Client, file_name: str, content: bytes, actor: Actor, now: datetime
) -> Import:
    """Keep the file and begin its import. NotTaken for what the bytes alone give away; reading shows the rest."""
    name = PurePath(file_name).name[:160]
    reason = await _refusal(name, content)
    if reason is not None:
        raise NotTaken(reason)
    digest = await store_of(active()).put(tenancy.current_firm_id(), content)
    earlier = await queries.same_file(session, client.id, digest)
    if earlier is not None:
        day = earlier.uploaded_at.date()
        raise NotTaken(_("This very file was already imported on %(date)s.", date=day), earlier)
    imported = Import(
        client_id=client.id,
        file_name=name,
        file_sha256=digest,
        file_size=len(content),
        uploaded_by=_sender(actor),
        uploaded_at=now,
    )
    await start(session, IMPORT, imported, actor, now=now)
    return imported


def _sender(actor: Actor) -> UUID:
    if actor.id is None:
        raise RuntimeError("a ledger comes from somebody")
    return actor.id


async def _refusal(name: str, content: bytes) -> Text | None:
    if not name.lower().endswith(SUFFIXES):
        return _("A ledger is an XLSX, XLS or CSV file; “%(name)s” is none.", name=name)
    if not content:
        return _("The file “%(name)s” is empty.", name=name)
    if len(content) > LARGEST:
        return _("The file is larger than %(n)s MB: export fewer months at a time.", n=LARGEST >> 20)
    try:
        await asyncio.to_thread(look, content)
    except Unreadable as error:
        return error.reason
    return None
