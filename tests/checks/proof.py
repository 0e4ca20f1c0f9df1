"""What a proof of cure needs: approved vouchers as ledger text, and a finding held against the new books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from saas.checks.corrections import Correction, CorrectionLine
from saas.checks.cure import Cure, cured
from tests.checks.ledger_text import found
from tests.checks.monthly_text import year_of


@dataclass(frozen=True)
class Approved:
    """An approved voucher in the words of the ledger text."""

    text: str
    kind: Literal["red", "blue", "refill"] = "red"
    of: str | None = None

    def correction(self) -> Correction:
        lines = year_of(f"\n{self.text}").lines
        return Correction(
            kind=self.kind,
            date=lines["date"][0] or date(2026, 1, 1),
            word=lines["word"][0],
            number=lines["number"][0],
            lines=tuple(
                CorrectionLine(*line) for line in lines.select("account", "aux", "debit", "credit").iter_rows()
            ),
            refers_to=self.of,
        )


def prove(rule: str, before: str, after: str, *approved: Approved, **settings: Any) -> Cure:
    """The last finding of a rule in `before`, held against `after`."""
    old, new = year_of(f"\n{before}"), year_of(f"\n{after}")
    finding = found(rule, old, **settings)[-1]
    return cured(finding, old, new, [a.correction() for a in approved], settings)


def without(text: str, *begin: str) -> str:
    """The same text without the lines that begin so."""
    return "\n".join(line for line in text.splitlines() if not line.strip().startswith(begin))
