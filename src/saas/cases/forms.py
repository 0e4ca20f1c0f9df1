"""What a person may submit about a case."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from saas.kernel.money import Money

Severity = Literal["info", "low", "medium", "high", "critical"]
CauseClass = Literal["entry", "treatment", "external", "system"]
Step5 = Annotated[int, Meta(ge=1, le=5)]
Long = Annotated[str, Meta(max_length=4000)]


class Triage(Struct):
    owner_id: UUID
    severity: Severity | None = None
    period: Annotated[str, Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")] | None = None


class Reason(Struct):
    reason: Long


class Confirm(Struct):
    cause_class: CauseClass
    likelihood: Step5
    impact: Step5
    treatment: Literal["avoid", "reduce", "transfer", "accept"]
    exposure: Money | None = None


class Analyse(Struct):
    cause_class: CauseClass
    cause_code: Literal["AMT", "DATE", "ACCT", "SIDE", "DUP", "OMIT", "TAX", "CUTOFF", "POLICY", "SYSTEM", "OTHER"]
    cause: Long
    responsibility: Literal["firm", "client", "external", "shared"]
    expectation: Long
    expected_by: date | None = None
    found_after_filing: bool = False


class Explain(Struct):
    explanation: Long


class WithoutVoucher(Struct):
    """What the client must know or do when there is nothing to book."""

    outcome: Literal["external", "no_entry"]
    duties: Long


class GoOn(Struct):
    ground: Long


class HandTo(Struct):
    owner_id: UUID
