"""N11: money lent to shareholders that is still out at the end of the tax year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from saas.checks.finding import Finding, Rule, Severity
from saas.checks.positions import months_between, positions
from saas.checks.roles import role_in
from saas.checks.voucher_kinds import lines
from saas.checks.wording import yuan
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.ledgers.frame import REPEATED, Ledger
from saas.ledgers.texts import says

OWED = ("other_receivable", "other_payable", "receivable", "payable", "dividend_payable")
SHAREHOLDER = "股东|法定代表人|法人|投资人|老板|(?i:shareholder|owner loan)"
LEGAL_PERSON = "公司|集团|合伙|企业|中心|基金|商行|经营部|工厂|厂$|(?i:ltd|llc|inc|gmbh|corp)"
LOAN = "借款|借支|借出|暂借|(?i:loan)"
NATURAL = r"^\p{Han}{2,4}$"
ADVANCE = "备用金|差旅|出差|预支|报销|押金"
NAMED = r"(?:股东|法定代表人|法人|投资人|老板)[:： ]*([\p{Han}]{2,4}?)(?:借|还|投资|投入|往来|个人|归|$|\W)"
TAX = 20  # per cent, 财税〔2003〕158号


def shareholder_loans(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding per person and year with a net debit over 其他应收款 and 其他应付款 on 31 December.

    Shareholders are those declared, those who paid capital in and those the books call so. A larger private loan (借款)
    to any other natural person is reported with less certainty, since a file of vouchers doesn't list the owners.

    A file that ends in October or November is warned about as it stands. Travel advances and petty cash are no loans,
    nor is capital that was subscribed but not paid; companies are not natural persons.
    """
    owed = owed_by_shareholders(ledger, set(settings["shareholders"]))
    found = []
    for (person,), part in sorted(owed.group_by("person", maintain_order=True), key=lambda item: str(item[0][0])):
        for end in _year_ends(ledger):
            so_far = part.filter(pl.col("period") <= end)
            out = _outstanding(so_far, known=bool(positions(ledger).known))
            if out >= settings["least_fen" if part["owner"].any() else "least_of_others_fen"]:
                found.append(_finding(str(person), so_far, end, out))
    return found


def owed_by_shareholders(ledger: Ledger, declared: set[str]) -> pl.DataFrame:
    """Lines and openings between the company and its shareholders: person, account, role, period, row, voucher, net."""
    capital = lines(ledger).filter(role_in("capital"))
    paid_in = capital.filter(pl.col("net") < 0)["voucher"].unique()
    subscribed = pl.col("voucher").is_in(paid_in.implode()) & (pl.col("net") > 0)
    owed = lines(ledger).filter(role_in(*OWED), pl.col("period").is_not_null(), ~subscribed)
    moves = owed.filter(~says("summary", ADVANCE))
    columns = ("account", "account_name", "aux", "summary", "role", "period", "row", "voucher", "net")
    both = pl.concat([_openings(ledger).select(columns), moves.select(columns)]).with_columns(person=_person())
    known = declared | _owners(capital) | set(both.filter(_is_called(SHAREHOLDER))["person"].to_list())
    owner = pl.col("person").is_in(list(known)) | role_in("receivable.shareholder", "payable.shareholder")
    both = both.with_columns(owner=owner.any().over("person"))
    borrowed = says("summary", LOAN) & (pl.col("net") > 0) & pl.col("person").str.contains(NATURAL)
    chosen = pl.col("owner") | borrowed.any().over("person")
    return both.filter(chosen, pl.col("person") != "", ~pl.col("person").str.contains(LEGAL_PERSON))


def _person() -> pl.Expr:
    """Auxiliary item, else the last part of a detail account's name, else the name in the summary (or "股东")."""
    detail = _detail()
    below = detail.str.contains("^其他应[收付]款$|^应付(?:利润|股利)$|^$").not_()
    in_text = pl.when(says("summary", SHAREHOLDER)).then(
        pl.coalesce(pl.col("summary").cast(pl.String).str.extract(NAMED, 1), pl.lit("股东"))
    )
    return (
        pl.when(pl.col("aux") != "")
        .then(pl.col("aux").cast(pl.String).str.split("/").list.last())
        .when(below)
        .then(detail)
        .otherwise(in_text)
        .fill_null("")
    )


def _detail() -> pl.Expr:
    """The last part of the account's full name."""
    return pl.col("account_name").cast(pl.String).str.split("-").list.last().str.split("_").list.last()


