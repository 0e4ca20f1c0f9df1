"""N27: what changed in a month after it was closed and sealed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import polars as pl

from saas.checks.differences import Changed, Differences, differences
from saas.checks.finding import Finding, Rule, Severity
from saas.kernel.i18n import Text, _
from saas.kernel.money import Money
from saas.ledgers.frame import Ledger

SEVERAL = 5  # from so many renumbered vouchers a month on they are one event (整理断号)


def changed_after_sealing(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Silent on a bare file; with a sealed earlier version of the same books, what differs from it."""
    sealed: Ledger | None = settings["sealed"]
    return changes(sealed, ledger) if sealed is not None else []


def changes(before: Ledger, after: Ledger) -> list[Finding]:
    """One finding per voucher of `before`'s periods that differs; renumbering a whole month is one.

    Changed, added or deleted is critical, renumbered medium, reworded low.
    """
    found = differences(before, after)
    return [
        *(_finding(v, "deleted", "critical", before, []) for v in found.deleted),
        *(_finding(v, "added", "critical", after, _rows(after, v)) for v in found.added),
        *(_finding(c.voucher, "changed", "critical", after, _rows(after, c.voucher), c) for c in found.changed),
        *_renumbered(found, before, after),
        *(_finding(v, "reworded", "low", after, _rows(after, v)) for v in found.reworded),
    ]


def _renumbered(found: Differences, before: Ledger, after: Ledger) -> list[Finding]:
    by_month: dict[str, list[tuple[str, str]]] = defaultdict(list)
    periods = dict(before.lines.select("voucher", "period").unique("voucher").iter_rows())
    for old, new in found.renumbered.items():
        by_month[periods[old] or ""].append((old, new))
    findings = []
    for period, moved in sorted(by_month.items()):
        if len(moved) < SEVERAL:
            findings += [
                _finding(old, "renumbered", "medium", before, _rows(after, new), new=new) for old, new in moved
            ]
        else:
            findings.append(_whole_month(period, moved))
    return findings


def _finding(
    voucher: str,
    kind: str,
    severity: Severity,
    ledger: Ledger,
    rows: list[int],
    changed: Changed | None = None,
    new: str = "",
) -> Finding:
    lines = ledger.lines.filter(pl.col("voucher") == voucher)
    what = list(changed.what) if changed else []
    return Finding(
        rule="N27",
        object=f"{kind}/{voucher}",
        severity=severity,
        confidence=0.95,
        message=_message(kind, voucher, new),
        vouchers=[voucher],
        rows=rows,
        period=lines["period"][0],
        amount=Money(int(lines["debit"].abs().sum())),
        compared={"kind": kind, "changed": what, "new_number": new},
    )


def _message(kind: str, voucher: str, new: str) -> Text:
    if kind == "deleted":
        return _("Voucher %(voucher)s was deleted after the month was sealed", voucher=voucher)
    if kind == "added":
        return _("Voucher %(voucher)s was added after the month was sealed", voucher=voucher)
    if kind == "changed":
        return _("Voucher %(voucher)s was changed after the month was sealed", voucher=voucher)
    if kind == "renumbered":
        return _("Voucher %(voucher)s became %(new)s after the month was sealed", voucher=voucher, new=new)
    return _("The words of voucher %(voucher)s changed after the month was sealed", voucher=voucher)


def _whole_month(period: str, moved: list[tuple[str, str]]) -> Finding:
    return Finding(
        rule="N27",
        object=f"renumbered/{period}",
        severity="medium",
        confidence=0.95,
        message=_("%(count)s vouchers of %(period)s were renumbered after the month was sealed", count=len(moved),
                  period=period),
        vouchers=[old for old, _new in moved],
        period=period or None,
        compared={"kind": "renumbered", "numbers": [{"old": old, "new": new} for old, new in moved]},
    )  # fmt: skip


def _rows(ledger: Ledger, voucher: str) -> list[int]:
    return ledger.lines.filter(pl.col("voucher") == voucher)["row"].to_list()


RULES = [
    Rule(
        id="N27",
        name=_("Changed after closing"),
        explanation=_("Vouchers of a sealed month differ from those that were checked, filed or delivered."),
        reason=_("Posted vouchers are corrected by new ones, not changed (会计软件基本功能和服务规范)."),
        cure=_("The sealed vouchers stand as they were, and the change has a correcting voucher of its own."),
        severity="critical",
        weight=0.9,
        run=changed_after_sealing,
        settings={"sealed": None},  # the Ledger as it was sealed
    )
]
