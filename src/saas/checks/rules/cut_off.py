"""N42: an accrual or a sale that stands in another month than the one it belongs to.

Two proofs: its summary names the other month, against the habit of its kind; or its series has nothing in one month and
two in the next (or the one before). Payments of an earlier month are normal and never told; neither is what says that
it makes good an omission.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from saas.checks.digest import digest
from saas.checks.finding import Finding, Rule
from saas.checks.roles import role_like
from saas.checks.series import find, recurring_events
from saas.checks.wording import SETTLEMENT
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.kernel.months import month_name
from saas.ledgers.frame import Ledger
from saas.ledgers.texts import says

ACCRUES = (
    r"^(?:payroll|depreciation|amortisation|deferred_expense|prepaid|revenue|surcharge|interest_payable|cogs|"
    r"other_payable|income_tax)\b"
)
MADE_GOOD = "补|差额|调整|更正|追加|跨期|上年|以前年度|汇算"
TRADED = r"^revenue\b"  # what is sold twice in a month and then not at all is trade
APART = 3  # months between the two beyond which a name is another thing (a year's bonus, a project)


def shifted(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding per voucher that stands in the wrong month."""
    said = _named_otherwise(ledger, settings)
    told = {finding.vouchers[0] for finding in said}
    return [*said, *(finding for finding in _doubled_beside_a_gap(ledger, settings) if finding.vouchers[0] not in told)]


def _accruals(ledger: Ledger) -> pl.DataFrame:
    """Events that accrue: no money moves, an accruing account does, and no word speaks of payment or making good."""
    books = digest(ledger)
    accruing = books.lines.filter(role_like(ACCRUES))["voucher"].unique()
    return recurring_events(ledger).filter(
        pl.col("voucher").is_in(accruing.implode()),
        ~pl.col("money"),
        ~pl.col("red"),
        ~pl.col("refund"),
        ~says("text", f"^(?:{SETTLEMENT})"),
        ~pl.col("words").str.contains(MADE_GOOD),
    )


def _named_otherwise(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    named = _accruals(ledger).filter(pl.col("named").is_not_null()).with_columns(lag=pl.col("named") - pl.col("month"))
    named = named.with_columns(
        usual=pl.col("lag").mode().sort().first().over("form"),
        habit=(pl.col("lag") == pl.col("lag").mode().sort().first()).mean().over("form"),
        n=pl.len().over("form"),
    )
    usual = pl.when((pl.col("n") >= settings["least"]) & (pl.col("habit") >= settings["habit"])).then("usual")
    off = named.with_columns(usual=usual.otherwise(0)).filter(
        pl.col("lag") != pl.col("usual"),
        (pl.col("lag") - pl.col("usual")).abs() <= APART,
        pl.col("month") > named["month"].min() if named.height else pl.lit(True),
    )
    return [
        _finding(ledger, row, row["named"] - row["usual"], 0.85 if row["n"] >= settings["least"] else 0.75)
        for row in off.iter_rows(named=True)
    ]


def _doubled_beside_a_gap(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """A monthly series with nothing in one month and two in the month beside it, neither naming a month."""
    recurring = find(ledger)
    lines = digest(ledger).lines
    traded = lines.filter(role_like(TRADED))["voucher"].unique()
    accruals = set(_accruals(ledger).filter(~pl.col("voucher").is_in(traded.implode()))["voucher"])
    monthly = recurring.series.filter(
        pl.col("level") != "accounts",
        pl.col("per_month") == 1,
        pl.col("present") >= settings["least"],
        pl.col("dispersion") < settings["clockwork"],
    )
    members = recurring.members.join(monthly.select("series"), on="series", how="semi", maintain_order="left")
    by_series: dict[str, dict[int, list[dict[str, Any]]]] = {}
    for member in members.sort("month", "date").iter_rows(named=True):
        by_series.setdefault(member["series"], {}).setdefault(member["month"], []).append(member)
    found: dict[str, Finding] = {}
    for series in monthly.sort("level", "series").iter_rows(named=True):
        by_month = by_series[series["series"]]
        for gap in recurring.months:
            if gap in by_month or not series["first"] < gap < series["last"]:
                continue
            for beside in (gap + 1, gap - 1):
                two = by_month.get(beside, [])
                if len(two) != 2 or any(member["named"] is not None for member in two):
                    continue
                row = two[0 if beside > gap else -1]
                if row["voucher"] in accruals:
                    found.setdefault(row["voucher"], _finding(ledger, row, gap, 0.7))
    return list(found.values())


def _finding(ledger: Ledger, row: dict[str, Any], belongs: int, confidence: float) -> Finding:
    lines = digest(ledger).lines.filter(pl.col("voucher") == row["voucher"])
    debits = lines.filter(pl.col("side") == "D")
    month, right = month_name(row["month"]), month_name(belongs)
    return Finding(
        rule="N42",
        object=row["voucher"],
        severity="medium",
        confidence=confidence,
        message=_(
            "%(voucher)s “%(summary)s” is booked in %(month)s but belongs to %(right)s.",
            voucher=row["voucher"],
            summary=row["text"],
            month=month,
            right=right,
        ),
        vouchers=[row["voucher"]],
        rows=lines["row"].to_list(),
        period=month,
        account=debits["account"][0] if debits.height else None,
        amount=Money(row["amount"]),
        compared={"booked_in": month, "belongs_to": right},
    )


RULES = [
    Rule(
        id="N42",
        name=_("Cut-off"),
        explanation=_(
            "An accrual or a sale is booked in another month than the one it names, or its month has none and the "
            "month beside it has two."
        ),
        reason=_(
            "Accrual basis: income and cost belong to the month they concern, whenever they are paid (Basic Standard, "
            "Art. 9)."
        ),
        cure=_("The entry stands in its month, or the year's total is right and the months are explained."),
        severity="medium",
        weight=0.75,
        run=shifted,
        settings={"least": 4, "habit": 0.6, "clockwork": 0.4},
    )
]
