"""A complaint is a case of its own: opened from an answer, by the client or by whoever reads it, once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import queries as cases
from saas.cases.models import Case
from saas.cases.opening import complaint
from saas.clients import queries as clients
from saas.kernel.access import Actor
from saas.kernel.i18n import Text, _
from saas.kernel.tenancy import of_this_firm
from saas.surveys.models import Survey


async def from_answer(session: AsyncSession, actor: Actor, survey: Survey, text: str, now: datetime) -> Case:
    """The survey's id becomes the case's: pressed twice it is one case. Conflict where the client is archived."""
    known = await cases.case_or_none(session, survey.id)
    if known is not None:
        return known
    client = await clients.client(session, survey.client_id)
    contact = await clients.contact(session, survey.contact_id) if survey.contact_id else None
    title: Text = _("Complaint: %(text)s", text=text.strip()[:60]) if text.strip() else _("Complaint about our service")
    return await complaint(
        session, actor, client, now, id=survey.id, title=title, description=text,
        reported_by=contact.name if contact else "",
    )  # fmt: skip


async def count(session: AsyncSession, since: datetime, until: datetime) -> int:
    """Complaints opened in a period: counted apart from anomalies."""
    query = select(func.count()).select_from(Case).where(of_this_firm(Case), Case.source == "complaint")
    return await session.scalar(query.where(Case.opened_at >= since, Case.opened_at < until)) or 0
