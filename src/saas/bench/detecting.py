"""`saas bench detect`: recall by kind, precision by rule, the ranking; and general detectors on the same ledgers."""

from __future__ import annotations

from collections import defaultdict
from statistics import fmean

from rich.console import Console
from rich.progress import track
from rich.table import Table

from saas.bench.outcome import Result, tell
from saas.bench.peers import rankings
from saas.checks.catalogue import BY_ID
from saas.checks.evaluate import Evaluation, KindScore, RuleScore, average_precision, summarise
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
        tell("detect", results(result, means), json_=True)
    else:
        show(result, means, Console())


def results(result: Evaluation, peers: dict[str, float]) -> list[Result]:
    """The ranking beside each peer's, then recall by kind of error and precision by rule, which no peer has."""
    ours = round(result.mean_average_precision, 4)
    ranked = [
        Result(f"ranking of the vouchers beside {name}", {"mean_average_precision": ours},
               {"mean_average_precision": mean}, round(ours / mean, 2) if mean else None)
        for name, mean in peers.items()
    ]  # fmt: skip
    whole = {"ledgers": result.ledgers, "vouchers": result.vouchers, "mean_average_precision": ours,
             "false_per_thousand": round(result.false_per_thousand, 3)}  # fmt: skip
    return [
        Result("all ledgers", whole, {}, None),
        *ranked,
        *map(_recall, result.kinds),
        *map(_precision, result.rules),
    ]


def _recall(kind: KindScore) -> Result:
    low, high = wilson(kind.found, kind.injected)
    figures = {
        "recall": round(kind.recall, 4), "low": round(low, 4), "high": round(high, 4), "injected": kind.injected,
        "found": kind.found, "touched": kind.touched, "first_ten": kind.first_ten, "rankable": kind.rankable,
    }  # fmt: skip
    return Result(f"recall of {kind.kind} ({' '.join(kind.rules)})", figures, {}, None)


def _precision(rule: RuleScore) -> Result:
    figures = {"precision": round(rule.precision, 4), "hits": rule.hits, "consequences": rule.consequences,
               "false": rule.false}  # fmt: skip
    return Result(f"precision of {rule.rule}", figures, {}, None)


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
