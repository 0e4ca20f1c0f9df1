"""Which returns a client hands in: from its profile, and from the switches set for it (accounting.md §6)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from saas.clients.models import Client
from saas.filings.models import FilingSwitch
from saas.kernel.filing import after, filing_table
from saas.kernel.i18n import Both, Text, _
from saas.kernel.months import month_before, month_name, month_number

EVERY: dict[str, Text] = {
    "month": _("every month"),
    "quarter": _("every quarter"),
    "half": _("every half-year"),
    "year": _("every year"),
    "": _("never"),
}
COMPANY = {"cit_prepayment": "quarter", "cit_annual": "year"}
SOLE_TRADER = {"iit_business_prepayment": "quarter", "iit_business_annual": "year"}
EVERYBODY = {"iit_withholding": "month", "stamp_tax": "quarter", "statements": "quarter", "statements_annual": "year"}
NOT_THEIRS = ("firm", "individual")  # returns of the agency itself, and of private persons
INDIVIDUAL_BUSINESS = re.compile("92")  # GB 32100: 9 market regulator, 2 individual business (个体工商户)
MARKET = re.compile("9|$")  # registered by the market regulator, or without a number: reports to it each year


def by_profile(client: Client) -> dict[str, str]:
    """Code → how often, before any switch."""
    own = SOLE_TRADER if INDIVIDUAL_BUSINESS.match(client.uscc) else COMPANY
    wanted = {"vat": client.filing_period, **EVERYBODY, **own}
    if MARKET.match(client.uscc):
        wanted["annual_report"] = "year"
    return wanted


def in_force(client: Client, switches: Sequence[FilingSwitch], month: str) -> dict[str, str]:
    """Code → how often, for periods that end with this month ("2026-11"); what is never handed in is left out."""
    wanted = by_profile(client)
    for switch in sorted(switches, key=lambda s: s.from_month):
        if switch.from_month <= month:
            wanted[switch.code] = switch.every
    return {code: every for code, every in wanted.items() if every}


def codes() -> list[str]:
    """Returns a client can have, in the order of the table; those whose day only the locality knows are left out."""
    return [f.code for f in filing_table().filings.values() if f.rule != "local" and f.who[0] not in NOT_THEIRS]


def name_of(code: str) -> Text:
    return _named(filing_table().filings[code].name)


def _named(name: Mapping[str, str]) -> Both:
    return Both(name["zh"], name["en"])


def last_month(period: str) -> str:
    """The month with which a period ends: "2026-Q3" → "2026-09". ValueError for what is none."""
    return month_before(date(*after(period), 1))


def first_month(period: str) -> str:
    """The month with which a period begins: "2026-Q3" → "2026-07"."""
    length = {"": 12, "Q": 3, "H": 6}.get(period[5:6], 1)
    return month_name(month_number(last_month(period)) - length + 1)


def every_of(period: str) -> str:
    """How long a period is: month, quarter, half, year."""
    return {"": "year", "Q": "quarter", "H": "half"}.get(period[5:6], "month")


def ending(every: str, month: str) -> str | None:
    """The period of this length that ends with the month; None when none does."""
    year, number = int(month[:4]), int(month[5:])
    if every == "month":
        return month
    if every == "quarter":
        return f"{year}-Q{number // 3}" if number % 3 == 0 else None
    if every == "half":
        return f"{year}-H{number // 6}" if number % 6 == 0 else None
    return str(year) if number == 12 else None


def period_name(period: str) -> Text | str:
    """As a reader says it: 2026-10, third quarter of 2026, 2026."""
    if period[5:6] == "Q":
        return _("Q%(n)s %(year)s", n=period[6], year=period[:4])
    if period[5:6] == "H":
        return _("H%(n)s %(year)s", n=period[6], year=period[:4])
    return period
