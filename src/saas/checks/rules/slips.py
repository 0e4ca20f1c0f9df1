"""N38: a slip of the decimal point (×10, ×100, ÷10) or two digits exchanged, proved by a second number.

The second number is the amount of the voucher's own series, or the counter-document of the same party (the invoice of a
payment, the accrual of a payment). A difference divisible by nine proves nothing by itself: the digits must agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log
from typing import Any

import polars as pl

from saas.checks.digest import digest
from saas.checks.finding import Finding, Rule
from saas.checks.roles import role_in, role_like
from saas.checks.series import find
from saas.checks.signals.digits import PECULIAR, slip, undone
from saas.checks.signals.documents import slipped_documents
from saas.checks.signals.settlements import slipped_settlements
from saas.checks.wording import yuan
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.kernel.months import month_name
from saas.ledgers.frame import REPEATED, Ledger

SURE, DOCUMENT, TIGHT, LOOSE = 0.95, 0.75, 0.8, 0.65  # confidence by kind of proof
SLIPS = {
    "voucher": REPEATED,
    "found": pl.Int64(),  # fen as booked
    "right": pl.Int64(),  # fen as the second number says
    "kind": REPEATED,
    "other": REPEATED,  # the series or voucher that shows the right amount
    "confidence": pl.Float64(),
}
PLACE = ["series", "account", "aux", "side"]


def slipped(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding per voucher, by its best proof: a fixed amount, the counter-document, a series that varies."""
    confirmed = _confirmed(ledger).to_list()
    amounts = _amounts(ledger, settings["least"]).filter(pl.col("voucher").is_in(confirmed).not_())
    fixed = _from_fixed(amounts, settings)
    documents = pl.concat([slipped_documents(ledger), slipped_settlements(ledger)]).filter(
        pl.col("other").is_in(fixed["voucher"].to_list()).not_()
    )
    documents = documents.with_columns(confidence=pl.lit(DOCUMENT)).select(list(SLIPS))
    traded = _on_account(ledger).to_list()
    # other words on the same accounts may mean another thing (the auditor's fee among the bookkeeper's)
    worded = pl.col("level").ne("accounts") | (pl.col("key_n") > 1)
    varying = amounts.filter(pl.col("voucher").is_in([*traded, *_with_sales(ledger)]).not_(), worded)
    proofs = pl.concat([fixed, documents, _from_varying(varying, settings)])
    # of equal proofs always the same one, whatever the order of the groups
    ordered = proofs.sort(
        "confidence", "found", "voucher", "right", "other", descending=[True, True, False, True, False], nulls_last=True
    )
    best = ordered.unique("voucher", keep="first", maintain_order=True)
    facts = digest(ledger).vouchers.select("voucher", "text", "month")
    best = best.join(facts, on="voucher", maintain_order="left")
    rights: dict[str, dict[int, int]] = {}
    for voucher, found, right in ordered.reverse().select("voucher", "found", "right").iter_rows():
        rights.setdefault(voucher, {})[found] = right
    lines = digest(ledger).lines
    return [
        _finding(slipped, lines.filter(pl.col("voucher") == slipped["voucher"]), rights[slipped["voucher"]])
        for slipped in best.iter_rows(named=True)
    ]


def _on_account(ledger: Ledger) -> pl.Series:
    """Payments and receipts on account of a customer or supplier: people pay in parts, so their size proves nothing."""
    lines = digest(ledger).lines.filter(role_like(r"^(?:ar|ap|advance|prepaid)\b"))
    return lines["voucher"].unique()


def _with_sales(ledger: Ledger) -> list[str]:
    """Cost carried over that stands in the usual proportion to its month's sales: few sales, little cost."""
    lines = digest(ledger).lines
    sales = lines.filter(role_in("revenue"), pl.col("side") == "C").group_by("month")
    cost = lines.filter(role_in("cogs"), pl.col("side") == "D").group_by("voucher", "month")
    both = cost.agg(cost=pl.col("fen").sum()).join(sales.agg(sales=pl.col("fen").sum()), on="month")
    both = both.filter(pl.col("sales") > 0).with_columns(share=pl.col("cost") / pl.col("sales"))
    usual = pl.col("share").median()
    return both.filter(pl.col("share").is_between(0.5 * usual, 2 * usual))["voucher"].to_list()


