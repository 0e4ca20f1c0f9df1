"""The letter of a case that needs no voucher: what was found, and what the client has to know or do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case
from saas.clients import queries as clients
from saas.clients.models import Contact
from saas.identity.actors import actor_for
from saas.identity.queries import members_by_id
from saas.kernel.access import Actor
from saas.kernel.clock import CHINA
from saas.kernel.errors import Forbidden
from saas.kernel.i18n import Text, _
from saas.kernel.perform import calendar_of
from saas.notices import queries as notices
from saas.notices.drafts import draft
from saas.notices.issue import approve

ANSWER_WITHIN = 5  # working days the client has


async def send(session: AsyncSession, case: Case, approver: Actor, now: datetime) -> None:
    """Draft the letter as the owner's, approve it as the reviewer's, in the transaction that settles the case."""
    author = await _owner(session, case)
    contacts = await clients.approvers(session, case.client_id) or list(await clients.contacts(session, case.client_id))
    if not contacts:
        raise Forbidden(_("The client has nobody to write to yet. Add a contact who may approve."))
    calendar = await calendar_of(session)
    notice = await draft(
        session,
        author,
        kind="general",
        client=await clients.client(session, case.client_id),
        subject_kind="case",
        subject_id=case.id,
        title=_("Letter about %(title)s", title=case.title),
        content=_content(case),
        locale=_locale(contacts[0]),
        answer_by=calendar.add_working_days(now.astimezone(CHINA).date(), ANSWER_WITHIN),
        now=now,
        supersedes=await notices.standing(session, case.id),
    )
    case.notice_id = notice.id
    await approve(session, notice, approver, now)


def _content(case: Case) -> dict[str, Any]:
    return {
        "text": _found(case),
        "duties": [line.strip() for line in case.outcome_reason.splitlines() if line.strip()],
    }


def _found(case: Case) -> Text:
    known = {"title": case.title, "cause": case.cause, "expectation": case.expectation}
    if case.outcome == "external":
        return _(
            "We found the following in your books: %(title)s. The cause lies outside the bookkeeping: %(cause)s\n"
            "You told us what you expect: %(expectation)s",
            **known,
        )
    return _(
        "We found the following in your books: %(title)s. Nothing has to be booked: %(cause)s\n"
        "You told us what you expect: %(expectation)s",
        **known,
    )


def _locale(contact: Contact) -> str:
    return contact.locale if contact.locale in ("en", "both") else "zh"


async def _owner(session: AsyncSession, case: Case) -> Actor:
    member = (await members_by_id(session)).get(case.owner_id) if case.owner_id else None
    if member is None:
        raise Forbidden(_("The case has no owner yet: triage it first."))
    return actor_for(member)
