"""N06 openings that differ from the last closing, and N07 balance lists that don't add up or don't fit the vouchers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from saas.checks.finding import Finding, Rule
from saas.checks.positions import compare, on_listed_accounts, span
from saas.checks.roles import role_in
from saas.checks.stands import stands
from saas.checks.voucher_kinds import lines
from saas.checks.wording import yuan
from saas.kernel.i18n import Text, _
from saas.kernel.money import Money
from saas.kernel.months import next_month
from saas.ledgers.frame import Ledger

PARTS = ("opening", "debit", "credit", "closing")
RESULT = ("year_profit", "retained", "prior_year")
NPO_SWITCH = "2025-12"  # 财会〔2024〕25号 replaced the npo chart on 2026-01-01


def changed_openings(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Accounts (and auxiliary items) whose opening is not the closing of the month before, both in the file.

    Across a year's end P&L accounts start at zero, and 未分配利润 takes up 本年利润; those are compared as one sum.
    """
    found: list[Finding] = []
    by_month = {str(p): rows for (p,), rows in stands(ledger).group_by("period", maintain_order=True)}
    for period in sorted(by_month):
        after = by_month.get(next_month(period))
        if after is None or (ledger.standard == "npo" and period == NPO_SWITCH):
            continue
        found += _changed(by_month[period], after, next_month(period))
    return found


def _changed(before: pl.DataFrame, after: pl.DataFrame, period: str) -> list[Finding]:
    keys = ["account", "aux"]
    both = (
        before.select(*keys, "closing", "category", "role", "leaf")
        .join(after.select(*keys, "row", "opening", "category", "role", "leaf"), on=keys, how="full", coalesce=True)
        .with_columns(
            pl.coalesce("category", "category_right").alias("category"),
            pl.coalesce("role", "role_right").alias("role"),
            pl.col("leaf").fill_null(True) & pl.col("leaf_right").fill_null(True),
            pl.col("closing", "opening").fill_null(0),
        )
    )
    if period.endswith("-01"):
        both = _new_year(both)
    wrong = both.filter(pl.col("leaf"), pl.col("closing") != pl.col("opening"))
    accounts = wrong.filter(pl.col("aux") == "")
    # auxiliary items say more than their account; those of an account that had none before are only a new breakdown
    listed = before.filter(pl.col("aux") != "")["account"].unique().to_list()
    parties = wrong.filter(pl.col("aux") != "", pl.col("account").is_in(listed))
    accounts = accounts.filter(pl.col("account").is_in(parties["account"].unique().to_list()).not_())
    return [_opening(row, period) for row in pl.concat([accounts, parties]).sort(keys).iter_rows(named=True)]


def _new_year(both: pl.DataFrame) -> pl.DataFrame:
    """January: P&L may start at zero, and the result accounts count as one, on the largest of them."""
    fresh = (pl.col("category") == "pnl") & (pl.col("opening") == 0)
    summed = pl.col("leaf") & (pl.col("aux") == "") & (role_in(*RESULT) | fresh)
    absorbed = both.filter(summed)
    difference = int((absorbed["opening"] - absorbed["closing"]).sum())
    taker = absorbed.filter(role_in("retained")).sort(pl.col("opening").abs()).tail(1)
    taker = taker.with_columns(closing=pl.col("opening") - difference)
    return pl.concat([both.filter(~summed, ~(fresh & (pl.col("aux") != ""))), taker])


def _opening(row: dict[str, Any], period: str) -> Finding:
    name = f"{row['account']}[{row['aux']}]" if row["aux"] else row["account"]
    return Finding(
        rule="N06",
        object=f"{name}@{period}",
        severity="high",
        confidence=0.95,
        message=_("Account %(account)s opens %(period)s at %(opening)s, but closed the month before at %(closing)s",
                  account=name, period=period, opening=str(Money(row["opening"])), closing=str(Money(row["closing"]))),
        rows=[row["row"]] if row["row"] is not None else [],
        period=period,
        account=row["account"],
        amount=Money(abs(row["opening"] - row["closing"])),
        compared={"opening": yuan(row["opening"]), "closing_before": yuan(row["closing"]), "aux": row["aux"],
                  "difference": yuan(row["opening"] - row["closing"])},
    )  # fmt: skip


