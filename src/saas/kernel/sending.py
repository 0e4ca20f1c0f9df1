"""Files made to be fetched: written on the disk beside the data and sent piece by piece, never whole in memory."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO

from litestar.response import Stream

from saas.kernel import clock
from saas.kernel.config import active
from saas.kernel.files import PIECE

LEFT_BEHIND = 24 * 3600.0  # seconds: a folder that old belongs to a process that was killed


def scratch_folder() -> TemporaryDirectory[str]:
    """A folder for files in the making, removed at its end; what killed processes left behind goes with it."""
    for old in _scratch().iterdir():
        if clock.now().timestamp() - old.stat().st_mtime > LEFT_BEHIND:
            shutil.rmtree(old, ignore_errors=True)
    return TemporaryDirectory(dir=_scratch())


def scratch_file() -> IO[bytes]:
    """A file without a name: gone when it is closed, or when its process ends."""
    return TemporaryFile(dir=_scratch())


def attachment_headers(name: str) -> dict[str, str]:
    """For saving, never for running: no script of the file ever runs on our origin."""
    plain = name.encode("ascii", "ignore").decode().replace('"', "") or "file"
    from_utf8 = "".join(f"%{byte:02X}" for byte in name.encode())
    return {
        "content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{from_utf8}",
        "content-security-policy": "sandbox; default-src 'none'",
    }


def streamed(
    pieces: AsyncIterator[bytes], name: str, media_type: str = "application/octet-stream", size: int | None = None
) -> Stream:
    """Bytes for saving as they come. With `size` a broken stream shows as a download that is too short."""
    length = {"content-length": str(size)} if size is not None else {}
    return Stream(pieces, media_type=media_type, headers={**attachment_headers(name), **length})


def sent(file: IO[bytes], name: str, media_type: str) -> Stream:
    """What was written into a scratch file, which ends with the sending."""
    size = file.tell()
    file.seek(0)
    return streamed(_pieces(file), name, media_type, size)


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece


def _scratch() -> Path:
    folder = active().scratch_dir
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
