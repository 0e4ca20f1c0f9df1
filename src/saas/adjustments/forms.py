"""What a person may submit about a correcting voucher."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from saas.adjustments.correction.facts import Kind

Month = Annotated[str, Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
Long = Annotated[str, Meta(max_length=4000)]


class Facts(Struct):
    """What the choice of method rests on. Lines of the right entry come as `right-N-account`, `-debit`, `-credit`."""

    kind: Kind
    posting: Literal["draft", "posted"]
    voucher: list[str] = []  # keys of the wrong vouchers
    original: str = ""  # duplicate: the copy that stays
    period: Month | None = None  # where it belongs
    subject: Annotated[str, Meta(max_length=60)] = ""
    open_period: Month | None = None
    annual_return_filed: bool = False
    statements_approved: bool = False
    material: bool = False
    by_month: bool = False  # several vouchers with one error: one pair a month
    material_reason: Long = ""


class Effective(Struct):
    """What the client will read beside the vouchers."""

    effective_on: date
    duties: Long = ""  # one a line
    needs_yes: bool = False  # a fact depends on the client; taxes and returns ask by themselves


class Return(Struct):
    reason: Long


class Approve(Struct):
    """The reviewer's ticks; every one is needed."""

    tick: list[str] = []


class Posted(Struct):
    """The numbers the vouchers got in the client's program, in the plan's order."""

    posted_as: list[str]
