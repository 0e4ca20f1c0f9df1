"""The calculation as a ladder: each step with its rule, quantity × unit price, amount and ground.

The amounts add up to the refund. Exact fractions of a fen run underneath; each step shows by how much the rounded total
changed, so that what is printed adds up, and equals the exact total rounded once at the end, half up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from saas.kernel.i18n import Text

TOTALS = "totals"  # the rule of the last stored entry, which is no line


@dataclass(frozen=True, slots=True)
class Line:
    """One step. `quantity` is a count or share ("5", "18/31"), `unit_fen` its price, `amount` fen with its sign."""

    rule: str  # a key of NAMES (ladder_view): received, months, items, deduction, …
    label: Text
    quantity: str
    unit_fen: int | None
    amount: int
    basis: Text


@dataclass(frozen=True, slots=True)
class Ladder:
    """The lines, and what they come to, in fen. `refund` is the sum of the lines' amounts.

    `receivable` is what the client still owes (proposed, never set off by itself), `claim` a loss of the client beyond
    what was received, `credit` what service credit instead of money would be worth (P9).
    """

    lines: tuple[Line, ...]
    refund: int
    receivable: int = 0
    claim: int = 0
    credit: int = 0

    def store(self) -> list[dict[str, Any]]:
        """As Refund.ladder keeps it: the lines, then one entry with the totals."""
        lines = [
            {"rule": line.rule, "label": line.label.store(), "quantity": line.quantity, "unit_fen": line.unit_fen,
             "amount": line.amount, "basis": line.basis.store()}
            for line in self.lines
        ]  # fmt: skip
        totals = {"refund": self.refund, "receivable": self.receivable, "claim": self.claim, "credit": self.credit}
        return [*lines, {"rule": TOTALS, **totals}]

    @classmethod
    def restore(cls, stored: list[dict[str, Any]]) -> Ladder:
        """What `store` gave; ValueError for anything else."""
        if not stored or stored[-1].get("rule") != TOTALS:
            raise ValueError("a stored ladder ends with its totals")
        lines = tuple(
            Line(one["rule"], Text.restore(one["label"]), one["quantity"], one["unit_fen"], one["amount"],
                 Text.restore(one["basis"]))
            for one in stored[:-1]
        )  # fmt: skip
        return cls(lines, **{name: value for name, value in stored[-1].items() if name != "rule"})


@dataclass(slots=True)
class Steps:
    """A ladder while it is being built: the exact total so far, and the lines."""

    exact: Fraction = Fraction(0)
    lines: list[Line] = field(default_factory=list)

    @property
    def rounded(self) -> int:
        return half_up(self.exact)

    def add(
        self,
        rule: str,
        label: Text,
        change: Fraction | int,
        basis: Text,
        *,
        quantity: str = "",
        unit: int | None = None,
    ) -> None:
        """One more step; `change` is exact, in fen."""
        before = self.rounded
        self.exact += change
        self.lines.append(Line(rule, label, quantity, unit, self.rounded - before, basis))


def half_up(exact: Fraction) -> int:
    """The nearest fen, halves away from zero."""
    size = int(abs(exact) + Fraction(1, 2))
    return size if exact >= 0 else -size
