"""Dates and periods of the lines: from one column or several, with the year from wherever the file gives it."""

from __future__ import annotations

from calendar import isleap
from dataclasses import dataclass, field
from functools import partial

import polars as pl

from saas.kernel.i18n import Text, _
from saas.kernel.months import month_name
from saas.ledgers.frame import REPEATED
from saas.ledgers.reading import dates
from saas.ledgers.reading.cells import parse, translate
from saas.ledgers.texts import answered

BETTER = 0.2  # how much better another date column must agree with the file's periods to be the voucher's date
DATES = ("date", "document_date", "entered_date")


@dataclass(slots=True)
class Timed:
    """date, document_date, entered_date (Date), entered_time, period (String), and which cells were refused."""

    frame: pl.DataFrame
    problems: dict[str, dict[str, Text]] = field(default_factory=dict)  # column → text → reason
    notes: list[Text] = field(default_factory=list)


def read(raw: pl.DataFrame, *, titled: int | None, guessed: int | None) -> Timed:
    """`raw` holds the filled-down strings. Where no column has the year: `titled` by the sheet, else `guessed`."""
    timed = Timed(raw.select("row"))
    years = translate(raw["year"], dates.year, pl.Int64()) if "year" in raw.columns else None
    single = _commonest(years) if years is not None and years.drop_nulls().len() else titled
    for name in DATES:
        timed.frame = timed.frame.with_columns(_column(raw, name, timed, single).alias(name))
    timed.frame = timed.frame.with_columns(_clock(raw), *_months(raw, years))
    _complete_years(raw, timed, titled, guessed)
    _from_parts(raw, timed)
    _prefer_agreeing(timed)
    timed.frame = timed.frame.with_columns(_periods(timed.frame))
    return timed


def _periods(frame: pl.DataFrame) -> pl.Series:
    """ "2026-03" of year_ and month_, else of the date; a line with neither stands in the month of the line above."""
    of_date = pl.col("date").dt.year() * 12 + pl.col("date").dt.month().cast(pl.Int64) - 1
    months = frame.select(period=pl.coalesce(pl.col("year_") * 12 + pl.col("month_") - 1, of_date)).to_series()
    known = months.unique().drop_nulls()
    names = pl.Series([month_name(month) for month in known], dtype=REPEATED)
    return months.replace_strict(known, names, default=None, return_dtype=REPEATED).fill_null(strategy="forward")


def _column(raw: pl.DataFrame, name: str, timed: Timed, year: int | None) -> pl.Series:
    """A date column; placeholders such as 1900-01-01 become null and are noted."""
    if name not in raw.columns:
        return pl.Series(name, [None] * raw.height, dtype=pl.Date())
    texts = raw[name]
    order = dates.order_of(texts.drop_nulls().head(dates.LOOKED_AT).to_list())
    parsed = parse(texts, lambda text: dates.day(text, order=order, year=year), pl.Date())
    if name == "date":
        timed.problems[name] = parsed.problems
    held = parsed.values.is_in(sorted(dates.PLACEHOLDERS))
    if held.any():
        timed.notes.append(
            _(
                "%(count)s rows have a placeholder such as %(text)s for a date.",
                count=int(held.sum()),
                text=texts.filter(held)[0],
            )
        )
    return parsed.values.set(held, None)


def _clock(raw: pl.DataFrame) -> pl.Series:
    """Time of entry: its own column, or the time part of the date of entry."""
    source = next((c for c in ("entered_time", "entered_date") if c in raw.columns), None)
    if source is None:
        return pl.Series("entered_time", [None] * raw.height, dtype=REPEATED)
    texts = raw[source]
    if source == "entered_date":
        texts = answered(texts, _with_a_time, REPEATED)
    # programs that write 00:12:07 as a number leave its zeros out, among 101205 and 90036
    seconds = bool(texts.unique().cast(pl.String).str.contains(r"^\d{5,6}(\.0)?$").any())
    return translate(texts, partial(dates.clock, seconds=seconds), REPEATED).alias("entered_time")


def _with_a_time(text: pl.Expr) -> pl.Expr:
    """A date that has a time of day, and not just midnight; else null."""
    return pl.when(text.str.contains(":") & ~text.str.contains(r"\s00?:00(:00)?$")).then(text)


def _months(raw: pl.DataFrame, years: pl.Series | None) -> list[pl.Series]:
    """year_ and month_ of the period columns; null where the file does not say."""
    empty = pl.Series([None] * raw.height, dtype=pl.Int64())
    source = next((c for c in ("period", "month") if c in raw.columns), None)
    if source is None:
        return [empty.alias("year_"), empty.alias("month_")]
    months = translate(raw[source], lambda text: (m := dates.month(text)) and m.month, pl.Int64())
    own = translate(raw[source], lambda text: (m := dates.month(text)) and (m.year or None), pl.Int64())
    year_ = own.fill_null(years) if years is not None else own
    return [year_.alias("year_"), months.alias("month_")]


