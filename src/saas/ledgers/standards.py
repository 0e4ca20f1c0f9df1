"""Which accounting standard a file's accounts follow (accounting.md §2.3): code and name must agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from saas.ledgers.charts import ENOUGH, PATH
from saas.ledgers.charts_data import CHARTS, bare, by_code, by_name, officials
from saas.ledgers.frame import Standard

UNKNOWN = 0.6  # below this, none of the known charts
assert set(CHARTS) < set(get_args(Standard))


@dataclass(frozen=True, slots=True)
class Detected:
    """The standard, how sure (0…1; below 0.9 a person must confirm), and the accounts that told it apart."""

    standard: Standard
    score: float
    evidence: list[str]

    @property
    def certain(self) -> bool:
        return self.score >= ENOUGH


def detect(accounts: list[tuple[str, str]]) -> Detected:
    """From the file's (code, name) pairs. The share of level-1 accounts that a chart explains, halved on a tie."""
    tops = _tops(accounts)
    scores = {standard: _score(standard, tops) for standard in CHARTS}
    best = max(scores, key=lambda s: scores[s])
    if scores[best] < UNKNOWN:
        return Detected("other", 1 - scores[best] if tops else 0.0, [])
    rivals = [s for s in CHARTS if s != best and scores[s] >= scores[best]]
    told = [
        f"{code} {name}".strip() for code, name in tops if _fits(best, code, name) and not _elsewhere(best, code, name)
    ]
    score = scores[best] * (0.5 if rivals or not told else 1.0)
    return Detected(best, round(score, 3), told[:8])  # type: ignore[arg-type]


def _tops(accounts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The level-1 (code, name) pairs behind the accounts; name "" where only details are named, code "" if none."""
    found: dict[str, str] = {}
    for code, name in accounts:
        path = [part for part in PATH.split(name) if part]
        if not code[:4].isdigit() or len(code) < 4:
            if path and not code[:1].isdigit():
                found.setdefault(path[0], path[0])
            continue
        top = code[:4]
        own = path[0] if path and (len(code) == 4 or len(path) > 1) else ""
        own = own if not own.isascii() or bare(own) in by_name("") else ""  # an English name speaks only where known
        found[top] = found.get(top) or own
    return [("" if not code[:1].isdigit() else code, name) for code, name in found.items()]


def _score(standard: str, tops: list[tuple[str, str]]) -> float:
    """Explained share of the level-1 accounts; a firm's own named accounts, unknown to every chart, do not count."""
    known = [(c, n) for c, n in tops if not n or any(_fits(s, c, n) or c in by_code(s) for s in CHARTS)]
    if not known or len(known) < len(tops) / 3:
        return 0.0
    return sum(_fits(standard, code, name) for code, name in known) / len(known)


def _fits(standard: str, code: str, name: str) -> bool:
    if not name:
        return code in by_code(standard)
    named = by_name(standard).get(bare(name))
    if not code:
        return named is not None
    numbers = {a.code for a in officials(standard) if named is not None and a.name == named.name}
    return code in numbers


def _elsewhere(standard: str, code: str, name: str) -> bool:
    return any(_fits(other, code, name) for other in CHARTS if other != standard)
