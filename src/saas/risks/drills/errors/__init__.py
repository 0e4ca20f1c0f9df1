"""Errors put into a client's copied books: right entries spoiled the way people spoil them, with their consequences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

import polars as pl

from saas.ledgers.charts import build
from saas.ledgers.frame import LINES, Ledger
from saas.risks.drills.errors.consequences import carry, followed, sums
from saas.risks.drills.errors.kinds import KINDS, Kind
from saas.risks.drills.errors.scene import Mistake, NoPlaceError, Scene, scene_of

__all__ = ["KINDS", "Injected", "Kind", "Mistake", "NoPlaceError", "spoil"]

LAST = ("not_closed",)  # after the closings followed the other errors


@dataclass(frozen=True, slots=True)
class Injected:
    """One error as it stands in the books now."""

    kind: str
    mistake: Mistake


def spoil(ledger: Ledger, kinds: Mapping[str, int], rng: Random) -> tuple[Ledger, list[Injected]]:
    """The ledger with as many errors of each kind as were asked for and find a place; and those."""
    scene = scene_of(ledger, rng)
    before, unclosed = sums(scene), sums(scene, closings=False)
    wanted = [kind for kind, n in kinds.items() for _ in range(n)]
    rng.shuffle(wanted)
    done = [each for kind in wanted if kind not in LAST for each in _inject(scene, kind)]
    carry(scene, unclosed)
    done += [each for kind in wanted if kind in LAST for each in _inject(scene, kind)]
    balances = followed(ledger.balances, ledger.chart, before, sums(scene))
    return _rebuilt(ledger, _frame(scene), balances), [_as_named_now(scene, *each) for each in done]


def _inject(scene: Scene, kind: str) -> list[tuple[str, Mistake, int]]:
    """The error, and how many renumberings there had been when it was made."""
    try:
        mistake = KINDS[kind].inject(scene)
    except NoPlaceError:
        return []
    return [(kind, mistake, len(scene.renamed))]


def _as_named_now(scene: Scene, kind: str, mistake: Mistake, since: int) -> Injected:
    """Later errors may have moved its vouchers' numbers; what was taken out keeps the name it had."""
    if kind in ("missing_number", "missing_depreciation", "not_closed"):
        return Injected(kind, mistake)
    return Injected(kind, replace(mistake, vouchers=tuple(scene.now(name, since) for name in mistake.vouchers)))


def _rebuilt(ledger: Ledger, lines: pl.DataFrame, balances: pl.DataFrame) -> Ledger:
    """With the chart of the accounts that now stand there."""
    names = pl.concat([lines.select("account", "account_name"), balances.select("account", "account_name")])
    pairs = [(str(code), str(name or "")) for code, name in names.unique(maintain_order=True).iter_rows()]
    return replace(ledger, lines=lines, balances=balances, chart=build(ledger.standard, pairs))


def _frame(scene: Scene) -> pl.DataFrame:
    """In the order of months, dates and numbers, with new row numbers: nothing tells what was added last."""
    rows = [line for lines in scene.vouchers.values() for line in lines]
    frame = pl.DataFrame(rows, schema=LINES, orient="row", infer_schema_length=None)
    ordered = frame.sort("period", "word", "number", "voucher", "line", nulls_last=True, maintain_order=True)
    return ordered.with_columns(row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64))
