"""Rules that hold the books against figures from outside: N20 payroll, N46 invoices, N47 statements, N54, N55 bank.

Each says nothing for a month without its figure; `checks/figures.py` names where the figure is found.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from saas.checks import flows
from saas.checks.finding import Finding, Rule, Severity
from saas.checks.outside.bank_matching import DAYS
from saas.checks.positions import positions
from saas.checks.roles import role_in
from saas.checks.rules.bank_items import unmatched_items
from saas.checks.rules.invoice_items import unmatched_invoices
from saas.checks.wording import yuan
from saas.kernel.i18n import Text, _
from saas.kernel.money import Money
from saas.kernel.months import next_month
from saas.ledgers.frame import REPEATED, Ledger

Supplied = Mapping[str, Mapping[str, int]]


def payroll_ties(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Years in which wages accrued differ from the wages filed for income tax, or the insured base is far below them.

    Accrued by the month of work, filed by the month of payment: only sums over the same six months or more compare.
    """
    accrued = flows.flow(ledger, "credit", "payroll.wage")
    found = []
    for name, label in (("iit_income", _("wages filed")), ("social_base", _("base of social insurance"))):
        filed: Mapping[str, int] = settings["figures"].get(name, {})
        for year in sorted({period[:4] for period in filed}):
            span = [p for p in sorted(filed) if p[:4] == year and p in accrued]
            told, booked = sum(filed[p] for p in span), sum(accrued[p] for p in span)
            off = abs(booked - told) if name == "iit_income" else booked - told
            if len(span) >= settings["months"] and booked and off > settings["share"] * booked:
                severity: Severity = "medium" if name == "iit_income" else "low"  # the base has a floor and a ceiling
                text = _("Wages accrued from %(first)s to %(last)s are %(booked)s, %(what)s %(told)s", first=span[0],
                         last=span[-1], booked=str(Money(booked)), what=label, told=str(Money(told)))  # fmt: skip
                found.append(_finding("N20", f"{name}@{year}", span[-1], severity, text, booked, told))
    return found


