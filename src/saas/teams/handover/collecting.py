"""What there really is to hand over: clients with contracts, their books, and open work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients import queries as clients
from saas.clients.models import Client, Contract
from saas.kernel.i18n import Text, _, listed, reader
from saas.kernel.module import composition
from saas.kernel.pages import show_date
from saas.kernel.tenancy import of_this_firm
from saas.ledgers.models import PeriodVersion
from saas.tasks.models import Task
from saas.teams.cover.cover_queries import PERSONAL
from saas.teams.handover.handover_models import Handover

MOST_WORK = 200  # single items; more are counted in one line
SAMPLES: tuple[tuple[str, Text], ...] = (
    ("keys", _("Tax UKey (which client, number on the case)")),
    ("keys", _("Seals kept here (which, of whom)")),
    ("keys", _("Access to the tax office’s portal and the bank (which accounts exist; passwords are told in person)")),
    ("papers", _("Vouchers, ledgers and reports on paper (years, volumes, where they stand)")),
    ("papers", _("Contracts and powers of attorney on paper")),
)


@dataclass(frozen=True, slots=True)
class Found:
    """A line to be; `source` says of what it was made, so that it is not written twice."""

    section: str
    what: str
    count: str
    note: str
    source: str


async def collect(session: AsyncSession, row: Handover) -> list[Found]:
    """In the reader's language; what is typed by hand is not touched by it."""
    mine = await _clients(session, row)
    found = [*await _contracts(session, mine), *await _books(session, mine), *await _work(session, row, mine)]
    return [*found, *(Found(section, str(words), "", "", f"sample:{n}") for n, (section, words) in enumerate(SAMPLES))]


async def _clients(session: AsyncSession, row: Handover) -> list[Client]:
    """Those chosen, else all this person keeps or reviews."""
    if row.clients:
        found = await clients.clients_by_id(session, [UUID(one) for one in row.clients])
        return sorted(found.values(), key=lambda client: client.number)
    return [c for c in await clients.of_member(session, row.from_id) if c.archived_at is None]


async def _contracts(session: AsyncSession, mine: Sequence[Client]) -> list[Found]:
    query = select(Contract).where(of_this_firm(Contract), Contract.client_id.in_([c.id for c in mine]))
    of: dict[UUID, list[Contract]] = {}
    for contract in (await session.scalars(query.order_by(Contract.starts_on.desc()))).all():
        if contract.cancelled_on is None:
            of.setdefault(contract.client_id, []).append(contract)
    return [
        Found(
            "clients", f"{c.number} {c.name_in(reader())}", _contracted(len(of.get(c.id, []))),
            listed(f"{k.number} {show_date(k.starts_on)} – {show_date(k.ends_on)}" for k in of.get(c.id, [])[:3]),
            f"client:{c.id}",
        )
        for c in mine
    ]  # fmt: skip


async def _books(session: AsyncSession, mine: Sequence[Client]) -> list[Found]:
    query = (
        select(
            PeriodVersion.client_id,
            func.min(PeriodVersion.period),
            func.max(PeriodVersion.period),
            func.count(PeriodVersion.period.distinct()),
            func.count(PeriodVersion.sealed_at),
            func.count(PeriodVersion.import_id.distinct()),
        )
        .where(of_this_firm(PeriodVersion), PeriodVersion.is_current, PeriodVersion.client_id.in_([c.id for c in mine]))
        .group_by(PeriodVersion.client_id)
    )
    names = {c.id: f"{c.number} {c.name_in(reader())}" for c in mine}
    rows = {client: rest for client, *rest in (await session.execute(query)).all()}
    return [
        Found(
            "books", str(_("%(client)s: books %(first)s to %(last)s", client=names[c.id], first=first, last=last)),
            str(_("%(n)s periods", n=periods)),
            str(_("%(sealed)s sealed; from %(files)s imported files", sealed=sealed, files=files)), f"books:{c.id}",
        )
        for c in mine
        if c.id in rows
        for first, last, periods, sealed, files in [rows[c.id]]
    ]  # fmt: skip


async def _work(session: AsyncSession, row: Handover, mine: Sequence[Client]) -> list[Found]:
    """Open items of this person; where clients were chosen, of those only."""
    query = select(Task).where(
        of_this_firm(Task),
        Task.done_at.is_(None),
        (Task.assignee_id == row.from_id) | (Task.covered_id == row.from_id),
        Task.subject_kind.not_in((*PERSONAL, "handover")),
    )
    if row.clients:
        query = query.where(Task.client_id.in_([c.id for c in mine]))
    tasks = (await session.scalars(query.order_by(Task.due_at.asc().nulls_last()))).all()
    labels: Mapping[str, Text] = {w.name: w.label for w in composition().workflows.values()}
    found = [
        Found(
            "work", f"{labels.get(t.subject_kind, _('Task'))}: {t.title}"[:300], "",
            str(_("%(step)s; due %(day)s", step=t.step, day=show_date(t.due_at) or "—")), f"task:{t.id}",
        )
        for t in tasks[:MOST_WORK]
    ]  # fmt: skip
    rest = len(tasks) - MOST_WORK
    if rest > 0:
        found.append(Found("work", str(_("Further open items in My work")), str(rest), "", "task:rest"))
    return found


def _contracted(n: int) -> str:
    return str(_("%(n)s contracts", n=n)) if n else ""
