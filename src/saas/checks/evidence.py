"""What stands behind a finding, as its page and the case's page show it: lines, numbers, score, comparable vouchers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks import comparisons, queries
from saas.checks.catalogue import BY_ID
from saas.checks.finding import Rule
from saas.checks.models import FoundAnomaly
from saas.checks.wording import alike
from saas.kernel.i18n import _, reader
from saas.kernel.money import Money
from saas.kernel.pages import money
from saas.ledgers import queries as ledgers
from saas.ledgers.models import LedgerLine
from saas.ledgers.pages import slip

SLIPS_SHOWN = 4
SIMILAR_SHOWN = 5
STRIP_FROM = 5  # lines on an account before their spread says anything


@dataclass(frozen=True, slots=True)
class Evidence:
    """One finding with everything `templates/checks/_evidence.html` shows."""

    finding: FoundAnomaly
    rule: Rule
    figures: list[dict[str, Any]]
    listed: list[comparisons.Listed]
    expected: list[dict[str, Any]]
    slips: list[dict[str, Any]]
    more_vouchers: list[str]
    similar: list[LedgerLine]
    strip: dict[str, Any] | None
    score: dict[str, Any]

    @property
    def has_body(self) -> bool:
        """Whether there is more to show than the rule and its numbers."""
        return bool(self.slips or self.listed or self.expected or self.similar or self.strip or self.finding.gone_at)

    @property
    def is_bare(self) -> bool:
        return not self.has_body and not self.figures


async def evidence(session: AsyncSession, finding: FoundAnomaly) -> Evidence:
    """Load the voucher lines behind a finding from the books as they stand now."""
    shown = finding.vouchers[:SLIPS_SHOWN]
    by_voucher = {v: await ledgers.voucher_lines(session, finding.client_id, v) for v in shown}
    marked = [line for lines in by_voucher.values() for line in lines if line.row in finding.rows]
    account = finding.account or (marked[0].account if marked else "")
    beside = await queries.lines_on(session, finding.client_id, account) if account else []
    others = [line for line in beside if line.voucher not in finding.vouchers]
    return Evidence(
        finding,
        BY_ID[finding.rule],
        comparisons.figures(finding.compared),
        comparisons.listed(finding.compared),
        await _named(session, finding, comparisons.expected(finding.compared)),
        [_slip(lines, finding) for lines in by_voucher.values() if lines],
        finding.vouchers[SLIPS_SHOWN:],
        _similar(marked[0].summary or "" if marked else "", others),
        _strip(finding, account, others, marked),
        score_of(finding),
    )


async def _named(session: AsyncSession, finding: FoundAnomaly, entry: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The expected entry with the names of its accounts, as the client's books call them; empty lines left out."""
    lines = [line for line in entry if line["debit"] or line["credit"]]
    names = await queries.account_names(session, finding.client_id, [line["account"] for line in lines])
    return [{**line, "name": names.get(line["account"], "")} for line in lines]


def score_of(finding: FoundAnomaly) -> dict[str, Any]:
    """The score opened into its terms, as `ui.score_terms` takes it (domain.md F7)."""
    factors = [1 - term["weight"] * term["confidence"] for term in finding.terms]
    product = "×".join(f"{factor:.2f}" for factor in factors)
    return {
        "score": f"{finding.score:.1f}",
        "level": finding.severity,
        "columns": [_("w"), _("c"), "w×c"],
        "terms": [
            {
                "label": _term(term["name"]),
                "cells": [
                    f"{term['weight']:.2f}",
                    f"{term['confidence']:.2f}",
                    f"{term['weight'] * term['confidence']:.2f}",
                ],
            }
            for term in finding.terms
        ],
        "formula": f"100 × (1 − {product}) = {finding.score:.1f}" if product else "",
    }


def _term(name: str) -> str:
    if name == "expected_entry":
        return str(_("States the entry it expects"))
    return f"{name} {BY_ID[name].name}" if name in BY_ID else name


def _slip(lines: Sequence[LedgerLine], finding: FoundAnomaly) -> dict[str, Any]:
    """A voucher as `ui.voucher_slip` takes it, the lines that fired the rule highlighted unless all did."""
    every = all(line.row in finding.rows for line in lines)
    shown, first = slip(lines, () if every else finding.rows), lines[0]
    signers = (
        (_("Prepared by"), first.preparer),
        (_("Checked by"), first.reviewer),
        (_("Posted by"), first.poster),
    )
    debit, credit = shown["total"]
    return {
        **shown,
        "date": shown["date"] or first.period or "",
        "signers": [(role, name) for role, name in signers if name],
        "capitals": Money(debit).capitals if debit == credit and debit and reader() == "zh" else "",
        "attachments": _("Attachments: %(n)s", n=first.attachments) if first.attachments else "",
        "kind": "red" if debit < 0 else "original",
    }


def _similar(summary: str, others: Sequence[LedgerLine]) -> list[LedgerLine]:
    """Past lines on the same account that say much the same, the newest first, one a voucher."""
    found: dict[str, LedgerLine] = {}
    for line in others:
        if summary and alike(summary, line.summary or "") and (line.debit_fen or line.credit_fen):
            found.setdefault(line.voucher, line)
    return list(found.values())[:SIMILAR_SHOWN]


def _strip(
    finding: FoundAnomaly, account: str, others: Sequence[LedgerLine], marked: Sequence[LedgerLine]
) -> dict[str, Any] | None:
    """Where this amount stands among those of its account in the twelve months before; on a logarithmic scale."""
    own = [fen for line in marked if line.account == account and (fen := _fen(line))]
    if len(own) != 1 or finding.period is None:
        return None
    year_before = f"{int(finding.period[:4]) - 1}{finding.period[4:]}"
    near = [line for line in others if line.period and year_before < line.period <= finding.period]
    amounts = [fen for line in near if (fen := _fen(line))]
    if len(amounts) < STRIP_FROM:
        return None
    low = math.floor(math.log10(min([*amounts, *own]) / 100))
    high = math.ceil(math.log10(max([*amounts, *own]) / 100 + 0.01))

    def at(fen: int) -> float:
        return round(2 + 96 * (math.log10(fen / 100) - low) / max(high - low, 1), 1)

    return {
        "label": _("%(account)s: %(n)s lines in 12 months (yuan, logarithmic)", account=account, n=len(amounts) + 1),
        "points": [{"at": at(fen)} for fen in amounts],
        "ticks": [{"at": at(10 ** (power + 2)), "label": f"{10**power:,}"} for power in range(max(low, 0), high + 1)],
        "mark": {"at": at(own[0]), "label": _("this line %(amount)s", amount=money(own[0]))},
    }


def _fen(line: LedgerLine) -> int:
    return abs(line.debit_fen or 0) + abs(line.credit_fen or 0)
