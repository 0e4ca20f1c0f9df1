"""N21: P&L accounts that are not zero after the closing entry (结转损益), and months that were never closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import polars as pl

from saas.checks.finding import Finding, Rule
from saas.checks.positions import months_between, positions
from saas.checks.roles import role_in
from saas.checks.stands import stands
from saas.checks.voucher_kinds import lines, vouchers
from saas.checks.wording import yuan
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.ledgers.frame import Ledger

SEVERAL = 4  # from so many accounts on, a closing entry is missing rather than an account in it


class Closings(NamedTuple):
    """Which months have P&L entries, which were closed, and whether the books close every month (账结法)."""

    active: list[str]
    closed: set[str]
    monthly: bool


def not_carried(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding per account with a new remainder in a closed month, or one for a month without its closing entry.

    The last month may be exported before it is closed, and books without any closing entry say nothing.
    """
    closings = _closings(ledger, settings)
    if not closings.closed:
        return _in_list(ledger)
    left = _remainders(ledger, closings)
    missing = _never_closed(closings)
    found = []
    for period in months_between(closings.active[0], closings.active[-1]):
        new = {account: fen for (account, month), fen in left.items() if month == period}
        if period in missing:
            found.append(_unclosed(ledger, period))
        elif period in closings.closed and len(new) >= SEVERAL:
            found.append(_incomplete(ledger, period, new))
        elif period in closings.closed and len(new) == 2 and sum(new.values()) == 0:
            found.append(_exchanged(ledger, period, new))
        elif period in closings.closed:
            found += [_remainder(ledger, period, account, fen) for account, fen in sorted(new.items())]
    return found


def _closings(ledger: Ledger, settings: Mapping[str, Any]) -> Closings:
    pnl = lines(ledger).filter(pl.col("category") == "pnl", pl.col("period").is_not_null())
    closing = pl.col("voucher").is_in(_closing_vouchers(ledger))
    closed = set(pnl.filter(closing)["period"].unique())
    active = sorted(set(pnl.filter(~closing)["period"].unique()) | closed)
    before_last = active[:-1] if active and active[-1] not in closed else active
    share = len(closed) / len(before_last) if before_last else 0.0
    method = settings["method"]
    return Closings(active, closed, method == "monthly" or (method == "auto" and share >= 0.6))


def _closing_vouchers(ledger: Ledger) -> list[str]:
    """Those into 本年利润; 以前年度损益调整 goes into 利润分配 by an entry of its own."""
    closing = vouchers(ledger).filter(pl.col("kind") == "closing")["voucher"]
    into = lines(ledger).filter(role_in("year_profit"), pl.col("voucher").is_in(closing.implode()))
    return into["voucher"].unique(maintain_order=True).to_list()


def _never_closed(closings: Closings) -> set[str]:
    if not closings.monthly:
        return set()
    return {month for month in closings.active[:-1] if month not in closings.closed}


def _remainders(ledger: Ledger, closings: Closings) -> dict[tuple[str, str], int]:
    """(account, period) → balance left, where it differs from what was left before and was said already.

    Books closed once a year can only be judged when the file (or its openings) covers the year so far.
    """
    stood = positions(ledger)
    units = stood.units
    pnl = lines(ledger).filter(pl.col("category") == "pnl", pl.col("period").is_not_null())
    began = _openings(ledger) if stood.known else {}
    if not closings.monthly and not stood.known and not closings.active[0].endswith("-01"):
        return {}
    nets = pnl.group_by("account", "period").agg(pl.col("net").sum()).sort("account", "period")
    found: dict[tuple[str, str], int] = {}
    for part in nets.partition_by("account", maintain_order=True):
        account = str(part["account"][0])
        moved = dict(part.select("period", "net").iter_rows())
        balance = said = began.get(account, 0) if units.get(account, account) == account else 0
        for month in months_between(closings.active[0], closings.active[-1]):
            balance += moved.get(month, 0)
            if month in closings.closed:
                if balance not in (0, said):
                    found[account, month] = balance
                said = balance
            elif closings.monthly:
                said = balance  # the month without a closing entry is a finding of its own
    return found


def _openings(ledger: Ledger) -> dict[str, int]:
    first = positions(ledger).ends.group_by("account").agg(pl.all().sort_by("period").first())
    return {row["account"]: row["closing"] - row["net"] for row in first.iter_rows(named=True)}


def _remainder(ledger: Ledger, period: str, account: str, fen: int) -> Finding:
    month = lines(ledger).filter(pl.col("period") == period)
    on_account = month.filter(pl.col("account") == account)
    closing = month.filter(pl.col("voucher").is_in(_closing_vouchers(ledger)))["voucher"].unique(maintain_order=True)
    in_closing = on_account.filter(pl.col("voucher").is_in(closing.implode()))
    left = on_account.filter(
        ~pl.col("voucher").is_in(closing.implode()), pl.col("net") == fen
    )  # came after, or on a wrong account
    rows = left if 0 < left.height <= 2 else in_closing if in_closing.height else on_account
    named = rows["voucher"].unique(maintain_order=True).to_list()
    closed = int(in_closing["net"].sum())
    return Finding(
        rule="N21",
        object=f"{account}@{period}",
        severity="high",
        confidence=0.9,
        message=_("%(account)s still stands at %(balance)s after %(period)s was closed", account=_name(ledger, account),
                  balance=str(Money(fen)), period=period),
        vouchers=named or closing.to_list(),
        rows=rows["row"].to_list(),
        period=period,
        account=account,
        amount=Money(abs(fen)),
        compared={"balance": yuan(fen), "closed": yuan(closed), "in_closing_entry": bool(in_closing.height),
                  "expected": _entry(ledger, {account: fen})},
    )  # fmt: skip


