"""Read a bank statement: date, counterparty, in, out, balance, whatever the bank calls them and in whatever order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from saas.checks.outside import columns
from saas.checks.outside.columns import Table
from saas.kernel.i18n import Text, _
from saas.ledgers.frame import Reject
from saas.ledgers.reading import Unreadable, container
from saas.ledgers.reading.amounts import fen
from saas.ledgers.reading.cells import parse
from saas.ledgers.reading.dates import day, order_of

LINES = {
    "row": pl.Int64(), "date": pl.Date(), "counterparty": pl.String(), "summary": pl.String(),
    "reference": pl.String(), "in_fen": pl.Int64(), "out_fen": pl.Int64(), "balance_fen": pl.Int64(),
}  # fmt: skip
TEXTS = ("counterparty", "summary", "reference")
MONEY = ("in", "out", "amount", "balance")
READINGS = ("columns", "minus", "turned", "sides", "signed")
NOTES = {
    "turned": _("Debit and credit stand as in the company's books, not as the bank sees them: the balances say so.")
}
OUTGOING = r"(?i)^(?:借|支|出|付|往|转出|d|dr|debit|out|-)"
OPENING = r"(?i)期初余额|上期余额|承前|opening balance|brought forward"
NUMBER = r"([0-9][0-9 *-]{6,30}[0-9])"
ACCOUNT = re.compile(rf"(?:账|帐|卡)\s*号[码:：\s]*{NUMBER}|account\s*(?:no\.?|number)?[:\s]*{NUMBER}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """The lines of one account, the oldest first, with what could not be read and why."""

    lines: pl.DataFrame  # schema LINES; one of in_fen and out_fen is above zero
    rejects: list[Reject]
    notes: list[Text] = field(default_factory=list)
    account: str = ""  # the number printed above the table, as printed
    opening_fen: int | None = None  # before the first line, where the file has balances

    @property
    def closing_fen(self) -> int | None:
        return None if self.lines.is_empty() else self.lines["balance_fen"][-1]


def read(path: Path) -> Statement:
    """The statement of a file (XLSX, XLS, CSV). Unreadable, in words, where no table of a statement is found."""
    for grid in container.grids(path):
        table = columns.find(grid, "bank")
        if table is not None:
            return statement(table)
    raise Unreadable(
        _("No table of a bank statement was found: it needs columns for the date and for what came in and went out.")
    )


def statement(table: Table) -> Statement:
    """The lines of a recognised table."""
    rows = _without_totals(table.rows)
    order = order_of([str(text) for text in rows["date"].drop_nulls().to_list()])
    dates = parse(rows["date"], lambda text: day(text, order=order), pl.Date())
    money = {name: parse(rows[name], fen, pl.Int64()) for name in MONEY if name in rows.columns}
    problems = {"date": dates.problems, **{name: parsed.problems for name, parsed in money.items()}}
    refused = columns.refused(rows, problems)
    values = {name: parsed.values for name, parsed in money.items()}
    whole = pl.DataFrame([rows["row"], dates.values.alias("date"), *(_text(rows, name) for name in TEXTS)])
    balance = values.get("balance", _zeros(rows).clear(rows.height)).alias("balance_fen")
    whole = whole.with_columns(balance, *(net.alias(name) for name, net in _readings(rows, values).items()))
    good = whole.filter(~pl.col("row").is_in([reject.row for reject in refused]))
    said = pl.any_horizontal(pl.col(name) != 0 for name in whole.columns if name in READINGS)
    opened = pl.col("summary").fill_null("").str.contains(OPENING)
    silent = good.filter(~opened, pl.col("date").is_null() | ~said)
    refused += [Reject(row, _("no date, or neither an incoming nor an outgoing amount")) for row in silent["row"]]
    best, lines = _ordered(good.filter(~opened, pl.col("date").is_not_null(), said))
    split = lines.with_columns(
        in_fen=pl.col(best).clip(lower_bound=0), out_fen=(-pl.col(best)).clip(lower_bound=0)
    ).select(list(LINES))
    notes = [NOTES[best]] if best in NOTES else []
    return Statement(split, sorted(refused, key=lambda r: r.row), notes, _account(table), _opening(split))


def _without_totals(rows: pl.DataFrame) -> pl.DataFrame:
    """A heading repeated on every page is no line either."""
    heading = pl.col("date").fill_null("").str.contains(r"日期|时间|(?i)date")
    return columns.without_totals(rows).filter(~heading)


def _readings(rows: pl.DataFrame, values: dict[str, pl.Series]) -> dict[str, pl.Series]:
    """Every way in which the amounts may be meant, as what came in less what went out; the likeliest first."""
    if "in" in values or "out" in values:
        come, gone = (values.get(name, _zeros(rows)).fill_null(0) for name in ("in", "out"))
        minus = {"minus": come + gone}  # what went out is printed below zero
        plain = {"columns": come - gone, "turned": gone - come}
        return minus | plain if bool((gone <= 0).all()) and bool((gone < 0).any()) else plain | minus
    amount = values["amount"].fill_null(0)
    if "side" not in rows.columns:
        return {"signed": amount}
    out = rows["side"].fill_null("").str.strip_chars().str.contains(OUTGOING)
    net = amount.zip_with(~out, -amount)
    return {"sides": net, "turned": -net, "signed": amount}


def _ordered(lines: pl.DataFrame) -> tuple[str, pl.DataFrame]:
    """(the reading under which the balances add up, the lines with the oldest first).

    Without balances, or where none adds up, the likeliest reading, and the order of the dates.
    """
    names = [name for name in lines.columns if name in READINGS]
    newest_first = lines.height > 1 and lines["date"][0] > lines["date"][-1]
    views = {False: lines, True: lines.reverse()}
    scores = {
        (name, turned): _adding_up(views[turned], name) - 0.001 * (turned != newest_first)
        for name in names
        for turned in views
    }
    name, turned = max(scores, key=lambda key: scores[key])
    return name, views[turned].sort("date", maintain_order=True)


def _adding_up(lines: pl.DataFrame, name: str) -> float:
    """Share of the lines whose balance is the one before plus this line's amount."""
    step = lines["balance_fen"].diff().drop_nulls()
    return 0.0 if step.is_empty() else float((lines["balance_fen"].diff() == lines[name]).sum() / len(step))


def _text(rows: pl.DataFrame, name: str) -> pl.Series:
    found = rows[name] if name in rows.columns else pl.Series([None] * rows.height, dtype=pl.String())
    return found.fill_null("").alias(name)


def _zeros(rows: pl.DataFrame) -> pl.Series:
    return pl.Series([0] * rows.height, dtype=pl.Int64())


def _account(table: Table) -> str:
    found = next((match for text in table.above if (match := ACCOUNT.search(text))), None)
    return "" if found is None else re.sub(r"[ -]", "", found[1] or found[2])


def _opening(lines: pl.DataFrame) -> int | None:
    if lines.is_empty() or lines["balance_fen"][0] is None:
        return None
    return int(lines["balance_fen"][0] - lines["in_fen"][0] + lines["out_fen"][0])
