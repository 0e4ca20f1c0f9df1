"""What an error does further down: closings take the wrong sum, balances follow, as in the books of real firms."""

from __future__ import annotations

from collections import defaultdict

import polars as pl

from saas.ledgers.charts import Chart
from saas.ledgers.frame import BALANCES
from saas.risks.drills.errors.scene import Line, Scene

Sums = defaultdict[tuple[str, str, str], list[int]]  # (period, account, aux) → [debit, credit] in fen


def sums(scene: Scene, *, closings: bool = True) -> Sums:
    """What was moved in each month on each account, with or without the closing entries."""
    found: Sums = defaultdict(lambda: [0, 0])
    for name, lines in scene.vouchers.items():
        if closings or scene.kinds.get(name) != "closing":
            for line in lines:
                if line["period"] and not line["void"]:
                    moved = found[line["period"], line["account"], line["aux"] or ""]
                    moved[0] += line["debit"]
                    moved[1] += line["credit"]
    return found


def carry(scene: Scene, before: Sums) -> None:
    """Close what the errors changed in profit and loss, as the program would have done at the month's end."""
    after = sums(scene, closings=False)
    for key in sorted({*before, *after}):
        period, account, aux = key
        known = scene.chart.accounts.get(account)
        change = (after[key][0] - after[key][1]) - (before[key][0] - before[key][1])
        if change and known is not None and known.category == "pnl":
            _close(scene, period, account, aux, change)


def _close(scene: Scene, period: str, account: str, aux: str, change: int) -> None:
    """The line that closes this account takes `change` (debit positive) more, and the result's line beside it."""
    for name, lines in scene.of_period(period):
        if scene.kinds.get(name) != "closing":
            continue
        line = next((x for x in lines if x["account"] == account and (x["aux"] or "") == aux), None)
        result = next((x for x in lines if scene.role(x) in ("year_profit", "retained")), None)
        if line is not None and result is not None:
            _put(line, -change)
            _put(result, change)
            return


def _put(line: Line, fen: int) -> None:
    """Add fen (debit positive) to a line, on the side it has."""
    if line["debit"]:
        line["debit"] += fen
    else:
        line["credit"] -= fen


def followed(balances: pl.DataFrame, chart: Chart, before: Sums, after: Sums) -> pl.DataFrame:
    """The balance list as the program would print it over the spoiled lines."""
    changes = {key: (after[key][0] - before[key][0], after[key][1] - before[key][1]) for key in {*before, *after}}
    changed = {key: change for key, change in changes.items() if any(change)}
    if balances.is_empty() or not changed:
        return balances
    rows = [_followed(row, chart, changed) for row in balances.iter_rows(named=True)]
    return pl.DataFrame(rows, schema=BALANCES, orient="row")


def _followed(row: Line, chart: Chart, changed: dict[tuple[str, str, str], tuple[int, int]]) -> Line:
    period = row["period"]
    if not period:
        return row
    here = {"opening": 0, "year_opening": 0, "debit": 0, "credit": 0, "year_debit": 0, "year_credit": 0, "closing": 0}
    for (moved, account, aux), (debit, credit) in changed.items():
        if moved > period or not _covers(row, account, aux, chart):
            continue
        here["closing"] += debit - credit
        here["opening"] += debit - credit if moved < period else 0
        here["year_opening"] += debit - credit if moved[:4] < period[:4] else 0
        if moved[:4] == period[:4]:
            here["year_debit"] += debit
            here["year_credit"] += credit
        if moved == period:
            here["debit"] += debit
            here["credit"] += credit
    return {**row, **{name: row[name] + fen for name, fen in here.items() if row[name] is not None and fen}}


def _covers(row: Line, account: str, aux: str, chart: Chart) -> bool:
    """Whether the row is of this account or of one above it."""
    if row["aux"]:
        return bool(row["account"] == account and row["aux"] == aux)
    known = chart.accounts.get(account)
    while known is not None:
        if known.code == row["account"]:
            return True
        known = chart.accounts.get(known.parent) if known.parent else None
    return bool(row["account"] == account)
