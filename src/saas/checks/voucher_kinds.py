"""What kind of voucher each one is, learned from its accounts and never from its words alone.

Closing, carry-over and estimate vouchers behave unlike business events, and accounting.md §5 excludes them from many
rules. Words only add what accounts cannot say: that a voucher is an estimate (暂估) on an ordinary payables account.
What a summary refers to and which vouchers are pairs is in `references.py`.
"""

from __future__ import annotations

import polars as pl

from saas.checks.once import per_ledger
from saas.checks.references import pairs, referred
from saas.checks.roles import role_in
from saas.ledgers.frame import REPEATED, Ledger
from saas.ledgers.texts import says

KINDS = (
    "opening",  # 期初: balances brought into the program
    "closing",  # 结转损益, 年结, 利润分配
    "vat_transfer",  # 结转增值税, 转出未交增值税
    "estimate_reversal",  # 暂估冲回
    "estimate",  # 暂估
    "own_transfer",  # between own cash and bank accounts
    "cost_carry",  # 结转成本
    "accrual",  # 计提: expense against wages, tax, depreciation or amortisation
    "ordinary",
)

ESTIMATE = "暂估"
MONEY = ("cash", "bank", "other_money")
RESULT = ("year_profit", "retained", "prior_year", "surplus")
STOCK = ("inventory", "production_cost", "overhead", "cogs")
ACCRUED = ("payroll", "tax", "depreciation", "amortisation", "deferred_expense", "interest_payable")
OPENING_WORDS = "期初|年初余额|上年结转|(?i:opening balance)"


@per_ledger
def lines(ledger: Ledger) -> pl.DataFrame:
    """The lines that count (not void), with `category`, `side` and `role` of their account ("" when unknown) and `net`.

    `account` is the code, or the name where the file has no codes; net = debit − credit in fen.
    """
    accounts = pl.DataFrame(
        [(a.code, a.category, a.side, a.role) for a in ledger.chart.accounts.values()],
        schema=dict.fromkeys(("account", "category", "side", "role"), REPEATED),
        orient="row",
    )
    counted = ledger.lines  # what a column keeps as it is costs no memory: neither filter nor join without need
    if counted["void"].any():
        counted = counted.filter(pl.col("void").fill_null(False).not_())
    if (counted["account"] == "").any():
        counted = counted.with_columns(
            account=pl.when(pl.col("account") == "").then("account_name").otherwise("account")
        )
    looked_up = [
        counted["account"]
        .replace_strict(accounts["account"], accounts[name], default="", return_dtype=REPEATED)
        .alias(name)
        for name in ("category", "side", "role")
    ]
    return counted.with_columns(
        *looked_up,
        pl.col("summary", "aux", "account_name").fill_null(""),
        pl.col("debit", "credit").fill_null(0),
        net=pl.col("debit").fill_null(0) - pl.col("credit").fill_null(0),
    )


@per_ledger
def vouchers(ledger: Ledger) -> pl.DataFrame:
    """One row per voucher that counts, in file order.

    Columns: voucher, period, date, word, number, source, preparer, first_row, rows (list), size (lines), amount (fen,
    Σ|debit|), red (only negative amounts), kind (one of KINDS), refers_to (the voucher its summary names), corrects
    ("red", "blue" or ""), pair (the voucher it reverses, copies or is reversed by; null when none).
    """
    counted = lines(ledger)
    found = counted.filter(pl.col("voucher").is_not_null()).group_by("voucher", maintain_order=True).agg(*_facts())
    found = found.with_columns(kind=_kind())
    found = found.join(referred(counted, found), on="voucher", how="left", maintain_order="left")
    found = found.join(pairs(counted, found), on="voucher", how="left", maintain_order="left")
    return found.select(
        *("voucher", "period", "date", "word", "number", "source", "preparer", "first_row", "rows", "size", "amount"),
        *("red", "kind", "refers_to", pl.col("corrects").fill_null("").cast(REPEATED), "pair"),
    )


