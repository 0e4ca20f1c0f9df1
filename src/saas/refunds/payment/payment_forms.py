"""What a person may submit about the account, the payment, the invoice and the budget."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from litestar.datastructures import UploadFile
from msgspec import Meta, Struct, field

from saas.kernel.money import Money
from saas.refunds.forms import Line, Long, Words

Key = Annotated[str, Meta(pattern="^[0-9a-f]{12}$")]
Name = Annotated[str, Meta(min_length=2, max_length=120)]


class PayeeForm(Struct):
    """Where the money goes, written down by staff or by the client through a link."""

    holder: Name
    kind: Literal["corporate", "personal"]
    bank: Name
    account: Annotated[str, Meta(max_length=60)]
    bank_code: Annotated[str, Meta(max_length=30)] = ""
    original: bool = False  # 原路退回: the account the money came from
    consent: bool = False  # a natural person's own, PIPL 28–29
    grounds: Long = ""
    files: list[UploadFile] = field(default_factory=list)


class CheckPayee(Struct):
    """Which account was looked at."""

    payee_id: UUID


class CallBack(Struct):
    """The call to a number on record; `contact_id` says whose."""

    contact_id: UUID
    result: Literal["confirmed", "denied", "not_reached"]
    words: Words


class PayForm(Struct):
    """One transfer of so much to the account that was looked at. The key was made with the page."""

    key: Key
    payee_id: UUID
    amount: Money


class Pay(PayForm):
    """The same as the workflow takes it, alone or with a batch."""

    batch_id: UUID | None = None


class Settle(Struct):
    """The bank's word that it arrived."""

    bank_reference: Annotated[str, Meta(min_length=3, max_length=60)]
    paid_on: date
    files: list[UploadFile] = field(default_factory=list)


class Fail(Struct):
    reason: Words


class NewBatch(Struct):
    """Refunds that go to the bank in one file, each with all that is left of it."""

    key: Key
    refund: list[UUID]


class ExportBatch(Struct):
    kind: Literal["xlsx", "csv"]


class InvoiceForm(Struct):
    """Which invoice the client holds for the money."""

    kind: Literal["none", "digital", "special", "ordinary"]
    number: Line = ""
    code: Line = ""


class RedInvoiceForm(Struct):
    number: Annotated[str, Meta(min_length=1, max_length=40)]
    red_on: date
    code: Line = ""


class BudgetForm(Struct):
    monthly: Money
    valid_from: Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}$")]  # a month
