"""What is missing: asked of the client by mail with a link, sent in or recorded, or gone on without by a reviewer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.communication import log
from saas.clients.models import Contact
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Forbidden, Invalid
from saas.kernel.i18n import _, listed
from saas.kernel.perform import locked, perform
from saas.refunds import queries
from saas.refunds.asking.client_mails import MISSING
from saas.refunds.checklist import EVIDENCE, shown
from saas.refunds.models import Missing, Refund
from saas.refunds.workflow import CLARIFIED_IN, REFUND

WAIVED_IN = CLARIFIED_IN | {"clarifying"}


@dataclass(frozen=True, slots=True)
class Given:
    """One thing that was missing and is here: in words, as files, by whom and how."""

    text: str
    by_name: str
    how: str = "link"
    files: tuple[dict[str, Any], ...] = ()


async def ask(
    session: AsyncSession, actor: Actor, refund: Refund, contact: Contact, wanted: Mapping[str, str], now: datetime
) -> list[Missing]:
    """Send the list of what is missing: {key of the checklist: our words}; the clock stands still meanwhile.

    The same list sent twice is one mail. Conflict outside the states for it, Invalid for an empty list or a contact
    without an address.
    """
    refund = await locked(session, REFUND, refund.id)
    if refund.state not in WAIVED_IN:
        raise Conflict(_("Papers are asked for before the calculation is proposed."))
    if refund.preparer_id != actor.id:
        raise Forbidden(_("This step belongs to whoever prepares the refund."), action="refund.clarify",
                        subject_id=refund.id)  # fmt: skip
    if not wanted:
        raise Invalid(_("List what is missing first."))
    out = {(one.what, one.text) for one in await queries.asked(session, refund.id) if one.is_open}
    asked = [
        Missing(refund_id=refund.id, what=what, text=text, asked_by=actor.id, asked_at=now, contact_id=contact.id)
        for what, text in wanted.items()
        if what in EVIDENCE and (what, text) not in out
    ]
    if not asked:
        return []
    session.add_all(asked)
    await session.flush()
    sent = await MISSING.send(session, refund, contact, now)
    if sent is None:
        raise Invalid(_("%(name)s has no e-mail address. Telephone and record the answers here.", name=contact.name))
    summary = str(_("Asked for: %(what)s", what=listed(f"{EVIDENCE[one.what]} {one.text}".strip() for one in asked)))
    log(session, actor, await clients.client(session, refund.client_id), now, channel=sent.channel, direction="out",
        summary=summary, contact=contact, subject_kind="refund", subject_id=refund.id)  # fmt: skip
    if refund.state != "clarifying":
        await perform(session, REFUND, refund.id, "clarify", actor, now=now)
    return asked


async def answer(
    session: AsyncSession, actor: Actor, refund: Refund, given: Sequence[tuple[Missing, Given]], now: datetime
) -> int:
    """Take down what came; how many were new. With the last one the clock goes on."""
    refund = await locked(session, REFUND, refund.id)
    if refund.state != "clarifying":
        raise Conflict(_("This matter has moved on: nothing can be added here any more. Please telephone us."))
    new = [(one, said) for one, said in given if one.is_open and (said.text or said.files)]
    for one, said in new:
        one.answer, one.files = said.text, [{**file, "shows": one.what} for file in said.files]
        one.answered_at, one.answered_by = now, said.by_name
    if new:
        await session.flush()
        await _log(session, actor, refund, new, now)
        await _go_on(session, actor, refund, now)
    return len(new)


async def waive(session: AsyncSession, actor: Actor, refund: Refund, what: str, reason: str, now: datetime) -> None:
    """A reviewer who did not prepare the refund goes on without one paper, and says why."""
    refund = await locked(session, REFUND, refund.id)
    if refund.state not in WAIVED_IN or what not in EVIDENCE:
        raise Conflict(_("Papers are asked for before the calculation is proposed."))
    if str(actor.id) in refund.preparers or actor.id == refund.requested_by:
        raise Forbidden(_("Nobody reviews their own work: a second person has to do this."), action="refund.waive",
                        subject_id=refund.id)  # fmt: skip
    asked = await queries.asked(session, refund.id)
    if what in shown(refund, await queries.receipts(session, refund.contract_id), asked):
        return
    row = next((one for one in asked if one.what == what and one.is_open), None)
    if row is None:
        row = Missing(refund_id=refund.id, what=what, asked_by=actor.id, asked_at=now)
        session.add(row)
    row.waived_by, row.answer = actor.id, reason
    await session.flush()
    record(session, actor, "refunds.waive", now, subject=refund, client_id=refund.client_id,
           summary=str(EVIDENCE[what]), reason=reason)  # fmt: skip
    await _go_on(session, actor, refund, now)


async def _go_on(session: AsyncSession, actor: Actor, refund: Refund, now: datetime) -> None:
    """Nothing is open any more: the clock runs again."""
    if refund.state != "clarifying":
        return
    if not any(one.is_open for one in await queries.asked(session, refund.id)):
        await perform(session, REFUND, refund.id, "supply", actor, now=now)


async def _log(
    session: AsyncSession, actor: Actor, refund: Refund, given: Sequence[tuple[Missing, Given]], now: datetime
) -> None:
    """What was sent in is an exchange with the client too (requirement R2.4)."""
    said = given[0][1]
    summary = "；".join(f"{EVIDENCE[one.what]} {said.text}".strip() for one, said in given)
    log(session, actor, await clients.client(session, refund.client_id), now, channel=said.how, direction="in",
        contact_name=said.by_name, summary=summary, files=[f for _one, said in given for f in said.files],
        subject_kind="refund", subject_id=refund.id)  # fmt: skip
