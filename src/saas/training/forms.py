"""What people send to the pages of training."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from litestar.datastructures import UploadFile
from msgspec import Meta, Struct

Reason = Annotated[str, Meta(max_length=500)]


class Withdraw(Struct):
    reason: Reason


class Reopen(Struct):
    member_id: UUID
    reason: Reason


Short = Annotated[str, Meta(max_length=120)]
Long = Annotated[str, Meta(max_length=2000)]
Body = Annotated[str, Meta(max_length=60_000)]
Percent = Annotated[int, Meta(ge=1, le=100)]
Few = Annotated[int, Meta(ge=1, le=200)]


class NewCourse(Struct):
    title_zh: Short
    title_en: Short = ""


class Settings(Struct):
    """What a version asks and gives."""

    title_zh: Short
    topic: Annotated[str, Meta(max_length=24)]
    pass_mark: Percent
    asked: Few
    attempts: Annotated[int, Meta(ge=1, le=20)]
    valid_months: Annotated[int, Meta(ge=1, le=60)]
    credits: Annotated[int, Meta(ge=0, le=90)]
    subject: Literal["professional", "general"]
    minutes: Annotated[int, Meta(ge=0, le=300)] = 0
    title_en: Short = ""
    summary_zh: Long = ""
    summary_en: Long = ""
    mandatory: bool = False
    roles: list[str] = []
    rules: Short = ""
    causes: list[str] = []
    qualifications: list[str] = []
    bound_to: Annotated[str, Meta(max_length=24)] = ""


class LessonForm(Struct):
    title_zh: Short
    body_zh: Body
    minutes: Annotated[int, Meta(ge=1, le=300)]
    title_en: Short = ""
    body_en: Body = ""


class QuestionForm(Struct):
    stem_zh: Long
    why_zh: Long
    source_zh: Short
    hard: Literal[1, 2, 3]
    stem_en: Long = ""
    why_en: Long = ""
    source_en: Short = ""


class Publish(Struct):
    note: Long


class Upload(Struct):
    file: UploadFile


class FromPractice(Struct):
    kind: Literal["case", "refund"]
    id: UUID
