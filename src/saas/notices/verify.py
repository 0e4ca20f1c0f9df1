"""The public verify page: whether a letter is ours, whether it still stands, and whether a file is the issued one."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from saas.kernel import clock, tenancy
from saas.kernel.db import Database
from saas.kernel.directory import firm_by_code
from saas.kernel.i18n import Text, _, reader
from saas.kernel.link_entrance import Face
from saas.kernel.pages import Req, page
from saas.kernel.web import PUBLIC
from saas.notices import queries, requests
from saas.notices.frame import face_of
from saas.notices.letters import Letter
from saas.notices.models import Notice
from saas.notices.numbering import read_code
from saas.notices.plain_words import masked
from saas.notices.wording import day
from saas.notices.workflow import ISSUED

LARGEST = 20 * 1024 * 1024
VALID, REPLACED, WITHDRAWN = "valid", "superseded", "withdrawn"


@dataclass(frozen=True, slots=True)
class Found:
    """A letter as strangers may know it."""

    face: Face
    notice: Notice
    successor: Notice | None

    @property
    def standing(self) -> str:
        if self.notice.state == "withdrawn":
            return WITHDRAWN
        return REPLACED if self.notice.superseded_by_id else VALID

    @property
    def may_answer(self) -> bool:
        return self.notice.state in ISSUED and self.notice.asks


@get("/v", opt={"permission": PUBLIC})
async def form(request: Req, code: FromQuery[str] = "") -> Response[Any]:
    """Where a code read from paper is typed in."""
    if code.strip():
        return Redirect(f"/v/{code.strip()}", status_code=303)
    return await page(request, "notices/verify_form.html", unknown="", firm=None)


@get("/v/{code:str}", opt={"permission": PUBLIC})
async def verify(request: Req, code: FromPath[str]) -> Response[str]:
    return await _show(request, code)


@post("/v/{code:str}", opt={"permission": PUBLIC}, status_code=200)
async def compare(request: Req, code: FromPath[str]) -> Response[str]:
    """Without scripts the file comes here, is hashed and forgotten."""
    data = await request.form()
    file = data.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return await _show(request, code, error=_("Please choose a file first."))
    content = await file.read(LARGEST + 1)
    if len(content) > LARGEST:
        return await _show(request, code, error=_("This file is larger than any letter of ours: it is another one."))
    return await _show(request, code, given=sha256(content).hexdigest())


@post("/v/{code:str}/link", opt={"permission": PUBLIC}, status_code=200)
async def ask_for_link(request: Req, code: FromPath[str]) -> Response[str]:
    """Whoever scans the letter may answer it: their own link goes to their address on record, and nowhere else.

    The answer is the same whether the address is on record or not.
    """
    address = str((await request.form()).get("address", ""))
    found = await find(request, code)
    if found is not None and found.may_answer and address.strip():
        database: Database = request.app.state.database
        async with database.transaction(tenancy.link(found.notice.firm_id)) as session:
            await requests.send_own_link(session, found.notice.id, address, clock.now())
    return await _show(request, code, asked=True)


async def _show(
    request: Req, code: str, given: str = "", error: Text | None = None, asked: bool = False
) -> Response[str]:
    found = await find(request, code)
    if found is None:
        return await page(request, "notices/verify_form.html", status=404, unknown=code[:60], firm=None)
    letter = found.notice.content["letter"]
    return await page(
        request,
        "notices/verify.html",
        firm=found.face,
        notice=found.notice,
        kind=Letter.kind(found.notice.kind),
        standing=found.standing,
        successor=found.successor,
        issued_on=day(letter["date"], reader()),
        addressee=masked(letter["addressee"]["name"]),
        given=given,
        same=bool(given) and given == found.notice.file_sha256,
        error=error,
        request_root=f"/v/{code}",
        may_answer=found.may_answer,
        asked=asked,
    )


async def find(request: Request[Any, Any, Any], code: str) -> Found | None:
    """The approved letter with this code; None where there is none such. The firm comes from the code alone."""
    database: Database = request.app.state.database
    firm_code, verify_hash = read_code(code)
    async with database.transaction(tenancy.PLATFORM) as session:
        firm = await firm_by_code(session, firm_code)
    if firm is None:
        return None
    async with database.transaction(tenancy.link(firm.id)) as session:
        notice = await queries.notice_by_code(session, verify_hash)
        if notice is None:
            return None
        later = notice.superseded_by_id
        successor = await queries.notice(session, later) if later is not None else None
        return Found(await face_of(session, firm), notice, successor)


ROUTES = [form, verify, compare, ask_for_link]
