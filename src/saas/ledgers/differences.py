"""What changed between two versions of the same periods, voucher by voucher."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from saas.ledgers.store import CANONICAL

LISTED = 50  # vouchers of each kind that a page lists; the counts are complete


@dataclass(frozen=True, slots=True)
class Difference:
    """Vouchers only in the new version, only in the old one, and those whose lines differ."""

    added: list[str]
    removed: list[str]
    changed: list[str]
    same: int

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.changed)

    def shown(self) -> dict[str, Any]:
        """JSON-ready: counts, and the first vouchers of each kind."""
        kinds = {"added": self.added, "removed": self.removed, "changed": self.changed}
        return {"same": self.same} | {k: {"count": len(v), "first": v[:LISTED]} for k, v in kinds.items()}


def compare(before: pl.DataFrame, after: pl.DataFrame) -> Difference:
    """Two frames of lines, over the periods of the newer one; the order of rows and columns does not matter."""
    periods = after["period"].unique().to_list()
    old = _digests(before.filter(pl.col("period").is_in(periods)))
    new = _digests(after)
    both = new.join(old, on=["period", "voucher"], how="full", suffix="_old", coalesce=True)
    was, now = pl.col("digest_old").is_not_null(), pl.col("digest").is_not_null()
    return Difference(
        added=_names(both.filter(now & ~was)),
        removed=_names(both.filter(was & ~now)),
        changed=_names(both.filter(was & now & (pl.col("digest") != pl.col("digest_old")))),
        same=both.filter(was & now & (pl.col("digest") == pl.col("digest_old"))).height,
    )


def _digests(lines: pl.DataFrame) -> pl.DataFrame:
    """One value a voucher: its lines in canonical columns, sorted, as text."""
    text = pl.concat_str([pl.col(c).cast(pl.String).fill_null("") for c in CANONICAL if c != "line"], separator="\x1f")
    return lines.group_by("period", "voucher").agg(text.sort().str.join("\x1e").alias("digest"))


def _names(frame: pl.DataFrame) -> list[str]:
    return [str(v) for v in frame.sort("period", "voucher")["voucher"].to_list()]
