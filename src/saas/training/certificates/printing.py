"""A certificate on paper: one sheet, Chinese first and English beneath, with the code anybody can verify."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.letterhead import firm_head
from saas.firms.models import FirmProfile
from saas.firms.queries import profile as profile_of
from saas.kernel.config import active
from saas.kernel.documents import render_pdf
from saas.kernel.files import store_of
from saas.kernel.i18n import LOCALES, Locale, Text, _, reading
from saas.kernel.pages import STATIC, environment, show_date
from saas.notices import qr
from saas.notices.pictures import pictures_of
from saas.training import queries
from saas.training.certificates.issuing import serial_text
from saas.training.exam_models import Certificate
from saas.training.wording import said

TEMPLATE = "training/certificate_document.html"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who issues it."""

    profile: FirmProfile
    logo: bytes = b""
    seal: bytes = b""


def address_of(certificate: Certificate) -> str:
    """Where the paper can be verified."""
    return f"{active().public_url}/v/certificate/{certificate.code}"


def html(certificate: Certificate, head: Letterhead) -> str:
    with reading("zh"):
        return (
            environment()
            .get_template(TEMPLATE)
            .render(
                locale="zh",
                letter=_letter(certificate, head),
                halves=[_half(certificate, head, locale) for locale in LOCALES],
                seal="image:seal" if head.seal else "",
            )
        )


async def pdf(certificate: Certificate, head: Letterhead) -> bytes:
    """PDF/A; the same certificate and letterhead give the same bytes."""
    images = {"logo": head.logo, "seal": head.seal, "qr": qr.png(address_of(certificate))}
    return await render_pdf(
        html(certificate, head),
        css=_css(),
        images={name: content for name, content in images.items() if content},
        created=certificate.issued_at,
    )


async def letterhead(session: AsyncSession) -> Letterhead:
    profile = await profile_of(session)
    pictures = await pictures_of({"logo_sha256": profile.logo_sha256, "seal_sha256": profile.seal_sha256})
    return Letterhead(profile, pictures.logo, pictures.seal)


async def print_one(session: AsyncSession, certificate_id: str) -> None:
    """The job "training.print": once, and kept by its hash."""
    certificate = await queries.certificate(session, UUID(certificate_id))
    if not certificate.file_sha256:
        content = await pdf(certificate, await letterhead(session))
        certificate.file_sha256 = await store_of(active()).put(certificate.firm_id, content)


def _letter(certificate: Certificate, head: Letterhead) -> dict[str, Any]:
    profile = head.profile
    return {
        "firm": firm_head(profile, logo="image:logo" if head.logo else ""),
        "title": str(_("Certificate of training")),
        "serial": serial_text(certificate),
        "verify": {"code": certificate.code},
    }


def _half(certificate: Certificate, head: Letterhead, locale: Locale) -> dict[str, Any]:
    """The same certificate in one language."""
    with reading(locale):
        company = (head.profile.name_en or head.profile.name) if locale == "en" else head.profile.name
        sentence = _(
            "%(name)s has completed the course “%(course)s” and passed its exam.",
            name=certificate.member_name,
            course=said(certificate.title),
        )
        return {
            "lang": "zh-CN" if locale == "zh" else "en",
            "title": str(_("Certificate of training")),
            "sentence": str(sentence),
            "rows": [(str(label), str(value)) for label, value in rows_of(certificate)],
            "company": company,
            "date": show_date(certificate.issued_at),
        }


def rows_of(certificate: Certificate) -> list[tuple[Text, Any]]:
    """What the paper says, in the reader's language."""
    return [
        (_("Number"), serial_text(certificate)),
        (_("Course"), said(certificate.title)),
        (_("Version of the course"), certificate.version_number),
        (_("Score"), f"{certificate.percent} %"),
        (_("Credits of continuing education"), certificate.credits),
        (_("Issued"), show_date(certificate.issued_at)),
        (_("Valid until"), show_date(certificate.valid_until)),
    ]


@cache
def _css() -> str:
    return "\n".join((STATIC / "css" / name).read_text("utf-8") for name in ("document.css", "certificate.css"))
