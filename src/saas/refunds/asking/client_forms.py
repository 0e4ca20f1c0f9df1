"""What a client may submit by link; every form carries the name that was typed."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from saas.kernel.money import Money
from saas.refunds.forms import Line, Long, Words
from saas.refunds.payment.payment_forms import PayeeForm

Name = Annotated[str, Meta(min_length=2, max_length=60)]


class ClientRequest(Struct):
    """A request made by the client; the papers come in fields of their own."""

    key: UUID
    contract_id: UUID
    reason: Line
    asked: Money
    notice_on: date
    signed_name: Name
    understood: bool = False
    reason_text: Long = ""
    payer: Line = ""


class NameOnly(Struct):
    signed_name: Name


class TakeBack(Struct):
    reason: Words
    signed_name: Name


class ClientPayee(PayeeForm, kw_only=True):
    """The account as the client writes it down."""

    signed_name: Name
