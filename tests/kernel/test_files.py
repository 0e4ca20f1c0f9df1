"""The file store keeps what it was given, per firm, unchanged."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from saas.kernel.config import settings_from
from saas.kernel.files import DamagedFileError, FileStore, store_of

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
