"""The case file: everything about one case in one ZIP, sealed by a manifest that names the SHA-256 of every member."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import queries
from saas.cases.case_page import ONE
from saas.cases.dossier import Dossier, dossier
from saas.cases.models import Case
from saas.clients.models import Communication
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.bundles import as_json, attachments, row, sealed, stages
from saas.kernel.pages import Db, Req, actor_of
from saas.kernel.records import history
from saas.kernel.uploads import attachment
from saas.ledgers import queries as ledgers
from saas.notices.papers import letters_of

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
        ("stages.json", as_json([row(entry) for entry in await stages(session, case.id)])),
        *await _findings(session, found),
        *await letters_of(session, case.id),
        *await attachments(found.files),
    ]
    for annex in _annexes:
        members += await annex(session, case)
    content = sealed(
        members, {"format": FORMAT, "case": case.number, "client": found.client.name, "by": actor.name, "at": now}
    )
    record(session, actor, "cases.export", now, subject=case, client_id=case.client_id,
           sha256=sha256(content).hexdigest(), members=len(members))  # fmt: skip
    return content


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


ROUTES = [download_file]
