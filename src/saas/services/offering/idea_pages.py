"""Wanted but not offered: written by hand, fed by refunds and lost leads, taken up or put aside (R20.1)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock
from saas.kernel.errors import Invalid
from saas.kernel.forms import submitted
from saas.kernel.i18n import Text, _
from saas.kernel.module import Event
from saas.kernel.pages import Db, Req, actor_of, to
from saas.refunds.lists import listing
from saas.refunds.models import Refund
from saas.services.offering import catalogue

LOST: dict[str, Text] = {
    "price": _("too dear"),
    "not_offered": _("we do not offer it"),
    "competitor": _("went to another firm"),
    "no_need": _("no need any more"),
    "silent": _("not heard of again"),
}


class IdeaForm(Struct):
    words: Annotated[str, Meta(max_length=300)]


class Aside(Struct):
    words: Annotated[str, Meta(max_length=300)]


async def why_names(session: AsyncSession) -> dict[str, str]:
    """Reasons of refunds and of lost leads in the reader's words."""
    return {**{key: str(label) for key, label in LOST.items()}, **dict(await listing.reasons(session))}


async def refund_chose_plan(session: AsyncSession, event: Event) -> None:
    """A client wanted another plan instead of money."""
    refund: Refund = event.row
    if refund.outcome == "plan":
        await _from_refund(session, event, refund)


async def refund_paid(session: AsyncSession, event: Event) -> None:
    """A client left with words of its own about why: something it wanted and did not find here."""
    refund: Refund = event.row
    if refund.reason_text:
        await _from_refund(session, event, refund)


async def _from_refund(session: AsyncSession, event: Event, refund: Refund) -> None:
    words = (refund.outcome_reason or refund.reason_text or refund.number)[:300]
    await catalogue.note_idea(session, event.actor, event.now, words, origin=f"refund:{refund.id}", why=refund.reason,
                              client_id=refund.client_id, url=f"/refunds/{refund.id}")  # fmt: skip


@post("/f/{slug:str}/services/ideas", opt={"permission": "services.write"}, status_code=200)
async def write(request: Req, session: Db) -> Response[Any]:
    form = await submitted(request, IdeaForm)
    if not form.ok:
        raise Invalid(_("Say in a few words what is wanted."))
    await catalogue.note_idea(session, actor_of(request), clock.now(), form.taken.words)
    return to("/services#ideas", request)


@post("/f/{slug:str}/services/ideas/{row_id:uuid}/aside", opt={"permission": "services.manage"}, status_code=200)
async def aside(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    form, one = await submitted(request, Aside), await catalogue.idea(session, row_id)
    if not form.ok:
        raise Invalid(_("Say in a few words why it is not taken up."))
    await catalogue.decide(session, one, "aside", actor_of(request), clock.now(), words=form.taken.words)
    return to("/services#ideas", request)


ROUTES = [write, aside]
