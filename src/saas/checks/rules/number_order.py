"""N03 one number used twice, and N04 numbers and dates that run against each other."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from saas.checks.finding import Finding, Rule
from saas.checks.sequences import sequences
from saas.checks.voucher_kinds import lines
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.ledgers.frame import Ledger

KEY = ["scope", "series", "number"]


def repeated_numbers(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Numbers under which the file holds two vouchers, each of which balances by itself.

    Parts of one voucher on two pages don't balance alone; two sets of books in one file repeat most numbers (info).
    """
    blocks = _blocks(ledger)
    if blocks.is_empty():
        return []
    pieces = _balanced(blocks)
    twice = pieces.filter(pl.len().over(KEY) > 1)
    repeated = twice.select(KEY).n_unique()
    numbers = blocks.select(KEY).n_unique()
    if repeated > max(settings["least"], settings["share"] * numbers):
        return [_two_books(repeated, numbers)]
    found = twice.partition_by(KEY, maintain_order=True) + _run_together(blocks, ledger)
    return [_repeated(part.sort("first_row")) for part in found]


def _blocks(ledger: Ledger) -> pl.DataFrame:
    """Per number the stretches of lines that belong together: rows and lines counting on, one date, one preparer.

    Columns: KEY, block, voucher, period, date, preparer, summary, first_row, rows, net, amount, nets, texts.
    """
    numbered = sequences(ledger).select("voucher", *KEY, key=pl.struct(KEY).rank("dense"))
    found = (
        lines(ledger)
        .drop("number")
        .join(numbered, on="voucher", how="inner")
        .filter((pl.col("debit") != 0) | (pl.col("credit") != 0))
        .sort("key", "row")
    )
    starts = (
        (pl.col("key") != pl.col("key").shift())
        | (pl.col("row") - pl.col("row").shift() > 1)
        | pl.col("date").ne_missing(pl.col("date").shift())
        | pl.col("preparer").ne_missing(pl.col("preparer").shift())
        | (pl.col("voucher") != pl.col("voucher").shift())
        | (pl.col("line") <= pl.col("line").shift())
    ).fill_null(True)
    found = found.with_columns(block=starts.cum_sum())
    return found.group_by("block", maintain_order=True).agg(
        pl.col(*KEY).first(),
        *(pl.col(c).first() for c in ("voucher", "period", "date", "preparer", "summary")),
        pl.col("row").min().alias("first_row"),
        pl.col("row").alias("rows"),
        pl.col("net").sum(),
        pl.col("debit").abs().sum().alias("amount"),
        pl.col("net").alias("nets"),
        pl.col("summary").alias("texts"),
    )


def _balanced(blocks: pl.DataFrame) -> pl.DataFrame:
    """Blocks that balance, and those that balance once the parts of one day (pages) are put together."""
    whole = blocks.filter(pl.col("net") == 0)
    parts = blocks.filter(pl.col("net") != 0).group_by([*KEY, "date"], maintain_order=True).agg(
        *(pl.col(c).first() for c in ("block", "voucher", "period", "preparer", "summary")),
        pl.col("first_row").min(),
        pl.col("rows").explode(),
        pl.col("net").sum(),
        pl.col("amount").sum(),
    )  # fmt: skip
    columns = [*KEY, "voucher", "period", "date", "preparer", "summary", "first_row", "rows", "amount"]
    return pl.concat([whole.select(columns), parts.filter(pl.col("net") == 0).select(columns)])


def _run_together(blocks: pl.DataFrame, ledger: Ledger) -> list[pl.DataFrame]:
    """Two vouchers in a row under one number: it balances where the text changes, and a number beside it is missing.

    Only in books where vouchers rarely balance midway, since some firms book several events in one voucher.
    """
    single = blocks.filter(pl.col("net") == 0, pl.col("rows").list.len() >= 4, pl.col("texts").list.n_unique() == 2)
    single = single.join(blocks.group_by(KEY).len(), on=KEY, maintain_order="left").filter(pl.col("len") == 1)
    splits = [(b, at) for b in single.iter_rows(named=True) if (at := _split(b["nets"], b["texts"]))]
    if len(splits) > 0.02 * blocks.height + 1:
        return []
    known = set(sequences(ledger).select(KEY).iter_rows()) if splits else set()
    return [_halves(block, at) for block, at in splits if _one_beside_is_missing(block, known)]


def _one_beside_is_missing(block: dict[str, Any], known: set[tuple[Any, ...]]) -> bool:
    scope, series, number = (block[k] for k in KEY)
    there = {step: (scope, series, number + step) in known for step in (-2, -1, 1, 2)}
    return (there[-2] and not there[-1]) or (there[2] and not there[1])


def _split(nets: list[int], texts: list[str]) -> int:
    """Where one text ends and another begins, if the lines balance there; 0 for more texts or no balance."""
    at = next((i for i, text in enumerate(texts) if text != texts[0]), 0)
    two = len(set(texts[:at])) == 1 and len(set(texts[at:])) == 1
    return at if two and sum(nets[:at]) == 0 else 0


def _halves(block: dict[str, Any], at: int) -> pl.DataFrame:
    parts = []
    for part in (slice(0, at), slice(at, None)):
        rows, nets = block["rows"][part], block["nets"][part]
        amount = sum(net for net in nets if net > 0)
        own = {"summary": block["texts"][part][0], "first_row": rows[0], "rows": rows, "amount": amount}
        parts.append({**{k: block[k] for k in (*KEY, "voucher", "period", "date", "preparer")}, **own})
    return pl.DataFrame(parts)


