"""The public verify page: whether a letter is ours, whether it still stands, and whether a file is the issued one."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from saas.kernel import tenancy
from saas.kernel.db import Database
from saas.kernel.directory import firm_by_code
from saas.kernel.i18n import Text, _, reader
from saas.kernel.link_entrance import Face
from saas.kernel.pages import Req, page
from saas.kernel.web import PUBLIC
from saas.notices import queries
from saas.notices.frame import face_of
from saas.notices.letters import Letter
from saas.notices.models import Notice
from saas.notices.numbering import read_code
from saas.notices.plain_words import masked
from saas.notices.wording import day

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


async def _show(request: Req, code: str, given: str = "", error: Text | None = None) -> Response[str]:
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
        code=code,
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


ROUTES = [form, verify, compare]
