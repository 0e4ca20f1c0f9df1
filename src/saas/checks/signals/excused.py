"""What excuses a month without a series' entry: in other words, on other accounts, early, late or in a sum."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import polars as pl

from saas.ledgers.frame import REPEATED

LATE_MONTHS = 3
LIKE = (0.6, 1.7)  # of the usual amount: so much may another entry be and still stand for the missing one
EXACTLY = (0.99, 1.01)
MOSTLY = 0.6  # share of a series' months in which other words have to come too
MOST_AT_ONCE = 12  # months paid for with one sum
WORDS = ("key", "month")
NO_WORDS = pl.Series([], dtype=REPEATED)
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
        rows = frame.sort(pl.col(column).to_physical(), *then, maintain_order=True)  # any order will do
        runs = rows.with_row_index("at").group_by(column, maintain_order=True).agg(pl.col("at").first(), pl.len())
        return cls(rows, {value: (at, length) for value, at, length in runs.iter_rows()})

    def __getitem__(self, value: str) -> pl.DataFrame:
        return self.rows.slice(*self.places.get(value, (0, 0)))


class Events:
    """Recurring events that may concern these series, by their accounts, by their words, and by the accounts that
    their words usually have."""

    def __init__(self, events: pl.DataFrame, series: pl.DataFrame) -> None:
        usual = _usual_forms(events)
        kept = events.select(COLUMNS).join(usual, on="key", how="left", maintain_order="left")
        forms, keys = series["form"].unique().implode(), series["key"].unique().implode()
        of_forms = kept.filter(pl.col("form").is_in(forms))
        self._by_form = Slices.of(of_forms, "form", "month")
        self._words_of_form = Slices.of(of_forms.select("form", *WORDS).unique(), "form")
        self._by_key = Slices.of(kept.filter(pl.col("key").is_in(keys)), "key", "month")
        self._by_usual = Slices.of(kept.filter(pl.col("usual_form").is_in(forms)), "usual_form", "month")

    def near(self, series: Mapping[str, Any], *, received: bool, party: bool) -> Near:
        """What may stand for a missing member of this series.

        `received`: of a fixed sum from a customer only the very sum, or, where a `party` is known, that party's.
        """
        same_form, own_words = self._by_form[series["form"]], self._by_key[series["key"]]
        if not (party or received):
            return Near(same_form, (own_words, self._by_usual[series["form"]]), self._words_of_form[series["form"]])
        of_party = (pl.col("party") == series["party"]) & pl.lit(series["party"] != "")
        same_sum = pl.col("amount").is_between(*(share * series["usual"] for share in EXACTLY))
        own = same_form.filter(of_party if party else same_sum)
        return Near(own, (own_words,), own.select(WORDS).unique())


@dataclass(frozen=True, slots=True)
class Near:
    """Events on the accounts of a series, and those with its wording or one that usually stands on its accounts."""

    same_form: pl.DataFrame  # both by month
    same_words: tuple[pl.DataFrame, ...]
    words: pl.DataFrame  # each wording of `same_form` with each of its months, once

    def without(self, keys: pl.Series) -> Near:
        """Without the events that bear these words."""
        if keys.is_empty():
            return self
        kept = pl.col("key").is_in(keys.implode()).not_()
        return replace(self, same_form=self.same_form.filter(kept),
                       same_words=tuple(rows.filter(kept) for rows in self.same_words))  # fmt: skip


def _usual_forms(events: pl.DataFrame) -> pl.DataFrame:
    """key, usual_form: the accounts each wording usually has, where one pattern has most of its events."""
    counts = events.filter(pl.col("key") != "").group_by("key", "form").len("n").sort("n", descending=True)
    usual = counts.group_by("key").agg(
        pl.col("form").first().alias("usual_form"), (pl.col("n").first() / pl.col("n").sum()).alias("share")
    )
    return usual.filter(pl.col("share") > 0.6).select("key", "usual_form")


def excused(months: list[int], series: Mapping[str, Any], members: pl.DataFrame, near: Near) -> set[int]:
    """The months whose entry is in the books after all: in other words, on other accounts, in a sum, late or early."""
    # while its neighbours go on a series may end (a class is written down), but it does not leave out one month
    found = _doubled_beside(months, members) if series["per_month"] == 1 else set()
    within, after = ([m for m in months if m not in found and (m > series["last"]) == ended] for ended in (False, True))
    found |= _found(within, series, members, near, _beside(series, members, near)) if within else set()
    return found | _found(after, series, members, near) if after else found


def _found(
    months: list[int], series: Mapping[str, Any], members: pl.DataFrame, near: Near, but: pl.Series = NO_WORDS
) -> set[int]:
    """By what is near, except for events that bear the words `but`."""
    found = _stand(months, series, members, near, but)
    if left := [month for month in months if month not in found]:
        others = near.without(but)
        found |= _named_beside(left, series, others)
        if left := [month for month in left if month not in found]:
            found |= _paid_at_once(left, series, others)
    return found


def _beside(series: Mapping[str, Any], members: pl.DataFrame, near: Near) -> pl.Series:
    """Other words on the same accounts that come beside the series' own in most months: series of their own, as the
    depreciation of another class is. They do not stand for a member that is missing."""
    if series["level"] == "accounts":
        return NO_WORDS
    months = members["month"].unique()
    others = near.words.filter(pl.col("key") != series["key"], pl.col("month").is_in(months.implode()))
    often = others.group_by("key").len("n")
    return often.filter(pl.col("n") > MOSTLY * months.len())["key"]


def _stand(months: list[int], series: Mapping[str, Any], members: pl.DataFrame, near: Near, but: pl.Series) -> set[int]:
    """Months with something of their own: the words on other accounts, or about the usual amount under whatever words.

    Members that count for another month do not stand for the one they are booked in.
    """
    moved = members.filter(pl.col("counted").ne_missing(pl.col("month")))["voucher"]
    low, high = (share * series["usual"] for share in LIKE)
    alike = pl.col("amount").is_between(low, high)
    elsewhere = alike | (pl.lit(series["level"] != "accounts") | (pl.col("form") != series["form"]))
    other = [
        pl.col(name).is_in(these.implode()).not_() for name, these in (("voucher", moved), ("key", but)) if len(these)
    ]
    found: set[int] = set()
    for rows, fits in ((near.same_form, alike), *((rows, elsewhere) for rows in near.same_words)):
        if left := [month for month in months if month not in found]:
            found.update(_between(rows, left).filter(pl.col("month").is_in(left), fits, *other)["month"])
    return found


def _between(rows: pl.DataFrame, months: list[int]) -> pl.DataFrame:
    """From the first to the last of these months, a slice of rows that are in the order of theirs."""
    first, last = rows["month"].search_sorted(min(months), "left"), rows["month"].search_sorted(max(months), "right")
    return rows.slice(first, last - first)


def _named_beside(months: list[int], series: Mapping[str, Any], near: Near) -> set[int]:
    """Months that another entry on these accounts names, a few months early or late."""
    near_months = (pl.col("named") - pl.col("month")).abs() <= LATE_MONTHS
    late = near.same_form.filter(pl.col("named").is_in(months), near_months, pl.col("key") != series["key"])
    return set(late["named"].to_list())


def _paid_at_once(months: list[int], series: Mapping[str, Any], near: Near) -> set[int]:
    """Months paid for with a sum of several usual amounts."""
    share = pl.col("amount") / series["usual"]
    times = share.round(mode="half_to_even")
    unnamed = [rows.filter(pl.col("form") == series["form"]) for rows in near.same_words[:1]]
    several = (
        pl.concat([near.same_form, *unnamed])
        .filter(pl.col("named").is_null(), times.is_between(2, MOST_AT_ONCE), (share - times).abs() < 0.02 * times)
        .select("month", "text", times=times)
    )
    told = pl.col("text").cast(pl.String).str.contains(MONTHS_NAMED).fill_null(False)
    sums = several.filter(told).select("month", "text").iter_rows()
    found = {month for own, text in sums for month in _months_named(own, text)}
    rest = several.filter(told.not_()).select("month", "times").unique().rows()
    return {m for m in months if m in found or any(abs(own - m) < times for own, times in rest)}


def _months_named(own: int, text: str) -> range:
    """The months a sum's summary names, as months since year 0 beside the month in which it was paid."""
    named = re.search(MONTHS_NAMED, text)
    assert named is not None  # the caller asked the same pattern
    first, last = int(named[1]), int(named[2])
    start = own + (first - 1 - own % 12 + 17) % 12 - 5
    return range(start, start + (last - first) % 12 + 1)


def _doubled_beside(months: list[int], members: pl.DataFrame) -> set[int]:
    """Months before or after which two members stand that name no other month."""
    numbers = Counter(own for own, counted in members.select("month", "counted").iter_rows() if own == counted)
    return {month for month in months if numbers[month - 1] > 1 or numbers[month + 1] > 1}
