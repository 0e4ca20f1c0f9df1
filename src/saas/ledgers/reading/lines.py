"""From the strings of a voucher table to the canonical lines."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from saas.kernel.i18n import Text
from saas.ledgers.frame import LINES, Reject
from saas.ledgers.reading import account_columns, amounts, filling, numbers, red, rows, timing
from saas.ledgers.reading.cells import parse, translate
from saas.ledgers.reading.marks import POSTED, UNPOSTED, VOID_SUMMARY, VOIDED, flag, plain, side
from saas.ledgers.reading.sheet import Sheet

TEXTS = ("currency", "reviewer", "source", "reference", "counter_account", "preparer")


@dataclass(slots=True)
class Part:
    """The lines of one sheet. `lines` has the schema LINES without voucher and line, plus "ledger" and "journal"."""

    lines: pl.DataFrame
    totals: pl.DataFrame
    rejects: list[Reject]
    owners: dict[int, str | None]  # row → ledger, of the rejected rows
    notes: list[Text] = field(default_factory=list)


def read(sheet: Sheet, *, year: int | None) -> Part:
    """`year` is the last resort where neither a column nor the sheet nor any text says it."""
    whole = rows.table(sheet)
    sorted_rows = rows.sort(whole, _headings(sheet))
    raw = filling.fill(sorted_rows.lines)
    timed = timing.read(raw, titled=sheet.year, guessed=year)
    money, problems = _money(raw)
    frame = timed.frame.hstack(money).with_columns(_texts(raw)).with_columns(account_columns.read(raw))
    frame = frame.with_columns(*_numbers(raw), *_marks(raw), *_wholes(raw))
    rejects = sorted([*sorted_rows.rejects, *_refused(raw, timed, problems)], key=lambda reject: reject.row)
    frame, notes = red.apply(frame)
    frame = frame.filter(~pl.col("row").is_in([reject.row for reject in rejects]))
    return Part(
        frame, sorted_rows.totals, rejects, rows.owners(whole, rejects), [*sheet.grid.notes, *timed.notes, *notes]
    )


def _headings(sheet: Sheet) -> set[str]:
    """The header's texts; those of two-row headers also part by part."""
    return {part for column in sheet.columns for part in (column.heading, *column.heading.split("/")) if part}


def _money(raw: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, dict[str, Text]]]:
    """debit and credit in fen with their red flags, from two columns or from amount and side; and the refused texts."""
    problems: dict[str, dict[str, Text]] = {}
    parsed = {}
    for name in rows.AMOUNTS:
        if name in raw.columns:
            column = parse(raw[name], amounts.fen, pl.Int64())
            problems[name], parsed[name] = column.problems, column.values.fill_null(0)
    if "amount" not in parsed:
        flags = [raw["red_debit"], raw["red_credit"]]
        return pl.DataFrame([parsed["debit"].alias("debit"), parsed["credit"].alias("credit"), *flags]), problems
    amount = parsed["amount"]
    sides = _sides(raw, amount)
    is_debit, is_credit = sides == "D", sides == "C"
    amount = _unsigned_credits(amount, is_credit)
    frame = pl.DataFrame({"amount": amount, "d": is_debit, "c": is_credit, "red": raw["red_amount"]})
    return frame.select(
        debit=pl.when("d").then("amount").otherwise(0),
        credit=pl.when("c").then("amount").otherwise(0),
        red_debit=pl.col("red") & pl.col("d"),
        red_credit=pl.col("red") & pl.col("c"),
    ), problems


def _sides(raw: pl.DataFrame, amount: pl.Series) -> pl.Series:
    """ "D" or "C" of each amount: its side column, a mark inside the amount ("100.00 Cr"), else its sign."""
    by_sign = pl.Series(["D"] * len(amount), dtype=pl.String()).set(amount < 0, "C")
    if "side" in raw.columns:
        return translate(raw["side"], side, pl.String()).fill_null(by_sign)
    marked = raw["amount"].str.to_lowercase().str.extract(r"(dr|cr|借|贷)")
    if marked.is_not_null().any():
        return marked.replace({"dr": "D", "借": "D", "cr": "C", "贷": "C"}).fill_null(by_sign)
    return by_sign


def _unsigned_credits(amount: pl.Series, is_credit: pl.Series) -> pl.Series:
    """Where (nearly) every credit is written negative, the sign repeats the side; else a negative credit is red."""
    credits = amount.filter(is_credit & (amount != 0))
    if credits.len() and (credits < 0).sum() > 0.9 * credits.len():
        return pl.select(pl.when(is_credit).then(-amount).otherwise(amount)).to_series()
    return amount


