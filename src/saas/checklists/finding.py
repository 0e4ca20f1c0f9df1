"""Checklists and procedures in the search."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists import queries
from saas.checklists.procedures import procedure_queries
from saas.kernel.access import Actor
from saas.kernel.i18n import _
from saas.kernel.module import Hit

MOST = 10


async def search(session: AsyncSession, actor: Actor, wanted: str) -> Sequence[Hit]:
    """Procedures by title and text, checklists by name and steps, in either language."""
    hits: list[Hit] = []
    if actor.may("procedures.read"):
        for version in await procedure_queries.saying(session, wanted, MOST):
            note = _("version %(n)s", n=version.version)
            url = f"/checklists/procedures/{version.procedure_id}"
            hits.append(Hit(_("Procedures"), "book-2", version.title, note, url))
    if actor.may("checklists.read"):
        word = wanted.casefold()
        for found in await queries.current(session):
            plan = found.plan
            texts = [plan.name, plan.purpose, *(step.title for step in plan.steps)]
            if any(word in f"{text.zh} {text.en}".casefold() for text in texts):
                url = f"/checklists/templates/{found.checklist.id}"
                note = _("%(n)s steps", n=len(plan.steps))
                hits.append(Hit(_("Checklists"), "list-check", plan.name.said, note, url))
    return hits[: 2 * MOST]
