"""The letter with a plan: drafted as its author's, approved as the approver's, answered by link."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.firms.notifications import notify
from saas.identity.actors import actor_for
from saas.identity.queries import member
from saas.kernel.access import SYSTEM
from saas.kernel.i18n import Both, Listed, Text, _
from saas.kernel.module import Event
from saas.kernel.perform import perform
from saas.kernel.tenancy import of_this_firm
from saas.notices import drafts, issue
from saas.notices.letters import Letter, LetterKind, Slot
from saas.refunds.payment.closing import OTHER_PLAN
from saas.services.offering import proposing
from saas.services.offering.offering_models import Proposal
from saas.services.offering.proposing import PROPOSAL, Accepted, Reason
from saas.services.words import UNITS
from saas.tasks.errands import finish

SLOTS = (
    Slot("text", "text", editor=""),
    Slot("lines", "text", editor=""),
    Slot("answer_by", "reply_by", editor=""),
    Slot("handler", "handler", editor="line"),
    Slot("head", "head", editor="line"),
    Slot("contact", "contact", editor="line"),
)
SERVICE_OFFER = Letter.register_kind(
    LetterKind(
        "service_offer",
        _("Offer of services"),
        tuple(slot.name for slot in SLOTS),
        "documents/notices/service_offer.html",
        mark="报",
        about=_("our offer to you"),
        slots=SLOTS,
    )
)


async def approved(session: AsyncSession, event: Event) -> None:
    """The reaction to `proposal.approved`: the offer goes out. Forbidden where firm or client lack what it shows."""
    made: Proposal = event.row
    client = await clients.client(session, made.client_id)
    people = await clients.approvers(session, client.id)
    letter = await drafts.draft(
        session,
        actor_for(await member(session, made.prepared_by)),
        kind=SERVICE_OFFER.name,
        client=client,
        subject_kind=PROPOSAL.name,
        subject_id=made.id,
        title=_("Offer of services"),
        content=await content(session, made),
        locale=people[0].locale if people and people[0].locale in ("en", "both") else "zh",
        answer_by=made.answer_by,
        now=event.now,
    )
    made.notice_id = letter.id
    await issue.approve(session, letter, event.actor, event.now)


async def content(session: AsyncSession, made: Proposal) -> dict[str, Any]:
    """The slots of the kind "service_offer"; amounts in fen."""
    has_plan = any(line["kind"] == "plan" for line in made.lines)
    ending = await proposing.running(session, made.client_id, made.effective_on) if has_plan else []
    return {
        "text": _("From %(day)s for %(months)s months: %(month)s yuan a month, %(price)s yuan for the whole term. "
                  "Please confirm by link if you want it; nothing changes before that.",
                  day=made.effective_on.isoformat(), months=made.months, month=str(made.monthly),
                  price=str(made.price)),
        "number": made.number,
        "lines": [{"label": Both(line["name"].get("zh", ""), line["name"].get("en", "")),
                   "basis": UNITS[line["unit"]], "quantity": line["quantity"],
                   "unit_fen": line["price_fen"], "amount_fen": line["price_fen"] * line["quantity"]}
                  for line in made.lines],
        "effective_on": made.effective_on,
        "months": made.months,
        "gift_months": made.gift_months,
        "discount_fen": made.discount.fen,
        "monthly_fen": made.monthly.fen,
        "price_fen": made.price.fen,
        "before_fen": made.before.fen,
        "replaces": Listed(one.number for one in ending) if ending else "",
        "recipients": [],
    }  # fmt: skip


async def answered(session: AsyncSession, event: Event) -> None:
    """The client confirmed the offer."""
    made = await _of(session, event)
    if made is not None and made.state == "offered":
        name = str(event.detail.get("contact_name") or event.actor.name)
        await perform(session, PROPOSAL, made.id, "agree", event.actor, Accepted(name, "link"), now=event.now)


async def refused(session: AsyncSession, event: Event) -> None:
    """The client does not want it, or the letter ended without an answer."""
    made = await _of(session, event)
    if made is not None and made.state == "offered":
        words = str(event.detail.get("text") or event.detail.get("reason") or _("ended without an answer"))
        await perform(session, PROPOSAL, made.id, "lapse", SYSTEM, Reason(words[:1000]), now=event.now)


async def accepted(session: AsyncSession, event: Event) -> None:
    """The reaction to `proposal.accepted`: contract, tier, and the errand of the refund that asked for it."""
    made: Proposal = event.row
    await proposing.write_contract(session, made, event.actor, event.now)
    if made.refund_id is not None:
        await finish(session, made.refund_id, (OTHER_PLAN.msgid,), event.now, None)
    said: Text = _("%(name)s accepted the plan %(number)s", name=made.accepted_by, number=made.number)
    await notify(session, [made.prepared_by], "answer", said, PROPOSAL.url(made), event.now)


async def _of(session: AsyncSession, event: Event) -> Proposal | None:
    letter = event.row
    if letter.kind != SERVICE_OFFER.name or letter.subject_id is None:
        return None
    found: Proposal | None = await session.scalar(
        select(Proposal).where(of_this_firm(Proposal), Proposal.id == letter.subject_id)
    )
    return found
