"""A person's copy of their data: as JSON for any program, written as it is read, and on paper."""

from __future__ import annotations

from datetime import datetime
from typing import IO, Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms.queries import profile as profile_of
from saas.kernel.bundles import as_json
from saas.kernel.documents import render_pdf
from saas.kernel.i18n import _, reader
from saas.kernel.pages import STATIC, environment, show_date
from saas.privacy import people
from saas.privacy.models import DataRequest

MOST_LINES = 300  # of records on paper; the rest stands in the JSON


async def write_json(session: AsyncSession, file: IO[bytes], request: DataRequest, now: datetime) -> None:
    """{person, made_at, account, records: {table: [row]}, why: [purpose]}; one row in memory at a time."""
    head = await people.head_of(session, request.person_kind, request.person_id, now)
    file.write(as_json(head).rstrip().removesuffix(b"}").rstrip() + b',\n  "records": {')
    tables: list[str] = []
    async for table, rows in people.records_of(session, request.person_kind, request.person_id):
        async for row in rows:
            if table in tables:
                file.write(b",\n")
            else:
                file.write(b'%s"%s": [\n' % (b"\n],\n" if tables else b"\n", table.encode()))
                tables.append(table)
            file.write(as_json(row))
    file.write((b"\n]" if tables else b"") + b'\n},\n"why": ')
    file.write(as_json(people.why(request.person_kind, set(tables))) + b"\n}\n")


async def printed(session: AsyncSession, request: DataRequest, now: datetime) -> bytes:
    """PDF/A in the reader's language, with what is in the JSON up to MOST_LINES records."""
    profile = await profile_of(session)
    head = msgspec.json.decode(as_json(await people.head_of(session, request.person_kind, request.person_id, now)))
    lines, tables, others = await _lines(session, request)
    html = environment().get_template("privacy/copy.html").render(
        letter={
            "firm": {"name": profile.name, "address": profile.address, "phone": profile.phone, "email": profile.email},
            "title": _("Copy of your personal data"),
            "date": show_date(now),
        },
        name=request.person_name,
        own=[[name, str(value)] for name, value in head["person"].items() if value],
        why=people.why(request.person_kind, tables),
        lines=lines,
        left_out=others,
        locale=reader(),
    )  # fmt: skip
    return await render_pdf(html, css=(STATIC / "css" / "document.css").read_text("utf-8"), created=now)


async def _lines(session: AsyncSession, request: DataRequest) -> tuple[list[list[str]], set[str], int]:
    """The lines that are printed, the tables that know the person, and how many records are not printed."""
    lines: list[list[str]] = []
    tables, others = set[str](), 0
    async for table, rows in people.records_of(session, request.person_kind, request.person_id):
        async for row in rows:
            tables.add(table)
            if len(lines) == MOST_LINES:
                others += 1
                continue
            plain: dict[str, Any] = msgspec.json.decode(as_json(row))
            lines.append([table, ", ".join(str(value) for name, value in plain.items() if name != "id" and value)])
    return lines, tables, others
