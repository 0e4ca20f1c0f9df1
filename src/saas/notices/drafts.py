"""Drafting a letter: filled in from what firm and client are known to be, complete before it may be issued."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client
from saas.firms.queries import profile as profile_of
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict
from saas.kernel.i18n import Text, _
from saas.kernel.perform import locked, perform, start
from saas.notices import queries
from saas.notices.content import is_empty, plain
from saas.notices.forms import Reason
from saas.notices.frame import head_name
from saas.notices.gaps import missing
from saas.notices.letters import Letter
from saas.notices.models import Notice
from saas.notices.workflow import NOTICE

__all__ = ["discard", "draft", "drop", "missing", "rewrite"]


async def draft(
    session: AsyncSession,
    actor: Actor,
    *,
    kind: str,
    client: Client,
    subject_kind: str,
    subject_id: UUID,
    title: Text,
    content: dict[str, Any],
    locale: str,
    answer_by: date | None,
    now: datetime,
    supersedes: Notice | None = None,
) -> Notice:
    """A new letter in the state draft. `content` has the kind's slots; `locale` is zh, en or both.

    Names of handler and head, telephone and day of answer are filled in where the content leaves them out. A letter
    that `supersedes` another of its kind keeps its serial and becomes the next version; one of another kind gets a
    number of its own. Conflict where the earlier one was never issued.
    """
    if actor.id is None:
        raise ValueError("a letter needs an author")
    notice = Notice(
        client_id=client.id,
        kind=Letter.kind(kind).name,
        subject_kind=subject_kind,
        subject_id=subject_id,
        locale=locale,
        title=title,
        content=await _filled(session, actor, plain(content), answer_by),
        answer_by=answer_by,
        author_id=actor.id,
        owner_id=actor.id,
        **_place(kind, supersedes),
    )
    await start(session, NOTICE, notice, actor, now=now, summary=str(title))
    return notice


def _place(kind: str, supersedes: Notice | None) -> dict[str, Any]:
    """After which letter it comes, and as which version of what number. Conflict where that one is a draft."""
    if supersedes is None:
        return {"supersedes_id": None, "year": None, "serial": None, "version": 1}
    if not supersedes.is_frozen:
        raise Conflict(_("The earlier letter is still a draft: change that one."))
    same = supersedes.kind == kind
    return {
        "supersedes_id": supersedes.id,
        "year": supersedes.year if same else None,
        "serial": None,
        "version": supersedes.version + 1 if same else 1,
    }


async def rewrite(
    session: AsyncSession,
    actor: Actor,
    notice: Notice,
    *,
    content: dict[str, Any],
    answer_by: date | None,
    now: datetime,
    title: Text | None = None,
) -> Notice:
    """Replace what a draft says. Conflict once it is under review or approved. Whoever rewrites does not approve."""
    notice = await locked(session, NOTICE, notice.id)
    if notice.state != "draft":
        raise Conflict(_("This letter is no draft any more: what it says cannot be changed."))
    notice.content = await _filled(session, actor, plain(content), answer_by)
    notice.answer_by, notice.title = answer_by, title or notice.title
    if actor.kind == "member" and actor.id != notice.author_id:
        notice.edited_by = sorted({*notice.edited_by, str(actor.id)})
    record(session, actor, "notice.rewrite", now, subject=notice, client_id=notice.client_id)
    await session.flush()
    return notice


async def discard(session: AsyncSession, actor: Actor, notice: Notice, reason: str, now: datetime) -> Notice:
    """Give up a letter that was never approved; it takes no number. One that belongs to a record goes with its plan."""
    how = "discard" if notice.stands_alone else "drop"
    found: Notice = await perform(session, NOTICE, notice.id, how, actor, Reason(reason), now=now)
    return found


async def drop(session: AsyncSession, actor: Actor, subject_id: UUID, reason: str, now: datetime) -> list[Notice]:
    """Give up every draft of a record whose plan is gone; what was approved stands until another replaces it."""
    waiting = await queries.drafts_of(session, subject_id)
    return [await perform(session, NOTICE, notice.id, "drop", actor, Reason(reason), now=now) for notice in waiting]


async def _filled(
    session: AsyncSession, actor: Actor, content: dict[str, Any], answer_by: date | None
) -> dict[str, Any]:
    profile = await profile_of(session)
    known = {
        "handler": actor.name,
        "head": await head_name(session, profile),
        "contact": actor.name,
        "phone": profile.phone,
        "answer_by": answer_by.isoformat() if answer_by else "",
    }
    content.pop("letter", None)  # an earlier version's frame
    return {**content, **{name: value for name, value in known.items() if is_empty(content.get(name))}}
