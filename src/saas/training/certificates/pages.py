"""A certificate in the firm: its page, its PDF, and its withdrawal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock, tenancy
from saas.kernel.audit import record
from saas.kernel.config import active
from saas.kernel.errors import Forbidden, Missing
from saas.kernel.files import store_of
from saas.kernel.forms import Submitted, submitted
from saas.kernel.i18n import _
from saas.kernel.module import composition
from saas.kernel.pages import Db, Req, actor_of, address_in, page, to
from saas.kernel.uploads import attachment
from saas.notices.qr import svg
from saas.training import queries
from saas.training.certificates.issuing import serial_text
from saas.training.certificates.printing import address_of, letterhead, pdf, rows_of
from saas.training.courses import listing
from saas.training.exam_models import Certificate
from saas.training.forms import Withdraw
from saas.training.wording import said

ONE = "/f/{slug:str}/training/certificates/{certificate_id:uuid}"


@get(ONE, opt={"permission": "training.read"})
async def detail(request: Req, session: Db, certificate_id: FromPath[UUID], done: FromQuery[str] = "") -> Response[str]:
    return await _show(request, session, await _mine_or_seen(request, session, certificate_id), done=done)


@get(f"{ONE}/pdf", opt={"permission": "training.read"})
async def as_pdf(request: Req, session: Db, certificate_id: FromPath[UUID]) -> Response[bytes]:
    """The printed file; made now where the job has not come to it yet."""
    certificate = await _mine_or_seen(request, session, certificate_id)
    if certificate.file_sha256:
        content = await store_of(active()).get(tenancy.current_firm_id(), certificate.file_sha256)
    else:
        content = await pdf(certificate, await letterhead(session))
    name = f"{certificate.year}-{certificate.number:04d} {said(certificate.title)}.pdf"
    return attachment(content, name, "application/pdf")


@post(f"{ONE}/withdraw", opt={"permission": "training.teach"})
async def withdraw(request: Req, session: Db, certificate_id: FromPath[UUID]) -> Response[Any]:
    """It counts no more from this moment; the number stays, and the verify page says so."""
    certificate, actor, now = await queries.certificate(session, certificate_id), actor_of(request), clock.now()
    if certificate.member_id == actor.id:
        raise Forbidden(_("Nobody decides about their own certificate."), action="training.withdraw")
    form = await submitted(request, Withdraw)
    if not form.ok:
        return await _show(request, session, certificate, form=form, status=422)
    if certificate.withdrawn_at is None:
        certificate.withdrawn_at, certificate.withdrawn_by = now, actor.id
        certificate.withdrawn_why = form.taken.reason
        number = serial_text(certificate)
        record(session, actor, "training.withdraw", now, subject=certificate, number=number, reason=form.taken.reason)
    return to(f"/training/certificates/{certificate.id}?done=withdrawn", request)


async def _mine_or_seen(request: Req, session: AsyncSession, certificate_id: UUID) -> Certificate:
    """One's own, or anybody's for those who may see results; for the others there is none such."""
    certificate, actor = await queries.certificate(session, certificate_id), actor_of(request)
    if certificate.member_id != actor.id and not actor.may("training.results"):
        raise Missing()
    return certificate


async def _show(
    request: Req,
    session: AsyncSession,
    certificate: Certificate,
    *,
    form: Submitted[Any] | None = None,
    done: str = "",
    status: int = 200,
) -> Response[str]:
    actor, at = actor_of(request), address_in(request)
    address, codes = address_of(certificate), composition().qualifications
    row = listing.certificate(certificate, clock.today(), at)
    return await page(
        request,
        "training/certificate.html",
        session=session,
        certificate=certificate,
        title=row["title"],
        serial=row["serial"],
        badge=row["badge"],
        rows=[{"label": label, "value": value} for label, value in rows_of(certificate)],
        opens=[codes[code] for code in certificate.qualifications if code in codes],
        address=address,
        qr=svg(address, serial_text(certificate)),
        may_withdraw=actor.may("training.teach")
        and certificate.member_id != actor.id
        and certificate.withdrawn_at is None,
        form=form or Submitted(),
        done=done,
        status=status,
    )


ROUTES = [detail, as_pdf, withdraw]
