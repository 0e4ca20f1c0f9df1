"""The canonical ledger: what every reader produces and every rule consumes.

A rule never sees a file, a layout or a code list: it sees these frames, and asks the chart for roles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Literal

import polars as pl

from saas.kernel.i18n import Text, _
from saas.ledgers.charts import Chart

Standard = Literal["small", "enterprise", "npo", "other"]

# A text that a ledger repeats from line to line: kept once, and as a number in each line that has it.
REPEATED = pl.Categorical()

LINES: dict[str, pl.DataType] = {
    "row": pl.Int64(),  # 1-based row of the file, the header counted
    "period": REPEATED,  # "2026-03"; null when the file does not say and the row has no date
    "date": pl.Date(),
    "voucher": REPEATED,  # unique in the ledger: "2026-03 记-12", or the file's own journal id
    "word": REPEATED,  # 凭证字, "" when the file has none
    "number": pl.Int64(),  # null when the file's number has no digits
    "number_text": REPEATED,  # as the file writes it
    "line": pl.Int64(),  # 1-based position inside the voucher
    "summary": REPEATED,
    "account": REPEATED,  # code as the file writes it, trimmed; "" when there is only a name
    "account_name": REPEATED,
    "aux": REPEATED,  # auxiliary items joined by "/": customer, supplier, person, department
    "debit": pl.Int64(),  # fen; red is negative
    "credit": pl.Int64(),  # fen; red is negative
    "currency": REPEATED,
    "quantity": pl.Float64(),
    "preparer": REPEATED,
    "reviewer": REPEATED,
    "poster": REPEATED,
    "posted": pl.Boolean(),  # null when the file does not say
    "void": pl.Boolean(),
    "attachments": pl.Int64(),
    "source": REPEATED,  # the program's module or journal source
    "entered_date": pl.Date(),
    "entered_time": REPEATED,  # "HH:MM:SS"
    "document_date": pl.Date(),
    "reference": REPEATED,  # invoice, bill or settlement number
    "counter_account": REPEATED,  # 对方科目, only in one-line exports
}

BALANCES: dict[str, pl.DataType] = {
    "row": pl.Int64(),
    "period": REPEATED,
    "account": REPEATED,
    "account_name": REPEATED,
    "aux": REPEATED,
    "year_opening": pl.Int64(),  # signed fen, debit positive; null when the file has no such column
    "opening": pl.Int64(),
    "debit": pl.Int64(),
    "credit": pl.Int64(),
    "year_debit": pl.Int64(),
    "year_credit": pl.Int64(),
    "closing": pl.Int64(),
}


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken, and why, in words."""

    row: int
    reason: Text


def joined(reasons: Sequence[Text]) -> Text:
    """Several reasons as one sentence."""
    return reduce(lambda one, other: _("%(one)s; %(other)s", one=one, other=other), reasons)


@dataclass(frozen=True, slots=True)
class Ledger:
    """One set of books as read: vouchers, balances, or both."""

    name: str | None  # the value of a column such as 账套 or Ledger; None when the file has none
    layout: str  # "kingdee-k3", "yonyou-nc", "haokuaiji", "english-gl", "trial-balance", "generic", ...
    standard: Standard
    chart: Chart
    lines: pl.DataFrame  # schema LINES
    balances: pl.DataFrame  # schema BALANCES, empty when the file has none
    rejects: list[Reject] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)  # remarks about the extract itself, never findings
