"""Sealed archives after their firms are gone: the former owner's link, what was done with each, and their end.

An archive is kept until the law's term is over (terms.toml), its owner warned two months before, and then destroyed.
What was done with it stays, as the list of destruction that archive rules ask for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity import tokens
from saas.identity.mails import Message, deliver
from saas.identity.models import Confirmation
from saas.identity.queries import asked_lately
from saas.kernel import clock
from saas.kernel.clock import CHINA
from saas.kernel.config import active
from saas.kernel.directory import Firm
from saas.kernel.files import store_of
from saas.kernel.i18n import Text, _
from saas.kernel.links import Gone
from saas.kernel.outbox import enqueue_for_nobody
from saas.privacy.erasure import ARCHIVES
from saas.privacy.models import ArchiveDeed, Departure
from saas.privacy.terms import term

LINK, ASKED = "archive", "archives"  # purposes of tokens: opens one archive; somebody typed an address
LIFE = timedelta(days=30)
WARNED = timedelta(days=60)  # before the end
MOST_ASKED = 5  # times an hour for one address
DEEDS: dict[str, Text] = {
    "mailed": _("Link sent"),
    "fetched": _("Fetched as it is sealed"),
    "opened": _("Opened and fetched"),
    "refused": _("A wrong key was tried"),
    "prolonged": _("Kept for longer, as the law asks now"),
    "warned": _("Owner told of the end"),
    "destroyed": _("Destroyed"),
}


def note(session: AsyncSession, departure: Departure, deed: str, now: datetime, by: str = "", **detail: Any) -> None:
    """Write down what was done with an archive."""
    session.add(ArchiveDeed(departure_id=departure.id, at=now, deed=deed, by_name=by, detail=detail))


async def deeds(session: AsyncSession, departure: Departure) -> Sequence[ArchiveDeed]:
    """What was done with it, the newest first."""
    mine = select(ArchiveDeed).where(ArchiveDeed.departure_id == departure.id)
    return (await session.scalars(mine.order_by(ArchiveDeed.at.desc(), ArchiveDeed.id.desc()))).all()


async def kept(session: AsyncSession) -> Sequence[Departure]:
    """Every archive that is still there, by the day of its end."""
    query = select(Departure).where(Departure.erased_at.is_not(None), Departure.destroyed_at.is_(None))
    return (await session.scalars(query.order_by(Departure.archive_until, Departure.id))).all()


async def behind(session: AsyncSession, token: str, now: datetime) -> tuple[Departure, Confirmation]:
    """The archive that a link opens. Missing when unknown; Gone when the link or the archive is over."""
    row = await tokens.follow(session, LINK, token, now)
    departure = await session.get_one(Departure, UUID(str(row.payload["departure"])))
    if departure.destroyed_at is not None:
        raise Gone(_("The term of this archive was over, and it was destroyed on %(day)s.",
                     day=departure.destroyed_at.astimezone(CHINA).date().isoformat()))  # fmt: skip
    return departure, row


async def send_link(session: AsyncSession, departure: Departure, now: datetime, *, by: str = "") -> None:
    """Promise the owner a mail with a new link; nothing where no address is known."""
    if not departure.owner_email:
        return
    row = tokens.issue(session, LINK, now, LIFE, departure=str(departure.id))
    await enqueue_for_nobody(session, "privacy.mail_archive", confirmation_id=row.id)
    note(session, departure, "mailed", now, by, to=_masked(departure.owner_email))


async def ask(session: AsyncSession, email: str, now: datetime) -> None:
    """Somebody asks for the links of an address; whether it has any is found out in a job, after the answer."""
    row = tokens.issue(session, ASKED, now, LIFE, email=email)
    await enqueue_for_nobody(session, "privacy.find_archives", confirmation_id=row.id)


async def find(session: AsyncSession, confirmation_id: str) -> None:
    """The job: a link for each archive of the address that was typed, a few times an hour at most."""
    row = await session.get_one(Confirmation, UUID(confirmation_id))
    if await asked_lately(session, row) > MOST_ASKED:
        return
    for departure in await kept(session):
        if departure.owner_email.lower() == row.payload["email"]:
            await send_link(session, departure, clock.now())


async def mail(session: AsyncSession, confirmation_id: str) -> None:
    """The job: the link in the language of the firm that was; of a demo firm it stays indoors."""
    row = await session.get_one(Confirmation, UUID(confirmation_id))
    departure = await session.get_one(Departure, UUID(str(row.payload["departure"])))
    firm = await session.get_one(Firm, departure.id)
    if departure.destroyed_at is not None:
        return
    until = departure.archive_until
    message = Message(
        _("The sealed archive of %(firm)s", firm=departure.firm_name),
        [
            _("Everything of the firm is erased. What archive rules oblige to keep is sealed; only your key opens it."),
            _("By this link you can fetch it for 30 days. After that ask for a new one at any time: %(url)s",
              url=f"{active().public_url}/archives"),
        ],
        f"/archives/{tokens.token_of(row)}",
        _("Fetch the archive"),
        facts=[(_("Kept until"), until.isoformat() if until is not None else "")],
        foot=_("After that day the archive is destroyed; we write to you two months before."),
    )  # fmt: skip
    await deliver(message, departure.owner_email, departure.asked_by_name, firm.locale, indoors=firm.kind != "live")


async def end_due(session: AsyncSession) -> None:
    """The daily job: keep longer what the law asks to keep longer by now, warn, and destroy what is over."""
    now = clock.now()
    today = now.astimezone(UTC).date()  # the database's day, which the guard goes by
    for departure in await kept(session):
        await session.refresh(departure, with_for_update=True)
        _prolong(session, departure, now)
        if departure.archive_until is None or departure.destroyed_at is not None:
            continue
        if departure.archive_until < today:
            await _destroy(session, departure, now)
        elif departure.archive_until - today <= WARNED and not await _was(session, departure, "warned"):
            note(session, departure, "warned", now)
            await send_link(session, departure, now)


def _prolong(session: AsyncSession, departure: Departure, now: datetime) -> None:
    if departure.archived_at is None or departure.archive_until is None:
        return
    law = term("archives", now.astimezone(CHINA).date())
    until = law.last_day_for(departure.archived_at.astimezone(CHINA).date())
    if until > departure.archive_until:
        note(session, departure, "prolonged", now, before=departure.archive_until.isoformat(), rule=law.source.zh)
        departure.archive_until, departure.archive_rule = until, law.source.zh


async def _destroy(session: AsyncSession, departure: Departure, now: datetime) -> None:
    """The bytes go, and the owner's address; the hash, the rule and the day stay."""
    await store_of(active()).remove(ARCHIVES, departure.archive_sha256)
    departure.destroyed_at, departure.owner_email = now, ""
    until = departure.archive_until.isoformat() if departure.archive_until is not None else ""
    note(session, departure, "destroyed", now, sha256=departure.archive_sha256, size=departure.archive_size,
         until=until, rule=departure.archive_rule)  # fmt: skip


async def _was(session: AsyncSession, departure: Departure, deed: str) -> bool:
    mine = (ArchiveDeed.departure_id == departure.id, ArchiveDeed.deed == deed)
    return await session.scalar(select(ArchiveDeed.id).where(*mine).limit(1)) is not None


def _masked(email: str) -> str:
    """Enough to know one's own address by: z…@example.com."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}…@{domain}" if domain else ""
