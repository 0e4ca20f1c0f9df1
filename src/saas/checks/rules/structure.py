"""N01 vouchers that don't balance, and N05 accounts that don't exist or are not the lowest level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from saas.checks.finding import Finding, Rule
from saas.checks.rules.accounts import wrong_accounts
from saas.checks.voucher_kinds import lines
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.ledgers.frame import Ledger


def unbalanced(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Vouchers whose debits and credits differ by a fen or more; lines that name no voucher are judged together.

    When much of the file doesn't balance, columns or accounts are missing from the export: one finding for the file.
    """
    every = lines(ledger)
    totals = every.group_by("voucher").agg(pl.col("debit", "credit").sum())
    wrong = totals.filter(pl.col("debit") != pl.col("credit"))
    if wrong.height > max(settings["least"], settings["share"] * totals.height):
        return [_whole_file(every, wrong.height, totals.height)]
    told = every.join(wrong, on="voucher", how="semi", nulls_equal=True, maintain_order="left")
    vouchers = told.group_by("voucher", maintain_order=True).agg(
        pl.col("period").first(),
        pl.col("debit", "credit").sum(),
        pl.col("row"),
        pl.col("currency").drop_nulls().unique().sort(),
    )
    return [_unbalanced(voucher) for voucher in vouchers.iter_rows(named=True)]


def _unbalanced(total: dict[str, Any]) -> Finding:
    debit, credit = Money(total["debit"]), Money(total["credit"])
    name = total["voucher"] or "—"
    return Finding(
        rule="N01",
        object=name,
        severity="high",
        confidence=0.98,
        message=_("Voucher %(voucher)s does not balance: debit %(debit)s, credit %(credit)s", voucher=name,
                  debit=str(debit), credit=str(credit)),
        vouchers=[total["voucher"]] if total["voucher"] else [],
        rows=total["row"],
        period=total["period"],
        amount=abs(debit - credit),
        compared={"debit": _yuan(debit), "credit": _yuan(credit), "difference": _yuan(debit - credit),
                  "currencies": [c for c in total["currency"] if c]},
    )  # fmt: skip


def _whole_file(found: pl.DataFrame, wrong: int, all_vouchers: int) -> Finding:
    debit, credit = (Money(int(found[side].sum())) for side in ("debit", "credit"))
    by_currency = found.group_by("currency").agg(pl.col("net").sum()).sort("currency")
    return Finding(
        rule="N01",
        object="file",
        severity="high",
        confidence=0.5,
        message=_("%(wrong)s of %(all)s vouchers do not balance: the file seems to lack lines or a column", wrong=wrong,
                  all=all_vouchers),
        amount=abs(debit - credit),
        compared={"debit": _yuan(debit), "credit": _yuan(credit), "vouchers": wrong, "of": all_vouchers,
                  "by_currency": {c or "": _yuan(Money(net)) for c, net in by_currency.iter_rows()}},
    )  # fmt: skip


def _yuan(amount: Money) -> str:
    return f"{amount.yuan:.2f}"


RULES = [
    Rule(
        id="N01",
        name=_("Voucher does not balance"),
        explanation=_("Debits and credits of a voucher differ, so the trial balance can't agree."),
        reason=_("Every entry has equal debits and credits (会计法; double entry)."),
        cure=_("The voucher balances to the fen, in every currency it was booked in."),
        severity="high",
        weight=0.95,
        run=unbalanced,
        settings={"least": 20, "share": 0.3},  # more unbalanced vouchers than this mean an incomplete export
    ),
    Rule(
        id="N05",
        name=_("Account does not exist or is not the lowest level"),
        explanation=_("A line is booked on an account that the chart lacks, or on one that has detail accounts."),
        reason=_("Level 1 is fixed by the accounting standard; entries go to the lowest level of the chart."),
        cure=_("The line stands on an existing account of the lowest level."),
        severity="high",
        weight=0.8,
        run=wrong_accounts,
        settings={"rare": 3},  # an unknown account with more lines than this is a question of mapping
    ),
]
