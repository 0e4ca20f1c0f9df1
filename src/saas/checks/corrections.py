"""A correcting voucher as the checks see it: approved elsewhere, looked for in the next import."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    """One line, in fen; red is negative on its own side."""

    account: str
    aux: str
    debit: int
    credit: int


@dataclass(frozen=True, slots=True)
class Correction:
    """One approved voucher. kind "refill" rewrites `refers_to` itself, while it is a draft."""

    kind: Literal["red", "blue", "refill"]
    date: date
    word: str
    number: int | None  # as posted; None while unknown
    lines: tuple[CorrectionLine, ...]
    refers_to: str | None = None  # voucher it corrects; None for a late booking
    also: tuple[str, ...] = ()  # further vouchers that a summary pair corrects with it
