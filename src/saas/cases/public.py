"""Pages by link, without an account: answer our questions, report a problem, see where matters stand.

GET shows, POST records, and a POST needs the human act of typing one's name (trust.md §5).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.datastructures import UploadFile
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import asking, opening, queries
from saas.cases.asking import ANSWERED_IN, Given
from saas.cases.forms import Complaint, Report
from saas.cases.models import Case
from saas.cases.period_board.pages import months_for_client
from saas.cases.promises import progress
from saas.cases.question_models import Question
from saas.clients import queries as clients
from saas.kernel import clock
from saas.kernel.errors import Missing, Refusal
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.link_entrance import Visit, purpose
from saas.kernel.pages import Req, page
from saas.kernel.uploads import keep
from saas.notices.public import same_name

LONGEST = 4000
MOST_FILES = 10
REPORTS_A_DAY = 10  # by one link: a person has few problems a day, a script has many


async def ask_page(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """Our questions, with what was answered already."""
    return await _questions(request, session, visit)


async def take_answers(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """Take the answers down; some may stay open. Sent twice, they are recorded once."""
    case, mine = await _asked(session, visit)
    sent = await request.form()
    raw = {name: value for name, value in sent.items() if isinstance(value, str)}
    name = raw.get("signed_name", "").strip()
    errors: dict[str, Text] = {}
    if visit.contact is None or not same_name(name, visit.contact.name):
        errors["signed_name"] = _("Please type your own name. This link was sent to one person only; "
                                  "if that is not you, ask the firm for a link of your own.")  # fmt: skip
    texts = {q: raw.get(f"answer-{q.id}", "").strip()[:LONGEST] for q in mine}
    files = {q: [f for f in sent.getall(f"files-{q.id}", []) if _is_file(f)][:MOST_FILES] for q in mine}
    if not any(texts.values()) and not any(files.values()):
        errors[""] = _("Please answer at least one question.")
    if errors:
        return await _questions(request, session, visit, raw=raw, errors=errors, status=422)
    try:
        async with session.begin_nested():
            given = [(q, await _given(request, visit, name, texts[q], files[q])) for q in mine]
            await asking.answer(session, visit.actor, case, given, clock.now())
    except Refusal as refusal:
        return await _questions(request, session, visit, raw=raw, errors={"": refusal.reason}, status=refusal.status)
    return Redirect(f"/c/question/{visit.link.id}?thanks=1", status_code=303)


async def _given(request: Req, visit: Visit, name: str, text: str, files: Sequence[UploadFile]) -> Given:
    kept = tuple(await keep(request, files))
    return Given(text, name, "link", kept, visit.link.id)


def _is_file(value: Any) -> bool:
    return isinstance(value, UploadFile) and bool(value.filename)


async def _asked(session: AsyncSession, visit: Visit) -> tuple[Case, list[Question]]:
    """The case of the link and the questions put to this very person."""
    case = await queries.case(session, visit.link.subject_id)
    asked = await queries.questions(session, case.id)
    return case, [q for q in asked if q.contact_id == visit.link.contact_id and q.withdrawn_at is None]


async def _questions(
    request: Req,
    session: AsyncSession,
    visit: Visit,
    *,
    raw: dict[str, str] | None = None,
    errors: dict[str, Text] | None = None,
    status: int = 200,
) -> Response[Any]:
    case, mine = await _asked(session, visit)
    typed = raw or {}
    return await page(
        request,
        "cases/public/questions.html",
        status=status,
        firm=visit.face,
        contact=visit.contact,
        client=await clients.client(session, case.client_id),
        case=case,
        root=f"/c/question/{visit.link.id}",
        questions=[{"question": q, "value": typed.get(f"answer-{q.id}", q.answer)} for q in mine],
        can_answer=case.state in ANSWERED_IN and bool(mine),
        all_answered=all(not q.is_open for q in mine),
        thanks=request.query_params.get("thanks") == "1",
        signed_name=typed.get("signed_name", ""),
        errors=errors or {},
        valid_until=visit.link.expires_at,
    )


async def report_page(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """Tell us about a problem; what was told before by this link is listed with its number."""
    return await _report(request, session, visit, Submitted({"key": str(uuid7())}))


async def take_report(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """A case for us to triage; the person sees its number and by when we answer."""
    form = await submitted(request, Report)
    client = await clients.client(session, visit.link.subject_id)
    await _by_a_person(session, visit, form, client.id)
    if not form.ok:
        return await _report(request, session, visit, form, status=422)
    if await queries.case_or_none(session, form.taken.key) is None:
        try:
            async with session.begin_nested():
                files = await keep(request, form.taken.files[:MOST_FILES])
                await opening.by_client(session, visit.actor, client, form.taken, files, clock.now())
        except Refusal as refusal:
            form.refuse("", refusal.reason)
            return await _report(request, session, visit, form, status=refusal.status)
    return Redirect(f"/c/intake/{visit.link.id}?told={form.taken.key}", status_code=303)


async def _by_a_person(session: AsyncSession, visit: Visit, form: Submitted[Any], client_id: UUID) -> None:
    """The name of whoever got the link, and not more than a person tells in a day."""
    if form.ok and (visit.contact is None or not same_name(form.taken.signed_name, visit.contact.name)):
        form.refuse("signed_name", _("Please type your own name. This link was sent to one person only; "
                                     "if that is not you, ask the firm for a link of your own."))  # fmt: skip
    new = form.ok and await queries.case_or_none(session, form.taken.key) is None
    if new and await queries.reported_since(session, client_id, clock.today()) >= REPORTS_A_DAY:
        form.refuse("", _("You told us about many problems today. Please telephone us."))


async def _report(
    request: Req, session: AsyncSession, visit: Visit, form: Submitted[Any], status: int = 200
) -> Response[Any]:
    client = await clients.client(session, visit.link.subject_id)
    told = [case for case in await queries.open_of_client(session, client.id) if case.source in ("client", "complaint")]
    return await page(
        request,
        "cases/public/report.html",
        status=status,
        firm=visit.face,
        contact=visit.contact,
        client=client,
        root=f"/c/intake/{visit.link.id}",
        form=form,
        told=[progress(case) for case in told],
        just_told=next((case for case in told if str(case.id) == request.query_params.get("told")), None),
        valid_until=visit.link.expires_at,
    )


async def take_complaint(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """What a client complains of while looking at where matters stand: a case of its own, sent twice it is one."""
    form = await submitted(request, Complaint)
    client = await clients.client(session, visit.link.subject_id)
    await _by_a_person(session, visit, form, client.id)
    if not form.ok:
        return await status_page(request, session, visit, form, 422)
    given = form.taken
    if await queries.case_or_none(session, given.key) is None:
        await opening.complaint(
            session, visit.actor, client, clock.now(), id=given.key, description=given.text,
            title=_("Complaint: %(text)s", text=given.text.strip()[:60]), reported_by=given.signed_name,
        )  # fmt: skip
    return Redirect(f"/c/status/{visit.link.id}?told={given.key}", status_code=303)


async def status_page(
    request: Req, session: AsyncSession, visit: Visit, form: Submitted[Any] | None = None, status: int = 200
) -> Response[Any]:
    """Everything open: where it stands, what comes next, and the day we promised (requirement A-S1–4)."""
    client = await clients.client(session, visit.link.subject_id)
    if client.merged_into_id is not None:
        raise Missing()
    found = await queries.open_of_client(session, client.id)
    return await page(
        request,
        "cases/public/status.html",
        status=status,
        firm=visit.face,
        root=f"/c/status/{visit.link.id}",
        form=form or Submitted({"key": str(uuid7())}),
        told=next((case for case in found if str(case.id) == request.query_params.get("told")), None),
        contact=visit.contact,
        client=client,
        matters=[progress(case) for case in found],
        closed=[progress(case) for case in await queries.lately_closed(session, client.id, clock.now())],
        months=await months_for_client(session, client),
        valid_until=visit.link.expires_at,
    )


ROUTES = [
    *purpose("question", ask_page, deeds={"answer": take_answers}),
    *purpose("intake", report_page, deeds={"report": take_report}),
    *purpose("status", status_page, deeds={"complain": take_complaint}),
]
