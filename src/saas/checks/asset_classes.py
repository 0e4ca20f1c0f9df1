"""Classes of depreciable assets over the months of a file: what was bought, written off, and what they are worth."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from saas.checks.flows import COLUMNS
from saas.checks.once import per_ledger
from saas.checks.positions import months_between, positions
from saas.checks.voucher_kinds import lines, vouchers
from saas.ledgers.frame import Ledger
from saas.ledgers.texts import says

ROLES = ("fixed_asset", "intangible", "deferred_expense", "depreciation", "amortisation")
LAND = "土地|(?i:land)"


@dataclass(frozen=True, slots=True)
class AssetClass:
    """One class of assets. worth and cost (fen by month-end) are None when openings are unknown."""

    asset: str  # role
    contra: str  # role; the asset's own where it is credited directly
    months: list[str]
    bought: set[str]  # months with additions
    written: dict[str, int]  # month → fen written off, months without any left out
    began_with: int  # fen of book value at the start; 0 when unknown
    worth: dict[str, int] | None
    cost: dict[str, int] | None

    def depreciable(self, month: str, residual: float) -> bool:
        """Whether something was left to write off when the month began; assumed where it is unknown."""
        if self.worth is None or self.cost is None:
            return True
        at = self.months.index(month)
        if at == 0:
            return self.began_with > 0
        before = self.months[at - 1]
        return self.worth[before] > residual * self.cost[before] + 100


def asset_class(ledger: Ledger, asset: str, contra: str) -> AssetClass | None:
    """The class with these roles, or None when the file shows neither assets nor write-offs of it."""
    events = _events(ledger)
    bought = events.filter(pl.col("account").is_in(ledger.chart.having(asset)), pl.col("debit") > 0, _depreciable())
    undone = bought.filter(pl.col("pair").is_not_null())["voucher"].unique()
    bought = bought.filter(pl.col("voucher").is_in(undone.implode()).not_())
    written = write_offs(ledger, asset, contra).group_by("period").agg(-pl.col("net").sum())
    months = _months(ledger)
    worth, cost, began = _worth(ledger, asset, contra, months)
    if not months or (bought.is_empty() and written.is_empty() and not began):
        return None
    done = {month: fen for month, fen in written.iter_rows() if fen > 0}
    return AssetClass(asset, contra, months, set(bought["period"].to_list()), done, began, worth, cost)


def write_offs(ledger: Ledger, asset: str, contra: str) -> pl.DataFrame:
    """The lines that write such assets off, red ones included; not disposals."""
    events = _events(ledger)
    off = events.filter(
        pl.col("account").is_in(ledger.chart.having(contra)), (pl.col("net") < 0) | (pl.col("credit") < 0)
    )
    if asset != contra:
        return off
    cost = events.filter(pl.col("category").is_in(["pnl", "cost"]))["voucher"].unique()
    return off.filter(pl.col("voucher").is_in(cost.implode()))


@per_ledger
def _months(ledger: Ledger) -> list[str]:
    """Every month with vouchers other than opening ones, and those between."""
    counted = vouchers(ledger).filter(pl.col("kind") != "opening")["voucher"]
    own = lines(ledger).select("voucher", "period").filter(pl.col("voucher").is_in(counted.implode()))["period"]
    return months_between(own.min(), own.max())  # type: ignore[arg-type]


@per_ledger
def _events(ledger: Ledger) -> pl.DataFrame:
    """The lines of assets, of what writes them off, and of the vouchers with those; none of an opening voucher."""
    heads = vouchers(ledger).filter(pl.col("kind") != "opening").select("voucher", "pair")
    own = lines(ledger).select(COLUMNS).filter(pl.col("period").is_not_null())
    touched = own.filter(pl.col("account").is_in(ledger.chart.having(*ROLES)))["voucher"].unique()
    own = own.filter(pl.col("voucher").is_in(touched.implode()))
    return own.join(heads, on="voucher", maintain_order="left")


def _depreciable() -> pl.Expr:
    return (says("account_name", LAND) | says("summary", LAND)).not_()


def _worth(
    ledger: Ledger, asset: str, contra: str, months: list[str]
) -> tuple[dict[str, int] | None, dict[str, int] | None, int]:
    """Book value and cost at each month's end, and the book value at the start."""
    stood = positions(ledger)
    if not stood.known or not months:
        return None, None, 0

    def at_ends(role: str) -> tuple[dict[str, int], int]:
        units = {stood.units.get(code, code) for code in ledger.chart.having(role)}
        of = stood.ends.filter(pl.col("account").is_in(list(units)))
        closings = of.group_by("period").agg(pl.col("closing").sum())
        first = of.filter(pl.col("period") == months[0])
        return {**dict.fromkeys(months, 0), **dict(closings.iter_rows())}, int((first["closing"] - first["net"]).sum())

    cost, cost_before = at_ends(asset)
    if asset == contra:
        return cost, cost, cost_before
    off, off_before = at_ends(contra)
    return {month: cost[month] + off[month] for month in months}, cost, cost_before + off_before
