"""N33: a recurring entry that one month lacks.

Only what must come every month is judged: wages, depreciation, amortisation, cost carry-over, stock receipts, rent, and
whatever else came with the same amount or like clockwork. A month is excused when the entry came late, early, in one
sum with its neighbour's, under other words, or when nothing called for it (no sales, no cost).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from saas.checks.digest import digest
from saas.checks.finding import Finding, Rule
from saas.checks.roles import role_in, role_like
from saas.checks.series import Recurring, find, recurring_events
from saas.checks.signals.excused import Events, Slices, excused
from saas.checks.signals.expected import Expected, expected_entry
from saas.checks.wording import company_in, is_last
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.kernel.months import month_name
from saas.ledgers.frame import Ledger

MONEY = r"^(?:cash|bank|other_money)\b"
CLOCKWORK = 0.4  # dispersion of the monthly numbers; entries that come at random have about 1
BILL_FEN = 1_000_00
LAST_MONTHS = 2  # a series that stopped longer ago has ended
STOPPED = 0.5  # but for what lasts as long as the company: then at most this share of the months


@dataclass(frozen=True, slots=True)
class Gap:
    """A month in which a series has no member and nothing excuses it."""

    series: dict[str, Any]
    month: int
    missing: int  # months this series lacks altogether
    expected: Expected


def missing_entries(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding per series and month; the most specific series speaks for the others of the same accounts."""
    said: set[tuple[str, int]] = set()
    findings = []
    for gap in _gaps(ledger, settings):
        key = (gap.series["form"], gap.month)
        if key not in said:
            said.add(key)
            findings.append(_finding(gap))
    return findings


def _gaps(ledger: Ledger, settings: Mapping[str, Any]) -> list[Gap]:
    recurring = find(ledger)
    level = pl.col("level").replace_strict({"party": 0, "words": 1, "accounts": 2})
    candidates = recurring.series.filter(
        # without a gap of its own a series is one a month earlier
        pl.col("present") + (pl.col("present") == pl.col("span")).cast(pl.Int8) >= settings["least_months"],
        pl.col("present") >= settings["presence_essential"] * pl.col("span"),
        (pl.col("dispersion") < CLOCKWORK) | ((pl.col("level") == "accounts") & (pl.col("n") >= 2 * pl.col("span"))),
    ).sort(level, "series")
    events = Events(recurring_events(ledger), candidates)
    members = recurring.members.join(candidates, on="series", how="semi", maintain_order="left")
    members_of = Slices.of(members, "series", "month", "voucher")
    gaps = []
    for series in candidates.iter_rows(named=True):
        members = members_of[series["series"]]
        months = _missing_months(series, members, recurring)
        if not months:
            continue
        received = _from_customer(ledger, series, members)
        party = received and _of_one_party(ledger, series, members)
        in_books = excused(months, series, members, events.near(series, received=received, party=party))
        gaps += _unexcused(ledger, series, members, [month for month in months if month not in in_books], settings)
    return gaps


def _unexcused(
    ledger: Ledger, series: dict[str, Any], members: pl.DataFrame, months: list[int], settings: Mapping[str, Any]
) -> list[Gap]:
    """The months that nothing else explains. Those after the end are counted apart from those within."""
    own = members.filter(pl.col("form") == series["form"])
    due = [(month, expected) for month in months if (expected := expected_entry(ledger, own, month))]
    due = [
        (month, expected)
        for month, expected in due
        if not _ran_out(ledger, series, expected, month) and not _repaid(ledger, series, expected, month)
    ]
    at_the_end = sum(month > series["last"] for month, _expected in due)
    gaps = []
    for month, expected in due:
        # a supplier whose deliveries ended may have left out a month before
        after = at_the_end if month > series["last"] or expected.nature == "stock" else 0
        missing = after or len(due) - at_the_end
        if (
            _must_come(series, expected, missing, after, settings)
            and not _came_otherwise(ledger, series, expected, month)
            and not _came_corrected(ledger, series, month)
        ):
            gaps.append(Gap(series, month, missing, expected))
    return gaps


