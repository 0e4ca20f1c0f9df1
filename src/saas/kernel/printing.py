"""WeasyPrint, as it runs in a limited process: fonts and style sheets are loaded once, nothing else can be reached."""

from __future__ import annotations

import hashlib
import logging
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache

from fontTools.ttLib import TTFont
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from saas.kernel.paper import FAMILY, FONTS, Annex, DocumentRefusedError, image_kind

BASE_CSS = f"""
@page {{ size: A4; font-family: "{FAMILY}"; }}
html {{ font-family: "{FAMILY}"; }}
"""

logging.getLogger("weasyprint").setLevel(logging.ERROR)


def render(html: str, css: str, images: Mapping[str, bytes], annexes: Sequence[Annex], created: datetime) -> bytes:
    """PDF/A-3u with metadata that depends on the arguments alone. Threads must not share it: FontConfiguration."""
    if missing := {c for c in set(html) - _printable() if unicodedata.category(c)[0] not in "ZC"}:
        named = ", ".join(f"{c} (U+{ord(c):04X})" for c in sorted(missing)[:5])
        raise DocumentRefusedError(f"the fonts of documents cannot print {named}")
    page = HTML(string=html, base_url="document:", url_fetcher=OnlyOurs(images))
    try:
        document = page.render(font_config=_fonts(), stylesheets=[_sheet(BASE_CSS), *([_sheet(css)] if css else [])])
    except FatalURLFetchingError as error:  # a BaseException, so that no except clause in WeasyPrint swallows it
        raise DocumentRefusedError(str(error)) from None
    document.metadata.created = document.metadata.modified = created.strftime("%Y-%m-%dT%H:%M:%SZ")
    document.metadata.attachments = [_attachment(annex, created) for annex in annexes]
    identity = hashlib.sha256(html.encode()).digest()[:16]
    pdf: bytes = document.write_pdf(pdf_variant="pdf/a-3u", pdf_identifier=identity)
    return pdf


class OnlyOurs(URLFetcher):  # type: ignore[misc]
    """Serves the images handed in; every other address is an error that ends the rendering."""

    def __init__(self, images: Mapping[str, bytes]) -> None:
        super().__init__()
        self.images = images

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        scheme, _, name = url.partition(":")
        if scheme == "image" and name in self.images:
            content = self.images[name]
            return URLFetcherResponse(url, content, {"Content-Type": image_kind(content)})
        raise FatalURLFetchingError(f"a document may not fetch {url[:200]}")


def _attachment(annex: Annex, created: datetime) -> Attachment:
    return Attachment(
        string=annex.content,
        name=annex.name,
        description=annex.description,
        created=created,
        modified=created,
        relationship="Data",
    )


@cache
def _printable() -> frozenset[str]:
    """What both weights have a glyph for; anything else would be left out of the letter without a word."""
    weights = [set(TTFont(path, lazy=True).getBestCmap()) for path in FONTS.glob("*.ttf")]
    return frozenset(map(chr, set.intersection(*weights)))


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@lru_cache(maxsize=32)
def _sheet(css: str) -> CSS:
    return CSS(string=css, url_fetcher=OnlyOurs({}), font_config=_fonts())
