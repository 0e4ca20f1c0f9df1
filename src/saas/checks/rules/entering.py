"""N35 rare account pairs, N36 unusual preparers, N37 odd hours: what the ranking weighs, said where it is strong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from saas.checks.digest import digest
from saas.checks.finding import Finding, Rule, Severity
from saas.checks.signals.pairs import rare_pair
from saas.checks.signals.people import STRANGER, odd_hours, unusual_preparer
from saas.checks.wording import yuan
from saas.kernel.i18n import Text, _
from saas.kernel.money import Money
from saas.kernel.months import month_name
from saas.ledgers.frame import Ledger

FEW = 5  # vouchers of one person
Signal = Callable[[Ledger], pl.DataFrame]


def rare_pairs(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Pairs that this ledger has once and no small company usually has; in ledgers of 200 vouchers and more."""
    return _strong(ledger, rare_pair, "N35", "low", settings, _pair)


def strangers(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Vouchers entered by somebody who enters next to nothing.

    Books of one preparer say nothing, nor do those of a firm where many people enter a little.
    """
    counts = digest(ledger).vouchers.filter(pl.col("preparer") != "")["preparer"].value_counts()
    rare = counts.filter(pl.col("count") <= FEW, pl.col("count") < STRANGER * int(counts["count"].sum()))["preparer"]
    found = _strong(ledger, unusual_preparer, "N36", "medium", settings, _stranger)
    odd = [finding for finding in found if finding.compared["person"] in set(rare)]
    return odd if len({finding.compared["person"] for finding in odd}) <= settings["people"] else []


def at_odd_hours(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Vouchers entered at night, on a Sunday or long after their date, where the ledger hardly has any such."""
    return _strong(ledger, odd_hours, "N37", "info", settings, _hours)


def _strong(
    ledger: Ledger,
    signal: Signal,
    rule: str,
    severity: Severity,
    settings: Mapping[str, Any],
    message: Callable[[dict[str, Any]], Text],
) -> list[Finding]:
    """One finding per voucher whose signal is strong; none where many are, since then it is this ledger's habit."""
    vouchers = digest(ledger).vouchers
    strong = signal(ledger).filter(pl.col("strength") >= settings["strength"])
    if vouchers.height < settings["vouchers"] or strong.height > max(3, settings["most"] * vouchers.height):
        return []
    found = strong.join(vouchers, on="voucher", maintain_order="left").sort("month", "voucher")
    return [_finding(row, rule, severity, message(row)) for row in found.iter_rows(named=True)]


def _pair(row: dict[str, Any]) -> Text:
    return _(
        "%(voucher)s “%(text)s” joins accounts that no other entry joins", voucher=row["voucher"], text=row["text"]
    )


def _stranger(row: dict[str, Any]) -> Text:
    return _("%(voucher)s was entered by %(person)s, who enters hardly anything", voucher=row["voucher"],
             person=row["preparer"])  # fmt: skip


def _hours(row: dict[str, Any]) -> Text:
    return _("%(voucher)s was entered at an unusual time", voucher=row["voucher"])


def _finding(row: dict[str, Any], rule: str, severity: Severity, message: Text) -> Finding:
    return Finding(
        rule=rule,
        object=row["voucher"],
        severity=severity,
        confidence=min(0.95, row["strength"] / WEIGHTS[rule]),
        message=message,
        vouchers=[row["voucher"]],
        rows=row["rows"],
        period=month_name(row["month"]) if row["month"] is not None else None,
        amount=Money(row["amount"]),
        compared={"amount": yuan(row["amount"]), "person": row["preparer"] if rule == "N36" else ""},
    )


WEIGHTS = {"N35": 0.55, "N36": 0.75, "N37": 0.6}

RULES = [
    Rule(
        id="N35",
        name=_("Rare account pair"),
        explanation=_("Two accounts were joined that neither this ledger nor small companies usually join."),
        reason=_("Entries outside the usual pattern are selected for a second look (ISA 240, journal entry tests)."),
        cure=_("The document explains the entry, or the account is corrected."),
        severity="low",
        weight=WEIGHTS["N35"],
        run=rare_pairs,
        settings={"strength": 0.4, "vouchers": 200, "most": 0.005},
    ),
    Rule(
        id="N36",
        name=_("Unusual preparer"),
        explanation=_("The voucher was entered by somebody who enters next to nothing in these books."),
        reason=_("Who enters what is part of internal control; a stranger’s entry asks for its reason (ISA 240)."),
        cure=_("The person’s task or cover for an absence explains it."),
        severity="medium",
        weight=WEIGHTS["N36"],
        run=strangers,
        settings={"strength": 0.3, "vouchers": 50, "most": 0.01, "people": 2},
    ),
    Rule(
        id="N37",
        name=_("Odd hours"),
        explanation=_("The voucher was entered at night, on a Sunday, or long after its date."),
        reason=_("Entries at odd hours are selected for a second look (ISA 240); filing weeks are worked at night."),
        cure=_("The working time or the late document explains it."),
        severity="info",
        weight=WEIGHTS["N37"],
        run=at_odd_hours,
        settings={"strength": 0.3, "vouchers": 50, "most": 0.01},
    ),
]
