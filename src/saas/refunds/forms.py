"""What a person, or a reaction on a client's behalf, may submit about a refund."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from litestar.datastructures import UploadFile
from msgspec import Meta, Struct, field

from saas.kernel.money import Money

Line = Annotated[str, Meta(max_length=200)]
Long = Annotated[str, Meta(max_length=4000)]
Words = Annotated[str, Meta(min_length=2, max_length=4000)]
How = Literal["link", "phone", "wechat", "email", "visit", "letter"]


class NewRequest(Struct):
    """A request written down by staff, or made by the client through a link."""

    key: UUID  # made with the page: the same form sent twice opens one request
    contract_id: UUID
    reason: Line
    asked: Money
    notice_on: date
    reason_text: Long = ""
    payer: Line = ""
    source: Annotated[str, Meta(max_length=12)] = ""
    contact_id: UUID | None = None  # who speaks for the client; by link it is whoever holds the link


class Take(Struct):
    preparer_id: UUID


class Check(Struct):
    """One of the checks before the file is complete, and how it was made."""

    what: Literal["identity", "contract", "policy_explained"]
    how: Words


class Reason(Struct):
    reason: Words


class ProposeRejection(Struct):
    code: Literal["no_grounds", "delivered", "not_received", "out_of_time", "duplicate", "withdrawn", "other"]
    reason: Words


class Offer(Struct):
    """Given by the reaction to the letter's way, never by a member."""

    until: date


class Agreed(Struct):
    how: How = "link"


class Cancel(Struct):
    """The client takes the request back: how we know."""

    reason: Words
    how: How


class Convert(Struct):
    """The client takes service credit or another plan instead of money: how we know."""

    into: Literal["credit", "plan"]
    reason: Words
    how: How


class Payer(Struct):
    """Who really paid, and how we know."""

    payer: Annotated[str, Meta(min_length=2, max_length=120)]
    reason: Words


class AskPapers(Struct):
    """What is asked of the client; the ticked keys of the checklist come beside it."""

    contact_id: UUID
    text: Line = ""


class PaperAnswer(Struct):
    """What the client sent another way, written down by a member."""

    answer: Words
    by_name: Annotated[str, Meta(min_length=2, max_length=60)]
    how: Literal["phone", "wechat", "email", "visit", "letter"]
    files: list[UploadFile] = field(default_factory=list)
