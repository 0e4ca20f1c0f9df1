"""HTML to PDF/A-3, in limited processes that can reach our fonts and the images handed in, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

from saas.kernel import tenancy
from saas.kernel.config import active
from saas.kernel.files import store_of
from saas.kernel.paper import FONTS, Annex, DocumentRefusedError, image_kind
from saas.kernel.sandbox import MIB, Sandbox

__all__ = ["Annex", "DocumentRefusedError", "cool_down", "printers", "render_pdf", "warm_up", "warming_up"]

LONGEST = 500  # rows in one document
STAMP = '<div class="sandbox-stamp">演练 DRILL</div>'
STAMP_CSS = (  # fixed: repeated on each page
    ".sandbox-stamp { position: fixed; top: -7mm; right: 0; padding: 0 3mm; border: 1pt solid #A3281F; color: #A3281F;"
    " font-weight: 700; font-size: 11pt; }"
)


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
    if await is_sandbox(tenancy.firm_or_none()):
        html, css = _stamped(html), css + STAMP_CSS
    pictures = dict(images or {})
    for name, content in pictures.items():
        if image_kind(content) is None:
            raise DocumentRefusedError(f"the image {name} is neither PNG nor JPEG")
    return await printers().run(_print, html, css, pictures, tuple(annexes), created.astimezone(UTC))


async def is_sandbox(firm_id: UUID | None) -> bool:
    """Its files say so: it borrows those of the firm it is a copy of."""
    return firm_id is not None and await store_of(active()).borrows(firm_id)


def _stamped(html: str) -> str:
    """On every page of what a sandbox prints, so that no letter of a drill is taken for a real one."""
    head, body, rest = html.partition("<body")
    opening, end, content = rest.partition(">")
    return f"{head}{body}{opening}{end}{STAMP}{content}" if body else STAMP + html


def warm_up() -> None:
    """Start a process and let it load the fonts, so that the first document does not wait for that."""
    printers().call(_load)


async def warming_up() -> None:
    """The same beside other work."""
    await printers().run(_load)


def cool_down() -> None:
    """End the processes."""
    printers().close()
    printers.cache_clear()


@cache
def printers() -> Sandbox:
    """The processes that print."""
    return Sandbox(memory=1536 * MIB, cpu_seconds=30, processes=2, prepare=_load)


def _load() -> None:
    """In the child: WeasyPrint, the fonts and one throw-away page, so that no document pays for first use."""
    _print("<p>清账 <b>Qingzhang</b></p>", "", {}, (), datetime(2026, 1, 1, tzinfo=UTC))


def _print(html: str, css: str, images: dict[str, bytes], annexes: tuple[Annex, ...], created: datetime) -> bytes:
    # fontconfig must know where to look before it is loaded: our own fonts, and not those of the machine.
    os.environ["FONTCONFIG_FILE"] = str(FONTS / "fonts.conf")
    from saas.kernel import printing  # WeasyPrint takes a second to load: only in the processes that print

    return printing.render(html, css, images, annexes, created)
