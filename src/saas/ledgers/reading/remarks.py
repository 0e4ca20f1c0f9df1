"""Remarks about the extract itself: what a reader should know before trusting a finding. Never findings."""

from __future__ import annotations

import polars as pl

from saas.kernel.i18n import Text, _
from saas.ledgers.charts import Chart
from saas.ledgers.standards import Detected

CLOSING = "结转.*损益|结转本期损益|期间损益|结转.*(收入|成本|费用)|closing entr"


def remarks(lines: pl.DataFrame, balances: pl.DataFrame, chart: Chart, detected: Detected | None) -> list[Text]:
    """What is missing from this ledger's file, in sentences."""
    notes: list[Text] = []
    if not lines.is_empty():
        notes += _dates(lines)
        if not lines["posted"].is_not_null().any():
            notes.append(_("The file does not say which vouchers are posted."))
        if balances.is_empty():
            notes.append(_("The file has no opening balances: rules on balances stay silent."))
        if not _closed(lines, chart):
            notes.append(_("The file has no closing vouchers (carry-forward of profit and loss)."))
    elif not balances.is_empty() and balances["opening"].null_count() == balances.height:
        notes.append(_("The table of balances has no opening balances."))
    if detected is not None and not (detected.certain and detected.standard != "other"):
        names = {"small": _("small enterprises"), "enterprise": _("enterprises"), "npo": _("non-profit organisations")}
        if detected.standard in names:
            notes.append(
                _(
                    "The chart of accounts is uncertain (%(score)s %%): read as that for %(standard)s.",
                    score=round(100 * detected.score),
                    standard=names[detected.standard],
                )
            )
        else:
            notes.append(
                _("The accounts follow no chart that is known here: rules that need account roles stay silent.")
            )
    return notes


def _dates(lines: pl.DataFrame) -> list[Text]:
    notes: list[Text] = []
    undated = lines["date"].null_count()
    if undated:
        notes.append(_("%(count)s lines have no date.", count=undated))
    if lines["period"].null_count():
        notes.append(_("%(count)s lines have no period.", count=lines["period"].null_count()))
    return notes


def _closed(lines: pl.DataFrame, chart: Chart) -> bool:
    profit = chart.having("year_profit")
    summaries = lines["summary"].unique().cast(pl.String)
    return bool(lines["account"].is_in(profit).any() or summaries.str.contains(f"(?i){CLOSING}").any())


def totals(lines: pl.DataFrame, found: pl.DataFrame) -> list[Text]:
    """Compare the file's last total row with its lines: a difference means that rows are missing.

    `found` holds the total rows with parsed debit and credit (null where blank).
    """
    wanted = found.drop_nulls(["debit", "credit"]).sort("row").tail(1)
    if wanted.is_empty() or lines.is_empty():
        return []
    row, debit, credit = wanted.select("row", "debit", "credit").row(0)
    above = found.filter(pl.col("row") < row)["row"]
    since = lines.filter((pl.col("row") > (above.max() if above.len() else 0)) & (pl.col("row") < row))
    last_period = lines["period"].drop_nulls().max()
    groups = [lines, since, lines.filter(pl.col("period").eq_missing(last_period)), lines.filter(pl.col("row") < row)]
    sums = {(int(g["debit"].sum()), int(g["credit"].sum())) for g in groups}
    if (debit, credit) in sums:
        return []
    return [
        _(
            "The total in row %(row)s (%(total)s) is not the sum of the file's lines (%(sum)s): rows may be missing.",
            row=row,
            total=f"{debit / 100:,.2f}",
            sum=f"{int(lines['debit'].sum()) / 100:,.2f}",
        )
    ]
