"""The client's page of a mass notice, and the message that carries its link."""

from __future__ import annotations

from typing import Any

from litestar import Response
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.i18n import Text
from saas.kernel.link_entrance import Visit, purpose
from saas.kernel.pages import Req, page
from saas.notices.messages import MessageKind, Recipient, Words, register_message
from saas.notices.models import Delivery
from saas.risks.incidents import mass_queries, queries
from saas.risks.wording import said


async def show(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """What happened, in the contact's language; opening it records nothing but that it was opened."""
    _told, mass = await mass_queries.one_told(session, visit.link.subject_id)
    incident = await queries.incident(session, mass.incident_id)
    return await page(
        request,
        "incidents/client.html",
        firm=visit.face,
        contact=visit.contact,
        subject=said(mass.subject),
        paragraphs=[line for line in said(mass.text).splitlines() if line.strip()],
        number=incident.number,
        sent_at=mass.approved_at,
        valid_until=visit.link.expires_at,
    )


async def compose(session: AsyncSession, delivery: Delivery, to: Recipient) -> Words:
    _told, mass = await mass_queries.one_told(session, delivery.subject_id)
    locale = to.locales[0]
    words = Text("%(title)s", title=mass.subject["en"] if locale == "en" else mass.subject["zh"])
    return Words(words, words, {"mass": mass})


MESSAGE = register_message(MessageKind("mass_notice", "mail/risks/mass_notice", compose))
ROUTES = purpose("mass_notice", show)
