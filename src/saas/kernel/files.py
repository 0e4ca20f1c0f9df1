"""The file store: bytes under their own hash, each firm's apart, never overwritten."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from uuid import UUID

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, ObjectStore, from_url

from saas.kernel.config import Settings

_SHA256 = re.compile(r"[0-9a-f]{64}")


class DamagedFileError(RuntimeError):
    """The store gave back bytes that are not the ones put in."""


class FileStore:
    """A local folder, or S3-compatible storage; both hold `{firm_id}/{first two digits}/{sha256}`."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def put(self, firm_id: UUID, content: bytes) -> str:
        """Store the bytes unless the firm has them; their sha256 in hexadecimal, by which they are got."""
        digest = hashlib.sha256(content).hexdigest()
        try:
            await obstore.put_async(self._store, _path(firm_id, digest), content, mode="create")
        except AlreadyExistsError:
            await self.get(firm_id, digest)  # what is there must be what was to be stored
        return digest

    async def get(self, firm_id: UUID, digest: str) -> bytes:
        """The bytes; FileNotFoundError when this firm has none such, DamagedFileError when they have changed."""
        found = await obstore.get_async(self._store, _path(firm_id, digest))
        content = bytes(await found.bytes_async())
        if hashlib.sha256(content).hexdigest() != digest:
            raise DamagedFileError(f"file {digest} of firm {firm_id} is damaged")
        return content


def store_of(settings: Settings) -> FileStore:
    """Where SAAS_FILES_URL says (`s3://bucket/prefix`), else the folder beside the other data."""
    return FileStore(_open(settings.files_url, settings.files_dir))


@cache
def _open(url: str, folder: Path) -> ObjectStore:
    return from_url(url) if url else LocalStore(folder, mkdir=True)


def _path(firm_id: UUID, digest: str) -> str:
    if not _SHA256.fullmatch(digest):
        raise FileNotFoundError(digest)
    return f"{firm_id}/{digest[:2]}/{digest}"
