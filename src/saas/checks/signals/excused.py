"""What excuses a month without a series' entry: in other words, on other accounts, early, late or in a sum."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import polars as pl

LATE_MONTHS = 3
LIKE = (0.6, 1.7)  # of the usual amount: so much may another entry be and still stand for the missing one
MOST_AT_ONCE = 12  # months paid for with one sum
MONTHS_NAMED = r"(\d{1,2})\s*[-—~至到、]\s*(\d{1,2})\s*月"  # 付6-7月房租
COLUMNS = ("voucher", "month", "form", "key", "amount", "named", "text", "party")


@dataclass(frozen=True, slots=True)
class Slices:
    """A frame sorted by one column, so that the rows of one value are a slice and not a search."""

    rows: pl.DataFrame
    places: Mapping[str, tuple[int, int]]

    @classmethod
    def of(cls, frame: pl.DataFrame, column: str, *then: str) -> Self:
        """Rows of equal value in the order of `then`."""
        rows = frame.sort(column, *then, maintain_order=True)
        runs = rows.with_row_index("at").group_by(column, maintain_order=True).agg(pl.col("at").first(), pl.len())
        return cls(rows, {value: (at, length) for value, at, length in runs.iter_rows()})

    def __getitem__(self, value: str) -> pl.DataFrame:
        return self.rows.slice(*self.places.get(value, (0, 0)))


class Events:
    """All recurring events, by their accounts and by their words."""

    def __init__(self, events: pl.DataFrame) -> None:
        kept = events.select(COLUMNS)
        self._by_form, self._by_key = Slices.of(kept, "form"), Slices.of(kept, "key")
        self._words: dict[str, set[str]] = defaultdict(set)
        for key, form in _usual_forms(events).items():
            self._words[form].add(key)

    def words_of(self, series: Mapping[str, Any]) -> set[str]:
        """The wordings that usually stand on the accounts of this series, and its own."""
        return self._words[series["form"]] | {series["key"]}

    def near(self, series: Mapping[str, Any], words: Iterable[str], *, party_only: bool) -> pl.DataFrame:
        """Events on the same accounts (of the same party, where only its own count) or with one of these wordings."""
        same_form = self._by_form[series["form"]]
        if party_only:
            same_form = same_form.filter(pl.col("party") == series["party"], pl.lit(series["party"]) != "")
        return pl.concat([same_form, *(self._by_key[word] for word in words)])


def _usual_forms(events: pl.DataFrame) -> dict[str, str]:
    """The accounts each wording usually has, where one pattern has most of its events."""
    counts = events.filter(pl.col("key") != "").group_by("key", "form").len("n").sort("n", descending=True)
    usual = counts.group_by("key").agg(pl.col("form").first(), (pl.col("n").first() / pl.col("n").sum()).alias("share"))
    return dict(usual.filter(pl.col("share") > 0.6).select("key", "form").iter_rows())


def excused(month: int, series: Mapping[str, Any], members: pl.DataFrame, near: pl.DataFrame, words: set[str]) -> bool:
    """The entry is in the books after all: in other words, on other accounts, for several months, late or early."""
    moved = members.filter(pl.col("month") == month, pl.col("counted").ne_missing(pl.col("month")))["voucher"]
    accounts = pl.lit(series["level"] != "accounts") | (pl.col("form") != series["form"])
    same_words = pl.col("key").is_in(list(words)) & accounts
    low, high = (share * series["usual"] for share in LIKE)
    here = (pl.col("month") == month) & pl.col("voucher").is_in(moved.implode()).not_()
    same_form = pl.col("form") == series["form"]
    late = (pl.col("named") == month) & ((pl.col("month") - month).abs() <= LATE_MONTHS) & same_form
    stands = (here & (same_words | pl.col("amount").is_between(low, high))) | (late & (pl.col("key") != series["key"]))
    if near.select(stands.any()).item():
        return True
    if _paid_at_once(month, series["usual"], near.filter(same_form, pl.col("named").is_null())):
        return True
    return series["per_month"] == 1 and _doubled_beside(month, members)


def _paid_at_once(month: int, usual: float, events: pl.DataFrame) -> bool:
    """A sum of several usual amounts whose months include this one."""
    share = pl.col("amount") / usual
    times = share.round(mode="half_to_even")
    several = events.with_columns(times=times).filter(
        times.is_between(2, MOST_AT_ONCE), (share - times).abs() < 0.02 * times
    )
    named = several.filter(pl.col("text").str.contains(MONTHS_NAMED))
    if any(month in _months_named(own, text) for own, text in named.select("month", "text").iter_rows()):
        return True
    rest = several.filter(pl.col("text").str.contains(MONTHS_NAMED).fill_null(False).not_())
    return bool(rest.select(((pl.col("month") - month).abs() < pl.col("times")).any()).item())


def _months_named(own: int, text: str) -> range:
    """The months a sum's summary names, as months since year 0 beside the month in which it was paid."""
    named = re.search(MONTHS_NAMED, text)
    assert named is not None  # the caller asked the same pattern
    first, last = int(named[1]), int(named[2])
    start = own + (first - 1 - own % 12 + 17) % 12 - 5
    return range(start, start + (last - first) % 12 + 1)


def _doubled_beside(month: int, members: pl.DataFrame) -> bool:
    """The month before or after has two members that name no other month."""
    stands = members.select("month", "counted").iter_rows()
    numbers = Counter(own for own, counted in stands if own == counted and abs(own - month) == 1)
    return any(number > 1 for number in numbers.values())
