"""What stood on each account: openings where the file lets us know them, and the balance at each month's end.

A file of vouchers alone says how accounts moved, not where they stood. Nothing here is claimed unless the opening is
known: from a balance list, from an opening voucher, or because the books begin with the founding of the company.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import polars as pl

from saas.checks.once import per_ledger
from saas.checks.roles import role_in
from saas.checks.stands import stands
from saas.checks.voucher_kinds import MONEY, lines, vouchers
from saas.kernel.months import month_name, month_number, next_month
from saas.ledgers.charts import Chart
from saas.ledgers.frame import REPEATED, Ledger

Known = Literal["list", "voucher", "founded", ""]
SEPARATOR = re.compile(r"\s*[-_/\\—|]+\s*")  # between the levels of a joined name
FIRST = 3  # the vouchers among which a new company's capital must come
NAMED = 0.9  # share of an account's lines that must name a party for the party's balance to be known
OPENING = {"account": REPEATED, "aux": REPEATED, "opening": pl.Int64()}


@dataclass(frozen=True, slots=True)
class Positions:
    """Openings and month-ends. `known` says where the openings come from; "" means there are none, and empty frames.

    units: account → the account its opening is known for (itself, or an ancestor where only that one is listed)
    ends: account (unit), period, net, closing: every month from the first to the last, moved or not
    parties: account (unit), aux, period, net, closing: the same for auxiliary items, where their openings are known too
    """

    known: Known
    units: dict[str, str]
    ends: pl.DataFrame
    parties: pl.DataFrame


@per_ledger
def positions(ledger: Ledger) -> Positions:
    """Month-ends of one ledger, from its first to its last month with vouchers."""
    moved = lines(ledger).filter(pl.col("period").is_not_null(), pl.col("account") != "")
    periods = months_between(moved["period"].min(), moved["period"].max())  # type: ignore[arg-type]
    known, openings = _openings(ledger, moved, periods)
    if not known:
        empty = pl.DataFrame(schema={**OPENING, "period": REPEATED, "net": pl.Int64(), "closing": pl.Int64()})
        return Positions("", {}, empty, empty)
    accounts = openings.filter(pl.col("aux") == "")
    units = _units(ledger, moved["account"].unique().to_list(), set(accounts["account"].to_list()))
    on_units = moved.with_columns(account=pl.col("account").replace_strict(units, return_dtype=REPEATED))
    ends = _ends(on_units, accounts, ["account"], periods)
    of_parties = openings.filter(pl.col("aux") != "")
    party_lines = on_units.filter(pl.col("aux") != "")
    if known == "list":
        named = on_units.group_by("account").agg(named=(pl.col("aux") != "").mean())
        nameless = named.filter(pl.col("named") < NAMED)["account"]
        of_parties = of_parties.filter(~pl.col("account").is_in(nameless.implode()))
        party_lines = party_lines.filter(pl.col("account").is_in(of_parties["account"].unique().implode()))
    return Positions(known, units, ends, _ends(party_lines, of_parties, ["account", "aux"], periods))


def months_between(first: str | None, last: str | None) -> list[str]:
    """Every month from one to the other, both counted: "2025-11", "2025-12", "2026-01"."""
    if first is None or last is None:
        return []
    return [month_name(month) for month in range(month_number(first), month_number(last) + 1)]


def _openings(ledger: Ledger, moved: pl.DataFrame, periods: list[str]) -> tuple[Known, pl.DataFrame]:
    """Where openings come from, and those that are not zero, at the start of the first month with vouchers."""
    none = pl.DataFrame(schema=OPENING)
    if not periods:
        return "", none
    heads = vouchers(ledger)
    if (heads["kind"] == "opening").any():
        return "voucher", none
    listed = _listed(ledger, moved, periods[0])
    if listed is not None:
        return "list", listed
    return ("founded", none) if _founded(moved, heads) else ("", none)


def _listed(ledger: Ledger, moved: pl.DataFrame, first: str) -> pl.DataFrame | None:
    """Openings from the balance list nearest to the first month, moved to its start by the vouchers between."""
    for (period,), rows in sorted(stands(ledger).group_by("period"), key=lambda item: str(item[0][0])):
        if next_month(str(period)) == first:
            return rows.select("account", "aux", opening="closing")
        on_list = on_listed_accounts(ledger, moved, rows)
        since = span(rows, on_list, str(period))
        if since is not None and since >= first:
            between = on_list.filter(pl.col("period") < since).group_by("account").agg(pl.col("net").sum())
            return _before(rows, between)
    return None


def on_listed_accounts(ledger: Ledger, moved: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The lines on the accounts of a balance list: an account it lacks counts for its nearest listed ancestor."""
    units = _units(ledger, moved["account"].unique().to_list(), set(rows["account"].to_list()))
    return moved.with_columns(account=pl.col("account").replace_strict(units, return_dtype=REPEATED))


def _before(rows: pl.DataFrame, between: pl.DataFrame) -> pl.DataFrame:
    """Openings less what moved between the first month and the list; auxiliary openings only when nothing did."""
    if between.is_empty():
        return rows.select("account", "aux", "opening")
    accounts = rows.filter(pl.col("aux") == "").select("account", "opening")
    joined = accounts.join(between, on="account", how="full", coalesce=True)
    opening = pl.col("opening").fill_null(0) - pl.col("net").fill_null(0)
    return joined.select("account", aux=pl.lit("", dtype=REPEATED), opening=opening)


