"""One attempt to hand a message over, and what its outcome means for the letter."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.queries import contact as contact_of
from saas.firms.choices import choice
from saas.kernel import jobs, mail, return_paths
from saas.kernel.access import SYSTEM
from saas.kernel.config import Settings, active
from saas.kernel.directory import Firm
from saas.kernel.mail import MailAwayError, MailDelayedError, MailRefusedError, MailUncertainError
from saas.kernel.module import Event
from saas.kernel.outbox import enqueue
from saas.kernel.perform import locked, perform, tell
from saas.notices import bounces, ladder, queries
from saas.notices.frame import face_of
from saas.notices.messages import Recipient, Written, write
from saas.notices.models import Delivery, Notice
from saas.notices.sending import LONGEST_AWAY, MOST_ATTEMPTS, address_for, pause_before, pause_while_away
from saas.notices.sms import SmsDelayedError, SmsRefusedError, gateway_for
from saas.notices.workflow import NOTICE

DOUBT = timedelta(minutes=1)  # until the relay's record is asked about an uncertain one
ALIVE = ("queued", "sending", "accepted", "delivered")


async def hand_over(session: AsyncSession, delivery: Delivery, attempt: int, now: datetime) -> None:
    """Make the attempt that was noted before; settle the delivery and, through it, the letter."""
    settings, firm = active(), await queries.firm(session)
    if attempt > 1 and await _must_ask(session, delivery, settings, firm):
        await _doubt(session, delivery, "an earlier attempt may have succeeded; the relay cannot be asked", now)
        return
    if delivery.contact_id is None:
        raise ValueError(f"delivery {delivery.id} has nobody to go to")
    contact = await contact_of(session, delivery.contact_id)
    to = Recipient(contact, await face_of(session, firm), address_for(firm, delivery))
    written = await write(session, delivery, to)
    try:
        reply = await _pass_on(
            delivery, to, written, settings, attempt, return_paths.address(firm.code, delivery.id, settings)
        )
    except (MailRefusedError, SmsRefusedError) as error:
        await bounce(session, delivery, str(error), now)
    except MailAwayError as error:
        await _when_back(session, delivery, str(error), now)
    except (MailDelayedError, SmsDelayedError) as error:
        await _later(session, delivery, str(error), now)
    except MailUncertainError as error:
        await _doubt(session, delivery, str(error), now)
    else:
        await accept(session, delivery, reply, now)


async def accept(session: AsyncSession, delivery: Delivery, reply: str, now: datetime) -> None:
    """The other side said yes; a quarter of an hour (the firm may choose) without a bounce makes it delivered."""
    delivery.settle("accepted", reply, now)
    grace = timedelta(minutes=await choice(session, "delivered_minutes"))
    enqueue(session, "notices.settle", due_at=now + grace, delivery_id=delivery.id)
    await _reflect(session, delivery, "accept", now)
    await tell(session, Event("message.accepted", delivery, SYSTEM, now))


async def bounce(session: AsyncSession, delivery: Delivery, reply: str, now: datetime, *, how: str = "hard") -> None:
    """It came back, at once or later. The letter bounces when nothing else of it is on its way.

    `how` is "soft" where the address itself is not at fault: its mailbox is full, its server was away too long.
    """
    delivery.settle("bounced", reply, now)
    delivery.bounced = how
    await session.flush()
    if not await _others_alive(session, delivery):
        await _reflect(session, delivery, "bounce", now)
        await ladder.climb(session, delivery, now)
    await tell(session, Event("message.failed", delivery, SYSTEM, now, {"reason": reply}))


async def arrive(session: AsyncSession, delivery: Delivery, now: datetime) -> None:
    """Proof that it arrived: no bounce, a view, or a human record."""
    delivery.arrive(now)
    await _reflect(session, delivery, "deliver", now)


async def give_up(session: AsyncSession, delivery: Delivery, status: str, reply: str, now: datetime) -> None:
    """No proof by this channel. What surely failed takes the next one; about an uncertain one a person decides."""
    delivery.settle(status, reply, now)
    await session.flush()
    if not await _others_alive(session, delivery):
        await _reflect(session, delivery, "lose_track", now)
        if status == "failed":
            await ladder.climb(session, delivery, now)
    await tell(session, Event("message.failed", delivery, SYSTEM, now, {"reason": reply}))


async def clear_up(session: AsyncSession, delivery: Delivery, now: datetime) -> None:
    """An uncertain one: the relay's record decides; where there is none, the policy the firm chose."""
    settings = active()
    if settings.embedded_smtp and delivery.message_id:
        if bounces.seen(settings, delivery.message_id):
            await accept(session, delivery, "accepted at an earlier attempt", now)
        else:
            _queue_again(session, delivery, delivery.reply, now)
    elif await _policy(session) == "ask" or delivery.attempts >= MOST_ATTEMPTS:
        await give_up(session, delivery, "uncertain", delivery.reply, now)
    else:
        _queue_again(session, delivery, delivery.reply, now)