def _complete_years(raw: pl.DataFrame, timed: Timed, titled: int | None, guessed: int | None) -> None:
    """Years that no period column has: of the date, else of the sheet's title, of other texts, else the guess."""
    frame = timed.frame.with_columns(year_=pl.coalesce("year_", pl.col("date").dt.year().cast(pl.Int64)))
    if frame["year_"].null_count() and frame["month_"].is_not_null().any():
        known = titled or _other_year(raw, frame) or _with_its_days(raw, frame, guessed)
        if known is not None:
            turned = (pl.col("month_").forward_fill().diff() < -6).fill_null(False).cum_sum()  # December, then January
            frame = frame.with_columns(
                pl.col("year_").fill_null(known + pl.when(turned.max() == 1).then(turned).otherwise(0))
            )
        if known is not None and titled is None:
            timed.notes.append(_("The table does not say the year: %(year)s is assumed.", year=known))
    timed.frame = frame


def _with_its_days(raw: pl.DataFrame, frame: pl.DataFrame, guessed: int | None) -> int | None:
    """The guessed year; the leap year at or before it where the file has a 29 February."""
    if guessed is None or "day" not in raw.columns:
        return guessed
    last = translate(raw["day"], _day, pl.Int64()) == 29
    leaping = bool((last & (frame["month_"] == 2)).any())
    return guessed - guessed % 4 if leaping and not isleap(guessed) else guessed


def _from_parts(raw: pl.DataFrame, timed: Timed) -> None:
    """Make the date of separate month and day columns; what no calendar has is refused."""
    if "day" not in raw.columns or not timed.frame["date"].null_count():
        return
    day = translate(raw["day"], _day, pl.Int64())
    parts = [pl.col("year_").cast(pl.String), *(pl.col(c).cast(pl.String).str.zfill(2) for c in ("month_", "day_"))]
    frame = timed.frame.with_columns(day_=day).with_columns(parts_=pl.concat_str(parts, separator="-"))
    made = parse(frame["parts_"], dates.day, pl.Date())
    timed.problems["parts_"] = made.problems
    timed.frame = frame.with_columns(date=pl.col("date").fill_null(made.values))


def _other_year(raw: pl.DataFrame, frame: pl.DataFrame) -> int | None:
    """The year that most document dates, entry dates or summaries have."""
    for name in ("document_date", "entered_date"):
        years = frame[name].drop_nulls().dt.year()
        if years.len():
            return _commonest(years)
    if "summary" in raw.columns:
        said = raw["summary"].cast(pl.String).str.extract(r"(?:^|\D)(20\d\d)(?:年|[-./]\d)")
        years = said.drop_nulls().cast(pl.Int64)
        return _commonest(years) if years.len() else None
    return None


def _commonest(years: pl.Series) -> int:
    """The year with the most rows; of equals the first in the file."""
    known = years.drop_nulls()
    return int(known.unique(maintain_order=True)[known.unique_counts().arg_max() or 0])


def _prefer_agreeing(timed: Timed) -> None:
    """Where the voucher's date is a placeholder or off its period, and the file has a better one, take that column.

    One column for the whole file, so that a voucher has one date. A few placeholders are filled one by one.
    """
    frame = timed.frame
    if frame["month_"].is_not_null().any() and frame["month_"].null_count() < frame.height / 2:
        agreeing = {name: _agreement(frame, name) for name in DATES}
        best = max(DATES, key=lambda name: agreeing[name])
        if agreeing[best] > agreeing["date"] + BETTER:
            words = {"document_date": _("the document date"), "entered_date": _("the date of entry")}
            timed.notes.append(
                _("The voucher dates do not agree with the periods; %(column)s is used instead.", column=words[best])
            )
            frame = frame.with_columns(date=pl.coalesce(best, "date"))
    elif frame["date"].null_count() > frame.height / 2:
        frame = frame.with_columns(date=pl.coalesce("date", "document_date", "entered_date"))
    timed.frame = frame


def _agreement(frame: pl.DataFrame, name: str) -> float:
    """Share of the rows whose date lies in the month that the period column says."""
    return frame.filter(pl.col(name).dt.month() == pl.col("month_")).height / max(frame.height, 1)


def _day(text: str) -> int | None:
    digits = "".join(c for c in text.removesuffix(".0") if c.isdigit())
    return int(digits[:4]) if digits else None
