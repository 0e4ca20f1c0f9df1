"""“You said, we did” beside a change: the notes that tell clients of it, and the address that begins one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncSession

from saas.improvement.changes.change_models import Change
from saas.improvement.lessons import queries as lessons
from saas.kernel.access import Actor
from saas.surveys.notes import queries as notes


async def told(session: AsyncSession, change: Change, actor: Actor) -> dict[str, Any]:
    """`notes` with how many contacts each goes to; `note_url` for whoever may write one of what is in force."""
    found = await notes.of_change(session, change.number)
    recipients = await notes.recipients(session, [note.id for note in found])
    may_write = actor.may("surveys.manage") and change.state not in ("draft", "proposed", "withdrawn")
    return {
        "notes": [{"note": note, "told": len(recipients.get(note.id, ()))} for note in found],
        "note_url": await _begin(session, change) if may_write else "",
    }


async def _begin(session: AsyncSession, change: Change) -> str:
    """With its number, what is done, and the answer that asked for it."""
    words = {"change": change.number, "did": change.proposal[:1000]}
    if change.source_kind == "inbox" and change.source_id is not None:
        item = await lessons.item(session, change.source_id)
        if item.source_kind == "survey" and item.source_id is not None:
            words["survey"] = str(item.source_id)
    return f"/surveys/notes/new?{urlencode(words)}"
