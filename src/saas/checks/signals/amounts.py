"""N34 series breaks, N41 expensed at once, N31 and N40 round sums and sums just under a limit."""

from __future__ import annotations

import polars as pl

from saas.checks.digest import digest
from saas.checks.roles import role_in, role_like
from saas.checks.series import find, recurring_events
from saas.checks.signals.evidence import evidence, rarity
from saas.checks.signals.words import booked_on
from saas.ledgers.frame import Ledger
from saas.ledgers.texts import says

TRADED = r"^(?:revenue|ar|ap|advance|prepaid|cogs|inventory|loan|capital)\b"
EXPENSE = r"^(?:selling|admin|overhead|rd|finance)\b"
MONTHS_AT_ONCE = r"\d\s*[-—~至到、]\s*\d{1,2}\s*月"
PURSE = r"^(?:cash|bank|other_money)\b"
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
    kept = recurring.series.filter(pl.col("n") >= 6).select("series", "usual", "spread", "n", "dispersion")
    asked = ("series", "level", "voucher", "month", "amount", "form", "usual_form", "text")
    members = recurring.members.select(asked).join(kept, on="series")
    # what is sold, bought, paid in parts or taxed varies by nature
    roles = (
        digest(ledger)
        .lines.group_by("voucher")
        .agg(
            trades=role_like(TRADED).any(),
            taxes=role_in("tax").any() & ~role_like(EXPENSE).any(),
        )
    )
    traded = roles.filter(pl.col("trades") | pl.col("taxes"))["voucher"].to_list()
    steady = members.filter(pl.col("form") == pl.col("usual_form"), pl.col("spread") < 0.8)
    ratio = pl.col("amount") / pl.col("usual")
    z = ratio.log().abs() / pl.col("spread").clip(lower_bound=0.05)
    odd = steady.with_columns(z=z).filter(
        pl.col("z") > 3.5,
        (ratio > 1.3) | (ratio < 0.7),
        pl.col("voucher").is_in(traded).not_(),
        says("text", MONTHS_AT_ONCE).not_(),
    )
    monthly = pl.when(pl.col("dispersion") < 0.4).then(1.0).otherwise(0.45)
    strength = (0.1 + 0.04 * (pl.col("z") - 3.5)).clip(0.1, 0.4) * monthly / pl.len().over("series")
    amount = evidence(odd.with_columns(strength=strength), "N34", pl.col("strength"))
    return pl.concat([amount, evidence(_moved(ledger, members), "N34", 0.2)])


def _moved(ledger: Ledger, members: pl.DataFrame) -> pl.DataFrame:
    """Members on other accounts than the series, not counting whether cash or bank paid."""
    named = members.filter(pl.col("level") != "accounts").join(booked_on(ledger), on="voucher")
    uses = named.group_by("series", "target").len("uses").sort("uses", "target", descending=[True, False])
    usual = uses.group_by("series", maintain_order=True).agg(
        pl.col("target").first().alias("usual_target"), (pl.col("uses").first() / pl.col("uses").sum()).alias("share")
    )
    return named.join(usual, on="series").filter(pl.col("target") != pl.col("usual_target"), pl.col("share") >= 0.8)


def unusual_purse(ledger: Ledger) -> pl.DataFrame:
    """Paid from another account than such payments always are; large sums in cash the more."""
    lines = digest(ledger).lines.filter(role_like(PURSE), pl.col("side") == "C", pl.col("fen") > 0)
    paid = lines.group_by("voucher").agg(pl.col("account", "role", "fen").sort_by("fen").last())
    paid = paid.join(booked_on(ledger), on="voucher", how="left").with_columns(pl.col("target").fill_null(""))
    paid = paid.join(digest(ledger).vouchers.filter(~pl.col("own_money")).select("voucher", "form"), on="voucher")
    paid = paid.with_columns(kind=pl.when(pl.col("target") == "").then("form").otherwise("target"))
    usual = pl.col("account").mode().sort().first().over("kind")
    share = (pl.col("account") == usual).mean().over("kind")
    cash = pl.col("role") == "cash"
    usual_cash = pl.col("fen").filter(cash).median()
    odd = paid.with_columns(usual=usual, share=share, large=cash & (pl.col("fen") > 10 * usual_cash)).filter(
        (pl.col("account") != pl.col("usual")) & (pl.col("share") >= 0.8) & (pl.len().over("kind") >= 6)
        | (pl.col("large") & (pl.col("fen") >= LARGE_FEN))
    )
    return evidence(odd, "N34", pl.when("large").then(0.35).otherwise(0.2))


def expensed_at_once(ledger: Ledger) -> pl.DataFrame:
    """One-off expenses that are large for this ledger, the more so when the words speak of something that lasts."""
    books = digest(ledger)
    regular = find(ledger).members.filter(pl.col("level") == "words")["voucher"].unique().to_list()
    expense = role_like(r"^(?:selling|admin|overhead|rd)\b") & (pl.col("side") == "D")
    cost = books.lines.filter(expense, pl.col("fen") >= LARGE_FEN)
    events = recurring_events(ledger).filter(pl.col("kind").is_in(["accrual", "cost_carry"]).not_())
    cost = cost.join(events.select("voucher", "key"), on="voucher").with_columns(
        typical=pl.col("fen").median().over("account"), others=pl.len().over("account")
    )
    lasting = says("text", LASTING) & ~says("text", UPKEEP)
    outsize = ((pl.col("fen") / pl.col("typical")).log() / 3).clip(0.0, 1.0)
    once = ~pl.col("voucher").is_in(regular)
    strength = pl.when(lasting & once).then(0.55 + 0.15 * outsize).when(lasting).then(0.2)
    strength = strength.when(once).then(0.2 * outsize)
    return evidence(cost.with_columns(pl.col("typical").cast(pl.Float64)), "N41", strength)


def round_sums(ledger: Ledger) -> pl.DataFrame:
    """Large round sums where this ledger has few, and sums within 2 % below a limit: faint, only to order the rest."""
    vouchers = recurring_events(ledger).filter(pl.col("amount") >= LARGE_FEN)
    is_round = pl.col("amount") % 1_000_00 == 0
    rounded = vouchers.with_columns(share=is_round.mean()).filter(is_round)
    near = pl.any_horizontal(*((pl.col("amount") < limit) & (pl.col("amount") >= limit * 0.98) for limit in LIMITS_FEN))
    return pl.concat(
        [
            evidence(rounded, "N31", 0.08 * rarity(pl.col("share"), 0.5)),
            evidence(vouchers.filter(near), "N40", pl.lit(0.08)),
        ]
    )
