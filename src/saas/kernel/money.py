"""Money is a whole number of fen. Floats never reach it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

import cn2an

_PLAIN = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d{1,2})?")


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount in fen (1/100 yuan), positive or negative."""

    fen: int

    @classmethod
    def of(cls, text: str) -> Money:
        """Read what a person types ("1,234.50", "￥-8"); ValueError when it is not plainly an amount in yuan."""
        plain = text.strip().removeprefix("￥").removeprefix("¥").strip()
        if not _PLAIN.fullmatch(plain):
            raise ValueError(f"not an amount: {text!r}")
        return cls(int(Decimal(plain.replace(",", "")) * 100))

    @classmethod
    def round(cls, yuan: Decimal) -> Money:
        """The nearest fen, halves away from zero, as every tax form and invoice rounds."""
        try:
            return cls(int((yuan * 100).quantize(Decimal(1), ROUND_HALF_UP)))
        except InvalidOperation:
            raise ValueError(f"not an amount: {yuan!r}") from None

    @property
    def yuan(self) -> Decimal:
        return Decimal(self.fen) / 100

    @property
    def capitals(self) -> str:
        """人民币大写, as documents of payment print it: 壹仟贰佰元整."""
        if self.fen == 0:
            return "零元整"
        words: str = cn2an.an2cn(f"{abs(self.fen) / 100:.2f}" if abs(self.fen) % 100 else abs(self.fen) // 100, "rmb")
        return ("负" if self.fen < 0 else "") + words

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen)

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen)

    def __neg__(self) -> Money:
        return Money(-self.fen)

    def __abs__(self) -> Money:
        return Money(abs(self.fen))

    def __mul__(self, factor: int | Decimal) -> Money:
        return Money.round(self.yuan * factor)

    def __bool__(self) -> bool:
        return self.fen != 0

    def __str__(self) -> str:
        """Two decimals with thousands separators, as tables show it: 1,234.00."""
        return f"{self.yuan:,.2f}"


ZERO = Money(0)