def _from_customer(ledger: Ledger, series: dict[str, Any], members: pl.DataFrame) -> bool:
    """A fixed sum received from a customer month by month."""
    if series["level"] == "accounts" or not fixed(series):
        return False
    lines = digest(ledger).lines.filter(pl.col("voucher") == members["voucher"][0])
    of_money, of_customer = role_like(MONEY) | (pl.col("side") != "D"), role_in("ar")
    return bool(lines.select(of_money.all() & of_customer.any()).item())


def _of_one_party(ledger: Ledger, series: dict[str, Any], members: pl.DataFrame) -> bool:
    """Whether the customer has a name or an account, so that what others pay does not stand for it."""
    owed = digest(ledger).lines.filter(pl.col("voucher").is_in(members["voucher"].implode()), role_in("ar"))
    accounts = owed.select("account", "family").unique()
    has_account = accounts.height == 1 and accounts["account"][0] != accounts["family"][0]
    return bool(series["party"] or company_in(series["text"] or "") or has_account)


def _missing_months(series: dict[str, Any], members: pl.DataFrame, recurring: Recurring) -> list[int]:
    """Inside the life of the series, and the file's last month or two when the series runs up to them.

    A member that names another month counts for that month, unless that month has its own: then the name is a slip.
    """
    stands = members.select("month", "counted").rows()
    there = {month for month, counted in stands if month == counted}
    for month, counted in stands:
        if month != counted:
            there.add(month if counted in there else counted)
    inside = [m for m in recurring.months if series["first"] < m < series["last"] and m not in there]
    after = [m for m in recurring.months if m > series["last"] and m not in there]
    return [*inside, *after] if len(after) <= max(LAST_MONTHS, STOPPED * len(recurring.months)) else inside


def _came_otherwise(ledger: Ledger, series: dict[str, Any], expected: Expected, month: int) -> bool:
    """The account was charged that month after all, under other words and from another account."""
    if expected.nature == "stock":
        lines = digest(ledger).lines.filter(pl.col("month") == month, pl.col("side") == "D")
        return lines.filter(role_in("inventory")).height > 0
    lines = digest(ledger).lines.filter(pl.col("month") == month, pl.col("side") == "D")
    if expected.nature == "settlement":  # the purse takes many sums; the party's own were looked at
        lines = lines.filter(role_like(MONEY).not_())
    same = lines.filter(pl.col("account") == expected.debit_account)
    if expected.nature in ("stock", "production", "other") and not fixed(series):
        return same.height > 0
    return same.filter(pl.col("fen").is_between(0.9 * expected.debit_fen, 1.1 * expected.debit_fen)).height > 0


def _came_corrected(ledger: Ledger, series: dict[str, Any], month: int) -> bool:
    """The month's entry was reversed and booked anew: neither the pair nor the correction is a member."""
    same = digest(ledger).vouchers.filter(pl.col("month") == month, pl.col("form") == series["form"])
    return same.filter(~pl.col("red"), pl.col("correction") | pl.col("pair").is_not_null()).height > 0


def _ran_out(ledger: Ledger, series: dict[str, Any], expected: Expected, month: int) -> bool:
    """What was written off month by month was taken out of the books, or used up to the fen, before this month."""
    if month > series["last"] and is_last(series["text"] or ""):
        return True
    if month <= series["last"] or expected.nature not in ("amortisation", "depreciation", "rent", "other"):
        return False
    credited = [line["account"] for line in expected.lines if "credit" in line]
    lines = digest(ledger).lines.filter(pl.col("account").is_in(credited), pl.col("month") < month)
    if lines.is_empty() or not lines.select(role_in("amortisation", "deferred_expense", "prepaid").all()).item():
        return False
    taken = lines.filter(pl.col("side") == "D")
    contra = lines.select(role_in("amortisation").all()).item()
    spent = int(lines.filter(pl.col("side") == "C")["fen"].sum()) >= int(taken["fen"].sum())
    return taken.height > 0 if contra else taken.height > 0 and spent


