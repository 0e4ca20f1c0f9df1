"""N34: one member of a series on other accounts than all the rest, or with exactly twice their amount."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from saas.checks.digest import digest
from saas.checks.finding import Finding, Rule
from saas.checks.roles import role_in, role_like
from saas.checks.series import find
from saas.checks.wording import yuan
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.kernel.months import month_name
from saas.ledgers.frame import REPEATED, Ledger
from saas.ledgers.texts import says, spelled

SEVERAL = r"\d\s*[-—~至到、和及]\s*\d{1,2}\s*月|季度|半年|年度|补|两个月|奖|上月"
VARIED = r"^(?:inventory|cogs|revenue)\b"


def broken(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding per voucher; the accounts count before the amount."""
    moved = _moved(ledger, settings)
    told = {finding.vouchers[0] for finding in moved}
    return [*moved, *(finding for finding in _twice(ledger, settings) if finding.vouchers[0] not in told)]


def _moved(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """The words of the series on accounts it never has; whether cash or bank paid does not matter."""
    members = find(ledger).members.filter(pl.col("level") == "words")
    named = members.join(booked_whole(ledger), on="voucher").filter(pl.col("target") != "")
    named = named.filter(pl.col("target").n_unique().over("series") > 1).sort("month", "voucher")
    uses = named.group_by("series", "target", maintain_order=True).agg(
        pl.len().alias("uses"), pl.col("voucher").last().alias("model"), pl.col("party").n_unique().alias("parties")
    )
    uses = uses.sort("uses", "target", descending=[True, False])
    usual = uses.group_by("series", maintain_order=True).agg(
        pl.col("target", "model", "parties").first().name.prefix("usual_"),
        pl.col("uses").first().alias("n"),
        (pl.col("uses").first() / pl.col("uses").sum()).alias("share"),
    )
    spans = members.group_by("series").agg((pl.col("month").max() - pl.col("month").min() + 1).alias("months"))
    usual = usual.join(spans, on="series")
    money = digest(ledger).vouchers.select("voucher", "money")
    odd = named.join(usual, on="series").join(money, on="voucher").join(
        uses.select("series", "target", own="uses"), on=["series", "target"]
    ).filter(
        pl.col("target") != pl.col("usual_target"),
        pl.col("n") >= settings["least"],
        pl.col("share") >= settings["share"],
        pl.col("own") == 1,
        # what comes as it comes (purchases, travel) is settled now this way, now that
        pl.col("n") + 1 >= settings["monthly"] * pl.col("months"),
        ~pl.col("money") | says("usual_target", "money"),
        # two clauses of one month under the same words are two things (the workshop's share and the office's)
        pl.len().over("series", "month") == 1,
    )  # fmt: skip
    return [
        _finding(ledger, row, "accounts") for row in odd.unique("voucher", maintain_order=True).iter_rows(named=True)
    ]


def booked_whole(ledger: Ledger) -> pl.DataFrame:
    """voucher, target: its accounts with sides; cash and bank as one, a party's account by its level-1 account."""
    lines = digest(ledger).lines
    purse = pl.when(role_in("cash", "bank", "other_money")).then(pl.lit("money", REPEATED)).otherwise("base")
    return spelled(lines.filter(~role_in("tax")).with_columns(base=purse), "voucher", "target", "base", "side")


def _twice(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """A fixed monthly amount once exactly doubled, though no month beside it lacks the entry."""
    recurring = find(ledger)
    steady = recurring.series.filter(
        pl.col("level") == "words", pl.col("n") >= settings["least"], pl.col("fixed_n") >= 0.6 * pl.col("n")
    )
    traded = digest(ledger).lines.filter(role_like(VARIED))["voucher"].unique()
    members = recurring.members.join(steady.select("series", "fixed", "present", "span", "n"), on="series")
    odd = members.filter(
        pl.col("amount") == 2 * pl.col("fixed"),
        pl.col("present") == pl.col("span"),
        ~says("text", SEVERAL),
        ~pl.col("voucher").is_in(traded.implode()),
        pl.col("amount").is_duplicated().over("series").not_(),
    )
    return [_finding(ledger, row, "twice") for row in odd.unique("voucher", maintain_order=True).iter_rows(named=True)]


def _finding(ledger: Ledger, row: dict[str, Any], kind: str) -> Finding:
    lines = digest(ledger).lines.filter(pl.col("voucher") == row["voucher"])
    period = month_name(row["month"])
    if kind == "accounts":
        model = digest(ledger).lines.filter(pl.col("voucher") == row["usual_model"])
        strange = lines.join(model, on=["account", "side"], how="anti", maintain_order="left")
        rows = strange if strange.height else lines
        message = _(
            "%(voucher)s “%(summary)s” stands on other accounts than the %(n)s others of its series.",
            voucher=row["voucher"], summary=row["text"], n=row["n"],
        )  # fmt: skip
        if row["usual_parties"] > 1:  # what several parties have: the entry keeps its own, if it names one
            model = model.with_columns(aux=pl.when(pl.col("aux") == "").then("aux").otherwise(pl.lit(row["party"])))
        expected = _as(model, row["amount"])
    else:
        rows = lines
        message = _(
            "%(voucher)s “%(summary)s” has exactly twice the usual %(usual)s yuan.",
            voucher=row["voucher"], summary=row["text"], usual=str(Money(row["fixed"])),
        )  # fmt: skip
        expected = _as(lines, row["fixed"])
    return Finding(
        rule="N34",
        object=row["voucher"],
        severity="medium",
        confidence=0.75 if kind == "accounts" else 0.7,
        message=message,
        vouchers=[row["voucher"]],
        rows=rows["row"].to_list(),
        period=period,
        account=rows["account"][0],
        amount=Money(row["amount"]),
        compared={"kind": kind, "members": row["n"], "expected": {"summary": row["text"], "lines": expected}},
    )


def _as(model: pl.DataFrame, fen: int) -> list[dict[str, str]]:
    """The accounts of the model with this amount, shared out as the model does."""
    entry = []
    for side, column in (("D", "debit"), ("C", "credit")):
        part = model.filter(pl.col("side") == side)
        total = int(part["fen"].sum()) or 1
        for line in part.iter_rows(named=True):
            named = {"account": line["account"], "account_name": line["account_name"], "aux": line["aux"]}
            entry.append({**named, column: yuan(round(line["fen"] * fen / total))})
    return entry


RULES = [
    Rule(
        id="N34",
        name=_("Series breaks"),
        explanation=_("One entry of a monthly series stands on other accounts than the rest, or has twice the amount."),
        reason=_(
            "Like business is booked alike from period to period (Basic Standard, Art. 15: consistency); a single "
            "departure is usually a wrong account."
        ),
        cure=_("The entry is moved to the usual accounts, or the departure is explained."),
        severity="medium",
        weight=0.6,
        run=broken,
        settings={"least": 5, "share": 0.75, "monthly": 0.7},
    )
]
