"""What a person may submit about a case."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar.datastructures import UploadFile
from msgspec import Meta, Struct, field

from saas.kernel.money import Money

Severity = Literal["info", "low", "medium", "high", "critical"]
CauseClass = Literal["entry", "treatment", "external", "system"]
Step5 = Annotated[int, Meta(ge=1, le=5)]
Line = Annotated[str, Meta(max_length=200)]
Long = Annotated[str, Meta(max_length=4000)]
Period = Annotated[str, Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]


class NewCase(Struct):
    """Opened by hand: what somebody noticed, or what an authority wrote."""

    key: UUID  # made with the page: the same form sent twice opens one case
    client_id: UUID
    title: Line
    description: Long
    severity: Severity = "medium"
    source: Literal["staff", "client", "authority", "complaint"] = "staff"
    period: Period | None = None
    vouchers: Line = ""  # numbers separated by commas
    files: list[UploadFile] = []


class ForMany(Struct):
    """One matter for many clients: a changed rule, or what an authority wrote to all of them."""

    key: UUID
    client_ids: Annotated[list[UUID], Meta(min_length=1)]
    title: Line
    description: Long
    period: Period
    severity: Severity = "medium"
    source: Literal["staff", "authority"] = "authority"


class FromFindings(Struct):
    finding: list[UUID] = []
    next: str = ""  # where the page it was pressed on wants to go on, inside the firm


class Triage(Struct):
    owner_id: UUID
    severity: Severity | None = None
    period: Period | None = None


class Reason(Struct):
    reason: Long


class Confirm(Struct):
    cause_class: CauseClass
    exposure: Money
    likelihood: Step5
    impact: Step5
    treatment: Literal["avoid", "reduce", "transfer", "accept"]


class Analyse(Struct):
    cause_class: CauseClass
    cause_code: Literal["AMT", "DATE", "ACCT", "SIDE", "DUP", "OMIT", "TAX", "CUTOFF", "POLICY", "SYSTEM", "OTHER"]
    cause: Long
    responsibility: Literal["firm", "client", "external", "shared"]
    expectation: Long
    expected_by: date | None = None
    found_after_filing: bool = False


class DeclareFault(Struct):
    """The client's program or machine lost or damaged data: what was stopped, and who repairs it, if known already."""

    contained: Long
    vendor: Annotated[str, Meta(max_length=120)] = ""
    ticket: Annotated[str, Meta(max_length=80)] = ""


class VendorTicket(Struct):
    vendor: Annotated[str, Meta(min_length=1, max_length=120)]
    ticket: Annotated[str, Meta(min_length=1, max_length=80)]


class RestoreTest(Struct):
    """The import from before the fault, and that of the repaired books; words where they rightly differ."""

    trusted_id: UUID
    restored_id: UUID
    remark: Annotated[str, Meta(max_length=2000)] = ""


class Explain(Struct):
    explanation: Long


class WithoutVoucher(Struct):
    """What the client must know or do when there is nothing to book."""

    outcome: Literal["external", "no_entry"]
    duties: Long


class GoOn(Struct):
    ground: Long


class Close(Struct):
    """Whether the client got what they expected (requirement A2.3); words where not quite."""

    expectation: Literal["met", "partly", "not_met"] = "met"
    remark: Long = ""


class HandTo(Struct):
    owner_id: UUID
    reason: Line = ""


class Answered(Struct):
    """How a letter was confirmed; given by the reaction to its answer, never by a member."""

    how: str = "link"


class Evidence(Struct):
    """Vouchers named and files kept as evidence; the page has stored the files before."""

    vouchers: list[str] = []
    files: list[dict[str, Any]] = []


class EvidenceForm(Struct):
    vouchers: Line = ""
    files: list[UploadFile] = []


class NoteForm(Struct):
    text: Long


class LessonForm(Struct):
    """Five whys, the first three at least, and what will be done about the last."""

    why_1: Line
    why_2: Line
    why_3: Line
    action: Long
    action_owner_id: UUID
    action_due: date
    why_4: Line = ""
    why_5: Line = ""

    @property
    def whys(self) -> list[str]:
        return [why for why in (self.why_1, self.why_2, self.why_3, self.why_4, self.why_5) if why]


class RecordAnswer(Struct):
    """An answer the client gave by telephone or otherwise, written down by a member."""

    answer: Long
    by_name: Line
    how: Literal["phone", "wechat", "email", "visit", "letter"]
    files: list[UploadFile] = []


class LinkFor(Struct):
    """A link to hand on: for whom, and by which channel."""

    contact_id: UUID
    channel: Literal["email", "wechat", "copy"] = "email"


class Complaint(Struct):
    """A complaint about our work, written by a client on the page that shows where matters stand."""

    key: UUID
    text: Long
    signed_name: Annotated[str, Meta(min_length=2, max_length=60)]


class Report(Struct):
    """A problem told by a client through a link."""

    key: UUID
    title: Line
    description: Long
    signed_name: Annotated[str, Meta(min_length=2, max_length=60)]
    period: Period | None = None
    about: Literal["books", "complaint"] = "books"
    files: list[UploadFile] = field(default_factory=list)
