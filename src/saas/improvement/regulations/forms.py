"""What a person may submit about the register and the market."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

Line = Annotated[str, Meta(max_length=200)]
Long = Annotated[str, Meta(max_length=4000)]
Url = Annotated[str, Meta(max_length=400, pattern=r"^https?://\S+$")]
Days = Annotated[int, Meta(ge=1, le=60)]
Role = Literal["owner", "manager", "reviewer", "bookkeeper", "cashier", "trainer", "auditor"]


class Entry(Struct):
    """An entry of the register; the questions of its quiz are read apart (quiz.made)."""

    kind: Literal["accounting", "tax", "law", "industry", "competitor"]
    title_zh: Line
    source: Line
    changes_zh: Long
    impact_zh: Long
    key: UUID | None = None  # of a new one: the same form sent twice makes one
    mark: Literal["V", "K"] = "K"
    title_en: Line = ""
    number: Line = ""
    issuer_zh: Line = ""
    issuer_en: Line = ""
    effective_on: date | None = None
    repealed_on: date | None = None
    source_url: Url = ""
    changes_en: Long = ""
    impact_en: Long = ""
    course: Annotated[str, Meta(max_length=40)] = ""
    whom: Literal["clients", "firm"] = "clients"
    taxpayer_kind: Literal["", "small", "general"] = ""
    standard: Literal["", "small", "enterprise", "npo", "other"] = ""
    filing_period: Literal["", "month", "quarter"] = ""
    industry: Line = ""
    region: Line = ""

    @property
    def ends_before_it_begins(self) -> bool:
        return bool(self.repealed_on and self.effective_on and self.repealed_on < self.effective_on)


class Tasks(Struct):
    due_on: date


class Ask(Struct):
    days: Days = 5
    roles: list[Role] = []


class Result(Struct):
    result: Long


class Reading(Struct):
    """What a competitor promises about refunds, as it was read on a day."""

    competitor: Annotated[str, Meta(max_length=80)]
    seen_on: date
    source: Line
    source_url: Url = ""
    notice: Line = ""
    unused: Line = ""
    gifts: Line = ""
    deduction: Line = ""
    cooling_off: Line = ""
    paid_within: Line = ""
    appeal: Line = ""
    hand_over: Line = ""
    remark: Long = ""
