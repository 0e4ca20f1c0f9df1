"""What the API gives and takes. Amounts are integer fen, moments ISO 8601 with zone, texts in the asked language."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from saas.cases.models import Case
from saas.checks.models import FoundAnomaly
from saas.clients.models import Client
from saas.filings.models import RegisteredFiling
from saas.filings.standing import standing
from saas.kernel.money import Money
from saas.ledgers.models import Import
from saas.ledgers.workflow import IMPORT
from saas.notices.models import Delivery, Notice

FIRST_REJECTS = 100
Severity = Literal["critical", "high", "medium", "low", "info"]


class TokenOut(Struct):
    """The token that asks: for whom it speaks, what it may do, until when."""

    name: str
    firm: str
    scopes: list[str]
    per_minute: int
    expires_at: datetime


class ClientOut(Struct):
    id: UUID
    number: str
    name: str
    name_en: str
    uscc: str  # unified social credit code
    taxpayer_kind: str  # small, general
    standard: str  # small, enterprise, npo, other
    filing_period: str  # month, quarter
    archived: bool
    created_at: datetime

    @classmethod
    def of(cls, row: Client) -> ClientOut:
        return cls(row.id, row.number, row.name, row.name_en, row.uscc, row.taxpayer_kind, row.standard,
                   row.filing_period, row.archived_at is not None, row.created_at)  # fmt: skip


class RejectOut(Struct):
    """A row of the file that was not taken."""

    row: int
    reason: str


class ImportOut(Struct):
    """A pushed ledger: uploaded → reading → previewed → storing → stored; or unreadable, cancelled, undone."""

    id: UUID
    client_id: UUID
    file_name: str
    file_sha256: str
    file_size: int
    state: str
    state_label: str
    uploaded_at: datetime
    layout: str
    first_period: str | None
    last_period: str | None
    line_count: int
    voucher_count: int
    posted: str  # posted, draft; empty when the file does not say: say it when storing
    difference_fen: int  # debit less credit; not 0 needs accept_unbalanced
    other_company: str | None  # the company the file names, if it is not this client: needs accept_other_company
    reject_count: int
    rejects: list[RejectOut]  # the first 100
    notes: list[str]
    reason: str  # why it is unreadable
    stored_at: datetime | None

    @classmethod
    def of(cls, row: Import) -> ImportOut:
        return cls(
            row.id, row.client_id, row.file_name, row.file_sha256, row.file_size, row.state,
            str(IMPORT.state(row.state).label), row.uploaded_at, row.layout, row.first_period, row.last_period,
            row.line_count, row.voucher_count, row.posted, int(row.preview.get("difference_fen") or 0),
            row.preview.get("other_company"), len(row.rejects),
            [RejectOut(reject.row, str(reject.reason)) for reject in row.rejects[:FIRST_REJECTS]],
            [str(note) for note in row.notes], str(row.error_text or ""), row.stored_at,
        )  # fmt: skip


class FindingOut(Struct):
    """What a rule found. Rule and object make it the same finding on the next import."""

    id: UUID
    client_id: UUID
    rule: str
    object: str
    severity: str
    state: str  # open, confirmed, dismissed, excepted, cured
    message: str
    vouchers: list[str]
    period: str | None
    account: str | None
    amount_fen: int | None
    score: float
    found_at: datetime
    seen_at: datetime
    gone_at: datetime | None
    case_id: UUID | None

    @classmethod
    def of(cls, row: FoundAnomaly) -> FindingOut:
        return cls(row.id, row.client_id, row.rule, row.object, row.severity, row.state, str(row.message),
                   row.vouchers, row.period, row.account, _fen(row.amount), row.score, row.found_at, row.seen_at,
                   row.gone_at, row.case_id)  # fmt: skip


class CaseOut(Struct):
    id: UUID
    number: str
    client_id: UUID
    title: str
    source: str  # rule, staff, client, authority, complaint
    rule: str
    severity: str
    state: str
    period: str | None
    exposure_fen: int | None
    risk: int | None  # likelihood × impact, 1 to 25
    outcome: str
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    notice_id: UUID | None

    @classmethod
    def of(cls, row: Case) -> CaseOut:
        return cls(row.id, row.number, row.client_id, str(row.title), row.source, row.rule, row.severity, row.state,
                   row.period, _fen(row.exposure), row.risk, row.outcome, row.opened_at, row.due_at, row.closed_at,
                   row.notice_id)  # fmt: skip


class NoticeOut(Struct):
    """A letter: where it stands, not what it says."""

    id: UUID
    number: str  # as printed; empty before approval
    client_id: UUID
    kind: str
    title: str
    version: int
    state: str
    subject_kind: str  # case, refund, client: what it is about
    subject_id: UUID
    issued_at: datetime | None
    answer_by: date | None
    answered_at: datetime | None
    superseded_by_id: UUID | None

    @classmethod
    def of(cls, row: Notice) -> NoticeOut:
        return cls(row.id, row.number, row.client_id, row.kind, str(row.title), row.version, row.state,
                   row.subject_kind, row.subject_id, row.issued_at, row.answer_by, row.answered_at,
                   row.superseded_by_id)  # fmt: skip


class DeliveryOut(Struct):
    """One attempt to hand a letter over. Addresses of people are left out."""

    channel: str
    status: str
    created_at: datetime
    accepted_at: datetime | None
    delivered_at: datetime | None
    viewed_at: datetime | None

    @classmethod
    def of(cls, row: Delivery) -> DeliveryOut:
        return cls(row.channel, row.status, row.created_at, row.accepted_at, row.delivered_at, row.viewed_at)


class NoticeDetail(Struct):
    """A letter with its deliveries, in order."""

    notice: NoticeOut
    deliveries: list[DeliveryOut]


class FilingOut(Struct):
    """One return of one client. `state`: due, filed, accepted, late, missed, amended, waived."""

    id: UUID
    client_id: UUID
    code: str
    period: str
    due_on: date
    state: str
    filed_on: date | None
    accepted_on: date | None
    payable_fen: int | None

    @classmethod
    def of(cls, row: RegisteredFiling, today: date) -> FilingOut:
        return cls(row.id, row.client_id, row.code, row.period, row.due_on, standing(row, today), row.filed_on,
                   row.accepted_on, _fen(row.payable))  # fmt: skip


class Storing(Struct, forbid_unknown_fields=True):
    """The yes to an import, with what the file does not say."""

    posted: Literal["posted", "draft"] | None = None
    accept_other_company: bool = False
    accept_unbalanced: bool = False


class ClientPage(Struct):
    items: list[ClientOut]
    next: UUID | None  # give it as `after` for the next page; null on the last


class ImportPage(Struct):
    items: list[ImportOut]
    next: UUID | None


class FindingPage(Struct):
    items: list[FindingOut]
    next: UUID | None


class CasePage(Struct):
    items: list[CaseOut]
    next: UUID | None


class NoticePage(Struct):
    items: list[NoticeOut]
    next: UUID | None


class FilingPage(Struct):
    items: list[FilingOut]
    next: UUID | None


def _fen(amount: Money | None) -> int | None:
    return None if amount is None else amount.fen
