"""What a person sees before anything is stored: columns, totals, rejected rows, roll-forward, and what would change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import polars as pl

from saas.ledgers.differences import compare
from saas.ledgers.frame import Ledger
from saas.ledgers.reading import Sheet, lacking, letter

SHOWN_ROWS = 12
SHOWN_BALANCES = 200
COMPANY = re.compile(r"[\u4e00-\u9fff（）()]{4,40}?(?:有限责任公司|股份有限公司|有限公司|合作社|事务所|工作室|经营部)")
USCC = re.compile(r"\b[0-9A-HJ-NPQRTUWXY]{18}\b")


def sheet_preview(sheet: Sheet) -> dict[str, Any]:
    """The mapping head: what each column is taken for and how sure, over the file's own first rows."""
    columns = [
        {"heading": c.heading, "field": c.field, "confidence": c.confidence, "letter": letter(c.index)}
        for c in sheet.columns
    ]
    return {
        "name": sheet.name,
        "kind": "either" if sheet.by_hand else sheet.kind,
        "lacking": [text.store() for text in lacking(sheet)],
        "header_row": sheet.header_row,
        "first_row": sheet.first_row + 1,
        "columns": columns,
        "rows": sheet.sample(SHOWN_ROWS),
    }


def ledger_preview(ledger: Ledger, sheets: Sequence[Sheet], before: Ledger | None) -> dict[str, Any]:
    """The figures beneath the mapping; `before` is what is stored for the client now."""
    lines = ledger.lines.filter(~pl.col("void").fill_null(False))
    debit, credit = int(lines["debit"].sum() or 0), int(lines["credit"].sum() or 0)
    periods = sorted({*ledger.lines["period"].drop_nulls(), *ledger.balances["period"].drop_nulls()})
    return {
        "sheets": [sheet_preview(sheet) for sheet in sheets],
        "lines": ledger.lines.height,
        "balances": ledger.balances.height,
        "vouchers": int(ledger.lines["voucher"].n_unique()),
        "debit_fen": debit,
        "credit_fen": credit,
        "difference_fen": debit - credit,
        "unbalanced": _unbalanced(lines),
        "periods": periods,
        "without_period": int(ledger.lines["period"].null_count()),
        "posted": _posted(ledger),
        "roll_forward": roll_forward(ledger),
        "continuity": continuity(ledger, before),
        "changes": compare(before.lines, ledger.lines).shown() if before is not None and before.lines.height else None,
    }


def _unbalanced(lines: pl.DataFrame) -> list[dict[str, Any]]:
    """The first vouchers whose sides differ."""
    sums = lines.group_by("voucher", maintain_order=True).agg(pl.col("debit").sum(), pl.col("credit").sum())
    wrong = sums.filter(pl.col("debit") != pl.col("credit")).head(20)
    return [{"voucher": v, "debit_fen": d, "credit_fen": c} for v, d, c in wrong.iter_rows()]


def _posted(ledger: Ledger) -> str:
    """What the file says of the posted state; "" when it does not say, so that the person is asked."""
    states = ledger.lines["posted"].drop_nulls().unique().to_list()
    return {(True,): "posted", (False,): "draft"}.get(tuple(states), "posted" if len(states) == 2 else "")


def roll_forward(ledger: Ledger) -> list[dict[str, Any]]:
    """Opening + debit − credit against the closing the file states, account by account; differences first."""
    balances = ledger.balances.drop_nulls(["opening", "closing"])
    if balances.is_empty():
        return []
    computed = pl.col("opening") + pl.col("debit").fill_null(0) - pl.col("credit").fill_null(0)
    checked = balances.with_columns(computed.alias("computed"), (computed - pl.col("closing")).alias("difference"))
    ordered = checked.sort((pl.col("difference") == 0), "account", "period").head(SHOWN_BALANCES)
    names = ["period", "account", "account_name", "opening", "debit", "credit", "computed", "closing", "difference"]
    return ordered.select(names).to_dicts()


def continuity(ledger: Ledger, before: Ledger | None) -> list[dict[str, Any]]:
    """Accounts whose opening is not the closing stored for the month before."""
    if before is None or before.balances.is_empty() or ledger.balances.is_empty():
        return []
    first = ledger.balances["period"].drop_nulls().min()
    if first is None:
        return []
    opening = ledger.balances.filter(pl.col("period") == first).select("account", "account_name", "aux", "opening")
    earlier = before.balances.filter(pl.col("period") < str(first))
    if earlier.is_empty():
        return []
    last = earlier["period"].max()
    closing = earlier.filter(pl.col("period") == last).select("account", "aux", "closing")
    both = opening.join(closing, on=["account", "aux"], how="inner").filter(pl.col("opening") != pl.col("closing"))
    return both.head(SHOWN_BALANCES).to_dicts()


def other_company(sheets: Sequence[Sheet], name: str, uscc: str) -> str | None:
    """The company a file names in its title, when that is not the client: another number, or another name."""
    titles = " ".join(text for sheet in sheets for text in (*sheet.titles, sheet.name))
    numbers = USCC.findall(titles)
    if uscc and numbers:
        return None if uscc in numbers else str(numbers[0])
    plain = _plain(name)
    for found in COMPANY.findall(titles):
        if _plain(found) not in plain and plain not in _plain(found):
            return str(found)
    return None


def _plain(name: str) -> str:
    return re.sub(r"[（）()\s]", "", name)