def _repaid(ledger: Ledger, series: dict[str, Any], expected: Expected, month: int) -> bool:
    """No loan, no interest: principal was paid back about when the series ended."""
    if expected.nature != "interest" or month <= series["last"]:
        return False
    back = digest(ledger).lines.filter(role_in("loan"), pl.col("side") == "D", pl.col("fen") > 0)
    return back.filter(pl.col("month").is_between(series["last"] - 1, month)).height > 0


def fixed(series: dict[str, Any]) -> bool:
    """Whether (nearly) every member has the same amount."""
    return bool(series["fixed_n"] >= 0.8 * series["n"])


def _must_come(
    series: dict[str, Any], expected: Expected, missing: int, at_the_end: int, settings: Mapping[str, Any]
) -> bool:
    """Whether a month without this entry is an error rather than a month without its cause."""
    essential = expected.nature in ("payroll", "depreciation", "amortisation", "cost", "production", "interest")
    if expected.nature == "stock":
        return missing == 1 and not at_the_end and bool(series["n"] >= settings["least_months"] + 2)
    if at_the_end:
        # leases and prepayments end; wages, wear, interest and the cost of sales do not
        if expected.nature in ("payroll", "depreciation", "cost", "interest"):
            return True
        return expected.nature in ("amortisation", "rent") and at_the_end == 1 and missing == 1
    if not essential and missing > (1 - settings["presence"]) * series["span"]:
        return False  # months that are excused count as present
    if series["level"] == "accounts" and series["dispersion"] >= CLOCKWORK:
        often = series["n"] >= 2 * series["span"]
        return missing == 1 and essential and often
    if essential or fixed(series) or expected.nature == "rent":
        return missing <= 3
    return missing == 1 and series["dispersion"] < 0.15 and series["n"] >= 8 and expected.nature == "other"


def _is_bill(gap: Gap) -> bool:
    """A small bill of changing size may have come late, or twice in one sum."""
    return gap.expected.nature == "other" and not fixed(gap.series) and gap.expected.fen < BILL_FEN


def _finding(gap: Gap) -> Finding:
    series, period = gap.series, month_name(gap.month)
    confidence = 0.6 + 0.15 * fixed(series) + 0.15 * (gap.expected.nature != "other")
    confidence -= 0.05 * (gap.missing - 1) + 0.2 * (gap.month > series["last"])
    name = series["key"] or gap.expected.summary
    return Finding(
        rule="N33",
        object=f"{series['series']}@{period}",
        severity="low" if _is_bill(gap) else "high" if confidence >= 0.75 else "medium",
        confidence=round(confidence, 2),
        message=_(
            "%(period)s has no entry “%(series)s”: %(present)s of %(span)s months have it, usually %(amount)s yuan.",
            period=period,
            series=name,
            present=series["present"],
            span=max(series["span"], series["present"] + 1),
            amount=str(Money(gap.expected.fen)),
        ),
        period=period,
        account=gap.expected.debit_account,
        amount=Money(gap.expected.fen),
        compared={
            "series": name,
            "months_present": series["present"],
            "last_members": gap.expected.members,
            "expected": gap.expected.as_json(),
        },
    )


RULES = [
    Rule(
        id="N33",
        name=_("Missing recurring entry"),
        explanation=_(
            "An entry that comes every month with the same accounts and wording (wages, depreciation, rent, "
            "amortisation, cost carry-over, stock receipts) is missing in one month."
        ),
        reason=_(
            "Accrual basis: income and cost belong to the month they concern (Basic Standard, Art. 9); a missing "
            "accrual misstates the profit of the month and the tax prepayment of the quarter."
        ),
        cure=_("The entry is booked, or a later voucher names this month, or the object of the series ended."),
        severity="high",
        weight=0.7,
        run=missing_entries,
        settings={"least_months": 6, "presence": 0.8, "presence_essential": 0.7},
    )
]
