"""What stands in braces in a story: {member:林小满}, {day:+5}, {voucher:kind} … become ids, days and numbers."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import select

from saas.cases import queries as cases
from saas.clients import queries as clients
from saas.demo.labels import books, label_of, month
from saas.demo.scene import NotThere, Scene
from saas.demo.story import Field
from saas.kernel.clock import CHINA
from saas.kernel.identifiers import uuid7
from saas.ledgers import queries as ledgers
from saas.notices.models import Answer, Delivery, Notice
from saas.refunds import queries as refunds
from saas.refunds.payment.paying import new_key
from saas.tasks.parts import parts_of

LETTERS = {"offer": "refund_offer", "rejection": "refund_rejection", "decision": "refund_refusal",
           "refund_notice": "refund_notice"}  # fmt: skip
MARK = re.compile(r"\{(\w+)(?::([^{}]*))?\}")


async def filled(scene: Scene, form: Mapping[str, Field]) -> dict[str, str | list[str]]:
    """The form's fields as they are sent."""
    return {
        name: [await text(scene, one) for one in value] if isinstance(value, list) else await text(scene, str(value))
        for name, value in form.items()
    }


async def text(scene: Scene, written: str) -> str:
    """The text with every placeholder replaced, the inner ones first. NotThere names an unknown one."""
    found = written
    while (match := MARK.search(found)) is not None:
        name, argument = match.group(1), match.group(2) or ""
        if name not in PLACEHOLDERS:
            raise NotThere(f"no placeholder {match.group(0)}")
        found = found.replace(match.group(0), await PLACEHOLDERS[name](scene, argument))
    return found


async def _member(scene: Scene, name: str) -> str:
    return str((await scene.member(name)).id)


async def _contact(scene: Scene, name: str) -> str:
    """A contact's id; without a name that of the one who may approve."""
    return str((await scene.contact(name or scene.approver)).id)


async def _approver(scene: Scene, argument: str) -> str:
    return scene.approver


async def _bookkeeper(scene: Scene, argument: str) -> str:
    return scene.client_data.bookkeeper


async def _colleague(scene: Scene, argument: str) -> str:
    """The other bookkeeper."""
    others = (c.name for c in scene.stage.tenant.staff if c.role == "bookkeeper")
    return next(name for name in others if name != scene.client_data.bookkeeper)


async def _client(scene: Scene, short: str) -> str:
    return str((await scene.client()).id)


async def _day(scene: Scene, offset: str) -> str:
    """So many working days from the step."""
    return str(scene.stage.days.calendar.add_working_days(_today(scene), int(offset or 0)))


async def _moment(scene: Scene, clock: str) -> str:
    """A time on the day of the step, as a form sends it."""
    return f"{_today(scene)}T{clock}"


async def _month(scene: Scene, offset: str) -> str:
    return month(scene, int(offset))


async def _voucher(scene: Scene, kind: str) -> str:
    """The wrong voucher of an injected error; with "kind 2" the second of them."""
    kind, _space, which = kind.partition(" ")
    return label_of(scene, kind).vouchers[int(which or 1) - 1]


async def _period(scene: Scene, kind: str) -> str:
    """The month of an injected error."""
    return label_of(scene, kind).period


async def _amount(scene: Scene, kind: str) -> str:
    """What an injected error is about, in yuan: the wrong voucher, the missing entry, or what the case says."""
    label = label_of(scene, kind)
    wrong = [line["debit"] for line in books(scene).lines if line["voucher"] in label.vouchers[:1]]
    amounts = [*wrong, *(line["debit"] for line in label.right)]
    if not amounts:
        async with scene.stage.reading() as session:
            exposure = (await cases.case(session, UUID(scene.record("case")))).exposure
        amounts = [abs(exposure).fen if exposure is not None else 0]
    return f"{max(amounts) / 100:.2f}"


async def _record(scene: Scene, name: str) -> str:
    if name.startswith("letter") and name not in scene.known:
        return await letter_id(scene, name)
    if name == "import" and name not in scene.known:
        return await _newest_import(scene)
    return scene.record(name)


async def letter_id(scene: Scene, name: str) -> str:
    """The letter a story noted, the case's completion report, or else the newest other letter of its case."""
    if name in scene.known:
        return scene.known[name]
    if name in LETTERS:
        return await _refund_letter(scene, name)
    async with scene.stage.reading() as session:
        query = select(Notice.id).where(
            Notice.firm_id == scene.stage.firm_id,
            Notice.subject_id == UUID(scene.record("case")),
            Notice.kind == "completion" if name == "completion" else Notice.kind != "completion",
        )
        found = (await session.scalars(query.order_by(Notice.version.desc(), Notice.id.desc()).limit(1))).first()
    if found is None:
        raise NotThere(f"{scene.story}: no letter was drafted yet")
    return str(found)


