"""What a person may submit about filings."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from litestar.datastructures import UploadFile
from msgspec import Meta, Struct

from saas.kernel.money import Money

Line = Annotated[str, Meta(max_length=200)]
Month = Annotated[str, Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]


class RecordForm(Struct):
    """What happened to one return; empty days take back what was recorded by mistake."""

    filed_on: date | None = None
    accepted_on: date | None = None
    zero: bool = False
    payable: Money | None = None
    files: list[UploadFile] = []


class AmendForm(Struct):
    amended_on: date
    cause: Literal["own", "client"]
    note: Line


class WaiveForm(Struct):
    reason: Line


class AcceptForm(Struct):
    """Several returns at once, accepted on one day."""

    accepted_on: date
    filing: list[UUID] = []


class SwitchForm(Struct):
    code: Line
    from_month: Month
    every: Literal["", "month", "quarter", "half", "year"] = ""


class FilingListForm(Struct):
    file: UploadFile


class ConfirmForm(Struct):
    sha256: Line
    shown: Line  # the digest of what the preview said would change
    file_name: Line
