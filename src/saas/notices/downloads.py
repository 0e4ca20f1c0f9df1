"""Files out: attachments in a sandbox, named so that every browser keeps the Chinese."""

from __future__ import annotations

from urllib.parse import quote

from litestar import Response


def download(content: bytes, name: str, media_type: str) -> Response[bytes]:
    ascii_name = name.encode("ascii", "ignore").decode().replace('"', "").strip(". ") or "letter"
    return Response(
        content,
        media_type=media_type,
        headers={
            "content-disposition": f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name)}",
            "content-security-policy": "sandbox; default-src 'none'",
        },
    )
