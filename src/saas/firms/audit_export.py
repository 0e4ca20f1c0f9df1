"""The audit report as a file: a table, a workbook whose first sheet says what it is, or a paper to read."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import TextIOWrapper
from typing import IO, Any
from uuid import UUID

from saas.firms.audit_words import line
from saas.firms.models import FirmProfile
from saas.kernel.audit import AuditEntry
from saas.kernel.documents import render_pdf
from saas.kernel.i18n import Text, _, reader
from saas.kernel.pages import STATIC, environment
from saas.kernel.spreadsheets import Book, Cell, Sheet, harmless

HEADS = ((_("Seal no."), 10), (_("When"), 18), (_("Who"), 16), (_("What"), 36), (_("State"), 24), (_("Detail"), 80),
         (_("Outcome"), 10))  # fmt: skip
MOST_PRINTED = 400
Lines = AsyncIterator[Sequence[Sequence[Cell]]]  # of the report, some at a time, the oldest first


@dataclass(frozen=True, slots=True)
class About:
    """What a report is of: firm, filters in words, how many entries, who took it out when, and of which chain."""

    firm: str
    filters: str
    entries: int
    by: str
    at: str
    sequence: int
    head: str


def lines(entries: Sequence[AuditEntry], chain: Mapping[UUID, int]) -> list[list[Cell]]:
    """One line a deed."""
    return [_cells(line(entry, chain)) for entry in entries]


def _cells(row: Mapping[str, Any]) -> list[Cell]:
    outcome = _("refused") if row["refused"] else _("done")
    words = (row["at"], row["who"], row["what"], row["states"], row["detail"], outcome)
    return [row["seal"], *(str(word) for word in words)]


async def comma_separated(file: IO[bytes], portions: Lines) -> None:
    """With the mark that spreadsheets need to see UTF-8."""
    out = TextIOWrapper(file, "utf-8", newline="")
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow([str(head) for head, _width in HEADS])
    async for rows in portions:
        writer.writerows([harmless(cell) for cell in row] for row in rows)
    out.detach()  # flushed; the file stays open


async def workbook(file: IO[bytes], about: About, portions: Lines) -> None:
    """Two sheets: what this is and how to check it, and the deeds."""
    book = Book()
    facts = [(str(label), value) for label, value in _facts(about)]
    book.begin(Sheet(_("Report"), ((_("What"), 20), (_("Detail"), 90)), facts))
    add = book.begin(Sheet(_("Audit trail"), HEADS, ()))
    async for rows in portions:
        for row in rows:
            add(row)
    await asyncio.to_thread(book.save, file)


async def paper(about: About, profile: FirmProfile, rows: Sequence[Sequence[Cell]], now: datetime) -> bytes:
    """The newest deeds, as many as MOST_PRINTED, the oldest of them first; the rest stands in the workbook."""
    shown = [[str(cell or "") for cell in row] for row in rows]
    context = {
        "letter": {
            "firm": {"name": profile.name, "name_en": profile.name_en, "licence": profile.licence_number},
            "title": str(_("Report from the audit trail")),
            "date": about.at,
            "verify": {"fingerprint": about.head},
        },
        "facts": [(str(label), str(value)) for label, value in _facts(about)],
        "heads": [str(head) for head, _width in HEADS],
        "rows": shown,
        "left_out": about.entries - len(shown),
    }
    html = environment().get_template("firms/audit_report.html").render(**context, locale=reader())
    return await render_pdf(html, css=(STATIC / "css" / "document.css").read_text("utf-8"), created=now)


def _facts(about: About) -> list[tuple[Text, Cell]]:
    return [
        (_("Firm"), about.firm),
        (_("What it shows"), about.filters),
        (_("Number of entries"), about.entries),
        (_("Taken out by"), about.by),
        (_("Taken out on"), about.at),
        (_("Sealed entries"), about.sequence),
        (_("Head of the chain"), f"{about.sequence}:{about.head}"),
        (_("To compare"), str(_("Paste the head into the audit trail’s page: it must still stand in the chain."))),
    ]
