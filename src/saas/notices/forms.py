"""What a person may submit about a letter."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from litestar.datastructures import UploadFile
from msgspec import Meta, Struct

from saas.kernel.link_entrance import Signed

Line = Annotated[str, Meta(max_length=200)]
Long = Annotated[str, Meta(max_length=4000)]


class Reason(Struct):
    reason: Annotated[str, Meta(max_length=2000)]


class GeneralLetter(Struct):
    """A letter of its own: what it says and whether an answer is asked for."""

    client_id: UUID
    title: Line
    text: Long
    locale: Literal["zh", "en", "both"] = "zh"
    duties: Long = ""
    answer_by: date | None = None
    recipients: list[UUID] = []


class AnswerForm(Signed):
    """A contact's human act: a name typed, a choice made. `how` is set by us, never by the form's fields."""

    text: Long = ""
    choice: Line = ""
    how: Literal["link", "paper", "email"] = "link"


class Reply(Struct):
    answer_id: UUID
    text: Long


class RecordedDelivery(Struct):
    """A call, a visit, a courier, a message on WeChat: what a person did and what came of it."""

    channel: Literal["phone", "wechat", "sms", "paper", "visit"]
    contact_name: Line
    at: datetime
    reply: Long
    reference: Line = ""
    contact_id: UUID | None = None
    reached: bool = False


class ShareLink(Struct):
    contact_id: UUID
    channel: Literal["wechat", "sms", "paper", "visit"] = "wechat"


class SendTo(Struct):
    contact_id: UUID
    channel: Literal["email", "sms"] = "email"


class Bounced(Struct):
    reply: Long


class RecordedAnswer(Struct):
    """An answer that came on paper or by e-mail, with the signed slip as proof."""

    kind: Literal["confirm", "object"]
    contact_id: UUID
    how: Literal["paper", "email"]
    text: Long = ""
    choice: Line = ""
    files: list[UploadFile] = []
