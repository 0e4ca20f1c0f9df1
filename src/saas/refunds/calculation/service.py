"""The facts a refund is reckoned from. Dates, months, fen; no rule stands here, and nothing is loaded here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta, Struct

Fen = Annotated[int, Meta(ge=0)]
Text = Annotated[str, Meta(max_length=200)]


class Item(Struct, frozen=True):
    """One agreed piece of work (annual return, registration): `price` is agreed, `delivered` with what shows it."""

    name: Text
    price: Fen
    delivered: bool = False
    shown_by: Text = ""


class Loss(Struct, frozen=True):
    """One line of the loss sheet: hours at a rate, or an amount, with its proof. Third-party costs need a receipt."""

    kind: Literal["labour", "sunk", "third_party", "depreciation"]
    name: Text
    hours: Decimal = Decimal(0)
    rate: Fen = 0  # fen an hour
    amount: Fen = 0  # where it is not hours
    proof: Text = ""

    @property
    def fen(self) -> int:
        """Hours × rate rounded half up to the fen, or the amount."""
        from_hours = (self.hours * self.rate).quantize(Decimal(1), "ROUND_HALF_UP")
        return int(from_hours) + self.amount


class Harm(Struct, frozen=True):
    """Direct loss of the client through the firm's fault: late fee, fine; with its proof."""

    name: Text
    amount: Fen
    proof: Text = ""


class Service(Struct, frozen=True):
    """What the preparer established about one request; kept in Refund.service."""

    faulty_months: tuple[str, ...] = ()  # "2026-04": months whose service failed; they are not charged
    items: tuple[Item, ...] = ()
    losses: tuple[Loss, ...] = ()
    harms: tuple[Harm, ...] = ()
    served_months: int | None = None  # where it differs from the count by dates, with `served_why`
    served_why: Text = ""
    delivered_any: bool = True  # False: nothing was begun (P6), nothing filed (P8)


class Agreed(Struct, frozen=True):
    """The contract and the money, as the calculation needs them."""

    starts_on: date
    ends_on: date
    paid_months: int
    gift_months: int
    price: Fen  # for the whole contract
    list_month: Fen
    received: int  # Σ receipts, VAT included
    refunded: int  # already given back under this contract, reserved and in transit included
    notice_on: date
