"""HTML to PDF/A-3, in limited processes that can reach our fonts and the images handed in, and nothing else."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from saas.kernel.sandbox import MIB, Sandbox

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

FONTS = Path(__file__).parents[3] / "static" / "fonts" / "document"
FAMILY = "Noto Serif SC"
LONGEST = 500  # rows in one document
IMAGE_KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}

BASE_CSS = f"""
@font-face {{ font-family: "{FAMILY}"; font-weight: 400; src: url("font:NotoSerifSC-Regular.ttf"); }}
@font-face {{ font-family: "{FAMILY}"; font-weight: 700; src: url("font:NotoSerifSC-Bold.ttf"); }}
@page {{ size: A4; font-family: "{FAMILY}"; }}
html {{ font-family: "{FAMILY}"; }}
"""


class DocumentRefusedError(Exception):
    """The document cannot be made from this input: too many rows, a foreign address, an image not PNG or JPEG."""


@dataclass(frozen=True, slots=True)
class Annex:
    """A file carried inside the PDF."""

    name: str
    content: bytes
    description: str = ""


async def render_pdf(
    html: str,
    *,
    css: str = "",
    images: Mapping[str, bytes] | None = None,
    annexes: Sequence[Annex] = (),
    created: datetime,
) -> bytes:
    """A PDF/A-3u of the page; the same input gives the same bytes.

    `css` is parsed once per process, so pass a style sheet's whole text. An image is named in the page by
    `<img src="image:NAME">`. `created` (aware) is printed into the metadata. Raises DocumentRefusedError, or
    sandbox.ExhaustedError when the page needs more memory or time than a document may.
    """
    rows = html.count("<tr")
    if rows > LONGEST:
        raise DocumentRefusedError(f"{rows} rows; a document has at most {LONGEST}: send the rest as an attachment")
    pictures = dict(images or {})
    for name, content in pictures.items():
        if _image_kind(content) is None:
            raise DocumentRefusedError(f"the image {name} is neither PNG nor JPEG")
    return await _printers().run(_render, html, css, pictures, tuple(annexes), created.astimezone(UTC))


def warm_up() -> None:
    """Start a process and let it load the fonts, so that the first document does not wait for that."""
    _printers().call(_load)


def cool_down() -> None:
    """End the processes."""
    _printers().close()
    _printers.cache_clear()


@cache
def _printers() -> Sandbox:
    return Sandbox(memory=1536 * MIB, cpu_seconds=30, processes=2, prepare=_load)


def _load() -> None:
    """In the child: WeasyPrint, the fonts and one throw-away page, so that no document pays for first use."""
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    _render("<p>清账 <b>Qingzhang</b></p>", "", {}, (), datetime(2026, 1, 1, tzinfo=UTC))


def _render(html: str, css: str, images: dict[str, bytes], annexes: tuple[Annex, ...], created: datetime) -> bytes:
    from weasyprint import HTML, Attachment
    from weasyprint.urls import FatalURLFetchingError

    sheets = [_base(), *([_sheet(css)] if css else [])]
    page = HTML(string=html, base_url="document:", url_fetcher=_fetcher(images))
    try:
        document = page.render(font_config=_fonts(), stylesheets=sheets)
    except FatalURLFetchingError as error:  # a BaseException, so that no except clause in WeasyPrint swallows it
        raise DocumentRefusedError(str(error)) from None
    document.metadata.created = document.metadata.modified = created.strftime("%Y-%m-%dT%H:%M:%SZ")
    document.metadata.attachments = [
        Attachment(
            string=a.content,
            name=a.name,
            description=a.description,
            created=created,
            modified=created,
            relationship="Data",
        )
        for a in annexes
    ]
    identity = hashlib.sha256(html.encode()).digest()[:16]
    pdf: bytes = document.write_pdf(pdf_variant="pdf/a-3u", pdf_identifier=identity)
    return pdf


def _fetcher(images: Mapping[str, bytes]) -> object:
    """Serves `font:` and `image:`; every other address is an error that ends the rendering."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class OnlyOurs(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: object = None) -> object:
            scheme, _, name = url.partition(":")
            if scheme == "image" and name in images:
                return URLFetcherResponse(url, images[name], {"Content-Type": _image_kind(images[name])})
            if scheme == "font" and (FONTS / name).parent == FONTS:
                return URLFetcherResponse(url, (FONTS / name).read_bytes(), {"Content-Type": "font/ttf"})
            raise FatalURLFetchingError(f"a document may not fetch {url[:200]}")

    return OnlyOurs()


def _image_kind(content: bytes) -> str | None:
    return next((kind for magic, kind in IMAGE_KINDS.items() if content.startswith(magic)), None)


@cache
def _fonts() -> FontConfiguration:
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()


@cache
def _base() -> CSS:
    return _sheet(BASE_CSS)


@lru_cache(maxsize=32)
def _sheet(css: str) -> CSS:
    from weasyprint import CSS

    return CSS(string=css, url_fetcher=_fetcher({}), font_config=_fonts())
