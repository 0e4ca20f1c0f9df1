"""The file store: bytes under their own hash, each firm's apart, never overwritten.

A sandbox borrows: what it has not itself it reads from the firm it is a copy of, named in its file `origin`.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from functools import cache
from pathlib import Path
from uuid import UUID

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, ObjectStore, from_url

from saas.kernel.config import Settings

ORIGIN = "origin"
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
        try:
            found = await obstore.get_async(self._store, _path(firm_id, digest))
        except FileNotFoundError:
            origin = await self._origin(firm_id)
            if origin is None:
                raise
            found = await obstore.get_async(self._store, _path(origin, digest))
        content = bytes(await found.bytes_async())
        if hashlib.sha256(content).hexdigest() != digest:
            raise DamagedFileError(f"file {digest} of firm {firm_id} is damaged")
        return content

    async def borrow(self, sandbox: UUID, origin: UUID) -> None:
        """From now on the sandbox also finds the files of the firm it is a copy of."""
        await obstore.put_async(self._store, f"{sandbox}/{ORIGIN}", str(origin).encode())

    async def borrows(self, firm_id: UUID) -> bool:
        """Whether this firm is such a copy."""
        return await self._origin(firm_id) is not None

    async def erase(self, firm_id: UUID) -> int:
        """Remove everything a firm has stored, and what it borrows with it; how many files it were."""
        paths = await self.held(firm_id)
        for path in paths:
            await obstore.delete_async(self._store, path)
        return len(paths)

    async def remove(self, firm_id: UUID, digest: str) -> None:
        """Remove one file, such as an export that was fetched; nothing happens when it is gone."""
        with suppress(FileNotFoundError):
            await obstore.delete_async(self._store, _path(firm_id, digest))

    async def held(self, firm_id: UUID) -> list[str]:
        """The paths of what a firm has stored itself."""
        listed = obstore.list(self._store, prefix=str(firm_id))
        return [meta["path"] async for batch in listed for meta in batch]

    async def used(self, firm_id: UUID) -> int:
        """How many bytes a firm has stored itself."""
        listed = obstore.list(self._store, prefix=str(firm_id))
        return sum([meta["size"] async for batch in listed for meta in batch])

    async def _origin(self, firm_id: UUID) -> UUID | None:
        try:
            found = await obstore.get_async(self._store, f"{firm_id}/{ORIGIN}")
        except FileNotFoundError:
            return None
        return UUID(bytes(await found.bytes_async()).decode())


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
