"""The columns that say which voucher a line belongs to, and whether it is posted or void."""

from __future__ import annotations

import polars as pl

from saas.ledgers.frame import REPEATED
from saas.ledgers.reading import numbers
from saas.ledgers.reading.cells import translate
from saas.ledgers.reading.marks import POSTED, UNPOSTED, VOID_SUMMARY, VOIDED, flag, plain
from saas.ledgers.texts import answered, says


def numbers_of(raw: pl.DataFrame) -> list[pl.Series]:
    """journal (the file's own id), word, number, number_text, void_number."""
    key = next((c for c in ("journal", "number") if c in raw.columns), None)
    empty = pl.Series([None] * raw.height, dtype=REPEATED)
    texts = raw[key].cast(REPEATED) if key else empty
    cells = {text: numbers.read(text) for text in texts.drop_nulls().unique().to_list()}
    words = translate(texts, lambda text: cells[text].word, REPEATED).fill_null("")
    if "word" in raw.columns:
        own = translate(raw["word"], lambda text: numbers.read(text).word or text, REPEATED)
        words = own.fill_null(words)
    elif key == "journal":
        words = pl.Series([""] * raw.height, dtype=REPEATED)
    return [
        answered(
            raw["journal"] if "journal" in raw.columns else empty,
            lambda text: text.str.replace(r"^(\d+)\.0$", "$1"),
            REPEATED,
        ).alias("journal"),
        words.alias("word"),
        translate(texts, lambda text: cells[text].number, pl.Int64()).alias("number"),
        texts.fill_null("").alias("number_text"),
        translate(texts, lambda text: cells[text].void, pl.Boolean()).fill_null(False).alias("void_number"),
    ]


def marks_of(raw: pl.DataFrame) -> list[pl.Series]:
    """posted, void and poster; a column 记账 may hold the poster's name or a mark."""
    height = raw.height
    poster = raw["poster"].cast(REPEATED) if "poster" in raw.columns else pl.Series([None] * height, dtype=REPEATED)
    posted = pl.Series([None] * height, dtype=pl.Boolean())
    if poster.is_not_null().any():
        as_flags = translate(poster, flag, pl.Boolean())
        if as_flags.null_count() == poster.null_count():
            posted, poster = as_flags.fill_null(False), poster.set(poster.is_not_null(), None)
        else:
            posted = poster.is_not_null()
    if "posted" in raw.columns:
        posted = translate(raw["posted"], _posted, pl.Boolean()).fill_null(posted)
    void = pl.Series([False] * height, dtype=pl.Boolean())
    for name in ("void", "status"):
        if name in raw.columns:
            void |= translate(raw[name], lambda text, n=name: _voided(text, n), pl.Boolean()).fill_null(False)  # type: ignore[misc]
    if "status" in raw.columns:
        posted = translate(raw["status"], _posted, pl.Boolean()).fill_null(posted)
    if "summary" in raw.columns:
        void |= raw.select(says("summary", VOID_SUMMARY).fill_null(False)).to_series()
    return [posted.alias("posted"), void.alias("void_mark"), poster.alias("poster")]


def _posted(text: str) -> bool | None:
    mark = plain(text)
    return True if mark in POSTED else (False if mark in UNPOSTED else flag(text))


def _voided(text: str, column: str) -> bool:
    return plain(text) in VOIDED or (column == "void" and flag(text) is True)
