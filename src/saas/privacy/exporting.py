"""Everything of a firm in one ZIP: each table as CSV and JSON, each file, and an index with the hash of each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms import queries
from saas.kernel import tenancy
from saas.kernel.config import active
from saas.kernel.copying import firm_tables
from saas.kernel.files import ORIGIN, store_of
from saas.kernel.i18n import Text, _
from saas.privacy.models import FirmExport
from saas.privacy.register import register
from saas.privacy.rows import Written, columns, write

FORMAT = "qingzhang-export/1"
README = """清账 导出 / Qingzhang export

tables/NAME.csv   UTF-8（带 BOM），首行为列名 / UTF-8 with BOM, first line the columns
tables/NAME.json  同样的数据，JSON 数组 / the same rows as a JSON array
files/SHA256      上传与生成的文件，按内容的 SHA-256 命名 / uploaded and printed files, named by their SHA-256
index.json        目录：列的类型（fen 为分）、行数、每个成员的 SHA-256、文件由哪些记录引用 /
                  columns (fen: hundredths of a yuan), counts, the SHA-256 of every member, which rows name a file
时间为 UTC。 / Times are UTC.
"""
Tell = Callable[[int, int, Text], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Made:
    """What an export holds."""

    tables: int
    rows: int
    files: int
    size: int  # bytes of the ZIP


def exported_tables() -> list[Table]:
    """All of a firm's tables but the product's own keys and queues."""
    return [table for table in firm_tables() if table.name not in register().kept_in]


def archived_tables() -> list[Table]:
    """Those whose records the law obliges to keep."""
    return [table for table in firm_tables() if table.name in register().archived]


async def export_to(
    session: AsyncSession, path: Path, tables: Sequence[Table], now: datetime, *, tell: Tell | None = None,
    only_named_files: bool = False,
) -> Made:  # fmt: skip
    """Write the current firm's ZIP to `path`. Files named by no row go too, unless `only_named_files`.

    In memory at a time: a portion of rows, a piece of a file, and what the index says of each file (not of each row).
    """
    members: list[dict[str, Any]] = []
    written: list[Written] = []
    held = await _held(session)
    with TemporaryDirectory(dir=path.parent) as folder, ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for done, table in enumerate(tables):
            as_csv, as_json = Path(folder, "rows.csv"), Path(folder, "rows.json")
            written.append(await write(session, table, as_csv, as_json, held))
            for source, suffix in ((as_csv, "csv"), (as_json, "json")):
                members.append(_put(archive, source, f"tables/{table.name}.{suffix}"))
            if tell is not None:
                await tell(done + 1, len(tables) + 1, _("Writing the tables"))
        named = _named(written)
        files = sorted(named if only_named_files else held)
        for digest in files:
            members.append(await _put_stored(archive, digest))
        index = await _index(session, tables, written, members, named, now)
        archive.writestr("index.json", json.dumps(index, ensure_ascii=False, indent=1))
        archive.writestr("README.txt", README)
    size = (await asyncio.to_thread(path.stat)).st_size
    return Made(len(tables), sum(part.rows for part in written), len(files), size)


def _put(archive: ZipFile, source: Path, name: str) -> dict[str, Any]:
    archive.write(source, name)
    with source.open("rb") as file:
        return {"name": name, "size": source.stat().st_size, "sha256": file_digest(file, "sha256").hexdigest()}


async def _put_stored(archive: ZipFile, digest: str) -> dict[str, Any]:
    stored = await store_of(active()).stream(tenancy.current_firm_id(), digest)
    with archive.open(f"files/{digest}", "w", force_zip64=True) as member:
        async for piece in stored.pieces:
            member.write(piece)
    return {"name": f"files/{digest}", "size": stored.size, "sha256": digest}


def _named(written: Sequence[Written]) -> dict[str, list[str]]:
    """By file, the rows that name it, of all tables."""
    named: dict[str, list[str]] = {}
    for part in written:
        for digest, rows in part.files.items():
            named.setdefault(digest, []).extend(rows)
    return named


async def _held(session: AsyncSession) -> set[str]:
    """The digests of the firm's stored files, without former exports."""
    former = select(FirmExport.sha256).where(FirmExport.firm_id == tenancy.current_firm_id())
    exports = set((await session.scalars(former)).all())
    held = {path.rpartition("/")[2] for path in await store_of(active()).held(tenancy.current_firm_id())}
    return held - exports - {ORIGIN}


async def _index(
    session: AsyncSession, tables: Sequence[Table], written: Sequence[Written], members: list[dict[str, Any]],
    named: dict[str, list[str]], now: datetime,
) -> dict[str, Any]:  # fmt: skip
    firm = await queries.firm(session)
    stored = {member["name"].removeprefix("files/") for member in members}
    return {
        "format": FORMAT,
        "firm": {"name": firm.name, "slug": firm.slug},
        "made_at": now.isoformat(),
        "tables": [
            {"name": table.name, "rows": part.rows, "columns": columns(table)}
            for table, part in zip(tables, written, strict=True)
        ],
        "left_out": {name: why.en for name, why in sorted(register().kept_in.items())},
        "files": {digest: rows for digest, rows in sorted(named.items()) if digest in stored},
        "members": members,
    }
