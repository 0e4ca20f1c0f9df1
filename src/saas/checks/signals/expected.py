"""The entry a recurring series leads one to expect in a month that lacks it."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Any, Literal

import polars as pl

from saas.checks.digest import digest
from saas.checks.roles import role_in
from saas.checks.wording import yuan
from saas.ledgers.frame import Ledger
from saas.ledgers.texts import says

Nature = Literal[
    "payroll",
    "depreciation",
    "amortisation",
    "cost",
    "production",
    "stock",
    "rent",
    "settlement",
    "tax",
    "income",
    "interest",
    "other",
]


@dataclass(frozen=True, slots=True)
class Expected:
    """summary and lines of the entry; fen is its debit total; members are the vouchers it was derived from."""

    nature: Nature
    summary: str
    debit_account: str
    debit_fen: int  # of its first debit line
    fen: int
    lines: list[dict[str, str]]
    members: list[dict[str, str]]

    def as_json(self) -> dict[str, Any]:
        return {"summary": self.summary, "lines": self.lines}


def expected_entry(ledger: Ledger, members: pl.DataFrame, month: int) -> Expected | None:
    """The nearest earlier member's entry with the amount the series has around this month; None when nothing is due.

    Cost follows the month's revenue in the series' own ratio, and no revenue means no cost.
    """
    lines = digest(ledger).lines
    before = members.filter(pl.col("month") < month)
    model = (before.row(-1, named=True) if before.height else members.row(0, named=True))["voucher"]
    entry = lines.filter(pl.col("voucher") == model).sort("row")
    nature = nature_of(entry)
    fen = _due_cost(lines, members, month) if nature == "cost" else _usual_now(members, month)
    if fen <= 0:
        return None
    near = members.filter(pl.col("month").is_between(month - 3, month + 3)).sort("month")
    debits = entry.filter(pl.col("side") == "D")
    return Expected(
        nature=nature,
        summary=_for_month(str(entry["text"][0]), month + _lag(members)),
        debit_account=debits["account"][0] if debits.height else "",
        debit_fen=round(debits["fen"][0] * fen / max(debits["fen"].sum(), 1)) if debits.height else 0,
        fen=fen,
        lines=_scaled(entry, fen),
        members=[{"voucher": m["voucher"], "amount": yuan(m["amount"])} for m in near.iter_rows(named=True)],
    )


def nature_of(entry: pl.DataFrame) -> Nature:
    """What kind of business the lines of one voucher are, by the roles of their accounts (wording only for rent)."""
    debit = {str(r) for r in entry.filter(pl.col("side") == "D")["role"]}
    credit = {str(r) for r in entry.filter(pl.col("side") == "C")["role"]}
    both = debit | credit

    def has(roles: set[str], *prefixes: str) -> bool:
        return any(role == p or role.startswith(f"{p}.") for role in roles for p in prefixes)

    if has(both, "payroll"):
        return "payroll"
    if has(credit, "depreciation"):
        return "depreciation"
    if has(credit, "amortisation", "deferred_expense"):
        return "amortisation"
    if has(debit, "cogs") and has(credit, "inventory", "production_cost", "overhead"):
        return "cost"
    if has(debit, "inventory", "production_cost") and has(credit, "inventory", "production_cost", "overhead"):
        return "production"
    if has(debit, "inventory") and has(credit, "ap", "cash", "bank", "prepaid", "other_money"):
        return "stock"
    rented = entry.select(says("text", r"租金|房租|租赁费|(?i)\brent\b").any()).item()
    if rented and not has(both, "revenue", "income", "ar"):
        return "rent"
    if has(debit, "finance") and has(credit, "interest_payable", "other_payable"):
        return "interest"
    if has(both, "revenue", "income"):
        return "income"
    if has(
        both, "ar", "ap", "advance", "prepaid", "other_receivable", "other_payable", "loan", "receivable", "payable"
    ):
        return "settlement"
    if has(both, "tax", "surcharge", "income_tax"):
        return "tax"
    return "other"


def _usual_now(members: pl.DataFrame, month: int) -> int:
    """The amount two neighbours before agree on, else the two beside, else the median of the three on either side."""
    by_month = members.group_by("month").agg(pl.col("amount").median()).sort("month")
    before: list[float] = by_month.filter(pl.col("month") < month)["amount"].to_list()[-3:]
    after: list[float] = by_month.filter(pl.col("month") > month)["amount"].to_list()[:3]
    if len(before) >= 2 and before[-1] == before[-2]:
        return round(before[-1])
    if before and after and before[-1] == after[0]:
        return round(after[0])
    return round(median([*before, *after])) if before or after else 0


def _due_cost(lines: pl.DataFrame, members: pl.DataFrame, month: int) -> int:
    revenue = lines.filter(role_in("revenue"), pl.col("side") == "C")
    sales = dict(revenue.group_by("month").agg(pl.col("fen").sum()).iter_rows())
    costs = members.group_by("month").agg(pl.col("amount").sum())
    ratios = [cost / sales[m] for m, cost in costs.iter_rows() if sales.get(m, 0) > 0]
    if not ratios:
        return _usual_now(members, month)
    due: float = median(ratios) * max(sales.get(month, 0), 0)
    return round(due)


def _scaled(entry: pl.DataFrame, fen: int) -> list[dict[str, str]]:
    """The entry's lines in proportion, each side summing to the amount; its first line takes what rounding left."""
    result = []
    for side in ("D", "C"):
        part = entry.filter(pl.col("side") == side)
        total = int(part["fen"].sum()) or 1
        amounts = [round(f * fen / total) for f in part["fen"]]
        if amounts:
            amounts[0] += fen - sum(amounts)
        for line, amount in zip(part.iter_rows(named=True), amounts, strict=True):
            named = {"account": line["account"], "account_name": line["account_name"], "aux": line["aux"]}
            result.append({**named, "debit" if side == "D" else "credit": yuan(amount)})
    return result


def _lag(members: pl.DataFrame) -> int:
    """How many months the month named in the summaries usually is after the voucher's own (wages paid: −1)."""
    lags = (members["named"] - members["month"]).drop_nulls().mode().sort()
    return int(lags[0]) if lags.len() else 0


def _for_month(text: str, month: int) -> str:
    """The summary of the model with this month's name in place of its own."""
    named = pl.Series([text]).str.replace(r"((?:^|\D))(1[0-2]|0?[1-9])(\s*月)", f"${{1}}{month % 12 + 1}${{3}}")
    return str(named[0])
