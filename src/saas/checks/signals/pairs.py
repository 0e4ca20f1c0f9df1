"""N35 rare account pair, N45 cash to income."""

from __future__ import annotations

from math import log

import polars as pl

from saas.checks.digest import digest
from saas.checks.once import per_ledger
from saas.checks.roles import role_in
from saas.checks.series import recurring_events
from saas.checks.signals.evidence import evidence
from saas.ledgers.frame import Ledger

BUSY = 100  # vouchers on one side that make an account busy
USUAL_TAX = 0.7  # share of the ledger's sales that carry a tax line

# Ordinary pairs of a small company, debit group → credit groups: the starter's prior. Groups are roles without detail.
_MONEY = "cash bank other_money"
_OWED = "ap advance prepaid ar other_payable other_receivable payable receivable"
_CLAIMED = "other_payable other_receivable receivable payable"
_SPREAD = "depreciation amortisation deferred_expense"
ORDINARY: dict[str, str] = {
    "cash": f"{_MONEY} ar advance other_receivable other_payable revenue income receivable payable tax",
    "bank": f"{_MONEY} {_OWED} loan capital revenue income finance tax",
    "other_money": f"{_MONEY} ar revenue",
    "ar": "revenue income tax advance",
    "advance": "revenue tax ar bank",
    "prepaid": _MONEY,
    "other_receivable": f"{_MONEY} income",
    "receivable": _MONEY,
    "inventory": f"{_MONEY} ap prepaid inventory production_cost tax advance other_payable",
    "production_cost": f"inventory payroll overhead depreciation {_MONEY} ap tax",
    "overhead": f"inventory payroll depreciation amortisation deferred_expense {_MONEY} ap prepaid tax other_payable",
    "rd": f"inventory payroll depreciation amortisation {_MONEY} ap tax",
    "fixed_asset": f"{_MONEY} ap prepaid cip tax other_payable",
    "cip": f"{_MONEY} ap prepaid inventory tax",
    "intangible": f"{_MONEY} ap rd tax",
    "deferred_expense": f"{_MONEY} ap prepaid tax other_payable",
    "ap": f"{_MONEY} prepaid inventory",
    "payroll": f"{_MONEY} tax other_receivable other_payable receivable payable",
    "tax": f"{_MONEY} ap tax income other_payable prepaid advance",
    "loan": _MONEY,
    "other_payable": f"{_MONEY} other_receivable income",
    "payable": _MONEY,
    "dividend_payable": f"{_MONEY} tax",
    "selling": f"{_MONEY} {_SPREAD} {_CLAIMED} payroll ap prepaid tax inventory",
    "admin": f"{_MONEY} {_SPREAD} {_CLAIMED} payroll ap prepaid tax inventory rd",
    "finance": f"{_MONEY} ap interest_payable other_payable loan",
    "surcharge": f"tax {_MONEY}",
    "income_tax": "tax",
    "cogs": f"inventory production_cost {_MONEY} ap payroll tax other_payable",
    "loss": f"{_MONEY} other_payable tax suspense_asset disposal",
    "revenue": "year_profit",
    "depreciation": "disposal",
}  # fmt: skip


@per_ledger
def rare_pair(ledger: Ledger) -> pl.DataFrame:
    """Pairs of accounts this ledger hardly has; one that no small company has counts whatever the ledger's size."""
    books = digest(ledger)
    events = recurring_events(ledger).filter(
        pl.col("refund").not_(), ~(pl.col("reversal") & (pl.col("referenced") | pl.col("named").is_not_null()))
    )
    if events.height == 0:
        return evidence(events, "N35", 0.0)
    lines = books.lines.join(events.select("voucher"), on="voucher", how="semi")
    pairs = _pairs(lines).with_columns(n=pl.len().over("debit", "credit"))
    total = events.height
    enough = min(total / 200, 1.0)
    rare = pl.col("n").replace_strict({1: 1.0, 2: 0.7, 3: 0.35, 4: 0.35}, default=0.0)
    # accounts that are busy on these sides, and yet never met, are stranger than two that hardly move
    busy = pl.min_horizontal(pl.len().over("debit"), pl.len().over("credit")) / pl.col("n")
    apart = (busy.cast(pl.Float64).log() / log(BUSY)).clip(0.0, 1.0)
    unknown = 0.15 + 0.4 * apart
    odd = pl.when(pl.col("ordinary")).then(0.06).when(pl.col("known")).then(0.45).otherwise(unknown)
    return evidence(pairs, "N35", rare * odd * (0.4 + 0.6 * enough))


def _pairs(lines: pl.DataFrame) -> pl.DataFrame:
    """voucher, debit, credit (families), known (both have roles), ordinary: the largest line of either side."""
    largest = lines.sort("fen", descending=True).group_by("voucher", "side").agg(pl.col("family", "role").first())
    debit = largest.filter(pl.col("side") == "D").select("voucher", debit="family", of_debit="role")
    credit = largest.filter(pl.col("side") == "C").select("voucher", credit="family", of_credit="role")
    joined = debit.join(credit, on="voucher")
    roles = joined.select("of_debit", "of_credit").unique()
    judged = [(bool(d and c), _group(c) in ORDINARY.get(_group(d), "").split()) for d, c in roles.iter_rows()]
    schema = {"known": pl.Boolean, "ordinary": pl.Boolean}
    known = roles.hstack(pl.DataFrame(judged, schema=schema, orient="row"))
    return joined.join(known, on=["of_debit", "of_credit"])


def _group(role: str) -> str:
    return role.split(".")[0]


def cash_to_income(ledger: Ledger) -> pl.DataFrame:
    """Income without a tax line or a customer where this ledger's sales have them.

    Small-scale taxpayers may split the tax once at the month's end: then few sales carry it, and nothing is said.
    """
    books = digest(ledger)
    facts = books.lines.group_by("voucher").agg(
        (role_in("revenue") & (pl.col("side") == "C") & (pl.col("fen") > 0)).any().alias("sells"),
        role_in("cash", "bank", "other_money").any().alias("money"),
        role_in("cash").any().alias("cash"),
        role_in("ar", "advance", "other_receivable", "prepaid").any().alias("customer"),
        role_in("tax").any().alias("taxed"),
    )
    events = recurring_events(ledger).select("voucher", "month")
    sales = facts.filter("sells").join(events, on="voucher")
    if sales.height < 5:
        return evidence(sales, "N45", 0.0)
    taxed, customer, cash = (sales.filter(column).height / sales.height for column in ("taxed", "customer", "cash"))
    to_nobody = ~pl.col("customer")
    untaxed = pl.when(~pl.col("taxed")).then(0.6 * _above(taxed)).otherwise(0.0)
    direct = pl.when(pl.col("money") & to_nobody).then(0.4 * _above(customer)).otherwise(0.0)
    in_cash = pl.when(pl.col("cash") & to_nobody).then(0.15 * _above(1 - cash)).otherwise(0.0)
    return evidence(sales, "N45", 1 - (1 - untaxed) * (1 - direct) * (1 - in_cash))


def _above(share: float) -> float:
    """0 below the usual share, 1 where every sale has it."""
    return max(0.0, (share - USUAL_TAX) / (1 - USUAL_TAX))