def broken_balances(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Rows where opening + debit − credit ≠ closing, parents that are not their children's sum, lists out of balance,
    and movements that the vouchers don't give."""
    listed = stands(ledger)
    details = _not_summing(listed)
    own_lines = set(lines(ledger)["account"].unique())  # lines on an account with details are N05's subject
    return [
        *(_row(row) for row in _not_rolling(listed).iter_rows(named=True)),
        *_first_of_each([f for f in details if f.account not in own_lines]),
        *_first_of_each(_not_balancing(listed, {f.period for f in details} | _unbalanced_since(ledger))),
        *_against_vouchers(ledger, settings),
    ]


def _unbalanced_since(ledger: Ledger) -> set[str | None]:
    """Months up to which the vouchers themselves don't balance (N01), so that the list can't either."""
    nets = (
        lines(ledger).filter(pl.col("period").is_not_null()).group_by("period").agg(pl.col("net").sum()).sort("period")
    )
    return set(nets.filter((pl.col("net") != 0) | (pl.col("net").cum_sum() != 0))["period"].to_list())


def _first_of_each(found: list[Finding]) -> list[Finding]:
    """A difference that stays for months is one finding, in the first of them."""
    kept: dict[tuple[str, str], Finding] = {}
    for finding in found:
        kept.setdefault((finding.object.split("@")[0], finding.compared["difference"]), finding)
    return list(kept.values())


def _not_rolling(listed: pl.DataFrame) -> pl.DataFrame:
    rolled = pl.col("opening") + pl.col("debit") - pl.col("credit")
    return listed.filter(pl.col("leaf"), rolled != pl.col("closing"))


def _row(row: dict[str, Any]) -> Finding:
    difference = row["closing"] - row["opening"] - row["debit"] + row["credit"]
    name = f"{row['account']}[{row['aux']}]" if row["aux"] else row["account"]
    amounts = {part: str(Money(row[part])) for part in PARTS}
    message = _("Account %(account)s in %(period)s: opening %(opening)s + debit %(debit)s − credit %(credit)s is not "
                "closing %(closing)s", account=name, period=row["period"], **amounts)  # fmt: skip
    return _broken("rolling", row, name, message, difference, {p: yuan(row[p]) for p in PARTS})


def _not_summing(listed: pl.DataFrame) -> list[Finding]:
    """Parents whose listed children give another sum, and accounts whose auxiliary items do."""
    own = pl.col("aux") == ""
    children = listed.filter(own, pl.col("parent") != "").group_by("period", account="parent").agg(pl.col(*PARTS).sum())
    items = listed.filter(~own).group_by("period", "account").agg(pl.col(*PARTS).sum())
    sums = pl.concat([children, items.join(children, on=["period", "account"], how="anti")])
    both = listed.filter(own).join(sums, on=["period", "account"], suffix="_sum")
    wrong = both.filter(
        pl.any_horizontal(pl.col("opening") != pl.col("opening_sum"), pl.col("closing") != pl.col("closing_sum"))
    )
    found = []
    for row in wrong.sort("period", "account").iter_rows(named=True):
        part = "closing" if row["closing"] != row["closing_sum"] else "opening"
        message = _("Account %(account)s in %(period)s: its detail accounts add up to %(sum)s, not %(total)s",
                    account=row["account"], period=row["period"], sum=str(Money(row[f"{part}_sum"])),
                    total=str(Money(row[part])))  # fmt: skip
        compared = {"part": part, "total": yuan(row[part]), "details": yuan(row[f"{part}_sum"])}
        found.append(_broken("details", row, row["account"], message, row[part] - row[f"{part}_sum"], compared))
    return found


def _not_balancing(listed: pl.DataFrame, explained: set[str | None]) -> list[Finding]:
    """Σ debit = Σ credit for openings, movements and closings, over the lowest level; not where a row explains it."""
    leaves = listed.filter(pl.col("leaf"), pl.col("aux") == "")
    roll = (pl.col("closing") - pl.col("opening") - pl.col("debit") + pl.col("credit")).sum()
    sums = leaves.group_by("period").agg(
        pl.col("opening", "closing").sum(), movement=(pl.col("debit") - pl.col("credit")).sum(), broken=roll,
        categories=pl.col("category").n_unique(),
    )  # fmt: skip
    found = []
    for row in sums.sort("period").iter_rows(named=True):
        off = {part: row[part] for part in ("opening", "movement", "closing") if row[part]}
        if not off or row["broken"] or row["categories"] < 3 or row["period"] in explained:
            continue  # a list of a few accounts needn't balance
        part = next(iter(off))
        message = _("The balance list of %(period)s does not balance: debits and credits differ by %(difference)s",
                    period=row["period"], difference=str(Money(abs(off[part]))))  # fmt: skip
        compared = {"part": part, **{p: yuan(amount) for p, amount in off.items()}}
        found.append(_broken("totals", {**row, "account": None, "row": None}, "list", message, off[part], compared))
    return found


def _against_vouchers(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Listed movements that the vouchers of the same months don't give: vouchers were lost or came in later.

    Where most accounts differ the file's vouchers are another selection than the list's, and nothing can be said.
    """
    moved = lines(ledger).filter(pl.col("period").is_not_null(), pl.col("account") != "")
    if moved.is_empty():
        return []
    found = []
    for (month,), rows in sorted(stands(ledger).group_by("period"), key=lambda item: str(item[0][0])):
        period = str(month)
        on_list = on_listed_accounts(ledger, moved, rows)
        since = span(rows, on_list, period)
        if since is None:
            continue
        both = compare(rows.filter(pl.col("leaf"), pl.col("aux") == ""), on_list, since, period)
        wrong = both.filter(pl.col("same").not_())
        if wrong.height <= max(settings["least"], settings["share"] * both.height):
            found += [_lost(row) for row in wrong.sort("account").iter_rows(named=True)]
    return found


def _lost(row: dict[str, Any]) -> Finding:
    listed, of_lines = row["debit"] - row["credit"], row["debit_of_lines"] - row["credit_of_lines"]
    message = _("Account %(account)s in %(period)s moved by %(listed)s in the list, by %(lines)s in the vouchers",
                account=row["account"], period=row["period"], listed=str(Money(listed)),
                lines=str(Money(of_lines)))  # fmt: skip
    compared = {"debit": yuan(row["debit"]), "debit_of_vouchers": yuan(row["debit_of_lines"]),
                "credit": yuan(row["credit"]), "credit_of_vouchers": yuan(row["credit_of_lines"])}  # fmt: skip
    return _broken("vouchers", row, row["account"], message, listed - of_lines, compared)


def _broken(
    kind: str, row: dict[str, Any], name: str, message: Text, difference: int, compared: dict[str, Any]
) -> Finding:
    return Finding(
        rule="N07",
        object=f"{kind}/{name}@{row['period']}",
        severity="critical",
        confidence=0.95,
        message=message,
        rows=[row["row"]] if row["row"] is not None else [],
        period=row["period"],
        account=row["account"],
        amount=Money(abs(difference)),
        compared={"kind": kind, **compared, "difference": yuan(difference)},
    )


RULES = [
    Rule(
        id="N06",
        name=_("Opening differs from last closing"),
        explanation=_("An account begins a month with another balance than it ended the month before."),
        reason=_("Closing balances are carried forward unchanged; only P&L accounts start a year at zero."),
        cure=_("The month opens with the balance at which the one before closed, or the difference has its voucher."),
        severity="high",
        weight=0.85,
        run=changed_openings,
    ),
    Rule(
        id="N07",
        name=_("Balance list does not roll forward"),
        explanation=_(
            "Opening, movement and closing don't agree with each other or with the vouchers: data may be lost."
        ),
        reason=_("Opening + debit − credit = closing, details add up to their account, debits equal credits."),
        cure=_("The list adds up, and its movements are those of the vouchers."),
        severity="critical",
        weight=0.95,
        run=broken_balances,
        settings={
            "least": 6,
            "share": 0.2,
        },  # more accounts than this that differ from the vouchers mean another selection
    ),
]