def invoices_tie(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Months whose invoices bear more output VAT than the books, or whose claimed input VAT the books do not have."""
    output = {p: -net for p, net in flows.flow(ledger, "net", "tax.vat.output", "tax.vat.simple").items()}
    if flows.taxpayer(ledger, settings) == "S":
        output = flows.flow(ledger, "credit", "tax.vat")
    bought = flows.flow(ledger, "net", "tax.vat.input")
    found = []
    for name, books in (("invoices_issued_tax", output), ("input_tax_used", bought)):
        for period, told in sorted(settings["figures"].get(name, {}).items()):
            if period not in books or period not in flows.closed_months(ledger):
                continue
            difference = told - books[period] if name == "invoices_issued_tax" else abs(told - books[period])
            if difference > settings["least_fen"]:
                text = _invoiced(name, period, told, books[period])
                found.append(_finding("N46", f"{name}@{period}", period, "high", text, books[period], told))
    return found


def invoices_reconciled(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """N46: the months' VAT, and invoice by invoice where a list was imported."""
    return [*invoices_tie(ledger, settings), *unmatched_invoices(ledger, settings)]


def _invoiced(name: str, period: str, told: int, booked: int) -> Text:
    values = {"period": period, "told": str(Money(told)), "booked": str(Money(booked))}
    if name == "input_tax_used":
        return _("Input VAT of %(told)s was claimed for %(period)s, the books have %(booked)s", **values)
    return _("Invoices of %(period)s bear VAT of %(told)s, the books have %(booked)s of output VAT", **values)


def statements_tie(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Filed statements that are not the ledger's: the year's profit, and total assets where balances are known."""
    found = []
    for period, told in sorted(settings["figures"].get("profit_filed", {}).items()):
        year = [p for p in flows.months(ledger) if p[:4] == period[:4] and p <= period]
        if not year or year[0] != f"{period[:4]}-01" or period not in year:
            continue  # the year's beginning is not in the file
        own = flows.monthly(ledger).filter(pl.col("category") == "pnl", pl.col("period").is_in(year))
        found += _statement("profit", period, -int(own["net"].sum()), told, settings["least_fen"])
    ends = positions(ledger).ends
    assets = [code for code, account in ledger.chart.accounts.items() if account.category == "asset"]
    totals = ends.filter(pl.col("account").is_in(assets)).group_by("period").agg(pl.col("closing").sum())
    known = dict(totals.iter_rows())
    for period, told in sorted(settings["figures"].get("assets_filed", {}).items()):
        if period in known:
            found += _statement("assets", period, int(known[period]), told, settings["least_fen"])
    return found


def _statement(what: str, period: str, booked: int, told: int, least: int) -> list[Finding]:
    if abs(booked - told) <= least:
        return []
    values: dict[str, Any] = {"period": period, "told": str(Money(told)), "booked": str(Money(booked))}
    text = (
        _("Net profit filed for %(period)s is %(told)s, the ledger has %(booked)s", **values)
        if what == "profit"
        else _("Total assets filed for %(period)s are %(told)s, the ledger has %(booked)s", **values)
    )
    severity: Severity = "critical" if what == "profit" else "medium"  # assets move by reclassifying (重分类)
    return [_finding("N47", f"{what}@{period}", period, severity, text, booked, told)]


def platform_ties(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Takings of platforms, POS and wallets above revenue with VAT, added up from the year's first supplied month."""
    takings: Mapping[str, int] = settings["figures"].get("platform_income", {})
    sold, tax = flows.revenue(ledger), flows.flow(ledger, "net", "tax.vat.output", "tax.vat.simple")
    if flows.taxpayer(ledger, settings) == "S":
        tax = {p: -fen for p, fen in flows.flow(ledger, "credit", "tax.vat").items()}
    found = []
    for year in sorted({period[:4] for period in takings}):
        span = [p for p in sorted(takings) if p[:4] == year and p in sold]
        told, booked = sum(takings[p] for p in span), sum(sold[p] - tax[p] for p in span)
        if span and told - booked > settings["share"] * told:
            text = _("Platforms report %(told)s from %(first)s to %(last)s, the books have %(booked)s with VAT",
                     told=str(Money(told)), first=span[0], last=span[-1], booked=str(Money(booked)))  # fmt: skip
            found.append(_finding("N54", f"platform@{year}", span[-1], "high", text, booked, told))
    return found


def bank_ties(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Months whose bank balance is not the statements', and statements that stopped coming two months ago.

    A difference that stays the same is told once, in its first month.
    """
    statements: Mapping[str, int] = settings["figures"].get("bank_balance", {})
    if not statements:
        return []
    ends = positions(ledger).ends.join(_roles(ledger), on="account").filter(role_in("bank"))
    books = dict(ends.group_by("period").agg(pl.col("closing").sum()).iter_rows())
    found, before = [], 0
    for period, told in sorted(statements.items()):
        difference = told - int(books[period]) if period in books else before
        if difference and difference != before:
            text = _("Bank statements of %(period)s end with %(told)s, the books with %(booked)s", period=period,
                     told=str(Money(told)), booked=str(Money(int(books[period]))))  # fmt: skip
            found.append(_finding("N55", f"bank@{period}", period, "high", text, int(books[period]), told))
        before = difference
    over = sorted(flows.closed_months(ledger))
    if over and next_month(max(statements)) < over[-1]:
        text = _("No bank statement since %(period)s", period=max(statements))
        found.append(Finding("N55", f"missing@{max(statements)}", "low", 0.5, text, period=over[-1]))
    return found


def bank_reconciled(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """N55: the balances, and line by line where a statement was imported."""
    return [*bank_ties(ledger, settings), *unmatched_items(ledger, settings)]


def _roles(ledger: Ledger) -> pl.DataFrame:
    accounts = [(a.code, a.role) for a in ledger.chart.accounts.values()]
    return pl.DataFrame(accounts, schema={"account": REPEATED, "role": REPEATED}, orient="row")


def _finding(rule: str, what: str, period: str, severity: Severity, message: Text, booked: int, told: int) -> Finding:
    return Finding(
        rule=rule,
        object=what,
        severity=severity,
        confidence=0.85,
        message=message,
        period=period,
        amount=Money(abs(told - booked)),
        compared={"booked": yuan(booked), "supplied": yuan(told), "difference": yuan(told - booked)},
    )


RULES = [
    Rule(
        id="N20",
        name=_("Wages, income tax and insurance"),
        explanation=_(
            "Wages in the books differ from the wages filed for income tax, or the insured base is far lower."
        ),
        reason=_("Tax and social insurance offices compare the three (社会保险费由税务机关征收)."),
        cure=_("The difference is explained person by person, or books and filings are corrected."),
        severity="medium",
        weight=0.6,
        run=payroll_ties,
        settings={"share": 0.1, "months": 6, "figures": {}},
        needs=("iit_income", "social_base"),
    ),
    Rule(
        id="N46",
        name=_("Invoice platform against ledger"),
        explanation=_("More VAT was invoiced than booked, or input VAT was claimed that the books do not have."),
        reason=_("The tax office sees every invoice; the books must show the same VAT (发票管理办法第十九条)."),
        cure=_("The missing invoices are booked, or red and void ones are reversed."),
        severity="high",
        weight=0.7,
        run=invoices_reconciled,
        settings={"least_fen": 10_00, "taxpayer": None, "figures": {}, "invoices": {}, "grace_months": 1},
        needs=("invoices_issued_tax", "input_tax_used"),
    ),
    Rule(
        id="N47",
        name=_("Filed statements against ledger"),
        explanation=_("The filed profit or total assets are not those of the ledger."),
        reason=_(
            "Statements are made from the ledger (会计法第二十条); a ledger changed after filing makes them untrue."
        ),
        cure=_("The statements are filed again, or the later change is taken back."),
        severity="critical",
        weight=0.8,
        run=statements_tie,
        settings={"least_fen": 1_00, "figures": {}},
        needs=("profit_filed", "assets_filed"),
    ),
    Rule(
        id="N54",
        name=_("Platform takings above revenue"),
        explanation=_("Platforms, POS or e-wallets report more takings than the books have as revenue."),
        reason=_("Platforms report sellers’ income to the tax office (互联网平台企业涉税信息报送规定)."),
        cure=_("The missing sales are booked, or refunds and deposits explain the difference."),
        severity="high",
        weight=0.7,
        run=platform_ties,
        settings={"share": 0.03, "taxpayer": None, "figures": {}},
        needs=("platform_income",),
    ),
    Rule(
        id="N55",
        name=_("Bank statement against ledger"),
        explanation=_("The bank balance in the books is not the one of the statements, or statements stopped coming."),
        reason=_("Bank accounts are reconciled every month (会计基础工作规范)."),
        cure=_("The reconciliation explains the difference, or the missing entries are booked."),
        severity="high",
        weight=0.7,
        run=bank_reconciled,
        settings={"figures": {}, "bank_lines": {}, "bank_pairs": {}, "days": DAYS, "under_way": 10},
        needs=("bank_balance",),
    ),
]
