"""N48: taxes that were accrued and not paid when their filing day had passed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from saas.checks import flows
from saas.checks.finding import Finding, Rule
from saas.checks.positions import positions
from saas.checks.roles import role_in
from saas.checks.wording import yuan
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.kernel.months import month_before, month_end, next_month, quarter_start
from saas.ledgers.frame import Ledger

PAID_AFTER_QUARTER = ("tax.vat.unpaid", "tax.iit", "tax.urban", "tax.edu", "tax.local_edu", "tax.stamp", "tax.vat")
PAID_AFTER_YEAR = ("tax.cit",)  # the last quarter's accrual may wait for the annual return (汇算清缴)

LONG = 6  # months of a file that must show a payment


def uncleared(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding per tax account that still owes what was accrued for a period whose filing month is over.

    Every debit counts as a payment of the oldest debt, whatever its period: a debt whose beginning the file does not
    show is then too small, never too large. Quarterly filing, the later day, is assumed unless the account is paid
    every month.
    """
    over = sorted(flows.closed_months(ledger))
    if not over:
        return []
    general = flows.taxpayer(ledger, settings) == "G"
    found = []
    for account in ledger.chart.accounts.values():
        levy = account.role == "tax.vat"
        if not account.leaf or (levy and general) or account.role not in (*PAID_AFTER_QUARTER, *PAID_AFTER_YEAR):
            continue
        until = due_until(over[-1], yearly=account.role in PAID_AFTER_YEAR)
        if _monthly(ledger, account.code):
            until = over[-2] if len(over) > 1 else until
        owed = _owed(ledger, account.code, until, over[-1])
        if owed >= settings["least_fen"]:
            finding = _finding(ledger, account.code, until, over[-1], owed)
            found.append(finding if _ever_paid(ledger, account.code) else replace(finding, severity="low"))
    return found


def _ever_paid(ledger: Ledger, account: str) -> bool:
    """Whether the file has any payment on this account, or is too short to tell.

    An account that half a year and more only fills is a question of where its payments are booked, not a missed day.
    """
    own = flows.events(ledger)
    money = own.filter(role_in("cash", "bank", "other_money"), pl.col("net") < 0)["voucher"].unique()
    bought = own.filter(~role_in("tax"), pl.col("debit") > 0)["voucher"].unique()  # input VAT of what was bought
    paid = own.filter(
        pl.col("account") == account,
        pl.col("debit") > 0,
        pl.col("voucher").is_in(money.implode()),
        ~pl.col("voucher").is_in(bought.implode()),
    )
    return len(flows.months(ledger)) < LONG or paid.height > 0


def due_until(period: str, *, yearly: bool) -> str:
    """The last month whose taxes had to be paid by the end of `period`."""
    day = month_end(period)
    until = month_before(quarter_start(day))  # the quarter before; its filing month is this quarter's first
    if yearly and day.month < 6:  # until 31 May the year before is open from October on
        return min(until, f"{day.year - 1}-09")
    return until


def _monthly(ledger: Ledger, account: str) -> bool:
    """Whether the tax is accrued in nearly every month and paid in most."""
    moved = flows.events(ledger).filter(pl.col("account") == account)
    accrued = moved.filter(pl.col("credit") > 0)["period"].n_unique()
    paid = moved.filter(pl.col("debit") > 0)["period"].n_unique()
    return accrued >= max(6, 0.8 * len(flows.months(ledger))) and paid >= 0.7 * accrued


def _owed(ledger: Ledger, account: str, until: str, by: str) -> int:
    """Fen accrued to `until` and not paid by the end of month `by`."""
    moved = flows.events(ledger).filter(pl.col("account") == account, pl.col("period") <= by)
    accrued = int(moved.filter(pl.col("period") <= until)["credit"].sum())
    return accrued - int(moved["debit"].sum()) + _opening(ledger, account)


def _opening(ledger: Ledger, account: str) -> int:
    """What was owed before the file begins; 0 when unknown."""
    ends = positions(ledger).ends
    first = ends.filter(pl.col("account") == account).sort("period").head(1)
    return int((first["net"] - first["closing"]).sum()) if first.height else 0


def _finding(ledger: Ledger, account: str, until: str, by: str, owed: int) -> Finding:
    accruals = flows.events(ledger).filter(
        pl.col("account") == account, pl.col("credit") > 0, pl.col("period") <= until
    )
    newest = accruals.sort("period", "row", descending=True)
    behind = newest.filter(pl.col("credit").cum_sum() - pl.col("credit") < owed)
    since = str(behind["period"].min()) if behind.height else until
    name = f"{account} {ledger.chart.accounts[account].name}"
    return Finding(
        rule="N48",
        object=f"{account}@{since}",
        severity="high",
        confidence=0.75,
        message=_("%(account)s still owes %(amount)s of %(period)s and before; its filing month is over", account=name,
                  amount=str(Money(owed)), period=until),
        vouchers=behind["voucher"].unique(maintain_order=True).to_list()[:12],
        rows=behind["row"].sort().to_list()[:12],
        period=by,
        account=account,
        amount=Money(owed),
        compared={"open": yuan(owed), "since": since, "deadline": next_month(until), "as_of": by},
    )  # fmt: skip


RULES = [
    Rule(
        id="N48",
        name=_("Tax not cleared"),
        explanation=_("A tax was accrued, its filing month has passed, and the account still shows the debt."),
        reason=_("Unpaid tax bears a late fee a day (税收征收管理法第三十二条); a debt that was paid shows a missing "
                 "or misposted payment."),
        cure=_("The payment is booked on this account, or the accrual is corrected."),
        severity="high",
        weight=0.6,
        run=uncleared,
        settings={"least_fen": 100_00, "taxpayer": None},
    )
]  # fmt: skip
