"""Files people attach: stored by hash in the firm's part of the store, listed where they were attached."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from litestar import Response
from litestar.datastructures import UploadFile

from saas.kernel import tenancy
from saas.kernel.config import active
from saas.kernel.errors import Invalid, Missing
from saas.kernel.files import store_of
from saas.kernel.i18n import _
from saas.kernel.pages import Req
from saas.kernel.sending import attachment_headers

LARGEST = 20 * 1024 * 1024
KINDS = {"pdf", "png", "jpg", "jpeg", "xlsx", "xls", "csv", "txt", "doc", "docx", "ofd", "xml", "zip", "eml", "msg"}


async def keep(request: Req, files: Sequence[UploadFile]) -> list[dict[str, Any]]:
    """Store attachments; [{name, sha256, size}]. Raises Invalid for an empty, too large or unknown kind of file."""
    return [await keep_content(file.filename or "file", await file.read()) for file in files]


async def keep_content(filename: str, content: bytes) -> dict[str, Any]:
    """Store one file that came with a form or a mail; {name, sha256, size}. Raises Invalid as `keep` does."""
    name = PurePath(filename).name[:120]
    if not content:
        raise Invalid(_("The file “%(name)s” is empty.", name=name))
    if len(content) > LARGEST:
        raise Invalid(_("The file “%(name)s” is larger than %(n)s MB.", name=name, n=LARGEST // 1024 // 1024))
    if name.rpartition(".")[2].lower() not in KINDS:
        raise Invalid(_("Files like “%(name)s” cannot be attached; send a PDF, a picture or a spreadsheet.", name=name))
    digest = await store_of(active()).put(tenancy.current_firm_id(), content)
    return {"name": name, "sha256": digest, "size": len(content)}


async def download(files: Sequence[dict[str, Any]], digest: str) -> Response[bytes]:
    """One of the listed files, always as an attachment and in a sandbox; Missing when it is not among them."""
    found = next((file for file in files if file["sha256"] == digest), None)
    if found is None:
        raise Missing()
    return attachment(await store_of(active()).get(tenancy.current_firm_id(), digest), found["name"])


def attachment(content: bytes, name: str, media_type: str = "application/octet-stream") -> Response[bytes]:
    """Bytes for saving, never for running: no script of theirs ever runs on our origin."""
    return Response(content, media_type=media_type, headers=attachment_headers(name))
