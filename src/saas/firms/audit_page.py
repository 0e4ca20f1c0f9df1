"""The audit trail as one readable report: filters, refused attempts, readings, the state of the chain, and files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms import audit_export, audit_queries, queries
from saas.firms.audit_export import About
from saas.firms.audit_queries import Wanted
from saas.firms.audit_words import actions, line
from saas.firms.tabs import settings_tabs
from saas.kernel import clock, sealing
from saas.kernel.audit import AuditEntry, record
from saas.kernel.errors import Invalid
from saas.kernel.i18n import Text, _, listed
from saas.kernel.pages import Db, Req, actor_of, address_in, page, show_datetime
from saas.kernel.sending import scratch_file, sent
from saas.kernel.spreadsheets import XLSX, Cell
from saas.kernel.uploads import attachment

PATH = "/f/{slug:str}/settings/audit"
SHOWN = 100
MOST_IN_A_BOOK = 1_000_000  # lines of a sheet, which end at 1,048,576
HEAD = re.compile(r"([0-9]{1,12}):([0-9a-fA-F]{64})")
Kind = Literal["csv", "xlsx", "pdf"]


@get(PATH, opt={"permission": "firms.audit"})
async def audit(request: Req, session: Db, before: FromQuery[int] = 0) -> Response[str]:
    return await _show(request, session, _wanted(request), before)


@post(f"{PATH}/verify", opt={"permission": "firms.audit"}, status_code=200)
async def verify(request: Req, session: Db) -> Response[str]:
    """Recompute the whole chain, now; with a head from the owner's mails, whether that still stands in it."""
    noted = str((await request.form()).get("head", "")).strip()
    known = _head(noted) if noted else None
    if noted and known is None:
        error = _("This is not a head. It looks like 1234:9f86d0…, as in the daily mail.")
        return await _show(request, session, Wanted(), 0, head_error=error, noted=noted, status=422)
    faults = await sealing.verify(session, known)
    said = [FAULTS.get(f.what, Text(f.what)) for f in faults]
    return await _show(request, session, Wanted(), 0, faults=said, noted=noted)


@get(f"{PATH}/export", opt={"permission": "firms.audit"})
async def export(request: Req, session: Db, kind: FromQuery[Kind] = "csv") -> Response[Any]:
    """The same entries as a table, a workbook or a paper, with the seal of each; taking them out is a deed too.

    Tables and workbooks are written to the disk some entries at a time, and sent from there.
    """
    wanted, actor, now = _wanted(request), actor_of(request), clock.now()
    entries, name = await audit_queries.count(session, wanted), f"audit-{clock.today()}.{kind}"
    if kind == "xlsx" and entries > MOST_IN_A_BOOK:
        raise Invalid(_("A workbook holds a million lines, and these are more: take the table (CSV), or fewer days."))
    profile = await queries.profile(session)
    about = About(profile.name, await _filters(session, wanted), entries, actor.name, show_datetime(now),
                  *await sealing.head(session))  # fmt: skip
    if kind == "pdf":
        newest = await audit_queries.entries(session, wanted, audit_export.MOST_PRINTED)
        rows = await _rows(session, newest[::-1])
        answer: Response[Any] = attachment(await audit_export.paper(about, profile, rows, now), name, "application/pdf")
    else:
        answer = await _table(session, wanted, about, kind, name)
    record(session, actor, "firms.export_audit", now, rows=entries)
    return answer


async def _table(session: AsyncSession, wanted: Wanted, about: About, kind: str, name: str) -> Response[Any]:
    file = scratch_file()
    lines = (await _rows(session, found) async for found in audit_queries.portions(session, wanted))
    if kind == "csv":
        await audit_export.comma_separated(file, lines)
        return sent(file, name, "text/csv; charset=utf-8")
    await audit_export.workbook(file, about, lines)
    return sent(file, name, XLSX)


async def _rows(session: AsyncSession, entries: Sequence[AuditEntry]) -> list[list[Cell]]:
    return audit_export.lines(entries, await audit_queries.seals(session, [e.id for e in entries]))


FAULTS: dict[str, Text] = {
    "the chain is broken before this seal": _("The chain is broken."),
    "the sealed entry is gone": _("A sealed entry is gone."),
    "the entry is not the one that was sealed": _("An entry was changed after it was sealed."),
    "an entry without a seal": _("An entry has no seal although it should have one by now."),
    "the noted head is not in the chain: its tail was cut or rewritten": _(
        "The head you were sent is not in the chain: its end was cut off or rewritten."
    ),
}


def _wanted(request: Req) -> Wanted:
    """Filters that make no sense are left out; the address bar may hold anything."""
    given = {name: str(request.query_params.get(name, "")) for name in ("who", "area", "since", "until")}
    area = given["area"] if given["area"] in dict(actions()) else ""
    refused, reads = (request.query_params.get(name, "") in ("1", "true") for name in ("refused", "reads"))
    return Wanted(_uuid(given["who"]), area, refused, reads, _day(given["since"]), _day(given["until"]))


async def _filters(session: AsyncSession, wanted: Wanted) -> str:
    """What a report shows, in words."""
    who, names = str(wanted.who or ""), dict(await audit_queries.people(session))
    parts: list[Text | str] = [names[who]] if who in names else []
    parts += [dict(actions())[wanted.area]] if wanted.area else []
    parts += [_("from %(day)s", day=wanted.since.isoformat())] if wanted.since else []
    parts += [_("until %(day)s", day=wanted.until.isoformat())] if wanted.until else []
    parts += [_("Only what was refused")] if wanted.refused else []
    parts += [_("Only what was read or taken out")] if wanted.reads else []
    return listed(parts) or str(_("everything"))


def _head(noted: str) -> tuple[int, str] | None:
    """SEQUENCE:HASH as the daily mail has it."""
    found = HEAD.fullmatch(noted)
    return (int(found[1]), found[2].lower()) if found else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def _show(
    request: Req,
    session: AsyncSession,
    wanted: Wanted,
    before: int,
    *,
    faults: list[Text] | None = None,
    noted: str = "",
    head_error: Text | None = None,
    status: int = 200,
) -> Response[str]:
    entries = await audit_queries.entries(session, wanted, SHOWN + 1, before)
    more, entries = len(entries) > SHOWN, entries[:SHOWN]
    chain = await audit_queries.seals(session, [e.id for e in entries])
    sequence, head = await sealing.head(session)
    at = address_in(request)
    older = urlencode({**wanted.query, "before": entries[-1].position}) if more else ""
    return await page(
        request,
        "firms/audit.html",
        session=session,
        tabs=settings_tabs(request),
        lines=[line(entry, chain) for entry in entries],
        wanted=wanted,
        people=await audit_queries.people(session),
        areas=actions(),
        older=at(f"/settings/audit?{older}") if older else "",
        newest=at("/settings/audit?" + urlencode(wanted.query)) if before else "",
        exports=[
            (label, at("/settings/audit/export?" + urlencode({**wanted.query, "kind": kind})))
            for kind, label in (("xlsx", _("Workbook")), ("pdf", _("Report to read")), ("csv", _("Table (CSV)")))
        ],
        sequence=sequence,
        head=head,
        unsealed=await audit_queries.unsealed(session),
        faults=faults,
        noted=noted,
        head_error=head_error,
        status=status,
    )


ROUTES = [audit, verify, export]
