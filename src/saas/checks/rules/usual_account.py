"""N43 words that name another expense account, and N24 a party or wording that leaves its usual account."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

import polars as pl

from saas.checks import voucher_kinds
from saas.checks.digest import digest
from saas.checks.finding import Finding, Rule
from saas.checks.roles import role_like
from saas.checks.series import recurring_events
from saas.checks.tax_rates import TABLE
from saas.checks.wording import yuan
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.kernel.months import month_name
from saas.ledgers.frame import REPEATED, Ledger
from saas.ledgers.texts import of_each, says

WORDS = TABLE.with_name("account_words.toml")
EXPENSE = r"^(?:selling|admin|overhead|finance|rd)(?:\.|$)"
COST = r"^(?:selling|admin|overhead|finance|rd|cogs|production_cost|inventory|fixed_asset|prepaid)(?:\.|$)"
EXCLUDED = "暂估|冲|调整|更正|(?i)reclass|adjust"


@cache
def kinds() -> tuple[tuple[str, str], ...]:
    """(words, account) of the starter's dictionary: regular expressions."""
    rows = tomllib.loads(WORDS.read_text("utf-8"))["kind"]
    return tuple((row["words"], row["account"]) for row in rows)


def against_words(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Expense lines whose words name one kind of account while their account bears the name of another.

    Only where the chart has an account of the kind the words name, and only summaries that name one kind.
    """
    lines = _expense_lines(ledger)
    texts = lines.select("text", "leaf").unique()
    said = [pl.col("text").str.contains(words).alias(f"w{at}") for at, (words, _a) in enumerate(kinds())]
    named = [pl.col("leaf").str.contains(account).alias(f"a{at}") for at, (_w, account) in enumerate(kinds())]
    texts = texts.hstack(texts.cast(pl.String).select(*said, *named))
    span = range(len(kinds()))
    one = pl.sum_horizontal(*(pl.col(f"w{at}").cast(pl.Int32) for at in span)) == 1
    booked = pl.any_horizontal(*(pl.col(f"a{at}") for at in span))
    fits = pl.any_horizontal(*(pl.col(f"w{at}") & pl.col(f"a{at}") for at in span))
    odd = texts.filter(one, booked, ~fits)
    usual = {at: _usual(ledger, account) for at, (_w, account) in enumerate(kinds())}
    which = pl.coalesce(*(pl.when(pl.col(f"w{at}")).then(at) for at in span))
    found = lines.join(odd.with_columns(which=which).select("text", "leaf", "which"), on=["text", "leaf"])
    return [
        _finding("N43", row, usual[row["which"]])
        for row in found.sort("row").iter_rows(named=True)
        if usual[row["which"]] and usual[row["which"]] != row["account"]
    ]


def _expense_lines(ledger: Ledger) -> pl.DataFrame:
    """Debit lines on expense accounts of ordinary vouchers, with `leaf`, the account's own name."""
    books = digest(ledger)
    events = recurring_events(ledger).filter(pl.col("kind") == "ordinary", ~pl.col("reversal"))
    leaf = of_each("account_name", lambda name: _leaf(name).str.strip_chars(), REPEATED)
    own = books.lines.filter(role_like(EXPENSE), pl.col("side") == "D", pl.col("fen") > 0)
    own = own.filter(~says("text", EXCLUDED))
    return own.join(events.select("voucher"), on="voucher", how="semi").with_columns(leaf=leaf)


def _leaf(name: pl.Expr) -> pl.Expr:
    """The last part of an account's full name."""
    return name.str.split("-").list.last().str.split("_").list.last()


def _usual(ledger: Ledger, account: str) -> str:
    """The expense account with such a name that the ledger uses most; "" without one."""
    lines = voucher_kinds.lines(ledger).filter(role_like(EXPENSE))
    named = of_each("account_name", lambda name: _leaf(name).str.contains(account), pl.Boolean())
    uses = lines.filter(named).group_by("account").len().sort("len", "account", descending=True)
    return str(uses["account"][0]) if uses.height else ""


def _finding(rule: str, row: dict[str, Any], usual: str, count: int | None = None) -> Finding:
    message = (
        _("%(voucher)s books “%(text)s” on %(account)s; these words belong to %(usual)s", voucher=row["voucher"],
          text=row["text"], account=f"{row['account']} {row['leaf']}", usual=usual)
        if count is None
        else _("%(voucher)s books “%(text)s” on %(account)s; %(count)s others stand on %(usual)s",
               voucher=row["voucher"], text=row["text"], account=row["account"], count=count, usual=usual)
    )  # fmt: skip
    expected = [
        {"account": usual, "debit": yuan(row["fen"]), "credit": "0.00"},
        {"account": row["account"], "debit": "0.00", "credit": yuan(row["fen"])},
    ]
    return Finding(
        rule=rule,
        object=f"{row['voucher']}·{row['account']}",
        severity="low",
        confidence=0.8,
        message=message,
        vouchers=[row["voucher"]],
        rows=[row["row"]],
        period=month_name(row["month"]) if row["month"] is not None else None,
        account=row["account"],
        amount=Money(row["fen"]),
        compared={"booked": yuan(row["fen"]), "usual_account": usual, "same_words": count, "expected": expected},
    )


def left_usual(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Vouchers whose wording (and party) always went to one account, and this once to another.

    Needs so many others on the usual account, in as many months, and the odd one alone; a second use is a new habit.
    """
    books = digest(ledger)
    events = recurring_events(ledger).filter(
        pl.col("key").cat.len_chars() >= 2, pl.col("kind") == "ordinary", ~pl.col("reversal"), ~pl.col("refund")
    )
    lines = books.lines.filter(role_like(COST), pl.col("side") == "D", pl.col("fen") > 0)
    one = lines.filter(pl.len().over("voucher") == 1).join(events.select("voucher", "key"), on="voucher")
    counted = one.with_columns(
        uses=pl.len().over("key", "base"),
        all=pl.len().over("key"),
        months=pl.col("month").n_unique().over("key"),
        usual=pl.col("account").mode().sort().first().over("key"),
        usual_name=pl.col("account_name").mode().sort().first().over("key"),
    )
    odd = counted.filter(
        pl.col("uses") == 1, pl.col("all") > settings["least"], pl.col("months") > settings["least"] // 2,
        pl.col("base").n_unique().over("key") == 2, pl.col("account") != pl.col("usual"),
    )  # fmt: skip
    odd = odd.with_columns(leaf=pl.col("account_name"))
    return [_finding("N24", row, row["usual"], row["all"] - 1) for row in odd.sort("row").iter_rows(named=True)]


RULES = [
    Rule(
        id="N24",
        name=_("Left its usual account"),
        explanation=_("Entries of the same words always went to one account, and this one went to another."),
        reason=_("Like things are booked alike, or the accounts of two periods cannot be compared (会计法第十八条)."),
        cure=_("The entry is moved to the usual account, or the difference is explained."),
        severity="low",
        weight=0.65,
        run=left_usual,
        settings={"least": 5},
    ),
    Rule(
        id="N43",
        name=_("Text against account"),
        explanation=_("The words of an expense name one kind of account, and it stands on an account of another kind."),
        reason=_("Misplaced expenses distort what income tax limits (entertainment, welfare, advertising)."),
        cure=_("The entry is moved to the account its words name, or the text is corrected."),
        severity="low",
        weight=0.7,
        run=against_words,
    ),
]
