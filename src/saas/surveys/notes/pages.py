"""/surveys/notes: what was done because of answers, told to those who gave them; and the contact's page of it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.queries import clients_by_id
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.errors import Missing
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _, listed
from saas.kernel.identifiers import uuid7
from saas.kernel.link_entrance import Visit, purpose
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.notices.queries import contacts_by_id
from saas.surveys.models import ClientNote
from saas.surveys.notes import queries
from saas.surveys.notes.telling import write
from saas.surveys.questions import asked, in_words
from saas.surveys.rooms import tabs

AT = "/f/{slug:str}/surveys/notes"
Words = Annotated[str, Meta(max_length=1000)]


class NoteForm(Struct):
    key: UUID  # made with the page: the same form sent twice is one note
    said: Words
    did: Words
    change_number: Annotated[str, Meta(max_length=20)] = ""
    survey: list[UUID] = []


@get(AT, opt={"permission": "surveys.read"})
async def index(request: Req, session: Db) -> Response[str]:
    found = await queries.notes(session)
    told = await queries.recipients(session, [note.id for note in found])
    everyone = [one for rows in told.values() for one in rows]
    clients = await clients_by_id(session, [one.client_id for one in everyone])
    contacts, members = await contacts_by_id(session, [o.contact_id for o in everyone]), await members_by_id(session)
    return await page(
        request, "surveys/notes/index.html", session=session, tabs=tabs(request, "notes"),
        rows=[{"note": note, "by": members.get(note.written_by) if note.written_by else None,
               "told": [{"client": clients[one.client_id], "contact": contacts[one.contact_id].name, "row": one}
                        for one in told.get(note.id, [])]} for note in found],
        may_manage=actor_of(request).may("surveys.manage"),
    )  # fmt: skip


@get(f"{AT}/new", opt={"permission": "surveys.manage"})
async def new(request: Req, session: Db) -> Response[str]:
    """Blank, or with the answers and the change that the address names."""
    given = request.query_params
    cited = [one for one in (_id(text) for text in given.getall("survey", [])) if one is not None]
    raw = {"key": str(uuid7()), "change_number": given.get("change", "")[:20], "did": given.get("did", "")[:1000],
           "survey": [str(one) for one in cited]}  # fmt: skip
    return await _form(request, session, Submitted(raw), cited)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def _form(
    request: Req, session: AsyncSession, form: Submitted[Any], cited: list[UUID], status: int = 200
) -> Response[str]:
    found = await queries.citable(session, cited)
    clients = await clients_by_id(session, [survey.client_id for survey, _answer in found])
    return await page(
        request, "surveys/notes/form.html", session=session, status=status, form=form,
        answers=[{"value": str(survey.id), "chosen": survey.id in cited, "client": clients[survey.client_id],
                  "said": answer.text or listed(o.brief for o in in_words(asked(survey.questions), answer.values))}
                 for survey, answer in found],
    )  # fmt: skip


@post(AT, opt={"permission": "surveys.manage"}, status_code=200)
async def save(request: Req, session: Db) -> Response[Any]:
    """Written once and promised to each contact once."""
    form = await submitted(request, NoteForm)
    if form.ok and not form.taken.survey:
        form.refuse("survey", _("Choose the answers this note is about: it goes to those who gave them."))
    if not form.ok:
        chosen = form.raw.get("survey", [])
        named = [_id(str(one)) for one in (chosen if isinstance(chosen, list) else [chosen])]
        return await _form(request, session, form, [one for one in named if one is not None], 422)
    given, actor = form.taken, actor_of(request)
    if await queries.note_or_none(session, given.key) is None:
        note = ClientNote(id=given.key, said=given.said, did=given.did, change_number=given.change_number,
                          written_by=actor.id, written_at=clock.now())  # fmt: skip
        await write(session, actor, note, given.survey)
    return to("/surveys/notes", request)


async def read(request: Req, session: AsyncSession, visit: Visit) -> Response[Any]:
    """The contact's page: what they said, what was done."""
    row = await queries.recipient(session, visit.link.subject_id)
    note = await queries.note_or_none(session, row.note_id)
    if note is None:
        raise Missing()
    return await page(request, "surveys/notes/client.html", firm=visit.face, contact=visit.contact, note=note,
                      valid_until=visit.link.expires_at)  # fmt: skip


ROUTES = [index, new, save, *purpose("survey_note", read)]
