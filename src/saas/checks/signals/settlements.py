"""Payments that settle a party's whole account: one that misses the open balance by a slip of the pen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from saas.checks.digest import digest
from saas.checks.signals.digits import slip
from saas.checks.signals.documents import INSTALMENT, PECULIAR
from saas.ledgers.frame import Ledger

TRADE = r"^(?:ar|ap)\b"
LEAST_EXACT, EXACT = 3, 0.5  # settlements to the fen that make it this ledger's habit: their number, their share
TOLD = ("transposed", "×10", "×100", "×1000")  # a tenth of what is open is a part payment


@dataclass(frozen=True, slots=True)
class Payment:
    voucher: str
    fen: int
    open: tuple[int, int]  # what was owed before it, and what must have been owed for the month to end at zero
    place: str  # account and party

    @property
    def is_exact(self) -> bool:
        return self.fen in self.open


def slipped_settlements(ledger: Ledger) -> pl.DataFrame:
    """voucher, found, right (fen), kind, other (the account with its party), as `slipped_documents` has them.

    Only where the ledger usually pays all that is open: who pays in parts proves nothing by an odd amount. The first of
    a party only: what it leaves open stands in every balance after it.
    """
    lines = digest(ledger).lines.filter(
        pl.col("role").str.contains(TRADE), pl.col("aux") != "", pl.col("text").str.contains(INSTALMENT).not_()
    )
    opening = _opening(ledger)
    parties = lines.sort("month", "date", "row").group_by("account", "aux", maintain_order=True)
    payments = [
        payment
        for (account, aux), own in parties
        for payment in _payments(own, opening.get((str(account), str(aux)), 0), f"{account}·{aux}")
    ]
    exact = sum(payment.is_exact for payment in payments)
    if exact < max(LEAST_EXACT, EXACT * len(payments)):
        payments = []
    parts = set(lines.select(pl.format("{}·{}", "account", "aux"), pl.col("fen").abs()).iter_rows())
    rows = [
        (payment.voucher, payment.fen, right, slip(payment.fen, right), payment.place)
        for payment in payments
        if not payment.is_exact
        for right in payment.open
        if _is_slip(payment.fen, right) and (payment.place, abs(payment.fen - right)) not in parts
    ]
    schema = {"voucher": pl.String, "found": pl.Int64, "right": pl.Int64, "kind": pl.String, "other": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row").unique("other", keep="first", maintain_order=True)


def _payments(own: pl.DataFrame, opening: int, place: str) -> Iterator[Payment]:
    """A party's payments in order, each with what it should have been."""
    claim = str(own["role"][0]).startswith("ar")
    balance = opening if claim else -opening
    for _month, lines in own.group_by("month", maintain_order=True):
        paid: list[tuple[str, int, int]] = []
        for voucher, side, fen in lines.select("voucher", "side", "fen").iter_rows():
            if (side == "D") == claim or fen < 0:
                balance += fen if (side == "D") == claim else -fen
            else:
                paid.append((voucher, fen, balance))
                balance -= fen
        # with several payments a month its end says nothing of any one of them
        yield from (Payment(v, fen, (b, fen + balance if len(paid) == 1 else b), place) for v, fen, b in paid)


def _is_slip(fen: int, right: int) -> bool:
    return right > 0 and len(str(right).rstrip("0")) >= PECULIAR and slip(fen, right) in TOLD


def _opening(ledger: Ledger) -> dict[tuple[str, str], int]:
    """(account, party) → the balance before the first month, debit positive; empty without a trial balance."""
    known = ledger.balances.drop_nulls(["period", "opening"])
    first = known.filter(pl.col("period") == known["period"].min()) if known.height else known
    return {(a, x or ""): fen for a, x, fen in first.select("account", "aux", "opening").iter_rows()}
