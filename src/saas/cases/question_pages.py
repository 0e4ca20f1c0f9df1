"""Asking the client: questions picked from the starter's, edited, sent by link; and answers written down by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import asking, queries, words
from saas.cases.asking import Asked, Given
from saas.cases.case_page import ONE, show
from saas.cases.forms import RecordAnswer
from saas.cases.models import Case
from saas.cases.presets import Preset, presets
from saas.cases.workflow import CASE
from saas.checks import queries as checks
from saas.clients import queries as clients
from saas.clients.models import Contact
from saas.kernel import clock
from saas.kernel.errors import Forbidden, Missing, Refusal
from saas.kernel.forms import submitted
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.kernel.uploads import keep
from saas.notices.returns import addresses

FREE = 2  # empty places for questions of one's own
LONGEST = 1000


@get(f"{ONE}/ask", opt={"permission": "cases.work"})
async def choose(
    request: Req, session: Db, row_id: FromPath[UUID], contact: FromQuery[UUID | None] = None
) -> Response[str]:
    """What may be asked, in the language of the person it goes to."""
    case = await queries.case(session, row_id)
    return await _page(request, session, case, contact)


@post(f"{ONE}/ask", opt={"permission": "cases.work"}, status_code=200)
async def send(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[Any]:
    """Off they go; the case waits. The same form sent twice sends one mail."""
    case = await queries.case(session, row_id)
    raw = {name: str(value) for name, value in (await request.form()).items()}
    contact = await _contact(session, case, raw.get("contact_id", ""))
    rules = await _rules(session, case)
    try:
        async with session.begin_nested():
            await asking.ask(
                session, actor_of(request), case, contact, _asked(raw, presets(rules), contact), clock.now()
            )
    except Refusal as refusal:
        await session.refresh(case)
        return await _page(request, session, case, contact.id, raw=raw, refusal=refusal.reason, status=refusal.status)
    return to(f"{CASE.url(case)}#questions", request)


@post(f"{ONE}/questions/{{question_id:uuid}}/answer", opt={"permission": "cases.work"}, status_code=200)
async def record_answer(
    request: Req, session: Db, row_id: FromPath[UUID], question_id: FromPath[UUID]
) -> Response[Any]:
    """What the client said by telephone or otherwise, with the name of who said it."""
    case = await queries.case(session, row_id)
    question = await queries.question(session, case.id, question_id)
    form = await submitted(request, RecordAnswer)
    if not form.ok:
        return await show(request, session, case.id, form=form, status=422, opened=f"answer-{question.id}")
    given = form.taken
    files = tuple(await keep(request, given.files))
    said = Given(given.answer, given.by_name, given.how, files)
    try:
        async with session.begin_nested():
            await asking.answer(session, actor_of(request), case, [(question, said)], clock.now())
    except Refusal as refusal:
        return await show(request, session, case.id, refusal=refusal, status=refusal.status)
    return to(f"{CASE.url(case)}#questions", request)


@post(f"{ONE}/questions/{{question_id:uuid}}/withdraw", opt={"permission": "cases.work"}, status_code=200)
async def withdraw(request: Req, session: Db, row_id: FromPath[UUID], question_id: FromPath[UUID]) -> Response[Any]:
    """Take a question back, so that it holds nothing up."""
    case = await queries.case(session, row_id)
    question = await queries.question(session, case.id, question_id)
    try:
        async with session.begin_nested():
            await asking.withdraw(session, actor_of(request), case, question, clock.now())
    except Forbidden as refusal:
        return await show(request, session, case.id, refusal=refusal, status=refusal.status)
    return to(f"{CASE.url(case)}#questions", request)


def _asked(raw: Mapping[str, str], offered: Sequence[Preset], contact: Contact) -> list[Asked]:
    """The ticked questions with their edited words, then those written freely."""
    language = _language(contact)
    found = [
        Asked(
            raw.get(f"text-{n}", "").strip()[:LONGEST] or preset.ask[language],
            preset.answer,
            tuple(choice[language] for choice in preset.choices),
            preset.fills,
            preset.files.get(language, ""),
        )
        for n, preset in enumerate(offered)
        if raw.get(f"use-{n}")
    ]
    written = [raw.get(f"own-{n}", "").strip()[:LONGEST] for n in range(FREE)]
    return found + [Asked(text) for text in written if text]


async def _page(
    request: Req,
    session: AsyncSession,
    case: Case,
    contact_id: UUID | None,
    *,
    raw: Mapping[str, str] | None = None,
    refusal: Text | None = None,
    status: int = 200,
) -> Response[str]:
    contacts = await clients.contacts(session, case.client_id)
    contact = next((c for c in contacts if c.id == contact_id), contacts[0] if contacts else None)
    language = _language(contact) if contact else "zh"
    offered = presets(await _rules(session, case))
    typed = raw or {}
    return await page(
        request,
        "cases/ask.html",
        session=session,
        status=status,
        case=case,
        client=await clients.client(session, case.client_id),
        contact=contact,
        contacts=[(str(c.id), c.name) for c in contacts],
        returned=await addresses.came_back(session, [contact] if contact is not None else []),
        offered=[_offer(n, preset, language, typed) for n, preset in enumerate(offered)],
        own=[typed.get(f"own-{n}", "") for n in range(FREE)],
        refusal=refusal,
        may_send=actor_of(request).id == case.owner_id and case.state in asking.ASKED_IN,
        reason=_("This step belongs to the case's owner.")
        if actor_of(request).id != case.owner_id
        else _("Questions are asked while the matter is being talked over with the client."),
    )


def _offer(n: int, preset: Preset, language: str, typed: Mapping[str, str]) -> dict[str, Any]:
    return {
        "n": n,
        "text": typed.get(f"text-{n}", preset.ask[language]),
        "used": bool(typed.get(f"use-{n}")),
        "kind": words.QUESTION_KINDS[preset.answer],
        "files": preset.files.get(language, ""),
    }


async def _rules(session: AsyncSession, case: Case) -> list[str]:
    found = [finding.rule for finding in await checks.of_case(session, case.id)]
    return [case.rule, *found] if case.rule else found


async def _contact(session: AsyncSession, case: Case, given: str) -> Contact:
    contact = next((c for c in await clients.contacts(session, case.client_id) if str(c.id) == given), None)
    if contact is None:
        raise Missing()
    return contact


def _language(contact: Contact) -> str:
    return "en" if contact.locale == "en" else "zh"


ROUTES = [choose, send, record_answer, withdraw]
