"""An exchange with a client, from the form to the log: the same on a client's page, a case and a refund."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries
from saas.clients.communication import log
from saas.clients.forms import CommunicationForm
from saas.clients.models import Client
from saas.kernel.access import Actor
from saas.kernel.errors import Missing
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.pages import Req, actor_of
from saas.kernel.uploads import keep

TWICE = timedelta(minutes=2)  # the same words about a record again so soon are the same form sent twice


async def exchange_of(request: Req) -> Submitted[CommunicationForm]:
    """What was typed; refused where nobody is named."""
    form = await submitted(request, CommunicationForm)
    if form.ok and form.taken.contact_id is None and not form.taken.contact_name:
        form.refuse("contact_name", _("Say with whom you spoke."))
    return form


async def write_down(
    request: Req,
    session: AsyncSession,
    client: Client,
    given: CommunicationForm,
    now: datetime,
    *,
    subject_kind: str = "",
    subject_id: UUID | None = None,
) -> bool:
    """On record for ever; False where it stands there already. Missing for a contact of another client."""
    actor = actor_of(request)
    contact = await queries.contact(session, given.contact_id) if given.contact_id else None
    if contact is not None and contact.client_id != client.id:
        raise Missing()
    if subject_id is not None and await _stands_there(session, actor, subject_id, given.summary, now):
        return False
    log(
        session,
        actor,
        client,
        now,
        channel=given.channel,
        direction=given.direction,
        summary=given.summary,
        contact=contact,
        contact_name=given.contact_name,
        at=given.at,
        result=given.result,
        files=await keep(request, given.files),
        subject_kind=subject_kind,
        subject_id=subject_id,
        addendum_to_id=given.addendum_to_id,
    )
    return True


async def _stands_there(session: AsyncSession, actor: Actor, subject_id: UUID, summary: str, now: datetime) -> bool:
    known = await queries.communications(session, subject_id=subject_id, limit=5)
    return any(c.summary == summary and c.member_id == actor.id and now - c.recorded_at < TWICE for c in known)
