"""What a rule says: the object, the lines, the numbers it compared, and how sure it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from saas.kernel.i18n import Text
from saas.kernel.money import Money
from saas.ledgers.frame import Ledger

Severity = Literal["info", "low", "medium", "high", "critical"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One anomaly. `object` makes it the same finding on the next import (rule + object)."""

    rule: str  # "N01"
    object: str  # stable identity: voucher, account, series, party; never a row number
    severity: Severity
    confidence: float  # c in S = 100·(1−Π(1−w·c)), 0…1
    message: Text  # one sentence; rendered when shown
    vouchers: list[str] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)  # source rows of the lines that caused it
    period: str | None = None
    account: str | None = None
    amount: Money | None = None  # exposure
    compared: dict[str, Any] = field(default_factory=dict)  # the numbers compared, JSON-ready, amounts as yuan strings
    score: float = 0.0  # S, 0…100; `check_ledger` fills it in, with its terms
    terms: list[dict[str, Any]] = field(default_factory=list)  # [{"name", "weight", "confidence"}], JSON-ready


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the catalogue: its texts, default severity, weight, settings and its pure function."""

    id: str
    name: Text
    explanation: Text  # what is wrong, in plain words
    reason: Text  # the legal or accounting basis
    cure: Text  # what makes it go away
    severity: Severity
    weight: float  # w, 0…1
    run: Callable[[Ledger, Mapping[str, Any]], list[Finding]]  # (ledger, settings) -> findings
    settings: Mapping[str, Any] = field(default_factory=dict)  # thresholds and their defaults
    needs: tuple[
        str, ...
    ] = ()  # figures from outside the ledger (checks/figures.py); without them it says less or nothing