async def _pass_on(
    delivery: Delivery, to: Recipient, written: Written, settings: Settings, attempt: int, return_to: str
) -> str:
    outlet = jobs.running().outlet
    if delivery.channel == "sms":
        gateway = gateway_for(settings, live=outlet == "relay")
        if gateway is None:
            raise SmsRefusedError("no gateway for text messages is set up")
        receipt = await gateway.send(delivery.recipient, f"{written.short} {to.url}", delivery.id)
        delivery.reference = receipt.reference
        return receipt.reply
    message = mail.build(
        to=delivery.recipient,
        to_name=to.contact.name,
        subject=written.subject,
        text=written.text,
        html=written.html,
        from_name=to.face.name_in(to.locales[0]),
        reply_to=return_to or to.face.email,
        reply_name=to.face.name_in(to.locales[0]) if return_to else "",
        language="zh-CN" if to.locales[0] == "zh" else "en",
        attachments=written.attachments,
        delivery_id=delivery.id,
        settings=settings,
    )
    return (await mail.send(message, settings, attempt=attempt, outlet=outlet, return_to=return_to)).reply


async def _later(session: AsyncSession, delivery: Delivery, reply: str, now: datetime) -> None:
    if delivery.attempts >= MOST_ATTEMPTS:
        await give_up(session, delivery, "failed", reply, now)
    else:
        _queue_again(session, delivery, reply, now)


async def _when_back(session: AsyncSession, delivery: Delivery, reply: str, now: datetime) -> None:
    """The mail server is away: asked again soon and for days, since no attempt at this letter has failed yet."""
    if now - delivery.created_at > LONGEST_AWAY:
        await give_up(session, delivery, "failed", reply, now)
    else:
        _queue_again(session, delivery, reply, now, pause_while_away(delivery.attempts, delivery.id))


def _queue_again(
    session: AsyncSession, delivery: Delivery, reply: str, now: datetime, pause: timedelta | None = None
) -> None:
    delivery.settle("queued", reply, now)
    due_at = now + (pause or pause_before(delivery.attempts))
    enqueue(session, "notices.deliver", due_at=due_at, delivery_id=delivery.id)


async def _doubt(session: AsyncSession, delivery: Delivery, reply: str, now: datetime) -> None:
    delivery.settle("uncertain", reply, now)
    enqueue(session, "notices.clear_up", due_at=now + DOUBT, delivery_id=delivery.id)


async def _must_ask(session: AsyncSession, delivery: Delivery, settings: Settings, firm: Firm) -> bool:
    """A second attempt at a relay that keeps no record we can read, in a firm that wants a person to decide."""
    askable = settings.embedded_smtp or firm.kind != "live" or delivery.channel != "email"
    return not askable and delivery.reply == "" and await _policy(session) == "ask"


async def _policy(session: AsyncSession) -> str:
    return str(await choice(session, "uncertain_mail"))


async def _others_alive(session: AsyncSession, delivery: Delivery) -> bool:
    if delivery.notice_id is None:
        return False
    others = (await queries.deliveries(session, [delivery.notice_id]))[delivery.notice_id]
    return any(o.id != delivery.id and o.status in ALIVE and o.subject_kind == "notice" for o in others)


async def _reflect(session: AsyncSession, delivery: Delivery, action: str, now: datetime) -> None:
    """Do the letter's own step where the delivery is the letter's and the letter still waits for it."""
    if delivery.notice_id is None or delivery.subject_kind != "notice":
        return
    notice: Notice = await locked(session, NOTICE, delivery.notice_id)
    if any(notice.state in arrow.source for arrow in NOTICE.named(action)):
        await perform(session, NOTICE, notice.id, action, SYSTEM, now=now)