def _is_called(words: str) -> pl.Expr:
    return pl.any_horizontal(says(c, words) for c in ("person", "account_name", "summary"))


def _owners(capital: pl.DataFrame) -> set[str]:
    """Who paid capital in: the names beside or beneath the capital account."""
    names = capital.with_columns(detail=_detail())
    named = names.filter(pl.col("detail").str.contains("资本|股本").not_())["detail"].to_list()
    return {name for name in [*names["aux"].to_list(), *named] if name}


def _openings(ledger: Ledger) -> pl.DataFrame:
    """What stood between company and persons before the first month, as lines without row or voucher."""
    stood = positions(ledger)
    frames = [stood.parties, stood.ends.with_columns(aux=pl.lit("", REPEATED))]
    ends = pl.concat([f.select("account", "aux", "period", "closing", "net") for f in frames]).sort("period")
    first = (
        ends.group_by("account", "aux", maintain_order=True).first().with_columns(net=pl.col("closing") - pl.col("net"))
    )
    chart = pl.DataFrame(
        [(a.code, a.name, a.role, a.level) for a in ledger.chart.accounts.values()],
        schema={"account": REPEATED, "account_name": REPEATED, "role": REPEATED, "level": pl.Int64},
        orient="row",
    )
    named = (pl.col("aux") != "") | (pl.col("level") > 1)
    return (
        first.join(chart, on="account")
        .filter(role_in(*OWED), named, pl.col("net") != 0)
        .with_columns(
            summary=pl.lit("", dtype=REPEATED),
            period=pl.lit("", dtype=REPEATED),
            row=pl.lit(None, dtype=pl.Int64),
            voucher=pl.lit(None, dtype=REPEATED),
        )
    )


def _year_ends(ledger: Ledger) -> list[str]:
    """Every December of the file, and its last month when that is October or November."""
    dated = lines(ledger)["period"]
    months = months_between(dated.min(), dated.max())  # type: ignore[arg-type]
    return [m for m in months if m.endswith("-12") or (m == months[-1] and m[5:] in ("10", "11"))]


def _outstanding(part: pl.DataFrame, *, known: bool) -> int:
    """Net fen lent. Where openings are unknown, paying back what the company owed is no loan."""
    payable = int(part.filter(role_in("other_payable", "payable", "dividend_payable"))["net"].sum())
    receivable = int(part["net"].sum()) - payable
    return receivable + (payable if known else min(payable, 0))


def _finding(person: str, part: pl.DataFrame, end: str, out: int) -> Finding:
    lent = _latest(part.filter(pl.col("net") > 0, pl.col("row").is_not_null()), out)
    owner, december = bool(part["owner"].any()), end.endswith("-12")
    severity: Severity = "critical" if owner and december else "high"
    exposure = out * TAX // 100
    return Finding(
        rule="N11",
        object=f"{person}@{end[:4]}",
        severity=severity,
        confidence=(0.9 if owner else 0.6) * (1.0 if december else 0.7),
        message=_("%(person)s still owes the company %(amount)s at the end of %(period)s", person=person,
                  amount=str(Money(out)), period=end),
        vouchers=lent["voucher"].unique(maintain_order=True).to_list(),
        rows=lent["row"].sort().to_list(),
        period=end,
        account=(lent if lent.height else part)["account"][-1],
        amount=Money(out),
        compared={"person": person, "balance": yuan(out), "exposure": yuan(exposure), "exposure_rate": f"{TAX}%",
                  "shareholder": owner},
    )  # fmt: skip


def _latest(lent: pl.DataFrame, out: int) -> pl.DataFrame:
    """The last loans that make up what is still out."""
    newest = lent.sort("period", "row", descending=True)
    return newest.filter(pl.col("net").cum_sum() - pl.col("net") < out).reverse()


RULES = [
    Rule(
        id="N11",
        name=_("Shareholder loan open at year-end"),
        explanation=_("A shareholder owes the company money at the end of the year and did not use it for business."),
        reason=_("Such a loan counts as a dividend and is taxed at 20 % (财税〔2003〕158号)."),
        cure=_("The loan is repaid before 31 December, or its business use is proved."),
        severity="critical",
        weight=0.8,
        run=shareholder_loans,
        # shareholders: names, beside those the books show; least_of_others_fen: for persons not known as such
        settings={"shareholders": (), "least_fen": 100_00, "least_of_others_fen": 10_000_00},
    )
]
