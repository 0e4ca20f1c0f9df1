"""Mails to the client about a refund, each with a link to the page where it stands: received, missing, reminded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.models import Contact
from saas.kernel.clock import CHINA
from saas.kernel.i18n import Text, _
from saas.notices.messages import MessageKind, Recipient, Words, register_message
from saas.notices.models import Delivery
from saas.notices.sending import send_message
from saas.refunds import queries
from saas.refunds.checklist import EVIDENCE
from saas.refunds.models import Refund

LIFE = timedelta(days=180)  # long: the client keeps it at hand


@dataclass(frozen=True, slots=True)
class ClientMail:
    """One kind of mail: subject and first sentence; the list of what is missing goes along where there is one."""

    kind: str
    subject: Callable[[str], Text]  # of the request's number
    opening: Callable[[str], Text]  # of the client's name

    async def send(self, session: AsyncSession, refund: Refund, contact: Contact, now: datetime) -> Delivery | None:
        """By mail, whatever else the contact wishes; None where there is no address."""
        return await send_message(
            session, kind=self.kind, subject_id=refund.id, contact=contact, purpose="refund", now=now, life=LIFE,
            channel="email",
        )  # fmt: skip

    async def compose(self, session: AsyncSession, delivery: Delivery, to: Recipient) -> Words:
        refund = await queries.refund(session, delivery.subject_id)
        client = await clients.client(session, refund.client_id)
        asked = await queries.asked(session, refund.id)
        locale = to.locales[0]
        subject = self.subject(refund.number)
        context: dict[str, Any] = {
            "refund": refund,
            "heading": subject,
            "opening": self.opening(client.name_in(locale)),
            "missing": [(EVIDENCE.get(one.what, Text(one.what)), one.text) for one in asked if one.is_open],
            "promised": refund.due_at.astimezone(CHINA).date() if refund.due_at else None,
        }
        return Words(subject, _("%(firm)s: %(what)s", firm=to.face.name_in(locale), what=subject), context)


RECEIVED = ClientMail(
    "refund_received",
    lambda number: _("We received your refund request %(number)s", number=number),
    lambda client: _("we received the request of %(client)s and look at it now.", client=client),
)
MISSING = ClientMail(
    "refund_missing",
    lambda number: _("Papers for your refund request %(number)s", number=number),
    lambda client: _("to go on with the request of %(client)s we need the following from you:", client=client),
)
REMINDER = ClientMail(
    "refund_chase",
    lambda number: _("Reminder: papers for your refund request %(number)s", number=number),
    lambda client: _("we still wait for the following about the request of %(client)s; until then we cannot go on:",
                     client=client),
)  # fmt: skip
REGISTERED = [
    register_message(MessageKind(mail.kind, "mail/refunds/matter", mail.compose, about="refund"))
    for mail in (RECEIVED, MISSING, REMINDER)
]
