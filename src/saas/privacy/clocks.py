"""Every clock of retention: from when it runs, what is done at its end, and by whom it is decided.

The times stand in terms.toml. A kind with work is carried out by the nightly job: at once where the law says delete,
else once a manager agrees. One without is kept by law, and the page says until when at the earliest.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from saas.clients.models import Client, Contact
from saas.filings.models import RegisteredFiling
from saas.firms.models import Invitation, Notification
from saas.kernel import tenancy
from saas.kernel.audit import AuditEntry
from saas.kernel.clock import CHINA
from saas.kernel.config import active
from saas.kernel.files import store_of
from saas.kernel.i18n import Text, _
from saas.kernel.outbox import Outbox
from saas.kernel.tenancy import of_this_firm
from saas.ledgers.models import Import
from saas.privacy.models import DataRequest
from saas.privacy.people import ERASED
from saas.privacy.rows import named_in
from saas.services.sources.source_models import Lead

Decided = Literal["law", "manager", "product", "kept"]
Due = Callable[[datetime], ColumnElement[bool]]


class Work(Protocol):
    """What is due of the current firm's records whose clock began before a moment; how many records."""

    async def count(self, session: AsyncSession, before: datetime) -> int: ...

    async def end(self, session: AsyncSession, before: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that are deleted or, with `values`, emptied of what tells whose they were."""

    row: Any
    due: Due
    values: dict[str, str] | None = None

    async def count(self, session: AsyncSession, before: datetime) -> int:
        query = select(func.count()).select_from(self.row).where(of_this_firm(self.row), self.due(before))
        return await session.scalar(query) or 0

    async def end(self, session: AsyncSession, before: datetime) -> int:
        which = (of_this_firm(self.row), self.due(before))
        statement: Any = delete(self.row) if self.values is None else update(self.row).values(**self.values)
        done: Any = await session.execute(statement.where(*which))
        return int(done.rowcount)


@dataclass(frozen=True, slots=True)
class Sealed:
    """Records that no program may change otherwise: the database ends them, by kind (guards.sql)."""

    kind: str

    async def count(self, session: AsyncSession, before: datetime) -> int:
        """Done and taken back: so what is listed is what will be done."""
        trial = await session.begin_nested()
        ended = await self._ended(session, before)
        await trial.rollback()
        return int(ended["done"])

    async def end(self, session: AsyncSession, before: datetime) -> int:
        ended = await self._ended(session, before)
        files = set(ended["files"]) - {""}
        for digest in files - await named_in(session, files):
            await store_of(active()).remove(tenancy.current_firm_id(), digest)
        return int(ended["done"])

    async def _ended(self, session: AsyncSession, before: datetime) -> dict[str, Any]:
        call = text("SELECT end_records(:what, :before)").columns(end_records=JSONB)
        ended: dict[str, Any] = await session.scalar(call, {"what": self.kind, "before": before})
        return ended


@dataclass(frozen=True, slots=True)
class Clock:
    """One kind of record. `oldest`: the day of the first that is kept, where nothing is ever deleted here."""

    label: Text
    begins: Text
    decided: Decided
    work: Work | None = None
    oldest: Callable[[AsyncSession], Awaitable[date | None]] | None = None


def _first(column: Any) -> Callable[[AsyncSession], Awaitable[date | None]]:
    async def oldest(session: AsyncSession) -> date | None:
        found = await session.scalar(select(func.min(column)).where(column.class_.firm_id == tenancy.current_firm_id()))
        return found.astimezone(CHINA).date() if isinstance(found, datetime) else found

    return oldest


def _left(before: datetime) -> ColumnElement[bool]:
    """Contacts who left, or whose client did."""
    mine = (Client.firm_id == Contact.firm_id, Client.id == Contact.client_id)
    return or_(Contact.left_at < before, exists().where(*mine, Client.archived_at < before)) & (Contact.name != ERASED)


EMPTY_CONTACT = {"name": ERASED, "title": "", "email": "", "phone": "", "wechat": "", "hours": "", "wishes": ""}
CLOCKS: dict[str, Clock] = {
    "archives": Clock(
        _("Vouchers, books, notices and handover lists"), _("with the year after the one they belong to"), "kept",
        oldest=_first(Import.stored_at),
    ),
    "statements": Clock(
        _("Bank statements and tax returns"), _("with the year after the one they belong to"), "kept",
        oldest=_first(RegisteredFiling.due_on),
    ),
    "trail": Clock(
        _("Audit trail"), _("with the year after the one they belong to"), "kept", oldest=_first(AuditEntry.at),
    ),
    "contacts": Clock(
        _("Contacts who left, or whose company did"), _("when they leave"), "manager",
        Rows(Contact, _left, EMPTY_CONTACT),
    ),
    "leads": Clock(
        _("Enquiries that came to nothing"), _("when they are closed"), "manager",
        Rows(Lead, lambda before: (Lead.closed_at < before) & Lead.client_id.is_(None) & (Lead.contact != ERASED),
             {"contact": ERASED, "phone": ""}),
    ),
    "staff": Clock(
        _("Training, skills and telephone numbers of people who left the firm"), _("when they leave"), "manager",
        Sealed("staff"),
    ),
    "pay": Clock(
        _("Scorecards, awards and deductions of people who left the firm"), _("when they leave"), "manager",
        Sealed("pay"),
    ),
    "words": Clock(
        _("Clients’ own words in surveys, and reviews that are not published"), _("when they were said"), "law",
        Sealed("words"),
    ),
    "incidents": Clock(
        _("Names and telephone numbers in incidents and drills"), _("when they end"), "law", Sealed("incidents"),
    ),
    "requests": Clock(
        _("Requests of people that were answered"), _("when they are answered"), "manager",
        Rows(DataRequest, lambda before: DataRequest.answered_at < before),
    ),
    "invitations": Clock(
        _("Invitations that ended"), _("when they end"), "law",
        Rows(Invitation, lambda before: Invitation.expires_at < before),
    ),
    "notifications": Clock(
        _("Notifications that were read"), _("when they are read"), "law",
        Rows(Notification, lambda before: Notification.read_at < before),
    ),
    "jobs": Clock(
        _("Finished jobs"), _("when they are finished"), "law",
        Rows(Outbox, lambda before: Outbox.finished_at < before),
    ),
    "sessions": Clock(_("Sign-ins: time, address, browser"), _("when they begin"), "product"),
}  # fmt: skip
