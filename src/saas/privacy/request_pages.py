"""Settings, “Privacy”, “Requests of people”: what they asked about their own data, and the answer."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.queries import people as members_of
from saas.firms.tabs import settings_tabs
from saas.kernel import clock
from saas.kernel.audit import record
from saas.kernel.errors import Invalid
from saas.kernel.forms import Submitted, raw_form, submitted
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import Db, Req, actor_of, page, to
from saas.kernel.sending import scratch_file, sent
from saas.kernel.uploads import attachment
from saas.privacy import people, queries, requests
from saas.privacy.models import DataRequest
from saas.privacy.printing import printed, write_json
from saas.privacy.rooms import rooms

PATH = "/f/{slug:str}/settings/privacy/requests"
ONE = f"{PATH}/{{request_id:uuid}}"
LONG = Meta(max_length=2000)


class NewRequest(Struct):
    key: UUID
    kind: str
    person: str  # "contact:{id}" or "member:{id}"
    proof: Annotated[str, LONG]
    asked_on: date
    wish: Annotated[str, LONG] = ""


@get(PATH, opt={"permission": "privacy.read"})
async def requests_page(request: Req, session: Db) -> Response[str]:
    return await _list(request, session)


@post(PATH, opt={"permission": "privacy.manage"})
async def take(request: Req, session: Db) -> Response[Any]:
    form, now = await submitted(request, NewRequest), clock.now()
    if form.ok and form.taken.kind not in requests.KINDS:
        form.refuse("kind", _("This cannot be taken: please choose or correct it."))
    if form.ok and form.taken.asked_on > clock.today():
        form.refuse("asked_on", _("This day has not come yet."))
    kind, _colon, person_id = form.taken.person.partition(":") if form.ok else ("", "", "")
    if form.ok and (kind not in people.CORRECTABLE or not _is_id(person_id)):
        form.refuse("person", _("This cannot be taken: please choose or correct it."))
    if not form.ok:
        return await _list(request, session, form=form, status=422)
    given = form.taken
    try:
        taken = await requests.take(
            session, actor_of(request), now, key=given.key, kind=given.kind, person_kind=kind,
            person_id=UUID(person_id), wish=given.wish, proof=given.proof, asked_on=given.asked_on,
        )  # fmt: skip
    except Invalid as error:
        form.refuse("person", error.reason)
        return await _list(request, session, form=form, status=422)
    return to(f"/settings/privacy/requests/{taken.id}", request)


@get(ONE, opt={"permission": "privacy.read"})
async def request_page(request: Req, session: Db, request_id: FromPath[UUID]) -> Response[str]:
    return await _one(request, session, await queries.data_request(session, request_id))


@post(f"{ONE}/answer", opt={"permission": "privacy.manage"})
async def answer(request: Req, session: Db, request_id: FromPath[UUID]) -> Response[Any]:
    found, raw = await queries.data_request(session, request_id, lock=True), await raw_form(request)
    form: Submitted[Any] = Submitted({name: value for name, value in raw.items() if name != "csrf"})
    wanted = {name: str(raw.get(f"field_{name}", "")) for name in people.CORRECTABLE[found.person_kind]}
    try:
        await requests.answer(
            session, found, actor_of(request), clock.now(), refused=raw.get("decision") == "refuse",
            words=str(raw.get("words", "")), wanted=wanted,
        )  # fmt: skip
    except Invalid as error:
        form.errors.update(error.fields or {"words": error.reason})
        return await _one(request, session, found, form=form, status=422)
    return to(f"/settings/privacy/requests/{found.id}", request)


@get([f"{ONE}/copy.json", f"{ONE}/copy.pdf"], opt={"permission": "privacy.manage"})
async def copy(request: Req, session: Db, request_id: FromPath[UUID]) -> Response[Any]:
    """Everything about the person, to be handed to them; that it was made is written down."""
    found, now = await queries.data_request(session, request_id), clock.now()
    record(session, actor_of(request), "privacy.copy", now, subject=found)
    if request.url.path.endswith(".pdf"):
        return attachment(await printed(session, found, now), "copy.pdf", "application/pdf")
    file = scratch_file()
    await write_json(session, file, found, now)
    return sent(file, "copy.json", "application/json")


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


async def _list(
    request: Req, session: AsyncSession, *, form: Submitted[Any] | None = None, status: int = 200
) -> Response[str]:
    contacts = [(f"contact:{c.id}", f"{c.name} · {client}") for c, client in await queries.contacts(session)]
    members = [(f"member:{m.id}", m.name) for m in await members_of(session)]
    return await page(
        request,
        "privacy/requests.html",
        session=session,
        tabs=settings_tabs(request),
        rooms=rooms(request, "requests"),
        requests=await queries.data_requests(session),
        kinds=requests.KINDS,
        kind_options=list(requests.KINDS.items()),
        persons=[*members, *contacts],
        days=requests.DAYS,
        key=form.raw.get("key") if form else uuid7(),
        may_manage=actor_of(request).may("privacy.manage"),
        form=form or Submitted({"asked_on": clock.today().isoformat()}),
        status=status,
    )


async def _one(
    request: Req, session: AsyncSession, found: DataRequest, *, form: Submitted[Any] | None = None, status: int = 200
) -> Response[str]:
    row = await people.person_row(session, found.person_kind, found.person_id)
    labels = people.CORRECTABLE[found.person_kind]
    return await page(
        request,
        "privacy/request.html",
        session=session,
        tabs=settings_tabs(request),
        rooms=rooms(request, "requests"),
        found=found,
        kind=requests.KINDS[found.kind],
        fields=[(name, label, getattr(row, name, "")) for name, label in labels.items()],
        changed=[(labels.get(name, Text(name)), *values) for name, values in found.changed.items()],
        may_manage=actor_of(request).may("privacy.manage"),
        form=form or Submitted(),
        status=status,
    )


ROUTES = [requests_page, take, request_page, answer, copy]
