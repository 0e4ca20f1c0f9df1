"""Care: what is due to be said to whom, within quiet hours, never on a day off, never without consent (R17.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists.making import filings_of
from saas.clients.models import Client, Contact
from saas.kernel import clock
from saas.kernel.calendar import Calendar, hours
from saas.kernel.clock import CHINA
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.notices.sending import send_message
from saas.services.care.care_models import CareKind, CareMessage
from saas.services.consent.consent_models import Consent
from saas.services.consent.consents import standing
from saas.services.support.policies import facts

QUIET_OUTSIDE = hours("09:00-12:00, 14:00-18:00")  # where the contact named no hours of their own
MOST_A_MONTH = 3  # reminders to one contact within 30 days
LIFE = timedelta(days=60)
ANNUAL_REPORT = (6, 30)
GREETINGS = ((1, 1), (10, 1))  # 元旦, 国庆: days with a fixed date


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something to remind of: `key` is the kind, `name` makes it once, `day` is the day itself."""

    key: str
    name: str
    day: date


async def run(session: AsyncSession) -> None:
    """The job of every hour: outside quiet hours and on working days; each occasion once for each contact."""
    now, calendar = clock.now(), await calendar_of(session)
    local = now.astimezone(CHINA)
    minute = local.hour * 60 + local.minute
    if not calendar.is_working(local.date()) or not any(i.start <= minute < i.end for i in QUIET_OUTSIDE):
        return
    kinds = {one.key: one for one in await turned_on(session)}
    if not kinds:
        return
    recorded = await facts(session)
    filing = (await filings_of(session)).next_fifteenth(local.date()).day
    for client, contact in await consenting(session):
        found = [Occasion("filing", filing.isoformat(), filing)]
        found += occasions(recorded.get(client.id, {}), local.date())
        for occasion in found:
            kind = kinds.get(occasion.key)
            if kind is not None and is_time(calendar, kind, occasion.day, local.date()):
                await send(session, kind, client, contact, occasion, now)


def occasions(known: dict[str, str], today: date) -> list[Occasion]:
    """What the calendar of a client brings beside its returns: annual report, licences, greetings."""
    found = [Occasion("annual_report", f"{today.year}", date(today.year, *ANNUAL_REPORT))]
    for year in (today.year, today.year + 1):
        found += [Occasion("greeting", f"{year}-{month:02}-{day:02}", date(year, month, day))
                  for month, day in GREETINGS]  # fmt: skip
    if known.get("licence_until"):
        found.append(Occasion("licence", known["licence_until"], date.fromisoformat(known["licence_until"])))
    return found


def is_time(calendar: Calendar, kind: CareKind, day: date, today: date) -> bool:
    """From so many working days before the day until the day itself."""
    return calendar.add_working_days(day, -kind.days_before) <= today <= day


async def turned_on(session: AsyncSession) -> Sequence[CareKind]:
    return (await session.scalars(select(CareKind).where(of_this_firm(CareKind), CareKind.is_on))).all()


async def kinds(session: AsyncSession) -> Sequence[CareKind]:
    return (await session.scalars(select(CareKind).where(of_this_firm(CareKind)).order_by(CareKind.key))).all()


async def consenting(session: AsyncSession) -> list[tuple[Client, Contact]]:
    """Contacts of active clients who agreed to be reminded."""
    query = (
        select(Client, Contact)
        .join(Contact, (Contact.firm_id == Client.firm_id) & (Contact.client_id == Client.id))
        .join(Consent, (Consent.firm_id == Contact.firm_id) & (Consent.contact_id == Contact.id))
        .where(of_this_firm(Client), Client.archived_at.is_(None), Client.merged_into_id.is_(None),
               Contact.left_at.is_(None), Consent.purpose == "care", Consent.revoked_at.is_(None))
        .order_by(Client.sort_key, Contact.name)
    )  # fmt: skip
    return [(row[0], row[1]) for row in (await session.execute(query)).all()]


async def send(
    session: AsyncSession, kind: CareKind, client: Client, contact: Contact, occasion: Occasion, now: datetime
) -> CareMessage | None:
    """One reminder, once, in the contact's language and by their channel; None where it may not or cannot be sent."""
    given = await standing(session, contact.id, "care")
    if given is None or await _sent(session, contact.id, occasion) or await _often(session, contact.id, now):
        return None
    made = CareMessage(
        client_id=client.id, contact_id=contact.id, consent_id=given.id, key=kind.key, occasion=occasion.name,
        on_day=occasion.day, made_at=now, subject=_filled(kind.subject, client, occasion),
        text=_filled(kind.text, client, occasion),
    )  # fmt: skip
    session.add(made)
    await session.flush()
    delivery = await send_message(session, kind="care", subject_id=made.id, contact=contact, purpose="care", now=now,
                                  life=LIFE)  # fmt: skip
    made.delivery_id = delivery.id if delivery is not None else None
    await session.flush()
    return made


def _filled(texts: dict[str, str], client: Client, occasion: Occasion) -> dict[str, str]:
    """Both languages with the client's name and the day; marks the firm did not use are simply not there."""
    filled = {}
    for locale, text in texts.items():
        name = client.name_in(locale)
        filled[locale] = text.replace("%(client)s", name).replace("%(day)s", occasion.day.isoformat())
    return filled


async def _sent(session: AsyncSession, contact_id: UUID, occasion: Occasion) -> bool:
    same = (CareMessage.contact_id == contact_id) & (CareMessage.key == occasion.key)
    query = select(CareMessage.id).where(of_this_firm(CareMessage), same, CareMessage.occasion == occasion.name)
    return await session.scalar(query) is not None


async def _often(session: AsyncSession, contact_id: UUID, now: datetime) -> bool:
    query = select(CareMessage.id).where(of_this_firm(CareMessage), CareMessage.contact_id == contact_id,
                                         CareMessage.made_at > now - timedelta(30))  # fmt: skip
    return len((await session.scalars(query)).all()) >= MOST_A_MONTH


async def sent(session: AsyncSession, *, client_id: UUID | None = None, limit: int = 50) -> Sequence[CareMessage]:
    query = select(CareMessage).where(of_this_firm(CareMessage)).order_by(CareMessage.made_at.desc())
    if client_id is not None:
        query = query.where(CareMessage.client_id == client_id)
    return (await session.scalars(query.limit(limit))).all()
