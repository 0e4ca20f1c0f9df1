"""HTML to PDF/A-3, in limited processes that can reach our fonts and the images handed in, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache

from saas.kernel.paper import FONTS, Annex, DocumentRefusedError, image_kind
from saas.kernel.sandbox import MIB, Sandbox

__all__ = ["Annex", "DocumentRefusedError", "cool_down", "render_pdf", "warm_up"]

LONGEST = 500  # rows in one document


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
        if image_kind(content) is None:
            raise DocumentRefusedError(f"the image {name} is neither PNG nor JPEG")
    return await _printers().run(_print, html, css, pictures, tuple(annexes), created.astimezone(UTC))


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
    _print("<p>清账 <b>Qingzhang</b></p>", "", {}, (), datetime(2026, 1, 1, tzinfo=UTC))


def _print(html: str, css: str, images: dict[str, bytes], annexes: tuple[Annex, ...], created: datetime) -> bytes:
    # fontconfig must know where to look before it is loaded: our own fonts, and not those of the machine.
    os.environ["FONTCONFIG_FILE"] = str(FONTS / "fonts.conf")
    from saas.kernel import printing  # WeasyPrint takes a second to load: only in the processes that print

    return printing.render(html, css, images, annexes, created)
