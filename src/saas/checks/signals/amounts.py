"""N34 series breaks, N41 expensed at once, N31 and N40 round sums and sums just under a limit."""

from __future__ import annotations

import polars as pl

from saas.checks.digest import digest
from saas.checks.series import find, recurring_events
from saas.checks.signals.evidence import evidence, rarity
from saas.ledgers.frame import Ledger

LASTING = (
    "设备|机器|机床|服务器|电脑|笔记本|打印机|复印机|空调|家具|汽车|车辆|叉车|装修|改造|软件|许可|授权|专利|系统|一体机|生产线|三年|两年|"
    "五年|年度|全年|租赁期|合同期|(?i:equipment|machine|server|computer|furniture|vehicle|licen[cs]e|software|annual)"
)
UPKEEP = "维修|修理|保养|维护|租赁|租金|耗材|配件|油费|停车|保险|审计|年审|年检|使用费"
LARGE_FEN = 5_000_00  # accounting.md §5, N41: default per client
LIMITS_FEN = (10_000_00, 50_000_00, 100_000_00)


def series_breaks(ledger: Ledger) -> pl.DataFrame:
    """A member whose amount (robust z > 3.5 and 30 % off) or whose accounts depart from a steady series."""
    recurring = find(ledger)
    kept = recurring.series.filter(pl.col("n") >= 6).select("series", "usual", "spread", "n", "dispersion", "fixed_n")
    members = recurring.members.join(kept, on="series")
    ratio = pl.col("amount") / pl.col("usual")
    z = ratio.log().abs() / pl.col("spread").clip(lower_bound=0.05)
    odd = members.filter(
        pl.col("form") == pl.col("usual_form"), z > 3.5, (ratio > 1.3) | (ratio < 0.7), pl.col("spread") < 0.8
    ).with_columns(z=z)
    monthly = pl.when(pl.col("dispersion") < 0.4).then(1.0).otherwise(0.45)
    amount = monthly * (0.1 + 0.04 * (pl.col("z") - 3.5)).clip(0.1, 0.4)
    moved = members.filter(pl.col("level") != "accounts", pl.col("form") != pl.col("usual_form"))
    return pl.concat([evidence(odd, "N34", amount), evidence(moved, "N34", pl.lit(0.25))])


def expensed_at_once(ledger: Ledger) -> pl.DataFrame:
    """One-off expenses that are large for this ledger, the more so when the words speak of something that lasts."""
    books = digest(ledger)
    regular = find(ledger).members.filter(pl.col("level") == "words")["voucher"].unique().to_list()
    expense = pl.col("role").str.contains(r"^(?:selling|admin|overhead|rd)\b") & (pl.col("side") == "D")
    cost = books.lines.filter(expense, pl.col("fen") >= LARGE_FEN)
    events = recurring_events(books.vouchers).filter(pl.col("kind").is_in(["accrual", "cost_carry"]).not_())
    cost = cost.join(events.select("voucher", "key"), on="voucher").with_columns(
        typical=pl.col("fen").median().over("account"), others=pl.len().over("account")
    )
    lasting = pl.col("text").str.contains(LASTING) & ~pl.col("text").str.contains(UPKEEP)
    outsize = ((pl.col("fen") / pl.col("typical")).log() / 3).clip(0.0, 1.0)
    once = ~pl.col("voucher").is_in(regular)
    strength = pl.when(lasting & once).then(0.45 + 0.15 * outsize).when(lasting).then(0.2)
    strength = strength.when(once).then(0.2 * outsize)
    return evidence(cost.with_columns(pl.col("typical").cast(pl.Float64)), "N41", strength)


def round_sums(ledger: Ledger) -> pl.DataFrame:
    """Large round sums where this ledger has few, and sums within 2 % below a limit: faint, only to order the rest."""
    vouchers = recurring_events(digest(ledger).vouchers).filter(pl.col("amount") >= LARGE_FEN)
    is_round = pl.col("amount") % 1_000_00 == 0
    rounded = vouchers.with_columns(share=is_round.mean()).filter(is_round)
    near = pl.any_horizontal(*((pl.col("amount") < limit) & (pl.col("amount") >= limit * 0.98) for limit in LIMITS_FEN))
    return pl.concat(
        [
            evidence(rounded, "N31", 0.08 * rarity(pl.col("share"), 0.5)),
            evidence(vouchers.filter(near), "N40", pl.lit(0.08)),
        ]
    )
