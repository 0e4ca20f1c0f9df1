"""Classes of goods: what was sold, carried to cost, bought and used of each, by the ledger's details or by invoices."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from saas.checks import flows
from saas.checks.positions import months_between
from saas.checks.roles import role_in
from saas.ledgers.frame import Ledger

KNOWN = 0.8  # share of sales and of cost that must be kept by class before classes are compared
SERVICE = re.compile(r"服务|租赁|劳务|代理|运输|建筑|不动产|无形资产|^[2-9]\d\d$")  # of the platform's classes or codes
_DETAIL = re.compile(r"^.*[/\\\-_—–|·.:：]+")
_KIND_OF_ITEM = re.compile(r"^(?:存货|商品|产品|品名|货品|项目|goods|item|product)[:：]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Traded:
    """One class in the months of the file; fen."""

    goods: str
    account: str  # where it is sold, else where it is kept
    sales: int
    cost: int
    bought: int  # debits of its stock
    used: int  # credits of its stock
    months: int  # with sales
    since: int  # months from the last purchase to the file's end
    last: str  # the last month in which it moved


def by_class(ledger: Ledger) -> list[Traded]:
    """Every class by name; none where sales and cost are not kept by the same names for the most part."""
    moved = _moves(ledger)
    if moved.is_empty():
        return []
    sides = {
        goods: set(of) for goods, of in moved.group_by("goods").agg(pl.col("side_of").unique()).iter_rows() if goods
    }
    both = [goods for goods, of in sides.items() if "sales" in of and of & {"cost", "stock"}]
    if len(both) < 2 or not all(_share(moved, side, both) >= KNOWN for side in ("sales", "cost")):
        return []
    end = flows.months(ledger)[-1]
    # what is only sold and is a service has no cost of goods; what is only in cost has no price
    traded = [g for g, of in sides.items() if "stock" in of or ("sales" in of and (g in both or not SERVICE.search(g)))]
    return [_traded(goods, moved.filter(pl.col("goods") == goods), end) for goods in sorted(traded)]


def _moves(ledger: Ledger) -> pl.DataFrame:
    """side_of (sales, cost, stock), goods ("" where a line names none), period, account, debit, credit, net."""
    side = (
        pl.when(role_in("revenue.main")).then(pl.lit("sales"))
        .when(role_in("cogs")).then(pl.lit("cost"))
        .when(role_in("inventory.goods")).then(pl.lit("stock"))
    )  # fmt: skip
    lines = flows.events(ledger).with_columns(side_of=side).filter(pl.col("side_of").is_not_null())
    leaves = {a.code: _DETAIL.sub("", a.name) for a in ledger.chart.accounts.values() if a.level > 1}
    named = pl.col("account").replace_strict(leaves, default="", return_dtype=pl.String)
    item = pl.col("aux").cast(pl.String).fill_null("").str.replace(_KIND_OF_ITEM.pattern, "")
    return lines.select(
        "side_of", "period", "account", "debit", "credit", "net",
        goods=pl.when(item != "").then(item).otherwise(named).str.strip_chars(),
    )  # fmt: skip


def _share(moved: pl.DataFrame, side: str, names: list[str]) -> float:
    """How much of one side, by turnover, stands under these names."""
    own = moved.filter(pl.col("side_of") == side)
    total = int(own["net"].abs().sum())
    return int(own.filter(pl.col("goods").is_in(names))["net"].abs().sum()) / total if total else 0.0


def _traded(goods: str, moved: pl.DataFrame, end: str) -> Traded:
    sales, cost, stock = (moved.filter(pl.col("side_of") == side) for side in ("sales", "cost", "stock"))
    bought = stock.filter(pl.col("debit") > 0)["period"].max()
    return Traded(
        goods=goods,
        account=str((sales if sales.height else moved)["account"][0]),
        sales=-int(sales["net"].sum()),
        cost=int(cost["net"].sum()),
        bought=int(stock["debit"].sum()),
        used=int(stock["credit"].sum()),
        months=sales["period"].n_unique(),
        since=len(months_between(str(bought), end)) - 1 if bought else 0,
        last=str(moved["period"].max()),
    )


def invoiced(lines: pl.DataFrame) -> dict[str, int]:
    """Net fen by class of goods, services left out; of an invoice with several classes each has an equal part."""
    valid = lines.filter(pl.col("status") == "", pl.col("goods").list.len() > 0)
    shared = valid.with_columns(fen=pl.col("amount_fen") // pl.col("goods").list.len()).explode("goods")
    sums = shared.group_by("goods").agg(pl.col("fen").sum()).sort("goods")
    return {goods: fen for goods, fen in sums.iter_rows() if fen > 0 and not SERVICE.search(goods)}


def is_maker(ledger: Ledger) -> bool:
    """Whether the company makes what it sells: there is production cost."""
    return bool(flows.events(ledger).filter(role_in("production_cost", "overhead")).height)