def _confirmed(ledger: Ledger) -> pl.Series:
    """Payments of exactly what another voucher put on the account: a tax paid as it was declared, however small."""
    books = digest(ledger)
    events = books.vouchers.filter(pl.col("kind") != "closing").select("voucher", "money")
    lines = books.lines.filter(role_like(r"^(?:tax|payroll|other_payable)\b"), pl.col("fen") > 0)
    lines = lines.join(events, on="voucher")
    paid, owed = (
        lines.filter(pl.col("side") == "D", "money"),
        lines.filter(pl.col("side") == "C", pl.col("money").not_()),
    )
    both = paid.join(owed, on=["account", "aux", "fen"], suffix="_owed")
    return both.filter((pl.col("month") - pl.col("month_owed")).is_between(0, 1))["voucher"].unique()


def _amounts(ledger: Ledger, least: int) -> pl.DataFrame:
    """Each monthly series' lines per account, party and side, with what the others there amount to.

    Several a month are a tariff or a trade, whose amounts prove nothing.
    """
    lines = digest(ledger).lines.filter(pl.col("fen") > 0)
    lines = lines.group_by("voucher", "account", "aux", "side").agg(pl.col("fen").sum())
    recurring = find(ledger)
    kept = recurring.series.filter(pl.col("n") >= least, pl.col("n") <= 3 * pl.col("present")).select("series")
    members = recurring.members.join(kept, on="series", how="semi").select(
        "series", "level", "voucher", "month", "date", pl.len().over("series", "key").alias("key_n")
    )
    amounts = members.join(lines, on="voucher")
    size = amounts.group_by(PLACE).agg(pl.len().alias("n"), pl.col("month").n_unique().alias("months"))
    size = size.filter(pl.col("n") >= least, pl.col("n") <= 1.5 * pl.col("months")).with_row_index("place")
    amounts = amounts.join(size, on=PLACE).sort("place", "month", "date", "voucher")
    ln = pl.col("fen").log()
    middle = ln.median().over("place")
    usual = pl.col("fen").mode().sort().first()
    return amounts.with_columns(
        before=pl.col("fen").shift(1).over("place"),
        after=pl.col("fen").shift(-1).over("place"),
        usual_n=(pl.col("fen") == usual).sum().over("place"),
        times=pl.len().over("place", "fen"),
        ln=ln,
        middle=middle,
        spread=((ln - middle).abs().median().over("place") * 1.4826).clip(lower_bound=0.04),
    )


def _from_fixed(amounts: pl.DataFrame, settings: Mapping[str, Any]) -> pl.DataFrame:
    """An amount that hardly occurs where at most four others recur (rent raised once, a base that moves in July)."""
    recurs = pl.col("times") >= 3
    monthly = amounts.filter(
        pl.col("n") <= 1.5 * pl.col("month").n_unique().over("place")
    )  # several a month are a tariff
    steady = monthly.filter(
        recurs.sum().over("place") >= 0.5 * pl.col("n"), pl.col("fen").filter(recurs).n_unique().over("place") <= 4
    )
    odd = steady.filter(3 * pl.col("times") <= pl.col("usual_n"))
    usual = steady.filter(recurs).group_by("place").agg(pl.col("fen").unique().sort().alias("rights"))
    rows = []
    facts = ("voucher", "fen", "series", "before", "after", "rights", "middle")
    for voucher, fen, series, before, after, rights, middle in odd.join(usual, on="place").select(facts).iter_rows():
        # of two neighbours that explain each other, the one nearer to the middle of the series is right
        beside = [r for r in (before, after) if r and abs(log(r) - middle) < abs(log(fen) - middle)]
        right = next((r for r in (*beside, *rights) if r != fen and slip(fen, r)), None)
        if right and max(fen, right) >= settings["floor_fen"]:
            # digits that differ in the last member may be a new price
            last = after is None and slip(fen, right) == "transposed"
            rows.append((voucher, fen, right, slip(fen, right), series, LOOSE if last else SURE))
    return pl.DataFrame(rows, schema=SLIPS, orient="row")


