"""Letters and the people around them: who takes over, who is told, what later modules learn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.leaving import holdings, remove
from saas.firms.models import Notification
from saas.identity.queries import member
from saas.kernel import clock, module
from saas.kernel.access import Actor
from saas.kernel.module import Event, Module, Reaction
from saas.kernel.perform import perform
from saas.notices import answers, queries
from saas.notices.forms import AnswerForm, Reason
from saas.notices.workflow import NOTICE
from tests.notices.conftest import Office

EVENTS = ("approved", "issued", "accepted", "viewed", "acknowledged", "objected", "asked", "withdrawn")
heard: list[tuple[str, dict[str, Any]]] = []


async def hear(session: AsyncSession, event: Event) -> None:
    heard.append((event.name, {**event.detail, "number": event.row.number}))


@pytest.fixture(autouse=True)
def _a_later_module() -> Iterator[None]:
    import saas.app  # the composition is its doing

    heard.clear()
    reactions = [Reaction(f"notice.{name}", run=hear) for name in EVENTS]
    module.compose([*saas.app.MODULES, Module("later", reactions=reactions)])
    yield
    module.compose(saas.app.MODULES)


async def say(office: Office, kind: str, **words: str) -> None:
    (notice,) = await _letters(office)
    async with office.cast.transaction() as session:
        contact = await queries.contact_or_none(session, office.contact.id)
        assert contact is not None
        actor = Actor("contact", contact.id, contact.name)
        form = AnswerForm("许承泽", words.get("text", ""), words.get("choice", ""))
        if kind == "question":
            await answers.ask(session, actor, notice, contact, form, clock.now())
        else:
            await answers.answer(session, actor, notice, kind, contact, form, clock.now())  # type: ignore[arg-type]


async def test_later_modules_learn_each_step_with_who_said_what(office: Office, mailbox_folder: Path) -> None:
    notice = await office.issued()
    (delivery,) = await office.deliveries(notice.id)
    async with office.cast.transaction() as session:
        await answers.seen(session, delivery.link_id, notice, clock.now())
    await say(office, "question", text="可以分期吗？")
    await say(office, "confirm", choice="once")
    names = [name for name, _detail in heard]
    assert names == [f"notice.{n}" for n in ("approved", "issued", "accepted", "viewed", "asked", "acknowledged")]
    assert {detail["number"] for _name, detail in heard} == {notice.number}, "frozen before anybody is told"
    asked, confirmed = heard[-2][1], heard[-1][1]
    assert (asked["contact_name"], asked["text"]) == ("许承泽", "可以分期吗？")
    assert (confirmed["contact_name"], confirmed["choice"], confirmed["how"]) == ("许承泽", "once", "link")


async def test_an_objection_and_a_withdrawal_are_told_with_their_reason(office: Office, mailbox_folder: Path) -> None:
    await office.issued()
    await say(office, "object", text="设备是租的")
    assert heard[-1] == ("notice.objected", heard[-1][1])
    assert heard[-1][1]["text"] == "设备是租的"
    second = await office.issued()
    async with office.cast.transaction() as session:
        await perform(session, NOTICE, second.id, "withdraw", office.cast.quinn, Reason("有误"))
    assert heard[-1][0] == "notice.withdrawn"
    assert heard[-1][1]["reason"] == "有误"


async def test_who_looks_after_the_letter_is_told_of_a_question(office: Office, mailbox_folder: Path) -> None:
    notice = await office.issued()
    await say(office, "question", text="可以分期吗？")
    async with office.cast.transaction() as session:
        query = select(Notification).where(Notification.member_id == office.cast.ben.id, Notification.kind == "answer")
        told = (await session.scalars(query)).all()
    assert [n.url for n in told] == [f"/notices/{notice.id}"]


async def test_a_colleague_takes_over_and_the_author_stays_the_author(office: Office, mailbox_folder: Path) -> None:
    sent, draft = await office.issued(), await office.drafted()
    ben, lin = office.cast.ben.id, office.cast.lin.id
    assert ben is not None
    async with office.cast.transaction() as session:
        held = {h.label.msgid: h.count for h in await holdings(session, ben)}
        assert held["Letters under way"] == 2
        await remove(session, await member(session, ben), lin, office.cast.paula, clock.now())
    for letter in (sent, draft):
        after = await office.fresh(letter.id)
        assert (after.owner_id, after.author_id) == (lin, ben)


async def _letters(office: Office) -> list[Any]:
    async with office.cast.transaction() as session:
        return list(await queries.open_letters(session))
