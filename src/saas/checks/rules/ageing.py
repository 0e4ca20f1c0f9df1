"""N15: receivables and payables that have not moved for a year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from saas.checks.finding import Finding, Rule
from saas.checks.positions import positions
from saas.checks.roles import role_in
from saas.checks.stands import stands
from saas.checks.voucher_kinds import vouchers
from saas.checks.wording import month_index, yuan
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.ledgers.frame import REPEATED, Ledger
from saas.ledgers.texts import of_each, says

PARTIES = ("ar", "ap", "prepaid", "advance", "other_receivable", "other_payable", "receivable", "payable")
DEPOSIT = "押金|保证金|质保|抵押|备用金|暂估|物业|房东|园区|(?i:deposit|guarantee|landlord)"


def unmoved(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding per party whose known balance did not change for so many months; deposits and guarantees may rest."""
    stood = positions(ledger)
    if stood.known:
        details = [a.code for a in ledger.chart.accounts.values() if a.level > 1 and a.leaf]
        details = [code for code in details if code not in set(stood.parties["account"].to_list())]
        own = stood.ends.filter(pl.col("account").is_in(details)).with_columns(aux=pl.lit("", REPEATED))
        ends = pl.concat([stood.parties.select("account", "aux", "period", "net", "closing"),
                          own.select("account", "aux", "period", "net", "closing")])  # fmt: skip
        if (vouchers(ledger)["kind"] == "opening").any():
            ends = _without_openings(ends)
    else:
        ends = _listed(ledger)
    return [_finding(row) for row in _resting(ends, ledger, settings["months"]).iter_rows(named=True)]


def _without_openings(ends: pl.DataFrame) -> pl.DataFrame:
    """An opening voucher is no movement: what it brought in stood before."""
    first = pl.col("period") == pl.col("period").min().over("account", "aux")
    return ends.with_columns(net=pl.when(first).then(0).otherwise("net"))


def _listed(ledger: Ledger) -> pl.DataFrame:
    found = stands(ledger).filter(pl.col("leaf"))
    parties = found.filter(pl.col("aux") != "")["account"].unique()
    found = found.filter((pl.col("aux") != "") | pl.col("account").is_in(parties.implode()).not_())
    found = found.filter(
        pl.col("closing") == pl.col("opening"), (pl.col("debit") == 0) & (pl.col("credit") == 0)
    ).vstack(found.filter((pl.col("debit") != 0) | (pl.col("credit") != 0)))
    return found.select("account", "aux", "period", net=pl.col("debit") - pl.col("credit"), closing="closing")


def _resting(ends: pl.DataFrame, ledger: Ledger, months: int) -> pl.DataFrame:
    """account, aux, name, closing, period (the last), since (the last movement in the file), resting (months)."""
    chart = pl.DataFrame(
        [(a.code, a.name, a.role) for a in ledger.chart.accounts.values()],
        schema=dict.fromkeys(("account", "name", "role"), REPEATED),
        orient="row",
    )
    index = of_each("period", month_index, pl.Int32()).cast(pl.Int64)
    return (
        ends.join(chart, on="account")
        .filter(role_in(*PARTIES), ~role_in("ap.accrued"))
        .filter(~says("name", DEPOSIT), ~says("aux", DEPOSIT))
        .with_columns(month=index)
        .sort("account", "aux", "month")
        .group_by("account", "aux", maintain_order=True)
        .agg(
            pl.col("name").first(),
            pl.col("closing").last(),
            last=pl.col("month").last(),
            first=pl.col("month").first(),
            moved=pl.col("month").filter(pl.col("net") != 0).max(),
            period=pl.col("period").last(),
            since=pl.col("period").filter(pl.col("net") != 0).last(),
        )
        .with_columns(resting=pl.col("last") - pl.coalesce("moved", pl.col("first") - 1))
        .filter(pl.col("closing") != 0, pl.col("resting") >= months)
    )


def _finding(row: dict[str, Any]) -> Finding:
    name = f"{row['account']}[{row['aux']}]" if row["aux"] else f"{row['account']} {row['name']}".strip()
    return Finding(
        rule="N15",
        object=f"{row['account']}[{row['aux']}]" if row["aux"] else row["account"],
        severity="low",
        confidence=0.6,
        message=_("%(account)s has not moved for %(months)s months; balance %(balance)s", account=name,
                  months=row["resting"], balance=str(Money(row["closing"]))),
        period=row["period"],
        account=row["account"],
        amount=Money(abs(row["closing"])),
        compared={"balance": yuan(row["closing"]), "months": row["resting"], "aux": row["aux"],
                  "last_movement": row["since"]},
    )  # fmt: skip


RULES = [
    Rule(
        id="N15",
        name=_("Receivable or payable without movement"),
        explanation=_("A balance with a customer, supplier or person has not moved for a year."),
        reason=_("Old receivables may be bad debts; payables nobody asks for may be income."),
        cure=_("The balance is settled, confirmed by the other party, or written off with evidence."),
        severity="low",
        weight=0.3,
        run=unmoved,
        settings={"months": 12},
    )
]
