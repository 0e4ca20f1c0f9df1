"""A person's request about their own data: answered within fifteen working days, refused only with a reason."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Contact
from saas.clients.readdressing import follow_address
from saas.firms.notifications import notify
from saas.firms.queries import with_roles
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.clock import CHINA
from saas.kernel.errors import Conflict, Invalid
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.perform import calendar_of
from saas.privacy import people, queries
from saas.privacy.models import DataRequest

DAYS = (
    15  # working days: the firm's policy (PIPL art. 50 asks for a prompt answer; 15 working days are the usual measure)
)
NEAR = 3  # days before the day on which managers are told
KINDS: dict[str, Text] = {
    "copy": _("A copy of everything about them"),
    "correction": _("A correction"),
    "deletion": _("A deletion"),
}


async def take(
    session: AsyncSession, actor: Actor, now: datetime, *, key: UUID, kind: str, person_kind: str, person_id: UUID,
    wish: str, proof: str, asked_on: date,
) -> DataRequest:  # fmt: skip
    """Write a request down; the same form sent twice is one request."""
    known = await queries.request_by_key(session, key)
    if known is not None:
        return known
    person = await people.person_row(session, person_kind, person_id)
    if person is None:
        raise Invalid(_("This person is not known here any more."))
    calendar = await calendar_of(session)
    request = DataRequest(
        id=uuid7(), key=key, kind=kind, person_kind=person_kind, person_id=person_id, person_name=person.name,
        wish=wish, proof=proof, asked_on=asked_on, due_on=calendar.add_working_days(asked_on, DAYS),
        recorded_by=actor.id, recorded_at=now,
    )  # fmt: skip
    session.add(request)
    record(session, actor, "privacy.request", now, subject=request, kind=kind, due_on=request.due_on.isoformat())
    return request


async def answer(
    session: AsyncSession, request: DataRequest, actor: Actor, now: datetime, *, refused: bool, words: str,
    wanted: dict[str, str],
) -> None:  # fmt: skip
    """Do what was asked, or say why not. A correction and a deletion happen here, in the same transaction."""
    if request.answered_at is not None:
        raise Conflict(_("This request is answered already."))
    if not words.strip():
        raise Invalid(fields={"words": _("Say what was done, or why it is refused: the person has a right to it.")})
    if not refused:
        await _do(session, request, actor, now, wanted)
    request.refused, request.answer = refused, words.strip()
    request.answered_by, request.answered_at = actor.id, now
    deed = "privacy.refuse" if refused else "privacy.answer"
    record(session, actor, deed, now, subject=request, kind=request.kind, fields=sorted(request.changed))


async def _do(session: AsyncSession, request: DataRequest, actor: Actor, now: datetime, wanted: dict[str, str]) -> None:
    if request.kind == "copy":
        return
    row = await people.person_row(session, request.person_kind, request.person_id)
    if row is None:
        raise Invalid(_("This person is not known here any more."))
    before = row.email
    if request.kind == "correction":
        request.changed = people.correct(row, request.person_kind, wanted)
        if not request.changed:
            raise Invalid(fields={"words": _("Nothing is changed: put in what is right.")})
        if isinstance(row, Contact):
            await follow_address(session, row, before, actor, now)
        return
    if request.person_kind == "member" and row.left_at is None:
        raise Invalid(
            fields={"words": _("They still work here: their data is needed for that. Refuse with this reason.")}
        )
    request.changed = {name: ["", ""] for name in people.anonymise(row, now)}  # not kept: it was to go
    request.person_name, request.wish = people.ERASED, ""
    if isinstance(row, Contact):
        await follow_address(session, row, before, actor, now)


async def remind(session: AsyncSession, now: datetime) -> int:
    """Tell managers once of each open request whose day is near; how many."""
    today = now.astimezone(CHINA).date()
    told = 0
    for request in await queries.data_requests(session):
        if request.answered_at is None and request.reminded_on is None and (request.due_on - today).days <= NEAR:
            request.reminded_on = today
            readers = [member.id for member in await with_roles(session, ("owner", "manager"))]
            text = _("%(name)s waits for an answer about their data until %(day)s.", name=request.person_name,
                     day=request.due_on.isoformat())  # fmt: skip
            await notify(session, readers, "security", text, f"/settings/privacy/requests/{request.id}", now)
            told += 1
    return told
