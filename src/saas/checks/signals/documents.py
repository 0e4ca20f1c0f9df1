"""Counter-documents: what one entry puts on a party's account, another takes off (invoice and payment).

What stays after equal amounts are paired off is open, or one of the two is wrong.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from saas.checks.digest import digest
from saas.checks.roles import role_like
from saas.checks.series import recurring_events
from saas.checks.signals.digits import PECULIAR, slip
from saas.checks.wording import share_name
from saas.ledgers.frame import REPEATED, Ledger
from saas.ledgers.texts import says

CLEARED = r"^(?:ar|ap|advance|prepaid|other_payable|other_receivable|payroll|tax)\b"
INSTALMENT = "定金|订金|预付|预收|质保|首付|尾款|分期|部分|保证金|押金|首期|进度款|(?i:deposit|instal|part)"
MONTHS_APART = 3
EQUAL = ("account", "party", "fen", "nth")


def slipped_documents(ledger: Ledger) -> pl.DataFrame:
    """voucher, found, right (fen), kind, other (voucher): open items of one party that differ only by a slip.

    Taken for the wrong one: the item farther from what its accounts usually carry; else the one without tax lines,
    which would no longer agree; else the amount the ledger has only once; else the later.
    """
    rows = []
    items = _open_items(ledger)
    # a part of 27,000.00 leaves 36,215.90 of 63,215.90, which only looks like digits exchanged
    likely = _likely(items).with_columns(left=(pl.col("fen") - pl.col("fen_c")).abs())
    amounts = items.select("account", "party", left="fen")
    likely = likely.join(amounts, on=["account", "party", "left"], how="anti", maintain_order="left")
    for pair in likely.iter_rows(named=True):
        kind = slip(pair["fen"], pair["fen_c"])
        if not kind or not (_one_party(pair) and _in_order(pair) and _telling(pair)):
            continue
        strange = pair["far"] - pair["far_c"] if kind != "transposed" else 0.0
        debit, credit = (
            (
                round(strange) if end == "" else 0,
                -min(pair[f"size{end}"], 3),
                -pair[f"times{end}"],
                pair[f"month{end}"],
                pair[f"row{end}"],
            )
            for end in ("", "_c")
        )
        wrong, other = ("", "_c") if debit > credit else ("_c", "")
        found, right = pair[f"fen{wrong}"], pair[f"fen{other}"]
        rows.append((pair[f"voucher{wrong}"], found, right, slip(found, right), pair[f"voucher{other}"]))
    schema = {"voucher": REPEATED, "found": pl.Int64(), "right": pl.Int64(), "kind": REPEATED, "other": REPEATED}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _telling(pair: dict[str, Any]) -> bool:
    """Two digits prove something only against two: 11,000 is a round sum on account of 10,100."""
    lengths = {len(pair[end]) for end in ("scaled", "scaled_c")}
    return min(lengths) >= PECULIAR or len(lengths) == 1


def _in_order(pair: dict[str, Any]) -> bool:
    """A claim is debited before it is paid, a debt credited; wages and taxes are paid in the next month."""
    claim = pair["role"].startswith(("ar", "other_receivable", "prepaid"))
    first, then = ("", "_c") if claim else ("_c", "")
    if pair[f"times{first}"] > 1:  # of several equal items any may be the one meant
        return bool(pair[f"since{first}"] <= pair[f"month{then}"])
    soon = 1 if pair["role"].startswith(("payroll", "tax")) else MONTHS_APART
    return bool(0 <= pair[f"month{then}"] - pair[f"month{first}"] <= soon)


def _one_party(pair: dict[str, Any]) -> bool:
    """Without auxiliary items an account holds many parties: then both summaries must bear one name."""
    if pair["aux"]:
        return True
    return share_name(pair["text"], pair["text_c"])


def _open_items(ledger: Ledger) -> pl.DataFrame:
    """The items that no equal one on the other side clears, of parties whose account does not come to zero."""
    unpaired = _items(ledger).filter(pl.len().over(*EQUAL) == 1)
    signed = pl.when(pl.col("side") == "D").then("fen").otherwise(-pl.col("fen"))
    return unpaired.filter(signed.sum().over("account", "party") != 0)


def _items(ledger: Ledger) -> pl.DataFrame:
    """Lines on accounts that are cleared, with nth (of this amount and side), far (|ln − usual ln|), size, times."""
    books = digest(ledger)
    events = recurring_events(ledger).filter(pl.col("red").not_())
    events = events.select("voucher", "form", pl.col("rows").list.len().cast(pl.Int64).alias("size"))
    return (
        books.lines.filter(
            role_like(CLEARED),
            pl.col("fen") > 0,
            says("text", INSTALMENT).not_(),
        )
        .join(events, on="voucher", maintain_order="left")
        .with_columns(pl.when(pl.col("aux") == "").then("account_name").otherwise("aux").alias("party"))
        .sort("month", "row")
        .with_columns(
            nth=pl.int_range(pl.len()).over("account", "party", "side", "fen"),
            times=pl.len().cast(pl.Int64).over("account", "fen"),
            since=pl.col("month").min().over("account", "party", "side", "fen"),
            far=(pl.col("fen").log() - pl.col("fen").log().median().over("form")).abs(),
        )
    )


def _likely(items: pl.DataFrame) -> pl.DataFrame:
    """Debits and credits of a party with the same digits, in another order or with other zeros; one partner each."""
    digits = pl.col("fen").cast(pl.String)
    spelled = (
        items.select("fen")
        .unique()
        .with_columns(
            scaled=digits.str.strip_chars_end("0"),
            exchanged=digits.str.split("").list.sort().list.join(""),
        )
    )  # each amount once
    items = items.join(spelled, on="fen", maintain_order="left").filter(
        (pl.col("scaled").str.len_chars() >= 3) | ((pl.col("scaled").str.len_chars() == 2) & (pl.col("aux") != ""))
    )
    on = ["account", "party"]
    shown = [*on, "voucher", "month", "row", "fen", "far", "size", "times", "since", "aux", "text", "role", "scaled"]
    debits, credits = (items.filter(pl.col("side") == side) for side in ("D", "C"))
    pairs = pl.concat(
        [
            *(_joined(debits, credits, shown, by) for by in ("scaled", "exchanged")),
            _joined(_cut(debits), credits.with_columns(cut="fen"), shown, "cut"),
            _joined(debits.with_columns(cut="fen"), _cut(credits), shown, "cut"),
        ]
    )
    near = (pl.col("month") - pl.col("month_c")).abs() <= MONTHS_APART
    recurring = (pl.col("times") > 1) | (pl.col("times_c") > 1)
    return (
        pairs.filter(pl.col("fen") != pl.col("fen_c"), near | recurring)
        .filter(pl.col("fen_c").n_unique().over(*on, "row") == 1, pl.col("fen").n_unique().over(*on, "row_c") == 1)
        .unique([*on, "fen", "fen_c"], keep="first", maintain_order=True)
    )


def _joined(debits: pl.DataFrame, credits: pl.DataFrame, shown: list[str], by: str) -> pl.DataFrame:
    left, right = (side.select(*shown, pl.col(by).alias("alike")) for side in (debits, credits))
    return left.join(right, on=["account", "party", "alike"], suffix="_c", maintain_order="left_right").drop("alike")


def _cut(items: pl.DataFrame) -> pl.DataFrame:
    """Each item with what a division by ten leaves of it in whole fen, cut off or rounded."""
    fen = pl.col("fen")
    cuts = pl.concat_list(fen // 10, (fen + 5) // 10)
    return (
        items.with_columns(cuts.list.unique(maintain_order=True).alias("cut")).explode("cut").filter(pl.col("cut") > 99)
    )