def _repeated(parts: pl.DataFrame) -> Finding:
    first, second = parts.row(0, named=True), parts.row(1, named=True)
    apart = first["date"] != second["date"]
    return Finding(
        rule="N03",
        object=second["voucher"],
        severity="medium",
        confidence=0.9 if apart or first["preparer"] != second["preparer"] else 0.75,
        message=_("Voucher number %(voucher)s is used for %(count)s different vouchers", voucher=second["voucher"],
                  count=parts.height),
        vouchers=parts["voucher"].unique(maintain_order=True).to_list(),
        rows=sorted(parts["rows"].explode().to_list()),
        period=second["period"],
        amount=Money(second["amount"]),
        compared={"number": second["number"], "vouchers": [_described(part) for part in parts.iter_rows(named=True)]},
    )  # fmt: skip


def _described(part: dict[str, Any]) -> dict[str, Any]:
    return {
        "date": part["date"].isoformat() if part["date"] else None, "summary": part["summary"],
        "amount": f"{Money(part['amount']).yuan:.2f}", "rows": part["rows"],
    }  # fmt: skip


def _two_books(repeated: int, numbers: int) -> Finding:
    return Finding(
        rule="N03",
        object="file",
        severity="info",
        confidence=0.1,
        message=_("%(repeated)s of %(numbers)s voucher numbers occur twice: the file seems to hold two sets of books",
                  repeated=repeated, numbers=numbers),
        compared={"repeated": repeated, "numbers": numbers},
    )  # fmt: skip


def disordered_numbers(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Vouchers whose date runs against their number, in books that otherwise keep numbers and dates in step.

    Silent where a month has one date only, and where many are out of order: dates never ordered such a ledger.
    """
    heads = sequences(ledger).filter(pl.col("date").is_not_null()).unique(KEY, keep="first", maintain_order=True)
    heads = heads.filter(pl.col("date").n_unique().over("period") >= settings["days"])
    groups = [g.select("voucher", "number", "date", "period").rows() for g in heads.partition_by("scope", "series")]
    orders = [(rows, longest_in_order([row[2] for row in rows])) for rows in groups]
    if sum(len(rows) - len(kept) for rows, kept in orders) > max(settings["least"], settings["share"] * heads.height):
        return []
    odd = [(rows[i], _neighbour(rows, i, kept)) for rows, kept in orders for i in range(len(rows)) if i not in kept]
    named = lines(ledger).filter(pl.col("voucher").is_in([voucher[0] for voucher, _other in odd]))
    of_voucher = dict(named.group_by("voucher").agg(pl.col("row")).iter_rows())
    return [_disorder(voucher, other, sorted(of_voucher.get(voucher[0], []))) for voucher, other in odd]


def longest_in_order(days: list[date]) -> set[int]:
    """Positions of a longest run that never falls: what it leaves out is the least that must move to restore order."""
    tails: list[date] = []
    places: list[int] = []
    before: list[int] = []
    for position, day in enumerate(days):
        at = bisect_right(tails, day)
        tails[at : at + 1] = [day]
        places[at : at + 1] = [position]
        before.append(places[at - 1] if at else -1)
    kept, position = set(), places[-1] if places else -1
    while position >= 0:
        kept.add(position)
        position = before[position]
    return kept


def _neighbour(rows: list[tuple[Any, ...]], position: int, kept: set[int]) -> tuple[Any, ...]:
    """The nearest voucher in order that contradicts this one."""
    day = rows[position][2]
    earlier = next((rows[i] for i in range(position - 1, -1, -1) if i in kept and rows[i][2] > day), None)
    later = next((rows[i] for i in range(position + 1, len(rows)) if i in kept and rows[i][2] < day), None)
    return earlier or later or rows[position]


def _disorder(odd: tuple[Any, ...], other: tuple[Any, ...], rows: list[int]) -> Finding:
    voucher, number, day, period = odd
    return Finding(
        rule="N04",
        object=voucher,
        severity="low",
        confidence=0.6,
        message=_("Voucher %(voucher)s of %(date)s is out of order beside %(other)s of %(other_date)s", voucher=voucher,
                  date=day.isoformat(), other=other[0], other_date=other[2].isoformat()),
        vouchers=[voucher],
        rows=rows,
        period=period or None,
        compared={"number": number, "date": day.isoformat(), "other": other[0], "other_number": other[1],
                  "other_date": other[2].isoformat()},
    )  # fmt: skip


RULES = [
    Rule(
        id="N03",
        name=_("Voucher number used twice"),
        explanation=_("Two different vouchers carry the same number, so neither can be found with certainty."),
        reason=_("Every voucher of a period carries its own consecutive number (会计基础工作规范, Art. 51)."),
        cure=_("Each voucher has its own number, or the surplus copy is written off by a red voucher."),
        severity="medium",
        weight=0.7,
        run=repeated_numbers,
        settings={"least": 5, "share": 0.1},  # more repeated numbers than this mean two books in one file
    ),
    Rule(
        id="N04",
        name=_("Numbers and dates out of order"),
        explanation=_("A voucher is dated before vouchers with lower numbers: its date or its number may be wrong."),
        reason=_("Vouchers are numbered consecutively, in the order of the business (会计基础工作规范, Art. 51)."),
        cure=_("Date or number is corrected, or a written explanation is filed with the voucher."),
        severity="low",
        weight=0.3,
        run=disordered_numbers,
        settings={"days": 4, "least": 2, "share": 0.03},  # days: different dates a month needs
    ),
]
