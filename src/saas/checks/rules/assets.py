"""N22: months without depreciation or amortisation, and assets written down by more than they cost."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import Any

import polars as pl

from saas.checks.asset_classes import AssetClass, asset_class, write_offs
from saas.checks.digest import digest
from saas.checks.finding import Finding, Rule
from saas.checks.positions import months_between
from saas.checks.roles import role_in
from saas.checks.voucher_kinds import lines, vouchers
from saas.checks.wording import is_last, yuan
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.kernel.months import month_before, month_number, next_month
from saas.ledgers.frame import Ledger

PAIRS = (("fixed_asset", "depreciation"), ("intangible", "amortisation"), ("deferred_expense", "deferred_expense"))
PATIENCE = {"fixed_asset": 1, "intangible": 2, "deferred_expense": 3}  # months due before "never" is said
NEVER = "9999-12"
MONTHLY = 0.6  # share of months with a write-off from which a series counts as monthly


def missing_depreciation(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding per month missed inside a monthly series, and one for a class of assets that is never written off.

    Depreciation starts the month after purchase; land, assets under construction, fully depreciated and sold assets
    need none; a double amount beside the month makes up for it; the last month may be unfinished.
    """
    found = []
    for asset, contra in PAIRS:
        group = asset_class(ledger, asset, contra)
        if group is None:
            continue
        usable = _finished(ledger, group.months)
        if group.written:
            retired = _retired_from(ledger, group) if group.worth is None else NEVER
            elsewhere = _stands_elsewhere(ledger, group)
            gaps = [
                (month, sure)
                for month, sure in _gaps(group, usable, settings)
                if month < retired and month_number(month) not in elsewhere
            ]
            found += [_missed(ledger, group, month, sure) for month, sure in gaps]
        else:
            found += _never(ledger, group, usable, settings)
        found += _excess(ledger, group)
    return found


def _finished(ledger: Ledger, months: list[str]) -> list[str]:
    """The months whose work is done: all but the last, and the last too once it is closed."""
    closed = set(vouchers(ledger).filter(pl.col("kind") == "closing")["period"].to_list())
    return months if months[-1] in closed else months[:-1]


def _stands_elsewhere(ledger: Ledger, group: AssetClass) -> set[int]:
    """Months (year × 12 + month − 1) whose write-off is in the books: under its usual words on another account, which
    N34 tells, or made good later by an entry that names the month."""
    own = write_offs(ledger, group.asset, group.contra)["voucher"].unique()
    facts = digest(ledger).vouchers.select("voucher", "month", "named", "key", "red")
    named = facts.filter(pl.col("voucher").is_in(own.implode()), pl.col("named").is_not_null())["named"]
    keys = facts.filter(pl.col("voucher").is_in(own.implode()), pl.col("key") != "")["key"].unique()
    worded = facts.filter(pl.col("key").is_in(keys.implode()), ~pl.col("red"))["month"]
    return {*named.to_list(), *worded.drop_nulls().to_list()}


def _retired_from(ledger: Ledger, group: AssetClass) -> str:
    """The month from which nothing need be written off, as far as the file shows.

    Written-down value was taken out with its asset; what was deferred is used up to the fen; or the words of the last
    write-off count it as the last.
    """
    done = write_offs(ledger, group.asset, group.contra).filter(pl.col("period") == max(group.written))
    counted = all(is_last(text) for text in done["summary"].drop_nulls().unique().cast(pl.String))
    if group.contra == "deferred_expense":
        moved = lines(ledger).filter(pl.col("account").is_in(done["account"].unique().implode()))
        left = moved.group_by("account").agg(pl.col("net").sum(), begun=(pl.col("debit") > 0).any())
        spent = left.select(((pl.col("net") == 0) & pl.col("begun")).all()).item()
        return next_month(max(group.written)) if spent or counted else NEVER
    taken = lines(ledger).filter(role_in(group.contra), pl.col("net") > 0, pl.col("debit") > 0)
    last = taken["period"].max()
    return str(last) if last is not None else next_month(max(group.written)) if counted else NEVER


def _gaps(group: AssetClass, usable: list[str], settings: Mapping[str, Any]) -> list[tuple[str, float]]:
    """Months a monthly series lacks, with how sure that is. Where openings are unknown a series may have run out."""
    done = sorted(group.written)
    if len(done) < 2 or len(done) < MONTHLY * len(months_between(done[0], done[-1])):
        return []
    usual = median(group.written.values())
    due = [
        m
        for m in usable
        if _due_from(group) <= m and m not in group.written and group.depreciable(m, settings["residual"])
    ]
    made_up = {m for m in due if any(group.written.get(n, 0) >= 1.6 * usual for n in (month_before(m), next_month(m)))}
    tail = [m for m in due if m > done[-1] and m not in made_up]
    inside = [(m, 0.85) for m in due if m < done[-1] and m not in made_up]
    if group.worth is None and len(tail) > 1:
        return [*inside, (tail[0], 0.5)]
    return [*inside, *((m, 0.75) for m in tail)]


