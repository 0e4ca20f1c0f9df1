"""N55, line by line: what the bank's statement has and the books have not, and the other way round."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import polars as pl

from saas.checks.finding import Finding, Severity
from saas.checks.outside.bank_matching import Item
from saas.checks.outside.reconciling import Reconciliation, reconcile, voucher_of
from saas.checks.wording import yuan
from saas.kernel.i18n import Text, _
from saas.kernel.money import Money
from saas.ledgers.charts import Chart
from saas.ledgers.frame import Ledger

FEE = re.compile(r"手续费|账户管理费|工本费|汇划费|短信费|年费|(?i:\bfee|charge)")
INTEREST = re.compile(r"结息|利息|(?i:interest)")


def unmatched_items(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding for every line that stands on one side only. settings["bank_lines"]: account → statement lines."""
    found = []
    statements: Mapping[str, pl.DataFrame] = settings.get("bank_lines", {})
    for account, lines in sorted(statements.items()):
        pairs = settings.get("bank_pairs", {}).get(account, {})
        result = reconcile(ledger, account, lines, days=settings["days"], by_hand=pairs)
        if result is not None:
            found += [_not_booked(item, result, ledger.chart) for item in result.matching.bank]
            found += [_not_on_statement(item, result, settings) for item in result.matching.books]
    return found


def _not_booked(item: Item, result: Reconciliation, chart: Chart) -> Finding:
    severity, message = _told(item)
    expected = _expected(item, result.account, chart)
    return Finding(
        rule="N55",
        object=f"statement@{item.key}",
        severity=severity,
        confidence=0.9,
        message=message,
        period=f"{item.day:%Y-%m}",
        account=result.account,
        amount=Money(abs(item.fen)),
        compared={"statement": yuan(item.fen), "day": str(item.day), "party": item.party, "text": item.text}
        | ({"expected": expected} if expected else {}),
    )


def _told(item: Item) -> tuple[Severity, Text]:
    """What kind of line the books lack, in words."""
    said: dict[str, Any] = {"day": str(item.day), "amount": str(Money(abs(item.fen))), "party": item.party or item.text}
    if item.fen < 0 and FEE.search(item.text):
        return "medium", _("The bank's fee of %(amount)s on %(day)s is not in the books", **said)
    if INTEREST.search(item.text):
        return "medium", _("Interest of %(amount)s on %(day)s is not in the books", **said)
    if item.fen > 0:
        return "high", _("A receipt of %(amount)s on %(day)s from %(party)s is not in the books", **said)
    return "high", _("A payment of %(amount)s on %(day)s to %(party)s is not in the books", **said)


def _not_on_statement(item: Item, result: Reconciliation, settings: Mapping[str, Any]) -> Finding:
    under_way = result.last - item.day <= timedelta(days=settings["under_way"])
    said = {"day": str(item.day), "amount": str(Money(abs(item.fen))), "voucher": voucher_of(item)}
    message = (
        _("Booked as received on %(day)s, %(amount)s did not reach the bank (%(voucher)s)", **said)
        if item.fen > 0
        else _("Booked as paid on %(day)s, %(amount)s did not leave the bank (%(voucher)s)", **said)
    )
    return Finding(
        rule="N55",
        object=f"books@{result.account}@{item.key}",
        severity="low" if under_way else "medium",
        confidence=0.4 if under_way else 0.8,
        message=message,
        vouchers=[voucher_of(item)],
        period=f"{item.day:%Y-%m}",
        account=result.account,
        amount=Money(abs(item.fen)),
        compared={"booked": yuan(item.fen), "day": str(item.day), "text": item.text, "statement_to": str(result.last)},
    )


def _expected(item: Item, account: str, chart: Chart) -> dict[str, Any] | None:
    """The entry of a fee or of interest, where the chart has an account for it; other lines need a person."""
    is_fee, is_interest = item.fen < 0 and FEE.search(item.text), INTEREST.search(item.text)
    cost = sorted(chart.having("finance"))
    if not cost or not (is_fee or is_interest):
        return None
    amount = yuan(abs(item.fen))
    bank, other = (
        {"account": code, "account_name": chart.accounts[code].name if code in chart.accounts else "", "aux": ""}
        for code in (account, cost[-1])
    )
    sides = [other | {"debit": amount}, bank | {"credit": amount}]
    if item.fen > 0:  # interest earned lowers the finance cost: in red on its debit side
        sides = [bank | {"debit": amount}, other | {"debit": yuan(-abs(item.fen))}]
    return {"summary": item.text or item.party, "lines": sides}