def span(rows: pl.DataFrame, moved: pl.DataFrame, period: str) -> str | None:
    """The first month whose movements one month's balance list shows: its own, or the year's or the file's first.

    `moved` is on the list's accounts. The span of vouchers that gives the listed movement for most accounts decides;
    None when none does for half of them.
    """
    listed = rows.filter(pl.col("leaf"), pl.col("aux") == "", (pl.col("debit") != 0) | (pl.col("credit") != 0))
    if listed.is_empty():
        return period if (moved["period"] == period).any() else None
    best: tuple[float, str | None] = (0.5, None)
    for since in dict.fromkeys([period, f"{period[:4]}-01", str(moved["period"].min())]):
        share = compare(listed, moved, since, period).select((pl.col("same") & pl.col("moved")).mean()).item()
        if share > best[0]:
            best = (share, since)
    return best[1]


def compare(listed: pl.DataFrame, moved: pl.DataFrame, since: str, period: str) -> pl.DataFrame:
    """The listed rows with debit_of_lines, credit_of_lines, `same` (net movements agree) and `moved` (has lines)."""
    totals = (
        moved.filter(pl.col("period").is_between(pl.lit(since), pl.lit(period)))
        .group_by("account")
        .agg(debit_of_lines=pl.col("debit").sum(), credit_of_lines=pl.col("credit").sum())
    )
    of_lines = pl.col("debit_of_lines").fill_null(0) - pl.col("credit_of_lines").fill_null(0)
    net = pl.col("debit") - pl.col("credit") == of_lines
    return (
        listed.join(totals, on="account", how="left", maintain_order="left")
        .with_columns(same=net, moved=pl.col("debit_of_lines").is_not_null())
        .with_columns(pl.col("debit_of_lines", "credit_of_lines").fill_null(0))
    )


def _founded(moved: pl.DataFrame, heads: pl.DataFrame) -> bool:
    """The books begin with the owners' money: an early voucher pays capital in, and nothing needs an older balance.

    A first number other than 1 (or a round start such as 10001) means that the file begins in the middle.
    """
    ordered = heads.sort("period", "number", "first_row")
    first = ordered.row(0, named=True)
    begins = moved.filter(pl.col("voucher").is_in(ordered["voucher"].head(FIRST).implode()))
    paid_in = begins.select((role_in("capital") & (pl.col("credit") > 0)).any()).item()
    if not paid_in or (first["number"] is not None and first["number"] % 1000 not in (0, 1)):
        return False
    month = moved.filter(pl.col("period") == first["period"], role_in(*MONEY).not_())
    # wear begins the month after purchase, amortisation with it: in a first month they tell of older assets
    worn = role_in("depreciation") & (pl.col("credit") > 0)
    amortised = (role_in("amortisation") & (pl.col("credit") > 0)).any() & ~role_in("intangible").any()
    if month.select(worn.any() | amortised).item():
        return False
    stood = month.group_by("account").agg(pl.col("net").sum(), pl.col("side").first(), pl.col("category").first())
    wrong = ((pl.col("side") == "D") & (pl.col("net") < 0)) | ((pl.col("side") == "C") & (pl.col("net") > 0))
    return stood.filter(wrong, pl.col("category").is_in(["asset", "liability"])).is_empty()


def _units(ledger: Ledger, used: list[str], listed: set[str]) -> dict[str, str]:
    """Each used account's place in the list: itself, its code's or name's twin, or an ancestor listed without details.

    An account that a list of details lacks stood at zero and is its own place.
    """
    chart = ledger.chart.accounts
    detailed = {chart[code].parent for code in listed if code in chart}
    by_name = {path_name(ledger.chart, code): code for code in sorted(listed, reverse=True)}
    units = {}
    for code in used:
        unit: str | None = code
        while unit and unit not in listed:
            twin = by_name.get(path_name(ledger.chart, unit))
            unit = twin or (chart[unit].parent if unit in chart else "")
        units[code] = unit if unit and (unit == code or unit not in detailed) else code
    return units


def path_name(chart: Chart, code: str) -> str:
    """The account's name with those above it: "银行存款-工行", however the file writes it; the code without a name."""
    account = chart.accounts.get(code)
    if account is None or not account.name:
        return code
    name = SEPARATOR.sub("-", account.name.strip())
    if not account.parent:
        return name
    above = path_name(chart, account.parent)
    return name if name.startswith(f"{above}-") else f"{above}-{name}"


def _ends(moved: pl.DataFrame, openings: pl.DataFrame, keys: list[str], periods: list[str]) -> pl.DataFrame:
    nets = moved.group_by([*keys, "period"]).agg(pl.col("net").sum())
    every = pl.concat([nets.select(keys), openings.select(keys)]).unique()
    return (
        every.join(pl.DataFrame({"period": periods}, schema={"period": REPEATED}), how="cross")
        .join(openings.select([*keys, "opening"]), on=keys, how="left")
        .join(nets, on=[*keys, "period"], how="left")
        .with_columns(pl.col("opening", "net").fill_null(0))
        .sort([*keys, "period"])
        .with_columns(closing=pl.col("opening") + pl.col("net").cum_sum().over(keys))
    )
