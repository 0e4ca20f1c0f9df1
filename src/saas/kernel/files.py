"""The file store: bytes under their own hash, each firm's apart, never overwritten.

A sandbox borrows: what it has not itself it reads from the firm it is a copy of, named in its file `origin`.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, ObjectStore, from_url

from saas.kernel.config import Settings

if TYPE_CHECKING:  # a name that obstore has for type checkers only
    from obstore import GetResult

ORIGIN = "origin"
PIECE = 1024 * 1024  # bytes of a stream that are in memory at a time
_SHA256 = re.compile(r"[0-9a-f]{64}")


class DamagedFileError(RuntimeError):
    """The store gave back bytes that are not the ones put in."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored file as it comes, piece by piece; DamagedFileError at its end when it is not what was put in."""

    size: int  # bytes
    pieces: AsyncIterator[bytes]


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

    async def put_file(self, firm_id: UUID, path: Path) -> str:
        """Store what lies on the disk, a few pieces in memory at a time, unless the firm has it; its sha256."""
        digest = await asyncio.to_thread(_digest_of, path)
        try:
            known = await obstore.get_async(self._store, _path(firm_id, digest))
        except FileNotFoundError:
            await obstore.put_async(self._store, _path(firm_id, digest), path, chunk_size=5 * PIECE, max_concurrency=2)
        else:
            async for _piece in _checked(known, firm_id, digest):
                pass  # what is there must be what was to be stored
        return digest

    async def get(self, firm_id: UUID, digest: str) -> bytes:
        """The bytes; FileNotFoundError when this firm has none such, DamagedFileError when they have changed."""
        content = bytes(await (await self._found(firm_id, digest)).bytes_async())
        if hashlib.sha256(content).hexdigest() != digest:
            raise DamagedFileError(f"file {digest} of firm {firm_id} is damaged")
        return content

    async def stream(self, firm_id: UUID, digest: str) -> Stored:
        """The same, but never whole in memory; FileNotFoundError at once."""
        found = await self._found(firm_id, digest)
        return Stored(found.meta["size"], _checked(found, firm_id, digest))

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

    async def _found(self, firm_id: UUID, digest: str) -> GetResult:
        try:
            return await obstore.get_async(self._store, _path(firm_id, digest))
        except FileNotFoundError:
            origin = await self._origin(firm_id)
            if origin is None:
                raise
            return await obstore.get_async(self._store, _path(origin, digest))

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


async def _checked(found: GetResult, firm_id: UUID, digest: str) -> AsyncIterator[bytes]:
    seen = hashlib.sha256()
    async for piece in found.stream(min_chunk_size=PIECE):
        seen.update(piece)
        yield bytes(piece)
    if seen.hexdigest() != digest:
        raise DamagedFileError(f"file {digest} of firm {firm_id} is damaged")


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _path(firm_id: UUID, digest: str) -> str:
    if not _SHA256.fullmatch(digest):
        raise FileNotFoundError(digest)
    return f"{firm_id}/{digest[:2]}/{digest}"