def _exchanged(ledger: Ledger, period: str, new: dict[str, int]) -> Finding:
    """Two remainders that cancel out: an entry stands on one account and was closed from the other."""
    (over, fen), (under, _less) = sorted(new.items(), key=lambda item: -item[1])
    found = _remainder(ledger, period, over, fen)
    message = _("After %(period)s was closed %(over)s stands at %(balance)s and %(under)s at the opposite: "
                "an entry is on the wrong one of the two", period=period, over=_name(ledger, over),
                under=_name(ledger, under), balance=str(Money(fen)))  # fmt: skip
    compared = {**found.compared, "balances": {over: yuan(fen), under: yuan(-fen)}, "expected": _entry(ledger, new)}
    return replace(found, object=f"{over}/{under}@{period}", message=message, compared=compared)


def _incomplete(ledger: Ledger, period: str, new: dict[str, int]) -> Finding:
    total = sum(abs(fen) for fen in new.values())
    return Finding(
        rule="N21",
        object=f"several@{period}",
        severity="high",
        confidence=0.9,
        message=_("%(count)s P&L accounts still have balances after %(period)s was closed: a closing entry is missing",
                  count=len(new), period=period),
        period=period,
        account=_debited(ledger, new),
        amount=Money(total),
        compared={"balances": {account: yuan(fen) for account, fen in sorted(new.items())},
                  "expected": _entry(ledger, new)},
    )  # fmt: skip


def _unclosed(ledger: Ledger, period: str) -> Finding:
    month = lines(ledger).filter(pl.col("category") == "pnl", pl.col("period") == period)
    nets = dict(
        month.group_by("account").agg(pl.col("net").sum()).filter(pl.col("net") != 0).sort("account").iter_rows()
    )
    return Finding(
        rule="N21",
        object=f"closing@{period}",
        severity="high",
        confidence=0.9,
        message=_("%(period)s has no closing entry, though the months around it have one", period=period),
        period=period,
        account=_debited(ledger, nets),
        amount=Money(abs(sum(nets.values()))),
        compared={"balances": {a: yuan(n) for a, n in nets.items()}, "expected": _entry(ledger, nets)},
    )


def _entry(ledger: Ledger, left: dict[str, int]) -> list[dict[str, str]]:
    """The closing entry that would bring these accounts to zero."""
    result = _result_account(ledger)
    rest = sum(left.values())
    entry = [{"account": a, "debit": yuan(max(-n, 0)), "credit": yuan(max(n, 0))} for a, n in sorted(left.items())]
    return [{"account": result, "debit": yuan(max(rest, 0)), "credit": yuan(max(-rest, 0))}, *entry]


def _debited(ledger: Ledger, left: dict[str, int]) -> str:
    """The debit account of the expected entry: 本年利润 for costs, else the largest income account."""
    costs = [n for n in left.values() if n > 0]
    return _result_account(ledger) if costs or not left else min(left, key=lambda account: left[account])


def _result_account(ledger: Ledger) -> str:
    return next(iter(ledger.chart.having("year_profit")), "")


def _name(ledger: Ledger, code: str) -> str:
    account = ledger.chart.accounts.get(code)
    return f"{code} {account.name}".strip() if account and account.name != code else code


def _in_list(ledger: Ledger) -> list[Finding]:
    """Balance lists without vouchers: a month whose 本年利润 moved left some, but not most, P&L accounts open."""
    if ledger.lines.height:
        return []
    listed = stands(ledger).filter(pl.col("leaf"), pl.col("aux") == "")
    moved = (pl.col("debit") != 0) | (pl.col("credit") != 0)
    found = []
    for (period,), rows in sorted(listed.group_by("period"), key=lambda item: str(item[0][0])):
        closed = rows.filter(pl.col("role") == "year_profit", moved).height
        pnl = rows.filter(pl.col("category") == "pnl", moved | (pl.col("closing") != 0))
        left = pnl.filter(pl.col("closing") != 0)
        if closed and left.height < 0.5 * pnl.height:
            found += [_listed(ledger, row, str(period)) for row in left.sort("account").iter_rows(named=True)]
    return found


def _listed(ledger: Ledger, row: dict[str, Any], period: str) -> Finding:
    return Finding(
        rule="N21",
        object=f"{row['account']}@{period}",
        severity="high",
        confidence=0.8,
        message=_("%(account)s still stands at %(balance)s after %(period)s was closed",
                  account=_name(ledger, row["account"]), balance=str(Money(row["closing"])), period=period),
        rows=[row["row"]],
        period=period,
        account=row["account"],
        amount=Money(abs(row["closing"])),
        compared={"balance": yuan(row["closing"]), "expected": _entry(ledger, {row["account"]: row["closing"]})},
    )  # fmt: skip


RULES = [
    Rule(
        id="N21",
        name=_("Profit and loss not carried forward"),
        explanation=_("After the closing entry a P&L account still has a balance, so profit in the books is wrong."),
        reason=_("P&L accounts are carried to 本年利润 and are zero afterwards, monthly (账结法) or yearly (表结法)."),
        cure=_("Every P&L account is zero after the closing entry of its month."),
        severity="high",
        weight=0.8,
        run=not_carried,
        settings={"method": "auto"},  # "monthly" (账结法), "yearly" (表结法) or "auto": as the file does
    )
]
