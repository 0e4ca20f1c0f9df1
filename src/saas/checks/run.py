"""Runs the rules over one ledger: findings with their scores, and the vouchers ranked by suspicion."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import polars as pl

from saas.checks.catalogue import BY_ID, RULES
from saas.checks.finding import Finding
from saas.checks.ranking import Ranked, rank
from saas.checks.score import scored
from saas.checks.side_by_side import answers
from saas.checks.voucher_kinds import take_over
from saas.ledgers.frame import Ledger


@dataclass(frozen=True, slots=True)
class Checked:
    """What the rules found in one ledger."""

    findings: list[Finding]  # highest score first
    ranking: list[Ranked]  # vouchers with a score, highest first
    seconds: float


def check_ledger(
    ledger: Ledger, settings: Mapping[str, Mapping[str, Any]] | None = None, enabled: set[str] | None = None
) -> Checked:
    """Run every rule, or those enabled, with the firm's thresholds by rule id over the catalogue's defaults.

    settings["client"]["take_over"] is the month the firm took the books over ("2026-05"); without it, the month in
    which all preparers changed. Findings before it carry compared["before_take_over"]: another firm kept those months.
    """
    started = time.perf_counter()
    chosen = settings or {}
    questions = [
        partial(rule.run, ledger, {**rule.settings, **chosen.get(rule.id, {})})
        for rule in RULES
        if enabled is None or rule.id in enabled
    ]
    findings = [finding for found in answers(ledger, questions) for finding in found]
    since = chosen.get("client", {}).get("take_over") or take_over(ledger)
    done = scored([_flagged(finding, since) for finding in findings], BY_ID, _size(ledger))
    return Checked(done, rank(ledger, done), round(time.perf_counter() - started, 3))


def _flagged(finding: Finding, take_over: str | None) -> Finding:
    if take_over is None or finding.period is None or finding.period >= take_over:
        return finding
    return replace(finding, compared={**finding.compared, "before_take_over": True})


def _size(ledger: Ledger) -> int:
    """Vouchers, or accounts where there is only a balance list."""
    vouchers = ledger.lines.select(pl.col("voucher").n_unique()).item()
    return int(vouchers or ledger.balances.height)
