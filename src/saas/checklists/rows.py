"""A run as lists and the board show it, and the tabs that all pages of checklists share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists import run_queries
from saas.checklists.models import OVER, ChecklistRun
from saas.checklists.procedures.reading import unread_of
from saas.checklists.workflow import RUN
from saas.identity.models import Membership
from saas.kernel.access import Actor
from saas.kernel.i18n import _

SOON = timedelta(days=2)
At = Callable[[str], str]


def row(run: ChecklistRun, far: tuple[int, int], members: Mapping[UUID, Membership], now: datetime) -> dict[str, Any]:
    """For checklists/_row.html and the board's cells."""
    state = RUN.state(run.state)
    late = run.state not in OVER and run.due_at is not None and run.due_at < now
    done, every = far
    steps = _("%(done)s of %(every)s", done=done, every=every)
    return {
        "run": run,
        "url": RUN.url(run),
        "state": state,
        "late": late,
        "done": done,
        "every": every,
        "tone": tone(run, now),
        "icon": "alarm" if late else state.icon,
        "word": steps if run.state in ("open", "returned") else state.label,
        "person": members.get(run.preparer_id) if run.preparer_id else None,
        "was_late": run.prepared_at is not None and run.due_at is not None and run.prepared_at > run.due_at,
    }


def tone(run: ChecklistRun, now: datetime) -> str:
    """red late, amber due within two days, green done, violet waits for the second person."""
    if run.state in OVER:
        return "" if run.state == "void" else "green"
    if run.due_at is not None and run.due_at < now:
        return "red"
    if run.state in ("prepared", "with_manager"):
        return "violet"
    return "amber" if run.due_at is not None and run.due_at - now < SOON else "accent"


async def tabs(session: AsyncSession, actor: Actor, active: str, at: At, now: datetime) -> list[dict[str, Any]]:
    """The rooms of checklists; those the visitor may open."""
    counts = await run_queries.counted(session, actor, now)
    unread = len(await unread_of(session, actor)) if actor.may("procedures.read") else 0
    rooms = [
        ("board", _("Board"), "/checklists", None),
        ("mine", _("My checklists"), "/checklists/runs?view=mine", counts["mine"]),
        ("sign", _("To sign off"), "/checklists/runs?view=sign", counts["sign"]),
        ("overdue", _("Overdue"), "/checklists/runs?view=overdue", counts["overdue"]),
        ("open", _("All"), "/checklists/runs?view=open", None),
        ("templates", _("What is checked"), "/checklists/templates", None),
        ("procedures", _("Procedures"), "/checklists/procedures", unread or None),
        ("on_time", _("On time"), "/checklists/on-time", None),
    ]
    return [
        {"label": label, "url": at(path), "count": count, "active": name == active}
        for name, label, path, count in rooms
    ]
