"""What people fill in while an incident runs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from litestar.datastructures import UploadFile
from msgspec import Meta, Struct

Words = Annotated[str, Meta(max_length=4000)]
Line = Annotated[str, Meta(max_length=120)]
Severity = Literal["low", "medium", "high", "critical"]


class Declare(Struct, kw_only=True):
    """`key` is made with the page: pressed twice, it is one incident."""

    key: UUID
    playbook: Annotated[str, Meta(max_length=40)]
    title: Line
    severity: Severity
    description: Words = ""
    began_at: datetime | None = None
    lead_id: UUID | None = None
    case_id: UUID | None = None
    risk_id: UUID | None = None


class Reason(Struct):
    reason: Words


class Review(Struct):
    causes: Words
    lessons: Words
    actions: Words


class HandOver(Struct):
    lead_id: UUID


class CastPart(Struct):
    member_id: UUID
    deputy_id: UUID | None = None


class StepDone(Struct):
    remark: Words = ""
    skipped: bool = False


class Called(Struct):
    result: Literal["reached", "deputy", "nobody"]
    remark: Line = ""


class DutySettled(Struct):
    result: Literal["done", "not_due"]
    remark: Words = ""


class Note(Struct):
    text: Words
    files: list[UploadFile] = []
