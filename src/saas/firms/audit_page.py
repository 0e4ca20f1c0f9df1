"""The audit trail as one readable report: filters, refused attempts, the state of the chain, and the whole as CSV."""

from __future__ import annotations

import csv
import io
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from saas.firms import audit_queries
from saas.firms.audit_queries import Wanted
from saas.firms.audit_words import actions, line
from saas.firms.tabs import settings_tabs
from saas.kernel import clock, sealing
from saas.kernel.audit import record
from saas.kernel.i18n import Text, _
from saas.kernel.pages import Db, Req, actor_of, address_in, page
from saas.kernel.uploads import attachment

PATH = "/f/{slug:str}/settings/audit"
SHOWN = 100
MOST_EXPORTED = 200_000
COLUMNS = (_("Number"), _("When"), _("Who"), _("What"), _("State"), _("Detail"), _("Outcome"))
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@get(PATH, opt={"permission": "firms.audit"})
async def audit(
    request: Req,
    session: Db,
    who: FromQuery[str] = "",
    area: FromQuery[str] = "",
    refused: FromQuery[bool] = False,
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
    before: FromQuery[int] = 0,
) -> Response[str]:
    return await _show(request, session, _wanted(who, area, refused, since, until), before)


@post(f"{PATH}/verify", opt={"permission": "firms.audit"}, status_code=200)
async def verify(request: Req, session: Db) -> Response[str]:
    """Recompute the whole chain, now."""
    faults = await sealing.verify(session)
    return await _show(request, session, Wanted(), 0, faults=[FAULTS.get(f.what, Text(f.what)) for f in faults])


@get(f"{PATH}/export", opt={"permission": "firms.audit"})
async def export(
    request: Req,
    session: Db,
    who: FromQuery[str] = "",
    area: FromQuery[str] = "",
    refused: FromQuery[bool] = False,
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
) -> Response[bytes]:
    """The same rows as a table for a spreadsheet, with the seal of each."""
    wanted = _wanted(who, area, refused, since, until)
    entries = await audit_queries.entries(session, wanted, MOST_EXPORTED)
    chain = await audit_queries.seals(session, [e.id for e in entries])
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [str(h) for h in (_("Number"), _("When"), _("Who"), _("What"), _("State"), _("Detail"), _("Outcome"))]
    )
    for entry in reversed(entries):
        row = line(entry, chain)
        outcome = _("refused") if row["refused"] else _("done")
        cells = (row["seal"] or "", row["at"], row["who"], row["what"], row["states"], row["detail"], outcome)
        writer.writerow([_harmless(str(cell)) for cell in cells])
    record(session, actor_of(request), "firms.export_audit", clock.now(), rows=len(entries))
    content = ("\ufeff" + out.getvalue()).encode()  # the mark that spreadsheets need to see UTF-8
    return attachment(content, f"audit-{clock.today()}.csv", "text/csv; charset=utf-8")


FAULTS: dict[str, Text] = {
    "the chain is broken before this seal": _("The chain is broken."),
    "the sealed entry is gone": _("A sealed entry is gone."),
    "the entry is not the one that was sealed": _("An entry was changed after it was sealed."),
    "an entry without a seal": _("An entry has no seal although it should have one by now."),
}


def _wanted(who: str, area: str, refused: bool, since: str, until: str) -> Wanted:
    """Filters that make no sense are left out; the address bar may hold anything."""
    return Wanted(_uuid(who), area if area in dict(actions()) else "", refused, _day(since), _day(until))


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
    request: Req, session: AsyncSession, wanted: Wanted, before: int, *, faults: list[Text] | None = None
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
        export_url=at("/settings/audit/export?" + urlencode(wanted.query)),
        sequence=sequence,
        head=head,
        unsealed=await audit_queries.unsealed(session),
        faults=faults,
    )


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


ROUTES = [audit, verify, export]
