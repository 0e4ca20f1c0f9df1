"""N50: VAT to pay without its surcharges, and a year of sales without stamp duty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from statistics import median
from typing import Any

import polars as pl

from saas.checks import flows
from saas.checks.finding import Finding, Rule
from saas.checks.roles import role_in
from saas.checks.tax_rates import last_day, rates
from saas.checks.wording import yuan
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.kernel.months import next_month
from saas.ledgers.frame import Ledger
from saas.ledgers.texts import says

SURCHARGES = ("tax.urban", "tax.edu", "tax.local_edu")
WORDS = "城建|城市维护|教育费附加|地方教育|附加税|(?i:surcharge)"
NOT_EXEMPT = 0.2  # of the VAT accrued; what is left of an exempt quarter is rounding
HABIT, MORE = 0.7, 1.3
STAMP = "印花|(?i:stamp)"


def missing_surcharges(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding per month (general) or quarter (small-scale) with VAT to pay and no surcharge in it or after it."""
    accrued = _accrued(ledger)
    payable = _payable(ledger, settings)
    known = [accrued[p] / fen for p, fen in payable.items() if accrued.get(p)]
    usual = median(known) if len(known) >= 2 else None
    same_month = len(known) >= HABIT * len(payable)
    found = []
    for period, fen in sorted(payable.items()):
        after = next_month(period)
        if accrued.get(period) or fen < settings["least_fen"] or not {period, after} <= flows.closed_months(ledger):
            continue
        if same_month and period == min(payable):
            continue  # the file's first month may have its surcharges in the next, as all others would
        # books that accrue in the month itself make up for one they missed by more than the next month's own
        own = payable.get(after, 0) * (usual or 0) * MORE if same_month else 0
        if accrued.get(after, 0) <= own:
            found.append(_finding(ledger, period, fen, usual))
    return [*_combined(found, never=not accrued), *_without_stamp(ledger)]


def _payable(ledger: Ledger, settings: Mapping[str, Any]) -> dict[str, int]:
    """VAT to pay in fen by the month, or the quarter's last month, in which it arose."""
    kind = flows.taxpayer(ledger, settings)
    if kind == "G":
        moved = flows.flow(ledger, "net", "tax.vat.transfer_unpaid")
        return {period: fen for period, fen in moved.items() if fen > 0}
    if kind != "S":
        return {}
    own = flows.events(ledger).filter(pl.col("role") == "tax.vat")
    paid = own.filter(pl.col("voucher").is_in(_payments(ledger).implode()))["row"]
    owed = own.filter(~pl.col("row").is_in(paid.implode())).group_by("period")
    quarters: dict[str, int] = {}
    accrued: dict[str, int] = {}
    for period, fen, credit in owed.agg(-pl.col("net").sum(), pl.col("credit").sum()).iter_rows():
        last = flows.quarter(period)[-1]
        quarters[last], accrued[last] = quarters.get(last, 0) + fen, accrued.get(last, 0) + credit
    return {period: fen for period, fen in quarters.items() if fen > NOT_EXEMPT * accrued[period]}


def _payments(ledger: Ledger) -> pl.Series:
    """Vouchers in which money goes out for VAT."""
    own = flows.events(ledger)
    vat = own.filter(role_in("tax.vat"), pl.col("net") > 0)["voucher"].unique()
    money = own.filter(role_in("bank", "cash"), pl.col("net") < 0, pl.col("voucher").is_in(vat.implode()))
    return money["voucher"].unique()


def _accrued(ledger: Ledger) -> dict[str, int]:
    """Surcharges by month: credits on their accounts, or charged straight from the bank by their words."""
    own = flows.events(ledger)
    credits = own.filter(role_in(*SURCHARGES), pl.col("credit") != 0)
    charged = own.filter(role_in("surcharge"), pl.col("debit") != 0)
    direct = charged.filter(says("summary", WORDS), ~pl.col("voucher").is_in(credits["voucher"].unique().implode()))
    credits, direct = credits.select("period", fen="credit"), direct.select("period", fen="debit")
    both = pl.concat([credits, direct])
    return dict(both.group_by("period").agg(pl.col("fen").sum()).iter_rows())


