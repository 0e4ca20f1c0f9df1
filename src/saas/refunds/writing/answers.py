"""The client's answers to our letters become steps of the refund; a letter that ended is refused in words."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.notifications import notify
from saas.kernel.access import SYSTEM
from saas.kernel.errors import Conflict, Invalid
from saas.kernel.i18n import _
from saas.kernel.module import Event
from saas.kernel.perform import perform
from saas.notices.models import Notice
from saas.refunds import queries
from saas.refunds.forms import Agreed, Cancel, Convert, Offer, Reason
from saas.refunds.models import Refund
from saas.refunds.workflow import REFUND
from saas.refunds.writing.letter_kinds import OFFER, REJECTION

STANDS = frozenset({"countersigned", "offered"})
HOW = {"link": "link", "paper": "letter", "email": "email"}  # of an answer → how we know


async def sent(session: AsyncSession, event: Event) -> None:
    """Accepted, delivered or seen on at least one channel: the offer is with the client."""
    refund = await _of_offer(session, event)
    if refund is not None and refund.state == "countersigned" and event.row.answer_by is not None:
        await perform(session, REFUND, refund.id, "offer", SYSTEM, Offer(event.row.answer_by), now=event.now)


async def acknowledged(session: AsyncSession, event: Event) -> None:
    """The client chose: money, credit, another plan, or to go on as before."""
    refund = await _of_offer(session, event)
    if refund is None:
        return
    choice, how = str(event.detail.get("choice") or ""), HOW.get(str(event.detail.get("how")), "link")
    said = str(event.detail.get("text") or "") or str(_("chosen in the answer to our offer"))
    deeds: dict[str, tuple[str, Any]] = {
        "refund": ("agree", Agreed(how)),  # type: ignore[arg-type]
        "credit": ("choose_instead", Convert("credit", said, how)),  # type: ignore[arg-type]
        "plan": ("choose_instead", Convert("plan", said, how)),  # type: ignore[arg-type]
        "withdraw": ("withdraw", Cancel(said, how)),  # type: ignore[arg-type]
    }
    if choice not in deeds:
        raise Invalid(_("Please choose one of these first."))
    _must_stand(refund)
    deed, form = deeds[choice]
    await perform(session, REFUND, refund.id, deed, event.actor, form, now=event.now)
    await _tell(session, refund, event)


async def objected(session: AsyncSession, event: Event) -> None:
    """To an offer: a dispute for the manager. To a rejection: an appeal."""
    refund = await _of_offer(session, event)
    words = Reason(str(event.detail.get("text") or event.detail.get("reason") or ""))
    if refund is not None:
        _must_stand(refund)
        await perform(session, REFUND, refund.id, "dispute", event.actor, words, now=event.now)
        await _tell(session, refund, event)
        return
    rejected = await _of(session, event.row)
    if rejected is not None and event.row.kind == REJECTION.name and rejected.rejection_id == event.row.id:
        await perform(session, REFUND, rejected.id, "appeal", event.actor, words, now=event.now)
        await _tell(session, rejected, event)


async def withdrawn(session: AsyncSession, event: Event) -> None:
    """An offer that was taken back cannot be answered: its refund goes back to the calculation."""
    refund = await _of_offer(session, event)
    if refund is not None and refund.state in STANDS:
        reason = Reason(event.row.withdrawn_reason or str(_("The letter was withdrawn.")))
        await perform(session, REFUND, refund.id, "lapse", SYSTEM, reason, now=event.now)


def _must_stand(refund: Refund) -> None:
    if refund.state not in STANDS:
        raise Conflict(_("This offer does not stand any more: it ended or was answered already. If you are still "
                         "interested, telephone us; we will send you a new one."))  # fmt: skip


async def _of_offer(session: AsyncSession, event: Event) -> Refund | None:
    """The refund whose current offer this letter is; an offer that was replaced belongs to none any more."""
    refund = await _of(session, event.row)
    if refund is None or event.row.kind != OFFER.name or refund.offer_id != event.row.id:
        return None
    return refund


async def _of(session: AsyncSession, letter: Notice) -> Refund | None:
    if letter.subject_kind != REFUND.name or letter.subject_id is None:
        return None
    return await queries.refund_or_none(session, letter.subject_id)


async def _tell(session: AsyncSession, refund: Refund, event: Event) -> None:
    """Whoever prepares it; the manager whose turn it is now learns of it by the step itself."""
    if refund.preparer_id is not None:
        name = str(event.detail.get("contact_name") or event.actor.name)
        said = _("%(name)s answered our letter about %(number)s", name=name, number=refund.number)
        await notify(session, [refund.preparer_id], "answer", said, REFUND.url(refund), event.now)