def _from_varying(amounts: pl.DataFrame, settings: Mapping[str, Any]) -> pl.DataFrame:
    """The one amount far outside a series that varies little, and inside it once the decimal point is put back."""
    away = (pl.col("ln") - pl.col("middle")).abs()
    quarter = away.quantile(0.75, "higher").over("place")
    near_ones = pl.when(away < settings["far"]).then(away).max().over("place")
    far = amounts.with_columns(others=near_ones).filter(
        pl.col("n") > settings["least"],
        pl.col("fen") >= settings["floor_fen"],
        pl.col("spread") <= settings["spread"],
        quarter <= settings["others"],
        away > pl.max_horizontal(4 * pl.col("spread"), 2 * pl.col("others"), pl.lit(settings["far"])),
    )
    far = far.filter(pl.len().over("place") <= settings["at_most"])
    rows = []
    for voucher, fen, series, middle, spread, others in far.select(
        "voucher", "fen", "series", "middle", "spread", "others"
    ).iter_rows():
        if len(str(fen).rstrip("0")) < PECULIAR:
            continue  # round sums are meant
        for right, kind in undone(fen):
            # the slip undone must lie where the other members do
            if abs(log(right) - middle) <= max(2.5 * spread, others, 0.15):
                rows.append((voucher, fen, right, kind, series, TIGHT if spread < 0.15 else LOOSE))
    return pl.DataFrame(rows, schema=SLIPS, orient="row")


def _finding(found: dict[str, Any], lines: pl.DataFrame, rights: dict[int, int]) -> Finding:
    touched = lines.filter(pl.col("fen").is_in(list(rights)))
    touched = touched if touched.height else lines
    return Finding(
        rule="N38",
        object=found["voucher"],
        severity="high" if found["confidence"] >= DOCUMENT else "medium",
        confidence=found["confidence"],
        message=_(
            "%(voucher)s “%(summary)s” books %(found)s yuan where %(right)s is expected (%(kind)s).",
            voucher=found["voucher"],
            summary=found["text"],
            found=str(Money(found["found"])),
            right=str(Money(found["right"])),
            kind=KINDS.get(found["kind"], found["kind"]),
        ),
        vouchers=[found["voucher"]],
        rows=touched["row"].to_list(),
        period=month_name(found["month"]),
        account=touched["account"][0],
        amount=abs(Money(found["found"] - found["right"])),
        compared={
            "booked": yuan(found["found"]),
            "expected_amount": yuan(found["right"]),
            "kind": found["kind"],
            "shown_by": found["other"],
            "expected": {"summary": found["text"], "lines": _right_lines(lines, rights)},
        },
    )


def _right_lines(lines: pl.DataFrame, rights: dict[int, int]) -> list[dict[str, str]]:
    """The voucher with the proved amounts in place of the slipped ones."""
    return [
        {
            "account": line["account"],
            "account_name": line["account_name"],
            "aux": line["aux"],
            "debit" if line["side"] == "D" else "credit": yuan(rights.get(line["fen"], line["fen"])),
        }
        for line in lines.iter_rows(named=True)
    ]


KINDS = {"transposed": _("digits exchanged")}
RULES = [
    Rule(
        id="N38",
        name=_("Slip or transposition"),
        explanation=_(
            "The amount is ten, a hundred or a thousand times too large or too small, or two digits are exchanged, "
            "against the series of the entry or the counter-document."
        ),
        reason=_("An entry carries the amount of its original document (Basic Work Norms of Accounting, Art. 51)."),
        cure=_("The difference is booked in red or blue, or the amount is shown by its document."),
        severity="high",
        weight=0.8,
        run=slipped,
        settings={"least": 5, "spread": 0.35, "others": 0.5, "far": 1.5, "at_most": 3, "floor_fen": 500_00},
    )
]
