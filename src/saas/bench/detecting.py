"""`saas bench detect`: recall by kind, precision by rule, the ranking; and general detectors on the same ledgers."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from dataclasses import asdict
from statistics import fmean

from rich.console import Console
from rich.progress import track
from rich.table import Table

from saas.bench.peers import rankings
from saas.checks.catalogue import BY_ID
from saas.checks.evaluate import Evaluation, average_precision, summarise
from saas.demo.detector import one_ledger
from saas.improvement.measuring.rates import wilson

Interval = tuple[float, float]


def detect(
    companies: int, errors: int, seed: int, layout: str, balances: bool, *, peers: bool, json_output: bool
) -> None:
    """Make, read, check and judge so many ledgers; print what came of it."""
    outcomes, beside = [], defaultdict[str, list[float]](list)
    for at in track(list(range(companies)), "ledgers", disable=json_output, transient=True):
        outcome, ledger = one_ledger(at, errors, seed, layout, balances)
        outcomes.append(outcome)
        for name, ranking in rankings(ledger).items() if peers else ():
            precision = average_precision(ranking, [each.vouchers for each in outcome.expected])
            if precision is not None:
                beside[name].append(precision)
    result, means = summarise(outcomes), {name: round(fmean(values), 4) for name, values in beside.items()}
    if json_output:
        json.dump(as_json(result, means), sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    else:
        show(result, means, Console())


def as_json(result: Evaluation, peers: dict[str, float]) -> dict[str, object]:
    """Everything that is shown, with the intervals."""
    return {
        **asdict(result),
        "false_per_thousand": round(result.false_per_thousand, 3),
        "recall_intervals": {kind.kind: wilson(kind.found, kind.injected) for kind in result.kinds},
        "peers": peers,
    }


def show(result: Evaluation, peers: dict[str, float], console: Console) -> None:
    """Three tables and a line."""
    kinds = Table("error", "rules", "n", "found", "recall", "95 %", "touched", "first ten", title="Errors injected")
    for kind in result.kinds:
        built = " ".join(rule if rule in BY_ID else f"({rule})" for rule in kind.rules)
        spread = _interval(wilson(kind.found, kind.injected))
        figures = (str(kind.injected), str(kind.found), f"{kind.recall:.0%}", spread, str(kind.touched))
        kinds.add_row(kind.kind, built, *figures, f"{kind.first_ten}/{kind.rankable}" if kind.rankable else "")
    rules = Table("rule", "hits", "consequences", "false", "precision", "95 %", title="Findings")
    for rule in result.rules:
        right, every = rule.hits + rule.consequences, rule.hits + rule.consequences + rule.false
        verdicts = (rule.hits, rule.consequences, rule.false)
        rules.add_row(rule.rule, *map(str, verdicts), f"{rule.precision:.0%}", _interval(wilson(right, every)))
    ranked = Table("ranking by", "mean average precision", title="The same vouchers, ranked")
    for name, mean in sorted({**peers, "Qingzhang": result.mean_average_precision}.items(), key=lambda pair: -pair[1]):
        ranked.add_row(name, f"{mean:.3f}")
    console.print(kinds, rules, ranked)
    console.print(
        f"{result.ledgers} ledgers, {result.vouchers} vouchers; false findings per 1,000 vouchers "
        f"{result.false_per_thousand:.2f}"
    )


def _interval(ends: Interval) -> str:
    return f"{ends[0]:.0%}–{ends[1]:.0%}"
