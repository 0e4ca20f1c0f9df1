"""The case file: everything about one case in one ZIP, sealed by a manifest that names the SHA-256 of every member."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import PurePath
from typing import Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from sqlalchemy import inspect, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import queries
from saas.cases.case_page import ONE
from saas.cases.dossier import Dossier, dossier
from saas.cases.models import Case
from saas.clients.models import Communication
from saas.kernel import clock, tenancy
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.config import active
from saas.kernel.db import FirmRow
from saas.kernel.files import store_of
from saas.kernel.i18n import Text
from saas.kernel.money import Money
from saas.kernel.pages import Db, Req, actor_of
from saas.kernel.records import history
from saas.kernel.stages import StageEntry
from saas.kernel.uploads import attachment
from saas.ledgers import queries as ledgers
from saas.notices.models import Answer, Delivery, Notice

FORMAT = "qingzhang case file, version 1"
Annex = Callable[[AsyncSession, Case], Awaitable[Sequence[tuple[str, bytes]]]]
_annexes: list[Annex] = []


def provide_annex(annex: Annex) -> None:
    """A later module adds its own papers: [(path inside the file, bytes)] of one case."""
    _annexes.append(annex)


@get(f"{ONE}/case-file", opt={"permission": "cases.export"})
async def download_file(request: Req, session: Db, row_id: FromPath[UUID]) -> Response[bytes]:
    """The ZIP for saving. The audit trail keeps its hash, so that any copy can be proved."""
    case = await queries.case(session, row_id)
    content = await case_file(session, case, actor_of(request), clock.now())
    return attachment(content, f"{case.number}.zip", "application/zip")


async def case_file(session: AsyncSession, case: Case, actor: Actor, now: datetime) -> bytes:
    """Everything of a case as one ZIP; its SHA-256 goes into the firm's audit trail."""
    found = await dossier(session, case)
    members = [
        *_papers(found),
        ("timeline.json", as_json([row(entry) for entry in await history(session, case.id)])),
        ("stages.json", as_json([row(entry) for entry in await _stages(session, case)])),
        *await _findings(session, found),
        *await _notices(session, case),
        *await _attachments(found),
    ]
    for annex in _annexes:
        members += await annex(session, case)
    content = sealed(members, {"case": case.number, "client": found.client.name, "by": actor.name, "at": now})
    record(session, actor, "cases.export", now, subject=case, client_id=case.client_id,
           sha256=sha256(content).hexdigest(), members=len(members))  # fmt: skip
    return content


def sealed(members: Sequence[tuple[str, bytes]], about: dict[str, Any]) -> bytes:
    """A ZIP of the members and of `manifest.json`, which lists name, size and SHA-256 of each; the same every time."""
    names = [name for name, _content in members]
    if len(set(names)) != len(names):
        raise ValueError("two members of a case file have the same name")
    listed = [
        {"name": name, "size": len(content), "sha256": sha256(content).hexdigest()} for name, content in sorted(members)
    ]
    manifest = as_json({"format": FORMAT, **about, "members": listed})
    result = BytesIO()
    with ZipFile(result, "w", ZIP_DEFLATED) as file:
        for name, content in [*sorted(members), ("manifest.json", manifest)]:
            file.writestr(ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, ZIP_DEFLATED)
    return result.getvalue()


def row(entry: FirmRow) -> dict[str, Any]:
    """A row's columns by name; the firm's id is not the reader's business."""
    columns = inspect(type(entry)).columns
    return {column.key: getattr(entry, column.key) for column in columns if column.key != "firm_id"}


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


def _papers(found: Dossier) -> list[tuple[str, bytes]]:
    names = {str(member_id): member.name for member_id, member in found.members.items()}
    asked = [{**row(q), "answers": [row(a) for a in found.earlier.get(q.id, [])]} for q in found.questions]
    return [
        ("case.json", as_json(row(found.case))),
        ("client.json", as_json(row(found.client))),
        ("people.json", as_json(names)),
        ("questions.json", as_json(asked)),
        ("communications.json", as_json([_said(entry) for entry in found.communications])),
        ("notes.json", as_json([row(note) for note in found.notes])),
        ("tasks.json", as_json([row(task) for task in found.tasks])),
        ("lesson.json", as_json(row(found.lesson) if found.lesson else None)),
    ]


def _said(entry: Communication) -> dict[str, Any]:
    return row(entry)


async def _stages(session: AsyncSession, case: Case) -> Sequence[StageEntry]:
    query = select(StageEntry).where(StageEntry.firm_id == case.firm_id, StageEntry.subject_id == case.id)
    return (await session.scalars(query.order_by(StageEntry.entered_at))).all()


async def _findings(session: AsyncSession, found: Dossier) -> list[tuple[str, bytes]]:
    """Each finding with its numbers, its terms, and the voucher lines as the books show them now."""
    papers = []
    for number, finding in enumerate(found.findings, 1):
        lines = {
            voucher: [row(line) for line in await ledgers.voucher_lines(session, finding.client_id, voucher)]
            for voucher in finding.vouchers
        }
        name = f"findings/{number:02}-{finding.rule}.json"
        papers.append((name, as_json({**row(finding), "lines": lines})))
    return papers


async def _notices(session: AsyncSession, case: Case) -> list[tuple[str, bytes]]:
    """The letters as issued, byte for byte, with their deliveries and answers."""
    mine = select(Notice).where(Notice.firm_id == case.firm_id, Notice.subject_id == case.id)
    papers = []
    for number, notice in enumerate((await session.scalars(mine.order_by(Notice.id))).all(), 1):
        here = (Delivery.firm_id == case.firm_id, Delivery.notice_id == notice.id)
        sent = (await session.scalars(select(Delivery).where(*here).order_by(Delivery.created_at))).all()
        said = (
            await session.scalars(select(Answer).where(Answer.firm_id == case.firm_id, Answer.notice_id == notice.id))
        ).all()
        stem = f"notices/{number:02}-{notice.kind}"
        about = {**row(notice), "deliveries": [row(d) for d in sent], "answers": [row(a) for a in said]}
        papers.append((f"{stem}.json", as_json(about)))
        if notice.file_sha256:
            papers.append((f"{stem}.pdf", await store_of(active()).get(notice.firm_id, notice.file_sha256)))
    return papers


async def _attachments(found: Dossier) -> list[tuple[str, bytes]]:
    """Every file once, under its hash, so that two files of one name stay two."""
    papers: dict[str, bytes] = {}
    for file in found.files:
        suffix = PurePath(file["name"]).suffix.lower()
        name = f"files/{file['sha256'][:16]}{suffix}"
        if name not in papers:
            papers[name] = await store_of(active()).get(tenancy.current_firm_id(), file["sha256"])
    return list(papers.items())


ROUTES = [download_file]
