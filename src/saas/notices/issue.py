"""Approval: the content is frozen, numbered and fingerprinted in the transaction that says yes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.access import SYSTEM, Actor
from saas.kernel.limits import require_room
from saas.kernel.module import Event
from saas.kernel.outbox import enqueue
from saas.kernel.perform import locked, perform
from saas.kernel.serials import next_serial
from saas.notices import numbering, queries
from saas.notices.content import fingerprint, is_empty
from saas.notices.frame import Frame, frame_of
from saas.notices.letters import Letter
from saas.notices.models import Notice
from saas.notices.phrases import own_words
from saas.notices.workflow import NOTICE

OVER = ("withdrawn", "superseded")  # a later version says so on the verify page, but the state stays


async def approve(session: AsyncSession, notice: Notice, actor: Actor, now: datetime) -> Notice:
    """Approve a letter together with the record that owns it: frozen, numbered, and on its way to the printer.

    Forbidden for the author and for anyone who edited the draft, and while a required field is empty.
    """
    found: Notice = await perform(session, NOTICE, notice.id, "approve", actor, now=now)
    return found


async def freeze(session: AsyncSession, event: Event) -> None:
    """The reaction to `notice.approved`: from here on the content never changes (a trigger refuses it)."""
    notice: Notice = event.row
    if event.actor.kind == "member":
        await require_room(session, "mails")
    frame = await frame_of(session, notice)
    earlier = await _earlier(session, notice)
    year = event.now.astimezone(ZoneInfo(frame.firm.zone)).year
    if earlier is not None and earlier.kind == notice.kind:
        notice.version = await queries.latest_version(session, earlier) + 1
        notice.year, notice.serial = earlier.year, earlier.serial
    else:
        notice.year, notice.serial = year, await next_serial(session, f"notice:{notice.kind}"[:32], year)
    notice.verify_code = numbering.new_code(frame.firm.code)
    notice.verify_hash = numbering.read_code(notice.verify_code)[1]
    notice.content = _frozen(notice, frame, event.actor, event.now)
    notice.content_sha256 = fingerprint(notice.content)
    await session.flush()
    if earlier is not None:
        earlier.superseded_by_id = notice.id
        if earlier.state not in OVER:
            await perform(session, NOTICE, earlier.id, "supersede", SYSTEM, now=event.now)
    enqueue(session, "notices.render", notice_id=notice.id)


def _frozen(notice: Notice, frame: Frame, actor: Actor, now: datetime) -> dict[str, Any]:
    """The draft's content with everything around it that the letter will show."""
    kind = Letter.kind(notice.kind)
    day = now.astimezone(ZoneInfo(frame.firm.zone)).date()
    mark = frame.mark(day)
    letter = {
        "kind": kind.name,
        "title": notice.title.store(),
        "locale": notice.locale,
        "serial": numbering.serial_text(mark, kind.mark, notice.year or 0, notice.serial or 0),
        "version": notice.version,
        "date": day.isoformat(),
        "verify_code": notice.verify_code,
        "sender": frame.sender(),
        "addressee": frame.addressee(),
        "words": own_words(frame.profile, day, frame.tier),
    }
    reviewer = {} if not is_empty(notice.content.get("reviewer")) else {"reviewer": actor.name}
    return {**notice.content, **reviewer, "letter": letter}


async def _earlier(session: AsyncSession, notice: Notice) -> Notice | None:
    if notice.supersedes_id is None:
        return None
    found: Notice = await locked(session, NOTICE, notice.supersedes_id)
    return found
