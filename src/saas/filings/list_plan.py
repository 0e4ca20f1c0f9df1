"""What importing a list of filings would do, row by row: new, changed, the same, or refused with the reasons."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.list_columns import ANSWERS, meaning
from saas.clients.list_reading import HEADINGS_WITHIN, MOST_ROWS, table_of
from saas.clients.models import Client
from saas.filings import planning, queries, recording
from saas.filings.list_columns import COLUMNS, code_of, columns_in, period_of
from saas.filings.models import FilingSwitch
from saas.filings.models import RegisteredFiling as Filing
from saas.filings.profile import every_of, in_force, last_month, name_of, period_name
from saas.kernel import clock
from saas.kernel.errors import Invalid
from saas.kernel.filing import Due, FilingCalendar
from saas.kernel.i18n import Text, _
from saas.kernel.identifiers import plain
from saas.kernel.money import Money

Fate = Literal["new", "changed", "same", "refused"]
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?")
NEEDED = (("client", "uscc", "number"), ("tax",), ("period", "period_from"))  # one of each must be there


@dataclass(slots=True)
class Planned:
    """One row's fate and what it says."""

    row: int
    client: str
    name: Text | str = ""
    period: str = ""
    fate: Fate = "new"
    client_id: UUID | None = None
    code: str = ""
    filed_on: date | None = None
    accepted_on: date | None = None
    payable: Money | None = None
    zero: bool = False
    due: Due | None = None
    reasons: list[Text] = field(default_factory=list)

    @property
    def values(self) -> dict[str, Any]:
        return {"filed_on": self.filed_on or self.accepted_on, "accepted_on": self.accepted_on,
                "payable": self.payable, "zero": self.zero}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """What rows are compared with."""

    by_name: Mapping[str, list[Client]]
    by_id: Mapping[str, Client]  # USCC and client number
    switches: Mapping[UUID, list[FilingSwitch]]
    filings: Mapping[tuple[UUID, str, str], Filing]
    calendar: FilingCalendar
    today: date


def listed(table: Sequence[Sequence[str]]) -> list[tuple[int, dict[str, str]]]:
    """Rows below the headings as (number, cells by column); Invalid where this is no list of filings."""
    heads = [(len(columns_in(row)), -number) for number, row in enumerate(table[:HEADINGS_WITHIN])]
    at = -max(heads)[1] if heads else 0
    columns = columns_in(table[at]) if table else {}
    headings = {column.key: column.heading for column in COLUMNS}
    for keys in NEEDED:
        if not any(key in columns for key in keys):
            raise Invalid(_("The column “%(name)s” is missing.", name=headings[keys[0]]))
    rows = []
    for number, row in enumerate(table[at + 1 :], at + 2):
        cells = {key: row[place].strip() if place < len(row) else "" for key, place in columns.items()}
        if any(cells.values()):
            rows.append((number, cells))
    if not rows:
        raise Invalid(_("There is no filing below the headings."))
    if len(rows) > MOST_ROWS:
        raise Invalid(_("The list has more than %(n)s rows: divide it.", n=MOST_ROWS))
    return rows


async def plan(session: AsyncSession, content: bytes) -> list[Planned]:
    """The fate of each row, in order; it stores nothing."""
    rows = listed(await table_of(content))
    everybody = await clients.every_client(session)
    by_name: dict[str, list[Client]] = {}
    for client in everybody:
        by_name.setdefault(plain(client.name), []).append(client)
    by_id = {key: client for client in everybody for key in (client.uscc, client.number) if key}
    known = Known(
        by_name, by_id, await queries.switches(session, [c.id for c in everybody]),
        await queries.by_key(session), await planning.filing_calendar(session), clock.today(),
    )  # fmt: skip
    seen: dict[tuple[UUID | None, str, str], int] = {}
    planned = []
    for number, cells in rows:
        row = _planned(number, cells, known)
        above = seen.setdefault((row.client_id, row.code, row.period), number)
        if row.fate != "refused" and above != number:
            row.fate, row.reasons = "refused", [_("Row %(row)s is about the same return.", row=above)]
        planned.append(row)
    return planned


