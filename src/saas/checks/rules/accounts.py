"""N05: lines on accounts that have details, on accounts the standard lacks, and on mistyped codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from saas.checks.finding import Finding
from saas.checks.voucher_kinds import lines
from saas.kernel.i18n import Text, _
from saas.kernel.money import Money
from saas.ledgers.charts import Account
from saas.ledgers.frame import REPEATED, Ledger

FEW = 5  # up to so many vouchers get a finding each; more are one habit, one finding


def wrong_accounts(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding per voucher (or per account, when a habit) that books on an account it should not."""
    return [*_not_lowest(ledger), *_unknown(ledger, settings["rare"])]


def _not_lowest(ledger: Ledger) -> list[Finding]:
    """Lines on an account with details, after the first use of a detail.

    Before it the account was the lowest level, and the month in which details are opened moves its balance down. A file
    whose lines never use a detail was exported at level 1.
    """
    used = lines(ledger).select("row", "period", "voucher", "account", "debit", "credit")
    inner = {a.code: a for a in ledger.chart.accounts.values() if not a.leaf}
    if used.is_empty():
        return []
    above = pl.DataFrame(
        [(code, parent) for code in used["account"].unique().to_list() for parent in _above(ledger, code)],
        schema={"account": REPEATED, "parent": REPEATED},
        orient="row",
    )
    children = used.join(above, on="account").group_by("parent").agg(
        since=pl.col("period").min(), child_lines=pl.len(), beside=pl.col("voucher").unique()
    )  # fmt: skip
    found = (
        used.filter(pl.col("account").is_in(list(inner)))
        .join(children, left_on="account", right_on="parent")
        .with_columns(own=pl.len().over("account"))
    )
    first = used["period"].min()
    late = (pl.col("period") > pl.col("since")) | ((pl.col("period") == pl.col("since")) & (pl.col("since") == first))
    moved = pl.col("voucher").is_in(pl.col("beside"))
    found = found.filter(late & moved.not_() & (pl.col("own") <= pl.col("child_lines")))
    return _grouped(found, inner, "not_lowest", 0.85)


def _above(ledger: Ledger, code: str) -> list[str]:
    account, found = ledger.chart.accounts.get(code), []
    while account is not None and account.parent:
        found.append(account.parent)
        account = ledger.chart.accounts.get(account.parent)
    return found


def _unknown(ledger: Ledger, rare: int) -> list[Finding]:
    """Accounts no chart explains: seldom used, they are slips; often used, they ask for a mapping (info)."""
    used = lines(ledger).select("row", "period", "voucher", "account", "debit", "credit")
    used = used.with_columns(own=pl.len().over("account"))
    chart = ledger.chart.accounts
    counted = dict(used.select("account", "own").unique().iter_rows())
    slips = _mistyped(ledger, counted, rare) | _outside_balances(ledger, counted, rare)
    foreign: set[str] = set()
    if ledger.chart.standard in ("small", "enterprise"):
        foreign = {code for code in counted if code in chart and not chart[code].official}
    slips |= {code for code in foreign if counted[code] <= rare}
    found = _grouped(used.filter(pl.col("account").is_in(list(slips))), chart, "unknown", 0.75)
    return found + [_mapping(chart[code], counted[code]) for code in sorted(foreign - slips)]


def _mistyped(ledger: Ledger, counted: dict[str, int], rare: int) -> set[str]:
    """Seldom used codes without a name of their own where nearly all have one, or with a much used neighbour's."""
    chart = ledger.chart.accounts
    listed = ledger.lines.select("account", "account_name").unique()
    named = set(listed.filter(pl.col("account_name").fill_null("") != "")["account"].to_list())
    usual: dict[tuple[str, str], str] = {}
    for code in sorted(counted, key=lambda c: counted[c]):
        if code in chart and chart[code].name:
            usual[chart[code].parent, chart[code].name] = code  # of two codes with one name, the one used more
    found = set()
    for code, times in counted.items():
        if times > rare or code not in chart or not code[:1].isdigit():
            continue
        nameless = (code not in named and len(named) > 0.9 * len(counted)) or _only_parents_name(ledger, code)
        twin = usual.get((chart[code].parent, chart[code].name), code)
        if nameless or (twin != code and counted[twin] > max(rare, counted[code])):
            found.add(code)
    return found


def _only_parents_name(ledger: Ledger, code: str) -> bool:
    """A detail account called like its parent, beside at least two with names of their own."""
    chart = ledger.chart.accounts
    parent = chart[code].parent
    if not parent or not chart[code].leaf or chart[code].name != chart[parent].name:
        return False
    beside = [a for a in chart.values() if a.parent == parent and a.code != code]
    return sum(a.name != chart[parent].name for a in beside) >= 2


def _outside_balances(ledger: Ledger, counted: dict[str, int], rare: int) -> set[str]:
    """Codes used in a month whose balance list lacks them, when the lists have nearly all the others."""
    periods = ledger.balances["period"].unique()
    used = set(lines(ledger).filter(pl.col("period").is_in(periods.implode()))["account"].unique())
    listed = set(ledger.balances["account"].to_list())
    missing = {code for code in used if code not in listed}
    if not listed or len(missing) > 0.1 * len(used):
        return set()
    return {code for code in missing if counted[code] <= rare and not any(other.startswith(code) for other in listed)}


def _grouped(found: pl.DataFrame, chart: Mapping[str, Account], kind: str, confidence: float) -> list[Finding]:
    findings = []
    for (code,), part in sorted(found.group_by("account"), key=lambda item: str(item[0][0])):
        many = part["voucher"].n_unique() > FEW
        for piece in [part] if many else part.partition_by("voucher", maintain_order=True):
            findings.append(_wrong(piece.sort("row"), str(code), chart, kind, confidence, many))
    return findings


def _wrong(
    part: pl.DataFrame, code: str, chart: Mapping[str, Account], kind: str, confidence: float, many: bool
) -> Finding:
    name = chart[code].name if code in chart else ""
    vouchers = part["voucher"].drop_nulls().unique(maintain_order=True).to_list()
    amount = int((part["debit"].abs() + part["credit"].abs()).sum())
    return Finding(
        rule="N05",
        object=code if many else f"{code}@{vouchers[0] if vouchers else part['row'][0]}",
        severity="high",
        confidence=confidence,
        message=_message(kind, f"{code} {name}".strip()),
        vouchers=vouchers,
        rows=part["row"].to_list(),
        period=part["period"][0],
        account=code,
        amount=Money(amount),
        compared={"kind": kind, "name": name, "lines": part.height},
    )


def _message(kind: str, account: str) -> Text:
    if kind == "not_lowest":
        return _("Account %(account)s has detail accounts; entries belong on one of those", account=account)
    return _("Account %(account)s is in no chart of this ledger", account=account)


def _mapping(account: Account, times: int) -> Finding:
    return Finding(
        rule="N05",
        object=account.code,
        severity="info",
        confidence=0.2,
        message=_("Level-1 account %(account)s is not in the standard: say what it stands for",
                  account=f"{account.code} {account.name}".strip()),
        account=account.code,
        compared={"kind": "mapping", "name": account.name, "lines": times},
    )  # fmt: skip
