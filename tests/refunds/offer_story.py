"""From the finished file to the client's answer, by the real letters: issued without a printer, answered as by link."""

from __future__ import annotations

from typing import Any

from saas.kernel import clock
from saas.kernel.access import SYSTEM, Actor
from saas.kernel.perform import perform
from saas.notices import answers
from saas.notices import queries as notices
from saas.notices.forms import AnswerForm
from saas.notices.models import Notice
from saas.notices.workflow import NOTICE
from saas.refunds.forms import ProposeRejection, Reason
from saas.refunds.models import Refund
from tests.refunds.house import STATES, House
from tests.refunds.payment_story import assessed


def speaker(house: House) -> Actor:
    return Actor("contact", house.contact.id, house.contact.name)


async def letter(house: House, refund: Refund, which: str = "offer_id") -> Notice:
    """The refund's current offer (or rejection) as it is now."""
    fresh = await house.fresh(refund)
    async with house.cast.transaction() as session:
        return await notices.notice(session, getattr(fresh, which))


async def out(house: House, refund: Refund, which: str = "offer_id") -> Notice:
    """The letter left the house and was accepted by the client's server."""
    found = await letter(house, refund, which)
    for step in ("render", "send", "accept"):
        async with house.cast.transaction() as session:
            await perform(session, NOTICE, found.id, step, SYSTEM)
    return await letter(house, refund, which)


async def countersigned(house: House, **changes: Any) -> Refund:
    refund = await assessed(house, **changes)
    return await house.act(refund, "countersign", house.cast.quinn)


async def offered(house: House, **changes: Any) -> Refund:
    refund = await countersigned(house, **changes)
    await out(house, refund)
    return await house.fresh(refund)


async def answered(house: House, refund: Refund, kind: str, which: str = "offer_id", **said: str) -> Refund:
    """The client's human act by the link of the letter."""
    found = await letter(house, refund, which)
    form = AnswerForm(house.contact.name, **said)
    async with house.cast.transaction() as session:
        await answers.answer(session, speaker(house), found, kind, house.contact, form, clock.now())  # type: ignore[arg-type]
    return await house.fresh(refund)


async def disputed(house: House) -> Refund:
    return await answered(house, await offered(house), "object", text="我方只使用了三个月")


async def agreed(house: House) -> Refund:
    return await answered(house, await offered(house), "confirm", choice="refund")


async def rejected(house: House) -> Refund:
    refund = await house.completed()
    proposal = ProposeRejection("delivered", "全年服务均已交付并签收")
    await house.act(refund, "propose_rejection", house.cast.ben, proposal)
    return await house.act(refund, "reject", house.cast.quinn)


async def appealed(house: House) -> Refund:
    refund = await rejected(house)
    await out(house, refund, "rejection_id")
    return await answered(house, refund, "object", "rejection_id", text="九月以后没有报税")


async def refused(house: House) -> Refund:
    return await house.act(await appealed(house), "refuse", house.cast.mara, Reason("九月以后的申报回执齐全"))


STATES.update(
    {
        "assessed": assessed,
        "countersigned": countersigned,
        "offered": offered,
        "disputed": disputed,
        "agreed": agreed,
        "rejected": rejected,
        "appealed": appealed,
        "refused": refused,
    }
)