def _finding(ledger: Ledger, period: str, fen: int, usual: float | None) -> Finding:
    due = round(fen * usual) if usual else None
    expected = []
    if due:
        parts = [code for code in ledger.chart.having("surcharge") if ledger.chart.accounts[code].leaf][:1]
        expected = [{"account": code, "debit": yuan(due), "credit": "0.00"} for code in parts]
        expected += [{"account": code, "debit": "0.00", "credit": yuan(part)} for code, part in _shares(ledger, due)]
    law = rates().find("surcharge", last_day(period))
    return Finding(
        rule="N50",
        object=f"surcharge@{period}",
        severity="medium",
        confidence=0.8,
        message=_("%(period)s has VAT of %(amount)s to pay and no surcharges", period=period, amount=str(Money(fen))),
        period=period,
        account=next(iter(ledger.chart.having("surcharge")), None),
        amount=Money(due if due else fen),
        compared={"vat_payable": yuan(fen), "expected_amount": yuan(due) if due else None, "expected": expected,
                  "law": law.source if law else ""},
    )  # fmt: skip


def _shares(ledger: Ledger, due: int) -> list[tuple[str, int]]:
    """The usual accounts with their usual parts of the whole; the last takes the rounding."""
    own = flows.events(ledger).filter(role_in(*SURCHARGES), pl.col("credit") > 0)
    sums = own.group_by("account").agg(pl.col("credit").sum()).sort("account")
    whole, left, found = int(sums["credit"].sum()), due, []
    for at, (account, fen) in enumerate(sums.iter_rows(), 1):
        part = left if at == sums.height else round(due * fen / whole)
        found.append((account, part))
        left -= part
    return found


def _combined(found: list[Finding], *, never: bool) -> list[Finding]:
    """Books that never have surcharges get one finding, for the last period, not one for each."""
    bare = [finding for finding in found if not finding.compared["expected"]]
    # nothing in the whole file is a question about the books (an exemption, a levy kept elsewhere), not a slip in them
    severe = [finding for finding in found if finding.compared["expected"]]
    return [*severe, *(replace(finding, severity="low") if never else finding for finding in bare[-1:])]


def _without_stamp(ledger: Ledger) -> list[Finding]:
    """Whole years with sales every month and no word and no account of stamp duty."""
    own, sold = flows.events(ledger), flows.revenue(ledger)
    stamp = own.filter(role_in("tax.stamp") | says("summary", STAMP))
    stamped = {*stamp["period"].cat.slice(0, 4).to_list()}
    named = any("印花" in account.name and account.used for account in ledger.chart.accounts.values())
    found = []
    for year in sorted({period[:4] for period in sold}):
        months = [period for period in sold if period[:4] == year and sold[period] > 0]
        if len(months) == 12 and set(months) <= flows.closed_months(ledger) and year not in stamped and not named:
            total = sum(sold[period] for period in months)
            found.append(
                Finding(
                    rule="N50",
                    object=f"stamp@{year}",
                    severity="low",
                    confidence=0.4,
                    message=_("%(year)s has sales of %(amount)s and no stamp duty", year=year,
                              amount=str(Money(total))),
                    period=months[-1],
                    amount=None,
                    compared={"revenue": yuan(total)},
                )
            )  # fmt: skip
    return found


RULES = [
    Rule(
        id="N50",
        name=_("Surcharges or stamp duty missing"),
        explanation=_("VAT is to be paid and no urban maintenance tax or education fee was accrued, or a year of sales "
                      "has no stamp duty."),
        reason=_("Surcharges are due with the VAT paid (城市维护建设税法); contracts bear stamp duty (印花税法)."),
        cure=_("The surcharges and the stamp duty are accrued, or the exemption is on file."),
        severity="medium",
        weight=0.6,
        run=missing_surcharges,
        settings={"least_fen": 100_00, "taxpayer": None},
    )
]  # fmt: skip
