"""The letters of a refund: drafted as the preparer's, approved by whoever decides, never sent by one person alone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import queries as cases
from saas.clients import queries as clients
from saas.clients.models import Contact
from saas.firms.queries import with_roles
from saas.identity.actors import actor_for
from saas.identity.queries import members_by_id
from saas.kernel.access import Actor
from saas.kernel.clock import CHINA
from saas.kernel.errors import Forbidden
from saas.kernel.i18n import Text, _
from saas.kernel.module import Event
from saas.kernel.perform import calendar_of
from saas.notices import drafts, issue
from saas.notices import queries as notices
from saas.notices.models import Notice
from saas.refunds import queries
from saas.refunds.assessing.assessment import agreed_of, as_judged
from saas.refunds.facts import terms_of
from saas.refunds.models import Refund
from saas.refunds.writing.letter_content import decision_content, offer_content, rejection_content, with_days
from saas.refunds.writing.letter_kinds import DECISION, OFFER, REJECTION


async def draft_offer(session: AsyncSession, event: Event) -> None:
    """refund.assessed: the offer stands ready as the preparer's draft; a second person sees it before it goes."""
    refund: Refund = event.row
    terms = await terms_of(session, refund)
    agreed = await agreed_of(session, refund)
    case = await cases.case_or_none(session, refund.case_id) if refund.case_id else None
    policy = await queries.policy(session, refund.policy_id)
    content = offer_content(
        refund,
        await queries.contract(session, refund.contract_id),
        await queries.receipts(session, refund.contract_id),
        agreed,
        as_judged(terms, refund.reason, case),
        policy,
        await queries.accepted_policy(session, refund.contract_id),
        await queries.payee(session, refund.id),
        await _manager(session),
    )
    title = OFFER.label
    until = await _working_days(session, event.now, terms.offer_days)
    notice = await _draft(session, refund, OFFER.name, title, with_days(content, until), until, event.now)
    refund.offer_id = notice.id


async def send_offer(session: AsyncSession, event: Event) -> None:
    """refund.countersigned: approved by the second person, its days counted from now; it is not sent otherwise."""
    refund: Refund = event.row
    if refund.offer_id is None:
        raise Forbidden(_("The offer has no letter yet: send the calculation back and propose it again."))
    notice = await notices.notice(session, refund.offer_id)
    terms = await terms_of(session, refund)
    until = await _working_days(session, event.now, terms.offer_days)
    if notice.answer_by != until:
        author = await _preparer(session, refund)
        content = {name: value for name, value in notice.content.items() if name != "answer_by"}
        await drafts.rewrite(session, author, notice, content=with_days(content, until), answer_by=until,
                             now=event.now)  # fmt: skip
    refund.offered_until = until
    await issue.approve(session, notice, event.actor, event.now)


async def drop_drafts(session: AsyncSession, event: Event) -> None:
    """The calculation is made again or the matter is over: what was only drafted goes with it."""
    reason = str(event.detail.get("reason") or _("The calculation is made again."))
    await drafts.drop(session, event.actor, event.row.id, reason, event.now)


async def send_rejection(session: AsyncSession, event: Event) -> None:
    """refund.rejected: the reason, and how and until when to object."""
    refund: Refund = event.row
    await drop_drafts(session, event)
    terms = await terms_of(session, refund)
    content = rejection_content(
        refund,
        await queries.contract(session, refund.contract_id),
        terms,
        await queries.policy(session, refund.policy_id),
        await queries.accepted_policy(session, refund.contract_id),
        await _manager(session),
    )
    until = await _working_days(session, event.now, terms.appeal_days)
    title = REJECTION.label
    notice = await _draft(session, refund, REJECTION.name, title, with_days(content, until), until, event.now)
    refund.rejection_id, refund.appeal_until = notice.id, until
    await issue.approve(session, notice, event.actor, event.now)


async def send_decision(session: AsyncSession, event: Event) -> None:
    """refund.refused: the manager's final word on the objection."""
    refund: Refund = event.row
    acceptance = await queries.accepted_policy(session, refund.contract_id)
    contract = await queries.contract(session, refund.contract_id)
    terms = await terms_of(session, refund)
    content = decision_content(refund, contract, terms, acceptance.clause if acceptance is not None else "")
    content["remedy"]["until"] = ""
    title = DECISION.label
    notice = await _draft(session, refund, DECISION.name, title, content, None, event.now)
    await issue.approve(session, notice, event.actor, event.now)


async def _draft(
    session: AsyncSession, refund: Refund, kind: str, title: Text, content: dict[str, Any], until: date | None,
    now: datetime,
) -> Notice:  # fmt: skip
    """A letter as the preparer's. What was issued before is superseded by it once it is approved."""
    await drafts.drop(session, await _preparer(session, refund), refund.id, str(_("A newer letter replaces it.")), now)
    return await drafts.draft(
        session,
        await _preparer(session, refund),
        kind=kind,
        client=await clients.client(session, refund.client_id),
        subject_kind="refund",
        subject_id=refund.id,
        title=title,
        content=content,
        locale=_locale(await _speaker(session, refund)),
        answer_by=until,
        now=now,
        supersedes=await notices.standing(session, refund.id) if kind != DECISION.name else None,
    )


async def _speaker(session: AsyncSession, refund: Refund) -> Contact | None:
    """Who speaks for the client in this matter, else whose yes counts."""
    here = await clients.contacts(session, refund.client_id)
    return next((c for c in here if c.id == refund.contact_id), here[0] if here else None)


def _locale(contact: Contact | None) -> str:
    return contact.locale if contact is not None and contact.locale in ("en", "both") else "zh"


async def _preparer(session: AsyncSession, refund: Refund) -> Actor:
    """The letter's author, as the kernel knows members."""
    return await acting(session, refund.preparer_id)


async def acting(session: AsyncSession, member_id: UUID | None) -> Actor:
    member = (await members_by_id(session)).get(member_id) if member_id else None
    if member is None:
        raise Forbidden(_("Nobody prepares this refund yet: hand it to somebody first."))
    return actor_for(member)


async def _manager(session: AsyncSession) -> str:
    """Who looks at an objection: the firm's manager, else its owner."""
    people = await with_roles(session, ["manager"]) or await with_roles(session, ["owner"])
    return people[0].name if people else ""


async def _working_days(session: AsyncSession, now: datetime, days: int) -> date:
    calendar = await calendar_of(session)
    return calendar.add_working_days(now.astimezone(CHINA).date(), days)
