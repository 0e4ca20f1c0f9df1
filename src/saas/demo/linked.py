"""What a client's contacts do by the links they were sent: read, answer, confirm, object, ask, rate, report."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from saas.cases import queries as cases
from saas.demo.browser import Browser
from saas.demo.placeholders import filled, letter_id
from saas.demo.scene import Scene
from saas.demo.sending import attached
from saas.demo.story import Beat
from saas.kernel.identifiers import uuid7
from saas.surveys.models import Survey


async def read_letter(scene: Scene, beat: Beat) -> None:
    """The letter's page stays open long enough to count as seen."""
    browser, page = await _letter_page(scene, beat)
    await browser.get(page)
    await browser.post(f"{page}/seen")


async def confirm(scene: Scene, beat: Beat) -> None:
    await _answer_letter(scene, beat, "confirm")


async def object_(scene: Scene, beat: Beat) -> None:
    await _answer_letter(scene, beat, "object")


async def ask(scene: Scene, beat: Beat) -> None:
    await _answer_letter(scene, beat, "question")


async def answer_questions(scene: Scene, beat: Beat) -> None:
    """form: the number of the question → the answer; papers go with the first of them."""
    contact = await scene.contact(beat.who)
    case_id = UUID(scene.record(beat.on_record or "case"))
    browser, page = await scene.visitor(contact, "question", case_id)
    async with scene.stage.reading() as session:
        asked = [q for q in await cases.questions(session, case_id) if q.contact_id == contact.id]
    form = await filled(scene, beat.form)
    fields = {f"answer-{asked[int(number) - 1].id}": said for number, said in form.items()}
    first = asked[int(next(iter(form))) - 1]
    papers = attached(scene, beat, f"files-{first.id}")
    await browser.post(f"{page}/answer", {**fields, "signed_name": beat.who}, papers)


async def rate(scene: Scene, beat: Beat) -> None:
    """One question after a proved cure; none where the contact was asked within the last thirty days."""
    async with scene.stage.reading() as session:
        query = select(Survey.id).where(
            Survey.firm_id == scene.stage.firm_id, Survey.subject_id == UUID(scene.record(beat.on_record or "case"))
        )
        survey_id = await session.scalar(query)
    if survey_id is None:
        return
    browser, page = await scene.visitor(await scene.contact(beat.who), "survey", survey_id)
    await browser.post(f"{page}/answer", await filled(scene, beat.form))


async def report(scene: Scene, beat: Beat) -> None:
    """A problem told to the firm; it becomes a case."""
    browser, page = await scene.visitor(await scene.contact(beat.who), "intake", (await scene.client()).id)
    key = str(uuid7())
    form = {**await filled(scene, beat.form), "key": key, "signed_name": beat.who}
    await browser.post(f"{page}/report", form, attached(scene, beat))
    scene.known[beat.name or "case"] = key


async def _letter_page(scene: Scene, beat: Beat) -> tuple[Browser, str]:
    letter = UUID(await letter_id(scene, beat.on_record or "letter"))
    return await scene.visitor(await scene.contact(beat.who), "notice", letter)


async def _answer_letter(scene: Scene, beat: Beat, act: str) -> None:
    browser, page = await _letter_page(scene, beat)
    form: Mapping[str, Any] = {"act": act, "signed_name": beat.who, **await filled(scene, beat.form)}
    await browser.post(f"{page}/answer", form)


DEEDS: dict[str, Callable[[Scene, Beat], Awaitable[None]]] = {
    "read": read_letter,
    "confirm": confirm,
    "object": object_,
    "ask": ask,
    "answer": answer_questions,
    "rate": rate,
    "report": report,
}
