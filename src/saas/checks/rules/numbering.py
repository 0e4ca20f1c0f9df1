"""N02: missing voucher numbers, told apart from the start of a new number range."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import polars as pl

from saas.checks.finding import Finding, Rule, Severity
from saas.checks.sequences import sequences
from saas.checks.voucher_kinds import vouchers
from saas.kernel.i18n import _
from saas.ledgers.frame import Ledger

RANGE_GAP = 500  # a jump this wide that lands on a round number begins a new range


class Jump(NamedTuple):
    """Two neighbouring numbers of one sequence that do not follow each other; `last` is 0 before the first number."""

    scope: str
    series: str
    last: int
    next: int
    before: str | None
    after: str
    period: str  # of the number before; of the first number where nothing is before
    next_period: str
    size: int  # numbers in this sequence

    @property
    def missing(self) -> int:
        return self.next - self.last - 1

    @property
    def new_range(self) -> bool:
        round_start = self.next % 1000 in (0, 1)
        return (self.missing >= RANGE_GAP and round_start) or self.missing > max(10_000, 20 * self.size)


def missing_numbers(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding per jump: a gap of one or more numbers, or the start of a new number range (info)."""
    found = sequences(ledger)
    void = set(settings["void_numbers"])
    jumps = [jump for jump in _jumps(found) if not _declared(jump, void)]
    gaps = sum(not jump.new_range for jump in jumps)
    if gaps > 10 and gaps > settings["gap_share"] * found.height:
        return []  # a selection of vouchers, or numbers that never were consecutive
    closed = _closed(ledger)
    return [_new_range(jump) if jump.new_range else _gap(jump, closed) for jump in jumps]


def _jumps(found: pl.DataFrame) -> list[Jump]:
    keys = ["scope", "series"]
    steps = (
        found.unique([*keys, "number"], keep="first", maintain_order=True)
        .with_columns(
            last=pl.col("number").shift(1).over(keys),
            before=pl.col("voucher").shift(1).over(keys),
            last_period=pl.col("period").shift(1).over(keys),
            count=pl.len().over(keys),
        )
        .with_columns(last=pl.when(pl.col("last").is_null() & _begins()).then(0).otherwise("last"))
        .filter(pl.col("number") - pl.col("last") > 1)
    )
    return [
        Jump(r["scope"], r["series"], r["last"], r["number"], r["before"], r["voucher"],
             r["last_period"] or r["period"], r["period"], r["count"])
        for r in steps.iter_rows(named=True)
    ]  # fmt: skip


def _begins() -> pl.Expr:
    """Sequences whose first number must be 1: each month where they restart monthly, else a year from January on.

    The file's first month may be cut off, so only a start at 2, 3 or 4 counts there.
    """
    monthly = pl.col("scope") == pl.col("period")
    january = (pl.col("scope") != "") & pl.col("period").cat.ends_with("-01")
    first = pl.col("period") == pl.col("period").min()
    near = pl.when(first).then(pl.col("number") <= 4).otherwise(pl.col("number") <= pl.col("count") + 1)
    return (monthly | january) & near


def _declared(jump: Jump, void: set[str]) -> bool:
    """Every missing number is in the client's register of void numbers ("2026-03 记-12")."""
    name = f"{jump.series}-" if jump.series else ""
    return jump.missing <= len(void) and all(
        f"{jump.period} {name}{number}" in void for number in range(jump.last + 1, jump.next)
    )


def _closed(ledger: Ledger) -> dict[str, Severity]:
    """How serious a gap is by period: high once the month is closed, low in the last month while it is open."""
    heads = vouchers(ledger).filter(pl.col("period").is_not_null())
    closing = set(heads.filter(pl.col("kind") == "closing")["period"].unique())
    periods = sorted(heads["period"].unique())
    severity: dict[str, Severity] = {p: "high" if p in closing else "medium" for p in periods}
    if closing and periods[-1] not in closing:
        severity[periods[-1]] = "low"
    return severity


def _gap(jump: Jump, closed: dict[str, Severity]) -> Finding:
    first, last = jump.last + 1, jump.next - 1
    numbers = str(first) if first == last else f"{first}–{last}"
    name = f"{jump.period} {jump.series}-{numbers}" if jump.series else f"{jump.period} {numbers}".strip()
    return Finding(
        rule="N02",
        object=f"{jump.scope}/{jump.series}/{first}-{last}",
        severity=closed.get(jump.period, "medium"),
        confidence=0.85 if jump.missing <= 3 else 0.7,
        message=_("Voucher %(numbers)s is missing: the numbers go from %(last)s to %(next)s", numbers=name,
                  last=jump.last, next=jump.next),
        period=jump.period or None,
        compared=_compared(jump, "gap"),
    )  # fmt: skip


def _new_range(jump: Jump) -> Finding:
    return Finding(
        rule="N02",
        object=f"{jump.scope}/{jump.series}/range-{jump.next}",
        severity="info",
        confidence=0.1,
        message=_("A new number range begins at %(next)s (after %(last)s); no voucher is missing here",
                  last=jump.last, next=jump.next),
        period=jump.next_period or None,
        compared=_compared(jump, "new_range"),
    )  # fmt: skip


def _compared(jump: Jump, kind: str) -> dict[str, Any]:
    listed = list(range(jump.last + 1, min(jump.next, jump.last + 51))) if kind == "gap" else []
    return {
        "kind": kind, "word": jump.series, "from": jump.last, "to": jump.next, "count": jump.missing,
        "missing": listed, "before": jump.before, "after": jump.after,
    }  # fmt: skip


RULES = [
    Rule(
        id="N02",
        name=_("Missing voucher number"),
        explanation=_("A voucher number is left out: a voucher was deleted, lost, or never posted."),
        reason=_("Vouchers are numbered consecutively, and a void one keeps its number (会计基础工作规范, Art. 51)."),
        cure=_("The missing voucher is in the file, or its number is in the register of void numbers."),
        severity="medium",
        weight=0.6,
        run=missing_numbers,
        # void_numbers: the client's register, as voucher names; gap_share: more jumps than this mean a selection
        settings={"void_numbers": (), "gap_share": 0.2},
    )
]
