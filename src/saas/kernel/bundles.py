"""A sealed file: everything about one record in one ZIP, with a manifest that names the SHA-256 of every member."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import PurePath
from typing import Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec
from sqlalchemy import inspect, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import tenancy
from saas.kernel.config import active
from saas.kernel.db import FirmRow
from saas.kernel.files import store_of
from saas.kernel.i18n import Text
from saas.kernel.money import Money
from saas.kernel.stages import StageEntry

Member = tuple[str, bytes]  # path inside the file, content


def sealed(members: Sequence[Member], about: Mapping[str, Any]) -> bytes:
    """A ZIP of the members and of `manifest.json`: `about`, and name, size and SHA-256 of each; the same every time."""
    names = [name for name, _content in members]
    if len(set(names)) != len(names):
        raise ValueError("two members of a sealed file have the same name")
    listed = [
        {"name": name, "size": len(content), "sha256": sha256(content).hexdigest()} for name, content in sorted(members)
    ]
    manifest = as_json({**about, "members": listed})
    result = BytesIO()
    with ZipFile(result, "w", ZIP_DEFLATED) as file:
        for name, content in [*sorted(members), ("manifest.json", manifest)]:
            file.writestr(ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, ZIP_DEFLATED)
    return result.getvalue()


def row(entry: FirmRow) -> dict[str, Any]:
    """A row's columns by name; the firm's id is not the reader's business."""
    known = inspect(type(entry)).column_attrs
    return {known_as.key: getattr(entry, known_as.key) for known_as in known if known_as.key != "firm_id"}


def as_json(value: Any) -> bytes:
    """Readable by people and by machines: texts in the exporter's language, money in yuan, times in UTC."""
    return msgspec.json.format(msgspec.json.encode(value, enc_hook=_plain), indent=2)


def _plain(value: Any) -> Any:
    if isinstance(value, Text):
        return str(value)
    if isinstance(value, Money):
        return f"{value.yuan:.2f}"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise NotImplementedError(type(value))


async def stages(session: AsyncSession, subject_id: UUID) -> Sequence[StageEntry]:
    """Where a record stood, from when to when, in order."""
    mine = (StageEntry.firm_id == tenancy.current_firm_id(), StageEntry.subject_id == subject_id)
    return (await session.scalars(select(StageEntry).where(*mine).order_by(StageEntry.entered_at))).all()


async def attachments(files: Iterable[Mapping[str, Any]]) -> list[Member]:
    """Every file once, under its hash, so that two files of one name stay two."""
    papers: dict[str, bytes] = {}
    for file in files:
        suffix = PurePath(file["name"]).suffix.lower()
        name = f"files/{file['sha256'][:16]}{suffix}"
        if name not in papers:
            papers[name] = await store_of(active()).get(tenancy.current_firm_id(), file["sha256"])
    return list(papers.items())
