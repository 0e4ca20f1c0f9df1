"""What a person may submit about a client."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from litestar.datastructures import UploadFile
from msgspec import Meta, Struct

from saas.kernel.money import Money

Name = Annotated[str, Meta(max_length=120)]
Line = Annotated[str, Meta(max_length=200)]
Long = Annotated[str, Meta(max_length=4000)]
TaxpayerKind = Literal["small", "general"]
Standard = Literal["small", "enterprise", "npo", "other"]
Channel = Literal["email", "phone", "wechat", "sms"]


class ClientForm(Struct):
    name: Name
    taxpayer_kind: TaxpayerKind
    standard: Standard
    name_en: Name = ""
    uscc: Line = ""
    filing_period: Literal["month", "quarter"] = "quarter"
    industry: Line = ""
    address: Line = ""
    bookkeeper_id: UUID | None = None
    reviewer_id: UUID | None = None
    taken_over_on: date | None = None
    shareholders: Line = ""  # names separated by commas


class ContactForm(Struct):
    name: Name
    title: Line = ""
    email: Line = ""
    phone: Line = ""
    wechat: Line = ""
    locale: Literal["zh", "en", "both"] = "zh"
    channel: Channel = "email"
    may_approve: bool = False
    hours: Line = ""
    wishes: Line = ""


class ContractForm(Struct):
    number: Line
    starts_on: date
    ends_on: date
    paid_months: Annotated[int, Meta(ge=1, le=120)]
    price: Money
    list_month: Money
    gift_months: Annotated[int, Meta(ge=0, le=60)] = 0
    services: Long = ""


class ReceiptForm(Struct):
    received_on: date
    amount: Money
    payer: Line
    reference: Line = ""


class CommunicationForm(Struct):
    channel: Literal["phone", "email", "wechat", "sms", "visit", "letter", "link"]
    direction: Literal["in", "out"]
    summary: Long
    contact_id: UUID | None = None
    contact_name: Name = ""
    at: datetime | None = None
    result: Line = ""
    addendum_to_id: UUID | None = None
    files: list[UploadFile] = []


class MergeForm(Struct):
    into_id: UUID


class ClientListForm(Struct):
    file: UploadFile


class ConfirmListForm(Struct):
    sha256: Line
    shown: Line  # the digest of what the preview said would be created
    file_name: Line
