"""The firm's logo and seal for a letter, from the file store."""

from __future__ import annotations

from typing import Any

from saas.kernel import tenancy
from saas.kernel.config import active
from saas.kernel.files import store_of
from saas.notices.documents import Pictures


async def pictures_of(sender: dict[str, Any]) -> Pictures:
    """By the hashes that the letter's frame names; a picture the store does not have is left out."""
    return Pictures(await _bytes(sender.get("logo_sha256", "")), await _bytes(sender.get("seal_sha256", "")))


async def _bytes(digest: str) -> bytes:
    if not digest:
        return b""
    try:
        return await store_of(active()).get(tenancy.current_firm_id(), digest)
    except FileNotFoundError:
        return b""
