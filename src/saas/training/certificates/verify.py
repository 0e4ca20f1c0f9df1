"""The public page of a certificate: anybody with its code learns what the paper says, and whether it still counts."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from saas.kernel import clock, tenancy
from saas.kernel.db import Database
from saas.kernel.directory import firm_by_code
from saas.kernel.link_entrance import Face
from saas.kernel.pages import Req, page
from saas.kernel.web import PUBLIC
from saas.notices.frame import face_of
from saas.notices.numbering import read_code
from saas.training import queries
from saas.training.certificates.issuing import serial_text
from saas.training.certificates.printing import rows_of
from saas.training.exam_models import Certificate


@get("/v/certificate/{code:str}", opt={"permission": PUBLIC})
async def verify(request: Req, code: FromPath[str]) -> Response[str]:
    found = await find(request, code)
    if found is None:
        return await page(request, "training/verify.html", status=404, unknown=code[:60], firm=None)
    face, certificate = found
    return await page(
        request,
        "training/verify.html",
        firm=face,
        unknown="",
        certificate=certificate,
        serial=serial_text(certificate),
        rows=[{"label": label, "value": value} for label, value in rows_of(certificate)],
        standing=_standing(certificate),
    )


def _standing(certificate: Certificate) -> str:
    if certificate.withdrawn_at is not None:
        return "withdrawn"
    return "valid" if certificate.is_valid(clock.today()) else "ended"


async def find(request: Request[Any, Any, Any], code: str) -> tuple[Face, Certificate] | None:
    """The certificate with this code; the firm comes from the code alone."""
    database: Database = request.app.state.database
    firm_code, code_hash = read_code(code)
    async with database.transaction(tenancy.PLATFORM) as session:
        firm = await firm_by_code(session, firm_code)
    if firm is None:
        return None
    async with database.transaction(tenancy.link(firm.id)) as session:
        certificate = await queries.certificate_by_code(session, code_hash)
        return (await face_of(session, firm), certificate) if certificate is not None else None


ROUTES = [verify]