async def _refund_letter(scene: Scene, name: str) -> str:
    """The newest letter of one kind about the story's refund."""
    async with scene.stage.reading() as session:
        query = select(Notice.id).where(
            Notice.firm_id == scene.stage.firm_id,
            Notice.subject_id == UUID(scene.record("refund")),
            Notice.kind == LETTERS[name],
        )
        found = (await session.scalars(query.order_by(Notice.version.desc(), Notice.id.desc()).limit(1))).first()
    if found is None:
        raise NotThere(f"{scene.story}: there is no {name} yet")
    return str(found)


async def _newest_import(scene: Scene) -> str:
    client = await scene.client()
    async with scene.stage.reading() as session:
        stored = [i for i in await ledgers.imports(session, client.id) if i.state == "stored"]
    if not stored:
        raise NotThere(f"{client.name} has no stored import")
    return str(stored[0].id)


async def _question(scene: Scene, position: str) -> str:
    """The n-th question put to the client in the story's case."""
    async with scene.stage.reading() as session:
        asked = await cases.questions(session, UUID(scene.record("case")))
    return str(asked[int(position) - 1].id)


async def _sub_task(scene: Scene, position: str) -> str:
    async with scene.stage.reading() as session:
        given = await parts_of(session, UUID(scene.record("case")))
    return str(given[int(position or 1) - 1].id)


async def _asked(scene: Scene, name: str) -> str:
    """The client's newest question about a letter."""
    async with scene.stage.reading() as session:
        query = select(Answer.id).where(
            Answer.firm_id == scene.stage.firm_id,
            Answer.notice_id == UUID(await letter_id(scene, name or "letter")),
            Answer.kind == "question",
        )
        return str((await session.scalars(query.order_by(Answer.at.desc()).limit(1))).one())


async def _delivery(scene: Scene, name: str) -> str:
    """The newest message by which the product itself carried a letter."""
    async with scene.stage.reading() as session:
        query = select(Delivery.id).where(
            Delivery.firm_id == scene.stage.firm_id,
            Delivery.notice_id == UUID(await letter_id(scene, name or "letter")),
            Delivery.channel.in_(("email", "sms")),
        )
        return str((await session.scalars(query.order_by(Delivery.created_at.desc()).limit(1))).one())


async def _contract(scene: Scene, argument: str) -> str:
    """The client's newest contract."""
    client = await scene.client()
    async with scene.stage.reading() as session:
        found = await clients.contracts(session, client.id)
    if not found:
        raise NotThere(f"{client.name} has no contract")
    return str(found[0][0].id)


async def _client_name(scene: Scene, argument: str) -> str:
    return scene.client_data.name


async def _own_case(scene: Scene, argument: str) -> str:
    """The client's newest case that we caused, whichever story told of it."""
    client = await scene.client()
    async with scene.stage.reading() as session:
        found = await cases.cases(session, cases.Wanted(state="all", client_id=client.id))
    ours = [case for case in found if case.responsibility in ("firm", "shared")]
    if not ours:
        raise NotThere(f"{client.name} has no case of our own making")
    return str(max(ours, key=lambda case: case.opened_at).id)


async def _payee(scene: Scene, name: str) -> str:
    """The account of a refund that was written down last."""
    async with scene.stage.reading() as session:
        found = await refunds.payee(session, UUID(scene.record(name or "refund")))
    if found is None:
        raise NotThere(f"{scene.story}: no account was written down yet")
    return str(found.id)


async def _payment(scene: Scene, name: str) -> str:
    """The newest transfer of a refund."""
    async with scene.stage.reading() as session:
        made = await refunds.payments(session, UUID(scene.record(name or "refund")))
    if not made:
        raise NotThere(f"{scene.story}: nothing was handed to the bank yet")
    return str(made[-1].id)


async def _offered(scene: Scene, name: str) -> str:
    """What a refund's client is offered, in yuan."""
    async with scene.stage.reading() as session:
        amount = (await refunds.refund(session, UUID(scene.record(name or "refund")))).amount
    return f"{amount.yuan:.2f}" if amount is not None else ""


async def _payment_key(scene: Scene, argument: str) -> str:
    return new_key()


async def _key(scene: Scene, argument: str) -> str:
    return str(uuid7())


def _today(scene: Scene) -> date:
    return scene.at.astimezone(CHINA).date()


PLACEHOLDERS: dict[str, Callable[[Scene, str], Awaitable[str]]] = {
    "member": _member,
    "contact": _contact,
    "approver": _approver,
    "bookkeeper": _bookkeeper,
    "colleague": _colleague,
    "amount": _amount,
    "client": _client,
    "day": _day,
    "moment": _moment,
    "month": _month,
    "voucher": _voucher,
    "period": _period,
    "record": _record,
    "question": _question,
    "task": _sub_task,
    "asked": _asked,
    "delivery": _delivery,
    "key": _key,
    "contract": _contract,
    "client_name": _client_name,
    "own_case": _own_case,
    "payee": _payee,
    "payment": _payment,
    "offered": _offered,
    "payment_key": _payment_key,
}