def outside_events(*kinds: str) -> pl.Expr:
    """Vouchers that are business events: everything but the kinds every rule excludes, and these."""
    return pl.col("kind").is_in([*SYSTEM, *kinds]).not_()


SYSTEM = ("opening", "closing", "vat_transfer", "cost_carry")


def _facts() -> list[pl.Expr]:
    debit, credit = pl.col("debit") != 0, pl.col("credit") != 0
    pnl = pl.col("category") == "pnl"
    estimate = role_in("ap.accrued") | (role_in("ap", "other_payable") & says("summary", ESTIMATE))
    return [
        *(pl.col(c).first() for c in ("period", "date", "word", "number", "source", "preparer")),
        pl.col("row").min().alias("first_row"),
        pl.col("row").alias("rows"),
        pl.len().alias("size"),
        pl.col("debit").abs().sum().alias("amount"),
        (pl.max_horizontal("debit", "credit").max() <= 0).and_((pl.col("debit") < 0).any()).alias("red"),
        (role_in(*RESULT).any() & (role_in(*RESULT, "dividend_payable") | pnl).all()).alias("closing"),
        role_in("tax.vat").all().alias("vat"),
        role_in(*MONEY).all().alias("money"),
        (role_in(*STOCK).all() & pl.len().gt(1)).alias("stock"),
        (
            (debit.and_(pnl.or_(pl.col("category") == "cost")) | credit.and_(role_in(*ACCRUED))).all()
            & debit.any()
            & credit.any()
        ).alias("accrues"),
        (estimate & ((pl.col("credit") < 0) | (pl.col("debit") > 0))).any().alias("estimate_undone"),
        (estimate & ((pl.col("credit") > 0) | (pl.col("debit") < 0))).any().alias("estimated"),
        _is_opening().alias("opens"),
    ]


def _is_opening() -> pl.Expr:
    """Balances brought forward: balance-sheet accounts only, with equity, said so or five accounts and more at once."""
    sheet = pl.col("category").is_in(["asset", "liability", "equity", "common", "cost"]).all()
    many = (pl.col("account").n_unique() >= 5) & role_in("capital").any() & role_in(*MONEY).any()
    words = says("summary", OPENING_WORDS).all()
    return sheet & (words | (many & pl.col("number").first().fill_null(0).le(1)))


def _kind() -> pl.Expr:
    return (
        pl.when("opens").then(pl.lit("opening"))
        .when("closing").then(pl.lit("closing"))
        .when("vat").then(pl.lit("vat_transfer"))
        .when("estimate_undone").then(pl.lit("estimate_reversal"))
        .when("estimated").then(pl.lit("estimate"))
        .when("money").then(pl.lit("own_transfer"))
        .when("stock").then(pl.lit("cost_carry"))
        .when("accrues").then(pl.lit("accrual"))
        .otherwise(pl.lit("ordinary"))
        .cast(REPEATED)
    )  # fmt: skip


def dated_at_month_end(ledger: Ledger) -> set[str]:
    """The periods in which more than 60 % of the vouchers carry one date, so that days mean nothing."""
    days = vouchers(ledger).group_by("period", "date").agg(n=pl.len())
    shares = days.group_by("period").agg(share=pl.col("n").max() / pl.col("n").sum(), n=pl.col("n").sum())
    return set(shares.filter(pl.col("share") > 0.6, pl.col("n") > 1)["period"].drop_nulls().to_list())


def take_over(ledger: Ledger) -> str | None:
    """The first period kept by preparers none of whom worked before it, when there is exactly one such change."""
    people = (
        vouchers(ledger)
        .filter(pl.col("preparer").fill_null("") != "", pl.col("period").is_not_null())
        .group_by("period")
        .agg(pl.col("preparer").unique())
        .sort("period")
    )
    known: set[str] = set()
    changes = []
    for period, names in people.iter_rows():
        if known and known.isdisjoint(names):
            changes.append(period)
        known |= set(names)
    return changes[0] if len(changes) == 1 else None
