"""What goes on paper: our fonts, images, annexes. Known outside and inside the process that prints."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FONTS = Path(__file__).parents[3] / "static" / "fonts" / "document"
FAMILY = "Noto Serif SC"
IMAGE_KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


class DocumentRefusedError(Exception):
    """This input makes no document: too many rows, a foreign address, another image kind, a glyph the fonts lack."""


@dataclass(frozen=True, slots=True)
class Annex:
    """A file carried inside the PDF."""

    name: str
    content: bytes
    description: str = ""


def image_kind(content: bytes) -> str | None:
    return next((kind for magic, kind in IMAGE_KINDS.items() if content.startswith(magic)), None)
