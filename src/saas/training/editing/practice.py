"""What happened becomes what is taught: exercises from closed cases, talks from closed refunds, without any name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.adjustments.correction.methods import NAMES
from saas.adjustments.models import Adjustment
from saas.adjustments.planning import stored_choice, stored_mistakes
from saas.cases.models import Case
from saas.clients import queries as clients
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Invalid, Missing
from saas.kernel.i18n import LOCALES, Text, _, reading
from saas.kernel.identifiers import uuid7
from saas.kernel.money import ZERO
from saas.kernel.tenancy import of_this_firm
from saas.refunds.lists.listing import reasons
from saas.refunds.models import Refund
from saas.refunds.watch.anonymous import anonymised
from saas.refunds.watch.closed import DECIDED, names_around
from saas.refunds.words import OUTCOMES
from saas.training import queries
from saas.training.course_models import CourseVersion, Question
from saas.training.editing.anonymising import given_of
from saas.training.questions.kinds import Given
from saas.training.questions.voucher import exercise

LATEST = 30
RUBRIC = _("Scored: taking it down, keeping to the policy, promising nothing before it is checked.")
Both = dict[str, str]


def in_both(words: Callable[[], Any]) -> Both:
    """What `words` gives in each language."""
    said: Both = {}
    for locale in LOCALES:
        with reading(locale):
            said[locale] = str(words())
    return said


async def corrected_cases(session: AsyncSession) -> Sequence[tuple[Case, Adjustment]]:
    """Closed cases whose correction stands in the books, the latest first."""
    query = (
        select(Case, Adjustment)
        .join(Adjustment, (Adjustment.firm_id == Case.firm_id) & (Adjustment.case_id == Case.id))
        .where(of_this_firm(Case), Case.state == "closed", Adjustment.verified_at.is_not(None))
        .order_by(Adjustment.verified_at.desc())
        .limit(LATEST)
    )
    return [(case, adjustment) for case, adjustment in (await session.execute(query)).all()]


async def decided_refunds(session: AsyncSession) -> Sequence[Refund]:
    """Closed refunds that say something about the rule, the latest first."""
    query = select(Refund).where(of_this_firm(Refund), Refund.closed_at.is_not(None), Refund.outcome.in_(DECIDED))
    return (await session.scalars(query.order_by(Refund.closed_at.desc()).limit(LATEST))).all()


async def exercise_of_case(
    session: AsyncSession, draft: CourseVersion, case_id: UUID, actor: Actor, now: datetime
) -> Question:
    """A voucher exercise in the draft. Invalid where the engine cannot solve the case without its books."""
    found = next((pair for pair in await corrected_cases(session) if pair[0].id == case_id), None)
    if found is None:
        raise Missing()
    case, adjustment = found
    mistakes = stored_mistakes(adjustment)
    if not mistakes:
        raise Invalid(_("This case has no voucher to make an exercise of."))
    facts = stored_choice(adjustment).facts
    day = adjustment.prepared_at.astimezone(clock.CHINA).date()
    try:
        stored = given_of(facts, mistakes[0], str(adjustment.facts.get("open_period") or ""), day)
    except ValueError:
        raise Invalid(_("This case uses accounts that the standard does not know.")) from None
    names = await _names(session, case.client_id)
    stored["accounts"] = [(code, anonymised(name, names)) for code, name in stored["accounts"]]
    given = msgspec.convert(stored, Given)
    choice = exercise(given).plan.choice
    question = await _question(session, draft, "voucher", {"given": stored})
    question.origin_kind, question.origin_id = "case", case.id
    question.stem = in_both(lambda: _story(given))
    question.why = in_both(lambda: _("%(method)s. %(vouchers)s", method=NAMES[choice.method], vouchers=choice.vouchers))
    question.source = in_both(lambda: choice.law)
    return _kept(session, question, actor, now, case.number)


async def _names(session: AsyncSession, client_id: UUID) -> set[str]:
    """Everybody whom an account of this client may name."""
    client = await clients.client(session, client_id)
    contacts = await clients.contacts(session, client_id)
    return {client.name, client.name_en, *client.shareholders, *(contact.name for contact in contacts)}


def _story(given: Given) -> Text:
    """What a learner has to know: the entry that would have been right, as lines."""
    right = "; ".join(given.right)
    if given.wrong is None:
        return _("In a client’s books something was not booked. It would have been: %(lines)s.", lines=right)
    if given.original is not None:
        return _("A client’s voucher turned out to be booked twice. Make the correction.")
    return _("A client’s voucher turned out to be wrong. Right would have been: %(lines)s. Correct it.", lines=right)


async def talk_of_refund(
    session: AsyncSession, draft: CourseVersion, refund_id: UUID, actor: Actor, now: datetime
) -> Question:
    """A talk in steps in the draft, with what was decided as the best way; a trainer adds what is said."""
    refund = next((row for row in await decided_refunds(session) if row.id == refund_id), None)
    if refund is None:
        raise Missing()
    names = (await names_around(session, [refund]))[refund.id]
    members = [member.name for member in (await members_by_id(session)).values()]
    labels: dict[str, dict[str, str]] = {}
    for locale in LOCALES:
        with reading(locale):
            labels[locale] = await reasons(session)

    def told(text: str) -> str:
        return anonymised(text, names, members)

    question = await _question(session, draft, "scenario", _talk(refund, labels, told))
    question.origin_kind, question.origin_id = "refund", refund.id
    question.stem = in_both(lambda: _("A client wants money back. Take the talk to its end."))
    decided = told(" ".join(t for t in (refund.override_reason, refund.outcome_reason, refund.rejection_reason) if t))
    question.why = dict.fromkeys(LOCALES, decided) if decided else in_both(lambda: _decided(refund))
    question.source = in_both(lambda: _("The firm’s refund policy, and how a real request was decided."))
    return _kept(session, question, actor, now, refund.number)


def _decided(refund: Refund) -> Text:
    amount = refund.amount if refund.outcome == "refund" else refund.credit
    return _(
        "It was decided so: %(outcome)s, %(amount)s yuan.",
        outcome=OUTCOMES.get(refund.outcome, refund.outcome),
        amount=str(amount or ZERO),
    )


def _talk(refund: Refund, labels: dict[str, dict[str, str]], told: Callable[[str], str]) -> dict[str, Any]:
    reason = {language: names.get(refund.reason, refund.reason) for language, names in labels.items()}
    asked, computed = str(refund.asked), str(refund.computed or ZERO)
    request = in_both(lambda: _("A client asks for %(asked)s yuan back.", asked=asked))
    words = told(refund.reason_text)
    first = {lang: f"{request[lang]} {reason[lang]}. {words}".strip() for lang in request}
    reckoned = in_both(lambda: _("By the policy it comes to %(amount)s yuan. What do you do?", amount=computed))
    return {
        "start": "1",
        "steps": [
            {"id": "1", "text": first, "options": [
                _way(_("Take down the request, name the day of the answer and reckon by the policy"), 2, "2"),
                _way(_("Promise the amount at once, so that the client stays calm"), 0, ""),
                _way(_("Say that the contract allows no refund"), 0, ""),
            ]},
            {"id": "2", "text": reckoned, "options": [
                _way(_decided(refund), 2, ""),
                _way(_("Offer less first and see how the client takes it"), 0, ""),
                _way(_("Pay what was asked, whatever the policy says"), 0, ""),
            ]},
        ],
        "rubric": in_both(lambda: RUBRIC),
    }  # fmt: skip


def _way(words: Text, points: int, leads_to: str) -> dict[str, Any]:
    return {**in_both(lambda: words), "points": points, "next": leads_to, "say": {"zh": "", "en": ""}}


async def _question(session: AsyncSession, draft: CourseVersion, kind: str, content: dict[str, Any]) -> Question:
    position = len(await queries.questions(session, draft.id)) + 1
    return Question(
        id=uuid7(), version_id=draft.id, position=position, key=f"{kind}-{uuid7().hex[-8:]}", kind=kind,
        stem={}, why={}, source={}, content=content, hard=2,
    )  # fmt: skip


def _kept(session: AsyncSession, question: Question, actor: Actor, now: datetime, number: str) -> Question:
    session.add(question)
    record(session, actor, "training.from_practice", now, subject=question, number=number)
    return question
