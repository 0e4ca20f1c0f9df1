"""The file store keeps what it was given, per firm, unchanged."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast
from uuid import UUID

import pytest

from saas.kernel.config import activate, settings_from
from saas.kernel.files import PIECE, DamagedFileError, FileStore, store_of
from saas.kernel.sending import scratch_file, scratch_folder, sent

OURS, THEIRS = UUID(int=1), UUID(int=2)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return store_of(settings_from({"SAAS_DATA_DIR": str(tmp_path)}))


async def test_bytes_come_back_by_their_hash(store: FileStore) -> None:
    digest = await store.put(OURS, "凭证".encode())
    assert await store.get(OURS, digest) == "凭证".encode()


async def test_putting_the_same_bytes_twice_is_one_file(store: FileStore, tmp_path: Path) -> None:
    assert await store.put(OURS, b"letter") == await store.put(OURS, b"letter")
    assert len([p for p in (tmp_path / "files").rglob("*") if p.is_file()]) == 1


async def test_another_firm_cannot_get_them_by_the_hash(store: FileStore) -> None:
    digest = await store.put(OURS, b"letter")
    with pytest.raises(FileNotFoundError):
        await store.get(THEIRS, digest)


async def test_a_changed_file_is_noticed_and_never_overwritten(store: FileStore, tmp_path: Path) -> None:
    digest = await store.put(OURS, b"letter")
    path = tmp_path / "files" / str(OURS) / digest[:2] / digest
    path.write_bytes(b"forged")
    with pytest.raises(DamagedFileError):
        await store.get(OURS, digest)
    with pytest.raises(DamagedFileError):
        await store.put(OURS, b"letter")
    assert path.read_bytes() == b"forged"


@pytest.mark.parametrize("digest", ["../../secret", "", "A" * 64, "0" * 63])
async def test_only_a_hash_is_a_name(store: FileStore, digest: str) -> None:
    with pytest.raises(FileNotFoundError):
        await store.get(OURS, digest)


async def test_a_large_file_is_stored_and_sent_some_pieces_at_a_time(store: FileStore, tmp_path: Path) -> None:
    """48 MB pass with a few in memory, whoever asks; what was changed in the store shows at the end."""
    large = tmp_path / "large"
    with large.open("wb") as file:
        for number in range(48):
            file.write(bytes([number]) * PIECE)
    tracemalloc.start()
    digest = await store.put_file(OURS, large)
    stored = await store.stream(OURS, digest)
    pieces = [len(piece) async for piece in stored.pieces]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(pieces) == stored.size == large.stat().st_size
    assert peak < 16 * PIECE
    with pytest.raises(FileNotFoundError):
        await store.stream(THEIRS, digest)
    there = tmp_path / "files" / str(OURS) / digest[:2] / digest
    there.write_bytes(b"x" + there.read_bytes()[1:])
    with pytest.raises(DamagedFileError):
        [piece async for piece in (await store.stream(OURS, digest)).pieces]
    with pytest.raises(DamagedFileError):
        await store.put_file(OURS, large)


async def test_a_scratch_file_is_gone_when_it_was_sent(tmp_path: Path) -> None:
    activate(settings_from({"SAAS_DATA_DIR": str(tmp_path)}))
    file = scratch_file()
    file.write(b"a list")
    answer = sent(file, "清单.csv", "text/csv")
    assert answer.headers["content-length"] == "6"
    pieces = cast(AsyncIterator[bytes], answer.iterator)
    assert b"".join([piece async for piece in pieces]) == b"a list"
    assert file.closed
    with scratch_folder() as folder:
        left = tmp_path / "scratch" / "left"
        left.mkdir()
        os.utime(left, (0, 0))
        with scratch_folder():
            assert not left.exists()  # a process that was killed left it
        assert Path(folder).parent == tmp_path / "scratch"
