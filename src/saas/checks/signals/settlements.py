"""Payments that settle a party's whole account: one that misses the open balance by a slip of the pen."""

from __future__ import annotations

import polars as pl

from saas.checks.digest import digest
from saas.checks.roles import role_in, role_like
from saas.checks.signals.digits import PECULIAR, slip
from saas.checks.signals.documents import INSTALMENT
from saas.ledgers.frame import REPEATED, Ledger
from saas.ledgers.texts import says

TRADE = r"^(?:ar|ap)\b"
LEAST_EXACT, EXACT = 3, 0.5  # settlements to the fen that make it this ledger's habit: their number, their share
TOLD = ("transposed", "×10", "×100", "×1000")  # a tenth of what is open is a part payment


SLIPPED = {"voucher": REPEATED, "found": pl.Int64(), "right": pl.Int64(), "kind": REPEATED, "other": REPEATED}


def slipped_settlements(ledger: Ledger) -> pl.DataFrame:
    """voucher, found, right (fen), kind, other (the account with its party), as `slipped_documents` has them.

    Only where the ledger usually pays all that is open: who pays in parts proves nothing by an odd amount. The first of
    a party only: what it leaves open stands in every balance after it.
    """
    lines = digest(ledger).lines.filter(role_like(TRADE), pl.col("aux") != "", says("text", INSTALMENT).not_())
    payments = _payments(lines, _opening(ledger))
    is_exact = (pl.col("fen") == pl.col("owed")) | (pl.col("fen") == pl.col("due"))
    exact = payments.select(is_exact.sum()).item()
    if exact < max(LEAST_EXACT, EXACT * payments.height):
        return pl.DataFrame(schema=SLIPPED)
    # a slip of either kind leaves a difference that nine divides
    slips = (pl.col("fen") - pl.col("owed")) % 9 == 0, (pl.col("fen") - pl.col("due")) % 9 == 0
    odd = payments.filter(~is_exact, slips[0] | slips[1])
    parts = set(lines.select("account", "aux", pl.col("fen").abs()).unique().iter_rows()) if odd.height else set()
    rows = [
        (voucher, fen, right, slip(fen, right), f"{account}·{aux}")
        for voucher, fen, account, aux, *open_ in odd.select(
            "voucher", "fen", "account", "aux", "owed", "due"
        ).iter_rows()
        for right in open_
        if _is_slip(fen, right) and (account, aux, abs(fen - right)) not in parts
    ]
    return pl.DataFrame(rows, schema=SLIPPED, orient="row").unique("other", keep="first", maintain_order=True)


def _payments(lines: pl.DataFrame, opening: pl.DataFrame) -> pl.DataFrame:
    """The payments of each party in order: voucher, account, aux, fen, and what each should have been.

    owed: what was open before it. due: what must have been open for the month to end at zero; with several payments
    in a month its end says nothing of any one of them, and due is owed.
    """
    party = ["account", "aux"]
    claim = role_in("ar").first().over(party)
    ordered = (
        lines.sort("month", "date", "row")
        .with_row_index("at")
        .with_columns(claim=claim, at=pl.col("at").min().over(party))
    )
    ordered = ordered.sort("at", maintain_order=True).join(opening, on=party, how="left", maintain_order="left")
    raises = (pl.col("side") == "D") == pl.col("claim")
    at_first = pl.col("opening").fill_null(0) * pl.when("claim").then(1).otherwise(-1)
    moved = ordered.with_columns(
        moved=pl.when(raises).then("fen").otherwise(-pl.col("fen")), paid=~(raises | (pl.col("fen") < 0))
    ).with_columns(stood=at_first + pl.col("moved").cum_sum().over(party))
    month = [*party, "month"]
    owed, alone = pl.col("stood") - pl.col("moved"), pl.col("paid").sum().over(month) == 1
    due = pl.when(alone).then(pl.col("fen") + pl.col("stood").last().over(month)).otherwise(owed)
    return moved.with_columns(owed=owed, due=due).filter("paid").select("voucher", *party, "fen", "owed", "due")


def _is_slip(fen: int, right: int) -> bool:
    return right > 0 and len(str(right).rstrip("0")) >= PECULIAR and slip(fen, right) in TOLD


def _opening(ledger: Ledger) -> pl.DataFrame:
    """account, aux, opening (fen, debit positive) before the first month; empty without a trial balance."""
    known = ledger.balances.drop_nulls(["period", "opening"])
    first = known.filter(pl.col("period") == known["period"].min()) if known.height else known
    return first.select("account", pl.col("aux").fill_null(""), "opening").unique(["account", "aux"], keep="last")