def _due_from(group: AssetClass) -> str:
    """The first month that must be written off: of the first, what the openings, purchases or the series itself say."""
    begun = [min(group.written)] if group.written else []
    begun += [next_month(min(group.bought))] if group.bought else []
    begun += [group.months[0]] if group.began_with else []
    return min(begun) if begun else NEVER


def _never(ledger: Ledger, group: AssetClass, usable: list[str], settings: Mapping[str, Any]) -> list[Finding]:
    due = [m for m in usable if m >= _due_from(group) and group.depreciable(m, settings["residual"])]
    if len(due) < PATIENCE[group.asset]:
        return []
    debit = next(iter([*ledger.chart.having("admin.depreciation"), *ledger.chart.having("admin")]), None)
    credit = next(iter(ledger.chart.having(group.contra)), None)
    return [
        Finding(
            rule="N22",
            object=f"{group.asset}/never",
            severity="medium",
            confidence=0.75,
            message=_("Assets are in the books, but nothing has been written off since %(period)s", period=due[0]),
            period=due[0],
            account=debit,
            compared={"kind": "never", "months": due, "bought": sorted(group.bought),
                      "expected": [{"account": debit or ""}, {"account": credit or ""}]},
        )
    ]  # fmt: skip


def _missed(ledger: Ledger, group: AssetClass, month: str, confidence: float) -> Finding:
    entry = _usual_entry(ledger, group, month)
    debits = [line for line in entry if line["net"] > 0]
    account = max(debits, key=lambda line: line["net"])["account"] if debits else None
    amount = sum(line["net"] for line in debits)
    return Finding(
        rule="N22",
        object=f"{group.asset}@{month}",
        severity="medium",
        confidence=confidence,
        message=_("%(period)s has no depreciation or amortisation; the months around it have %(amount)s", period=month,
                  amount=str(Money(amount))),
        period=month,
        account=account,
        amount=Money(amount),
        compared={"kind": "missing", "expected": [
            {"account": e["account"], "aux": e["aux"], "debit": yuan(max(e["net"], 0)),
             "credit": yuan(max(-e["net"], 0))} for e in entry
        ]},
    )  # fmt: skip


def _usual_entry(ledger: Ledger, group: AssetClass, month: str) -> list[dict[str, Any]]:
    """The lines of the write-off in the last month before this one that has it, else in the first after."""
    earlier = [m for m in sorted(group.written) if m < month]
    model = earlier[-1] if earlier else min(group.written)
    named = write_offs(ledger, group.asset, group.contra).filter(pl.col("period") == model)["voucher"].unique()
    entry = lines(ledger).filter(pl.col("voucher").is_in(named.implode()))
    return (
        entry.group_by("account", "aux", maintain_order=True)
        .agg(pl.col("net").sum())
        .filter(pl.col("net") != 0)
        .to_dicts()
    )


def _excess(ledger: Ledger, group: AssetClass) -> list[Finding]:
    """More written off than the assets cost: for the first month of it."""
    if group.worth is None or group.cost is None:
        return []
    month = next((m for m in group.months if group.worth[m] < 0 <= group.cost[m]), None)
    if month is None:
        return []
    done = write_offs(ledger, group.asset, group.contra).filter(pl.col("period") == month)
    over = Money(-group.worth[month])
    return [
        Finding(
            rule="N22",
            object=f"{group.asset}/over",
            severity="medium",
            confidence=0.85,
            message=_("By %(period)s assets were written off by %(amount)s more than they cost", period=month,
                      amount=str(over)),
            vouchers=done["voucher"].unique(maintain_order=True).to_list(),
            rows=done["row"].to_list(),
            period=month,
            account=next(iter(ledger.chart.having(group.contra)), None),
            amount=over,
            compared={"kind": "over", "cost": yuan(group.cost[month]),
                      "written_off": yuan(group.cost[month] + over.fen)},
        )
    ]  # fmt: skip


RULES = [
    Rule(
        id="N22",
        name=_("Depreciation or amortisation missing"),
        explanation=_("Assets in use were not written off in a month, or were written off beyond their cost."),
        reason=_("Fixed assets are depreciated monthly from the month after purchase until their residual value."),
        cure=_("Every month due has its write-off, made up for at once if it was missed."),
        severity="medium",
        weight=0.65,
        run=missing_depreciation,
        settings={"residual": 0.05},  # share of cost that is never depreciated
    )
]
