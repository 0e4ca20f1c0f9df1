"""N52: company money to private hands, and large sums in cash."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from saas.checks import flows
from saas.checks.finding import Finding, Rule, Severity
from saas.checks.roles import role_in
from saas.checks.rules.shareholders import LEGAL_PERSON
from saas.checks.wording import REFUND, REVERSAL, yuan
from saas.kernel.i18n import Text, _
from saas.kernel.money import Money
from saas.ledgers.frame import Ledger
from saas.ledgers.texts import of_each, says

NATURAL = r"^\p{Han}{2,3}$"
EARNED = "工资|奖金|薪|劳务|报销|差旅|备用金|分红|股利|借款|还款|归还|退股|补偿|房租|租金|押金"
USE = "备用金|工资|奖金|发放|采购|货款|报销|差旅"
PAID_FOR = ("ap", "prepaid", "other_payable", "other_receivable", "receivable", "payable")


def private_and_cash(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Cash paid or drawn in one voucher above the limit, and bank payments above it to a natural person as a party.

    Wages, claims, loans and their repayment, rents and dividends go to persons by nature; N11 looks at loans.
    """
    large = flows.events(ledger).filter(pl.col("net").abs() > settings["limit_fen"])["voucher"].unique()
    own = flows.events(ledger).filter(pl.col("voucher").is_in(large.implode()), pl.col("pair").is_null())
    own = own.filter(~says("summary", REFUND), ~says("summary", REVERSAL))
    cash, bank = role_in("cash"), role_in("bank", "other_money")
    natural = of_each("aux", lambda aux: aux.str.split("/").list.last().str.contains(NATURAL), pl.Boolean())
    person = natural & role_in(*PAID_FOR) & (pl.col("net") > 0) & ~says("aux", LEGAL_PERSON)
    heads = own.group_by("voucher", maintain_order=True).agg(
        pl.col("period", "summary").first(),
        pl.col("summary").cast(pl.String).str.join("|").alias("words"),
        pl.col("row").alias("rows"),
        (-pl.col("net").filter(cash, pl.col("net") < 0).sum()).alias("cash_out"),
        pl.col("net").filter(cash, pl.col("net") > 0).sum().alias("cash_in"),
        (-pl.col("net").filter(bank, pl.col("net") < 0).sum()).alias("bank_out"),
        bank.any().alias("banked"),
        pl.col("net").filter(person).sum().alias("to_person"),
        pl.col("aux").filter(person).first().alias("person"),
        role_in("payroll", "payable.shareholder", "receivable.shareholder").any().alias("earned"),
    )
    limit = settings["limit_fen"]
    paid = heads.filter(pl.col("cash_out") > limit, ~pl.col("banked"))
    drawn = heads.filter(pl.col("cash_in") > limit, pl.col("bank_out") > 0, ~pl.col("words").str.contains(USE))
    private = heads.filter(
        pl.col("to_person") > limit, pl.col("bank_out") > 0, ~pl.col("earned"), ~pl.col("words").str.contains(EARNED)
    )
    found = [_finding(row, "cash", "high", row["cash_out"], _paid(row)) for row in paid.iter_rows(named=True)]
    found += [_finding(row, "drawn", "medium", row["cash_in"], _drawn(row)) for row in drawn.iter_rows(named=True)]
    found += [_finding(row, "person", "medium", row["to_person"], _to(row)) for row in private.iter_rows(named=True)]
    return found


def _paid(row: dict[str, Any]) -> Text:
    return _("%(voucher)s pays %(amount)s in cash", voucher=row["voucher"], amount=str(Money(row["cash_out"])))


def _drawn(row: dict[str, Any]) -> Text:
    return _("%(voucher)s draws %(amount)s in cash and names no use", voucher=row["voucher"],
             amount=str(Money(row["cash_in"])))  # fmt: skip


def _to(row: dict[str, Any]) -> Text:
    return _("%(voucher)s pays %(amount)s from the bank to %(person)s, a private person", voucher=row["voucher"],
             amount=str(Money(row["to_person"])), person=row["person"])  # fmt: skip


def _finding(row: dict[str, Any], kind: str, severity: Severity, fen: int, message: Text) -> Finding:
    return Finding(
        rule="N52",
        object=f"{kind}·{row['voucher']}",
        severity=severity,
        confidence=0.6,
        message=message,
        vouchers=[row["voucher"]],
        rows=row["rows"],
        period=row["period"],
        amount=Money(fen),
        compared={"kind": kind, "amount": yuan(fen), "person": row["person"] if kind == "person" else ""},
    )


RULES = [
    Rule(
        id="N52",
        name=_("Private payment or large cash"),
        explanation=_("A large sum was paid in cash, drawn without a named use, or sent to a private person."),
        reason=_("Companies settle through the bank (现金管理暂行条例); money to persons may be wages or dividends."),
        cure=_("Slip, contract and approval are on file, or the payment is booked as what it was."),
        severity="high",
        weight=0.6,
        run=private_and_cash,
        settings={"limit_fen": 50_000_00},
    )
]
