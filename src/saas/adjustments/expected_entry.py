"""A correction begins from the entry that a rule expects, where its finding says one; the bookkeeper decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from saas.adjustments import desk, typed
from saas.adjustments.correction.vouchers import Line, Voucher
from saas.adjustments.planning import Desk
from saas.checks.comparisons import expected
from saas.checks.models import FoundAnomaly
from saas.kernel.money import ZERO, Money

KINDS = {"N39": "side", "N45": "tax_split", "N49": "tax_split"}  # of error, by rule; others follow from the entry


def beginning(at: Desk, findings: Sequence[FoundAnomaly]) -> dict[str, Any]:
    """The facts form as its first finding with an expected entry would fill it in; empty where none says one.

    A rule that names no voucher expects the entry that is missing. One that names a voucher says either the whole right
    entry ({"summary", "lines"}) or, as a bare list, what has to be added to it.
    """
    for finding in sorted(findings, key=lambda one: -one.score):
        if twice := _twice(finding):
            return twice
        lines = _lines(at, finding)
        wrong = desk.voucher(at.ledger, finding.vouchers[0]) if len(finding.vouchers) == 1 else None
        if not lines:
            continue
        if wrong is None:
            return {"kind": "omission", "voucher": [], "period": finding.period or "", **_about(finding), **_as(lines)}
        whole = isinstance(finding.compared["expected"], dict)
        right = lines if whole else _added(wrong.lines, lines)
        return {"kind": _kind(finding, wrong, right), "voucher": finding.vouchers, **_about(finding), **_as(right)}
    return {}


def _twice(finding: FoundAnomaly) -> dict[str, Any]:
    """An entry booked twice is reversed whole: its copies are the wrong vouchers, nothing takes their place."""
    said = finding.compared.get("expected")
    copies = said.get("reverses", []) if isinstance(said, dict) else []
    columns = ("account", "debit", "credit")
    empty: dict[str, list[str]] = {f"right-{n}-{name}": [] for n in range(len(copies)) for name in columns}
    return {"kind": "duplicate", "voucher": copies, "original": finding.vouchers[0], **empty} if copies else {}


def _lines(at: Desk, finding: FoundAnomaly) -> tuple[Line, ...]:
    """The expected lines with amounts, all on accounts of the chart, balanced; else none."""
    found = []
    for row in expected(finding.compared):
        account = at.books.chart.accounts.get(row["account"])
        debit, credit = row["debit"] or ZERO, row["credit"] or ZERO
        if account is None and (debit or credit):
            return ()
        if account is not None and (debit or credit):
            found.append(Line(account.code, debit=debit, credit=credit, aux=row["aux"], name=account.name))
    return tuple(found) if sum(line.debit.fen - line.credit.fen for line in found) == 0 else ()


def _added(wrong: Sequence[Line], more: Sequence[Line]) -> tuple[Line, ...]:
    """The voucher with these lines folded in, by account and party; an account left without amount drops out."""
    nets: dict[tuple[str, str, str], int] = {}
    codes = {line.account: (line.account, line.aux, line.name) for line in reversed(wrong)}
    for line in wrong:
        key = (line.account, line.aux, line.name)
        nets[key] = nets.get(key, 0) + line.debit.fen - line.credit.fen
    for line in more:
        key = codes.get(line.account, (line.account, line.aux, line.name)) if not line.aux else (
            line.account, line.aux, line.name)  # fmt: skip
        nets[key] = nets.get(key, 0) + line.debit.fen - line.credit.fen
    return tuple(
        Line(code, debit=Money(max(fen, 0)), credit=Money(max(-fen, 0)), aux=aux, name=name)
        for (code, aux, name), fen in nets.items()
        if fen
    )


def _kind(finding: FoundAnomaly, wrong: Voucher, right: Sequence[Line]) -> str:
    """Other accounts, or the same with another amount."""
    if finding.rule in KINDS:
        return KINDS[finding.rule]
    if {line.account for line in wrong.lines} != {line.account for line in right}:
        return "account"
    booked, due = (sum(abs(line.debit.fen) for line in lines) for lines in (wrong.lines, right))
    return "amount_high" if booked > due else "amount_low" if booked < due else "account"


def _about(finding: FoundAnomaly) -> dict[str, str]:
    said = finding.compared["expected"]
    return {"subject": str(said.get("summary", ""))} if isinstance(said, dict) else {}


def _as(lines: Sequence[Line]) -> dict[str, list[str]]:
    shown = typed.shown(lines)
    return {f"right-0-{name}": [row[name] for row in shown] for name in ("account", "debit", "credit")}
