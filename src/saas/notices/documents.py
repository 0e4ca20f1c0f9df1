"""What a letter shows: one HTML for preview and print, the PDF/A-3 with its frozen content inside."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from typing import Any

from saas.firms import colours
from saas.kernel.config import active
from saas.kernel.documents import Annex, render_pdf
from saas.kernel.i18n import Locale, Text, _, reading
from saas.kernel.pages import ROOT, STATIC, TEMPLATES, environment
from saas.kernel.paper import image_kind
from saas.notices import glossary, qr, wording
from saas.notices.content import canonical, grouped
from saas.notices.frame import Frame
from saas.notices.letters import Letter
from saas.notices.models import Notice
from saas.notices.numbering import serial_text
from saas.notices.parts import body
from saas.notices.phrases import own_words

SHEETS = ("documents/base.html", "documents/parts.html", "documents/notices")
CSS = STATIC / "css" / "document.css"


@dataclass(frozen=True, slots=True)
class Pictures:
    """The firm's logo and seal and the QR code, as bytes."""

    logo: bytes = b""
    seal: bytes = b""
    qr: bytes = b""

    def given(self) -> dict[str, bytes]:
        found = {"logo": self.logo, "seal": self.seal, "qr": self.qr}
        return {name: content for name, content in found.items() if content}


@dataclass(frozen=True, slots=True)
class Letterform:
    """A letter ready to be set: its content, its frame, the languages, and what surrounds them."""

    kind: str
    content: dict[str, Any]
    letter: dict[str, Any]
    content_sha256: str
    pictures: Pictures = field(default_factory=Pictures)

    @property
    def locales(self) -> tuple[Locale, ...]:
        return {"zh": ("zh",), "en": ("en",)}.get(self.letter["locale"], ("zh", "en"))  # type: ignore[return-value]


def of_draft(notice: Notice, frame: Frame, today: date, pictures: Pictures) -> Letterform:
    """A draft as it would look if it were approved now."""
    kind = Letter.kind(notice.kind)
    letter = {
        "title": notice.title.store(),
        "locale": notice.locale,
        "serial": serial_text(frame.mark(today), kind.mark, today.year, 0).replace("0000", "____"),
        "version": notice.version,
        "date": today.isoformat(),
        "verify_code": "",
        "sender": frame.sender(),
        "addressee": frame.addressee(),
        "words": own_words(frame.profile, today, frame.tier),
    }
    return Letterform(notice.kind, notice.content, letter, "", pictures)


def of_approved(notice: Notice, pictures: Pictures) -> Letterform:
    """An approved letter: nothing but what was frozen, and the QR code of its verify page."""
    drawn = Pictures(pictures.logo, pictures.seal, qr.png(verify_url(notice.verify_code)))
    return Letterform(notice.kind, notice.content, notice.content["letter"], notice.content_sha256, drawn)


def verify_url(code: str) -> str:
    return f"{active().public_url}/v/{code}"


def html(form: Letterform, *, preview: bool = False) -> str:
    """The whole letter in the firm's words; both languages one after the other where it has two."""
    with wording.in_words(form.letter.get("words", {})):
        return _set(form, preview)


def _set(form: Letterform, preview: bool) -> str:
    locales = form.locales
    bodies = [_in(locale, Letter.kind(form.kind).template, form, preview) for locale in locales]
    with reading(locales[0]):
        template = environment().get_template("documents/notices/letter.html")
        return template.render(
            letter=_head(form, locales[0], preview),
            locale=locales[0],
            preview=preview,
            first=bodies[0],
            others=[
                {"locale": locale, "letter": _head(form, locale, preview), "body": text}
                for locale, text in zip(locales[1:], bodies[1:], strict=True)
            ],
        )


async def pdf(form: Letterform, created: datetime) -> bytes:
    """PDF/A-3 with content.json inside: its SHA-256 is the fingerprint that the letter prints."""
    annex = Annex("content.json", canonical(form.content), "frozen content of this letter, canonical JSON")
    return await render_pdf(
        html(form), css=_css() + _colour(form), images=form.pictures.given(), annexes=[annex], created=created
    )


@cache
def template_version() -> str:
    """Changes with every template, style sheet and word a letter is made of."""
    digest = sha256()
    for name in SHEETS:
        path = TEMPLATES / name
        for file in [path] if path.is_file() else sorted(path.glob("*.html")):
            digest.update(file.read_bytes())
    for path in (CSS, wording.PATH, glossary.PATH):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _colour(form: Letterform) -> str:
    """The firm's own colour as it was frozen into the letter; older letters have none."""
    tone = form.letter["sender"].get("accent", "")
    return colours.on_paper(tone) if tone else ""


@cache
def _css() -> str:
    return CSS.read_text("utf-8")


def _in(locale: Locale, template: str, form: Letterform, preview: bool) -> str:
    with reading(locale):
        values = body(form.kind, form.content, form.letter, locale)
        seal = _picture(form, "seal", preview)
        return environment().get_template(template).render(**values, locale=locale, seal=seal)


def _head(form: Letterform, locale: Locale, preview: bool) -> dict[str, Any]:
    """The context of documents/base.html."""
    letter, content = form.letter, form.content
    sender = letter["sender"]
    kind = Letter.kind(form.kind)
    annexes = content.get("annexes") or []
    with reading(locale):
        words = glossary.terms_in(form.kind, content, locale)
        named = [wording.say(annex, locale) for annex in annexes] + ([str(_("glossary"))] if words else [])
        return {
            "firm": {
                "name": sender["name"],
                "name_en": sender["name_en"],
                "licence": sender["licence"],
                "address": (sender["address_en"] or sender["address"]) if locale == "en" else sender["address"],
                "phone": sender["phone"],
                "email": sender["email"],
                "initial": sender["name"][:1],
                "accent": sender.get("accent", ""),
                "logo": _picture(form, "logo", preview),
            },
            "title": wording.phrase(locale, kind.wording, "title")
            if kind.wording
            else str(Text.restore(letter["title"])),
            "serial": letter["serial"],
            "version": str(_("Version %(n)s", n=letter["version"])),
            "date": wording.formal_day(date.fromisoformat(letter["date"]), locale),
            "annexes": "、".join(named) if locale == "zh" else ", ".join(named),
            "verify": {
                "code": letter["verify_code"],
                "fingerprint": grouped(form.content_sha256),
                "snapshot": grouped(str(content.get("before_sha256") or "")),
                "qr": _picture(form, "qr", preview),
            },
        }


def _picture(form: Letterform, name: str, preview: bool) -> str:
    """How the page names a picture: handed in to the printer, inline for a browser."""
    content = form.pictures.given().get(name)
    if content is None:
        return ""
    return f"data:{image_kind(content)};base64,{b64encode(content).decode()}" if preview else f"image:{name}"


__all__ = ["ROOT", "Letterform", "Pictures", "html", "of_approved", "of_draft", "pdf", "template_version", "verify_url"]