def _texts(raw: pl.DataFrame) -> list[pl.Expr | pl.Series]:
    columns: list[pl.Expr | pl.Series] = []
    for name in TEXTS:
        columns.append(raw[name].replace("", None) if name in raw.columns else pl.lit(None, pl.String()).alias(name))
    summaries = [raw[name] for name in ("summary", "header_summary") if name in raw.columns]
    summary = summaries[0].fill_null(summaries[-1]) if summaries else None
    columns.append(_or_empty(summary, raw.height, "summary"))
    columns.append(raw["ledger"] if "ledger" in raw.columns else pl.lit(None, pl.String()).alias("ledger"))
    quantity = translate(raw["quantity"], _quantity, pl.Float64()) if "quantity" in raw.columns else None
    columns.append(quantity if quantity is not None else pl.lit(None, pl.Float64()).alias("quantity"))
    return columns


def _quantity(text: str) -> float | None:
    try:
        value = amounts.fen(text)
    except amounts.NotAnAmount:
        return None
    return None if value is None else value / 100


def _or_empty(column: pl.Series | None, height: int, name: str) -> pl.Series:
    return (column if column is not None else pl.Series([""] * height, dtype=pl.String())).fill_null("").alias(name)


def _numbers(raw: pl.DataFrame) -> list[pl.Series]:
    """journal (the file's own id), word, number, number_text, void_number."""
    key = next((c for c in ("number", "journal") if c in raw.columns), None)
    empty = pl.Series([None] * raw.height, dtype=pl.String())
    texts = raw[key] if key else empty
    cells = {text: numbers.read(text) for text in texts.drop_nulls().unique().to_list()}
    words = translate(texts, lambda text: cells[text].word, pl.String()).fill_null("")
    if "word" in raw.columns:
        own = translate(raw["word"], lambda text: numbers.read(text).word or text, pl.String())
        words = own.fill_null(words)
    elif key == "journal":
        words = pl.Series([""] * raw.height, dtype=pl.String())
    return [
        (raw["journal"] if "journal" in raw.columns else empty).alias("journal"),
        words.alias("word"),
        translate(texts, lambda text: cells[text].number, pl.Int64()).alias("number"),
        texts.fill_null("").alias("number_text"),
        translate(texts, lambda text: cells[text].void, pl.Boolean()).fill_null(False).alias("void_number"),
    ]


def _marks(raw: pl.DataFrame) -> list[pl.Series]:
    """posted, void and poster; a column 记账 may hold the poster's name or a mark."""
    height = raw.height
    poster = raw["poster"] if "poster" in raw.columns else pl.Series([None] * height, dtype=pl.String())
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
        void |= raw["summary"].str.contains(VOID_SUMMARY).fill_null(False)
    return [posted.alias("posted"), void.alias("void_mark"), poster.alias("poster")]


def _posted(text: str) -> bool | None:
    mark = plain(text)
    return True if mark in POSTED else (False if mark in UNPOSTED else flag(text))


def _voided(text: str, column: str) -> bool:
    return plain(text) in VOIDED or (column == "void" and flag(text) is True)


def _wholes(raw: pl.DataFrame) -> list[pl.Series]:
    name = "attachments"
    if name not in raw.columns:
        return [pl.Series(name, [None] * raw.height, dtype=pl.Int64())]
    return [raw[name].str.extract(r"^(\d{1,6})(?:\.0+)?").cast(pl.Int64).alias(name)]


def _refused(raw: pl.DataFrame, timed: timing.Timed, money: dict[str, dict[str, Text]]) -> list[Reject]:
    """Rows whose amount or date cannot be read, each with its reason."""
    reasons: dict[int, list[str]] = {}
    for name, problems in {**money, **timed.problems}.items():
        if problems:
            source = timed.frame[name] if name == "parts_" else raw[name]
            bad = pl.DataFrame([raw["row"], source]).filter(pl.col(name).is_in(list(problems)))
            for row, text in bad.rows():
                reasons.setdefault(row, []).append(str(problems[text]))
    return [Reject(row, "; ".join(texts)) for row, texts in sorted(reasons.items())]


def finish(lines: pl.DataFrame) -> pl.DataFrame:
    """The canonical schema, once voucher and line are known."""
    return lines.with_columns(void=pl.col("void_mark") | pl.col("void_number")).select(
        pl.col(name).cast(dtype) for name, dtype in LINES.items()
    )
