"""The contact's page of a reminder: read it, and say no to more of them with one press."""

from __future__ import annotations

from typing import Any

from litestar import Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock
from saas.kernel.i18n import Text
from saas.kernel.link_entrance import Visit, purpose
from saas.kernel.pages import Req, page, to
from saas.notices.messages import MessageKind, Recipient, Words, register_message
from saas.notices.models import Delivery
from saas.services.care.care_models import CareMessage
from saas.services.consent import consents
from saas.training.wording import said


async def _message(session: AsyncSession, firm_id: Any, message_id: Any) -> CareMessage:
    query = select(CareMessage).where(CareMessage.firm_id == firm_id, CareMessage.id == message_id)
    return (await session.execute(query)).scalar_one()


async def show(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    message = await _message(session, visit.firm.id, visit.link.subject_id)
    given = await consents.consent(session, message.consent_id)
    return await page(
        request, "services/care_client.html", firm=visit.face, contact=visit.contact, subject=said(message.subject),
        paragraphs=[line for line in said(message.text).splitlines() if line.strip()], what=given.what,
        stopped=given.revoked_at, root=f"/c/care/{visit.link.id}", valid_until=visit.link.expires_at,
    )  # fmt: skip


async def stop(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """No more reminders: the consent is taken back at once, and pressing twice changes nothing.

    The pressed button sends its name: a scanner that posts the form without it takes nothing back.
    """
    if (await request.form()).get("stop") != "yes":
        return await show(request, session, visit)
    message = await _message(session, visit.firm.id, visit.link.subject_id)
    given = await consents.consent(session, message.consent_id)
    await consents.revoke(session, given, "link", visit.actor, clock.now())
    return to(f"/c/care/{visit.link.id}")


async def compose(session: AsyncSession, delivery: Delivery, to: Recipient) -> Words:
    message = await _message(session, delivery.firm_id, delivery.subject_id)
    words = Text("%(title)s", title=message.subject["en" if to.locales[0] == "en" else "zh"])
    return Words(words, words, {"message": message})


MESSAGE = register_message(MessageKind("care", "mail/services/care", compose))
ROUTES = purpose("care", show, deeds={"stop": stop})
