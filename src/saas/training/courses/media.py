"""Files of courses on their way out: pictures are shown, the rest is saved, nothing runs."""

from __future__ import annotations

from litestar import Response

from saas.kernel.uploads import attachment

PICTURES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "svg": "image/svg+xml",
}
KINDS = {*PICTURES, "pdf", "xlsx", "docx", "csv", "txt"}


def ending(name: str) -> str:
    return name.rpartition(".")[2].lower()


def shown_inline(content: bytes, name: str) -> Response[bytes]:
    """A picture as one; a script inside an SVG has no origin here and is not run."""
    media_type = PICTURES.get(ending(name))
    if media_type is None:
        return attachment(content, name)
    return Response(
        content,
        media_type=media_type,
        headers={
            "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
            "cache-control": "private, max-age=300",
        },
    )
