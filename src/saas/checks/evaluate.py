"""How good the detector is: findings and ranking measured against ledgers whose errors are known.

A finding is a *hit* when a rule expected for an injected error names its voucher, or its account in its month; a
*consequence* when another rule speaks about the same voucher or a balance the error spoilt; else it is *false*.
Findings of severity info are left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from saas.checks.finding import Finding

Verdict = Literal["hit", "consequence", "false"]
# Rules about balances, which stay wrong after the error's month.
STANDING = {"N06", "N07", "N08", "N09", "N10", "N11", "N14", "N15", "N21"}


@dataclass(frozen=True, slots=True)
class Expected:
    """One known error: the rules that should find it (any of them) and those it may also wake."""

    kind: str
    rules: frozenset[str]
    also: frozenset[str]
    vouchers: frozenset[str]  # empty where something is missing or only a balance is wrong
    period: str
    accounts: frozenset[str]  # codes; a finding on a parent or child matches too
    spoilt: frozenset[str] = frozenset()  # further accounts whose balances it makes wrong


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding and what it is worth; `expected` is the index of its error, None when it is false."""

    finding: Finding
    verdict: Verdict
    expected: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One ledger judged. `average_precision` is None where no error names a voucher.

    `places` holds, for each error, the place of its first voucher in the ranking (1 is the top; None: not ranked).
    """

    vouchers: int
    expected: tuple[Expected, ...]
    judged: tuple[Judged, ...]
    places: tuple[int | None, ...]
    average_precision: float | None


@dataclass(frozen=True, slots=True)
class KindScore:
    """One kind of error: how many, found by an expected rule, touched by any, and in the first ten of the ranking.

    `rankable` counts those that have a voucher at all.
    """

    kind: str
    rules: tuple[str, ...]
    injected: int
    found: int
    touched: int
    rankable: int
    first_ten: int

    @property
    def recall(self) -> float:
        return self.found / self.injected


@dataclass(frozen=True, slots=True)
class RuleScore:
    """One rule's findings by what they were worth."""

    rule: str
    hits: int
    consequences: int
    false: int

    @property
    def precision(self) -> float:
        """The share of findings that lead to an error, directly or by its consequence."""
        return (self.hits + self.consequences) / (self.hits + self.consequences + self.false)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All ledgers together."""

    ledgers: int
    vouchers: int
    kinds: tuple[KindScore, ...]
    rules: tuple[RuleScore, ...]
    mean_average_precision: float

    @property
    def false_per_thousand(self) -> float:
        """False findings per 1,000 vouchers."""
        return 1000 * sum(rule.false for rule in self.rules) / self.vouchers if self.vouchers else 0.0


class _Case(NamedTuple):
    expected: Expected
    verdicts: set[Verdict]
    place: int | None


def judge(findings: Iterable[Finding], ranking: Sequence[str], vouchers: int, expected: Sequence[Expected]) -> Outcome:
    """`ranking` is the ledger's voucher ids, most suspect first; `vouchers` how many the ledger has."""
    judged = tuple(_judge(finding, expected) for finding in findings if finding.severity != "info")
    place = {voucher: at for at, voucher in reversed(list(enumerate(ranking, 1)))}
    places = tuple(min((place[v] for v in each.vouchers if v in place), default=None) for each in expected)
    precision = average_precision(ranking, [each.vouchers for each in expected])
    return Outcome(vouchers, tuple(expected), judged, places, precision)


def average_precision(ranking: Sequence[str], relevant: Iterable[frozenset[str]]) -> float | None:
    """Mean, over the errors, of the precision where an error's first voucher appears; 0 for one that never appears.

    Further vouchers of an error already seen count neither for nor against.
    """
    wanted = [group for group in relevant if group]
    if not wanted:
        return None
    seen, place, total = set[int](), 0, 0.0
    for voucher in ranking:
        of = [at for at, group in enumerate(wanted) if voucher in group]
        fresh = [at for at in of if at not in seen]
        if of and not fresh:
            continue
        place += 1
        if fresh:
            seen.update(fresh)
            total += len(fresh) * len(seen) / max(place, len(seen))
    return total / len(wanted)


def summarise(outcomes: Sequence[Outcome]) -> Evaluation:
    """The figures of several ledgers; kinds and rules in alphabetical order."""
    kinds: dict[str, list[_Case]] = defaultdict(list)
    rules: Counter[tuple[str, Verdict]] = Counter()
    for outcome in outcomes:
        rules.update((each.finding.rule, each.verdict) for each in outcome.judged)
        for at, expected in enumerate(outcome.expected):
            verdicts = {each.verdict for each in outcome.judged if each.expected == at}
            kinds[expected.kind].append(_Case(expected, verdicts, outcome.places[at]))
    precisions = [o.average_precision for o in outcomes if o.average_precision is not None]
    names = sorted({rule for rule, _ in rules})
    return Evaluation(
        len(outcomes),
        sum(outcome.vouchers for outcome in outcomes),
        tuple(_kind_score(kind, cases) for kind, cases in sorted(kinds.items())),
        tuple(RuleScore(r, rules[r, "hit"], rules[r, "consequence"], rules[r, "false"]) for r in names),
        sum(precisions) / len(precisions) if precisions else 0.0,
    )


def _judge(finding: Finding, expected: Sequence[Expected]) -> Judged:
    for verdict, test in (("hit", _hits), ("consequence", _follows)):
        for at, each in enumerate(expected):
            if test(finding, each):
                return Judged(finding, verdict, at)  # type: ignore[arg-type]
    return Judged(finding, "false", None)


def _hits(finding: Finding, expected: Expected) -> bool:
    if finding.rule not in expected.rules:
        return False
    if expected.vouchers & set(finding.vouchers):
        return True
    if expected.vouchers and finding.rule not in STANDING:
        return False
    speaks_of_none = finding.account is None and not expected.vouchers
    on_account = speaks_of_none or not expected.accounts or _on_account(finding, expected.accounts)
    return on_account and _in_month(finding, expected)


def _follows(finding: Finding, expected: Expected) -> bool:
    """The same voucher; else a balance it spoilt; else, in its month, something missing or untrue of the whole list."""
    if expected.vouchers & set(finding.vouchers):
        return True
    if finding.rule not in expected.also | expected.rules:
        return False
    on_account = _on_account(finding, expected.accounts | expected.spoilt)
    if finding.rule in STANDING and on_account:
        return (finding.period or expected.period) >= expected.period
    return not finding.vouchers and finding.period == expected.period and (on_account or finding.account is None)


def _in_month(finding: Finding, expected: Expected) -> bool:
    return finding.period in (None, expected.period) or finding.rule in STANDING


def _on_account(finding: Finding, accounts: frozenset[str]) -> bool:
    code = finding.account or ""
    return bool(code) and any(code.startswith(other) or other.startswith(code) for other in accounts)


def _kind_score(kind: str, cases: Sequence[_Case]) -> KindScore:
    return KindScore(
        kind,
        rules=tuple(sorted(cases[0].expected.rules)),
        injected=len(cases),
        found=sum("hit" in case.verdicts for case in cases),
        touched=sum(bool(case.verdicts) for case in cases),
        rankable=sum(bool(case.expected.vouchers) for case in cases),
        first_ten=sum(case.place is not None and case.place <= 10 for case in cases),
    )
