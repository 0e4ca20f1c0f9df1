"""Errors put into a client's copied books: right entries spoiled the way people spoil them, with their consequences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

import polars as pl

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
    lines = _frame(scene)
    balances = followed(ledger.balances, ledger.chart, before, sums(scene))
    return replace(ledger, lines=lines, balances=balances), done


def _inject(scene: Scene, kind: str) -> list[Injected]:
    try:
        return [Injected(kind, KINDS[kind].inject(scene))]
    except NoPlaceError:
        return []


def _frame(scene: Scene) -> pl.DataFrame:
    """In the order of months, dates and numbers, with new row numbers: nothing tells what was added last."""
    rows = [line for lines in scene.vouchers.values() for line in lines]
    frame = pl.DataFrame(rows, schema=LINES, orient="row", infer_schema_length=None)
    ordered = frame.sort("period", "word", "number", "voucher", "line", nulls_last=True, maintain_order=True)
    return ordered.with_columns(row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64))