def digest(planned: Sequence[Planned]) -> str:
    """Stands for what would be stored: a confirmation carries it, so that nothing else is."""
    told = [(p.row, str(p.client_id), p.code, p.period, {k: str(v) for k, v in p.values.items()})
            for p in planned if p.fate in ("new", "changed")]  # fmt: skip
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()


def _planned(number: int, cells: dict[str, str], known: Known) -> Planned:
    result = Planned(number, cells.get("client") or cells.get("uscc") or cells.get("number", ""))
    client = _client(cells, known, result.reasons)
    code = code_of(cells.get("tax", ""))
    if code is None:
        result.reasons.append(_("“%(text)s” is no return of the table.", text=cells.get("tax", "")))
    period = period_of(cells.get("period", ""), cells.get("period_from", ""), cells.get("period_to", ""))
    if period is None:
        result.reasons.append(_("“%(text)s” is no period.", text=cells.get("period") or cells.get("period_from", "")))
    result.filed_on = _day(cells.get("filed", ""), result.reasons)
    result.accepted_on = _day(cells.get("accepted", ""), result.reasons)
    result.payable = _amount(cells.get("amount", ""), result.reasons)
    result.zero = meaning(ANSWERS, cells.get("zero", "")) == "yes"
    if client is not None and code is not None and period is not None:
        result.client, result.client_id, result.code, result.period = client.name, client.id, code, period
        result.name = _("%(name)s %(period)s", name=name_of(code), period=period_name(period))
        _judge(result, client, known)
    result.fate = "refused" if result.reasons else result.fate
    return result


def _judge(row: Planned, client: Client, known: Known) -> None:
    """Whether the return exists, whether the days can be, and what would change."""
    row.due = known.calendar.due(row.code, row.period)
    if row.due is None:
        row.reasons.append(_("The locality sets the day of this return: it is not kept in the register."))
        return
    if row.filed_on is None and row.accepted_on is None:
        row.reasons.append(_("The row names neither a day of filing nor of acceptance."))
    usual = in_force(client, known.switches.get(client.id, []), last_month(row.period)).get(row.code)
    if usual is not None and usual != every_of(row.period):
        row.reasons.append(_("This client hands the return in by another kind of period."))
    if row.zero and row.payable is not None and row.payable.fen:
        row.reasons.append(_("A zero return has nothing to pay."))
    filing = known.filings.get((client.id, row.code, row.period))
    probe = filing or Filing(code=row.code, period=row.period)
    wrong = recording.fault(probe, row.filed_on, row.accepted_on, known.today)
    row.reasons += [wrong[1]] if wrong else []
    if filing is not None and filing.waived_on is not None:
        row.reasons.append(_("This return was waived: put it back first."))
    elif filing is not None:
        same = all(getattr(filing, name) == value for name, value in row.values.items())
        row.fate = "same" if same else "changed"


def _client(cells: dict[str, str], known: Known, reasons: list[Text]) -> Client | None:
    """By USCC or number first, else by name, where only one has it."""
    for key in ("uscc", "number"):
        if cells.get(key) and plain(cells[key]) in known.by_id:
            return known.by_id[plain(cells[key])]
    found = known.by_name.get(plain(cells.get("client", "")), []) if cells.get("client") else []
    if not found:
        said = cells.get("client") or cells.get("uscc") or cells.get("number", "")
        reasons.append(_("No client is called “%(name)s”.", name=said))
    elif len(found) > 1:
        reasons.append(_("Several clients are called “%(name)s”: write the USCC.", name=found[0].name))
    return found[0] if len(found) == 1 else None


def _day(text: str, reasons: list[Text]) -> date | None:
    match = DAY.fullmatch(text)
    if not text:
        return None
    try:
        if match is not None:
            return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    reasons.append(_("“%(text)s” is not a date.", text=text))
    return None


def _amount(text: str, reasons: list[Text]) -> Money | None:
    if not text:
        return None
    try:
        amount = Money.of(text)
    except ValueError:
        reasons.append(_("“%(text)s” is not an amount.", text=text))
        return None
    if amount.fen < 0:
        return Money(0)  # a refund of tax is no amount payable
    return amount
