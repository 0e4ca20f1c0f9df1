"""What the tax effect has to know of the client: who it is for tax, what it declared, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from saas.adjustments.correction.facts import Period
from saas.kernel.i18n import Text, _
from saas.kernel.money import Money

Tax = Literal["vat", "surcharges", "cit", "iit"]

TAXES: dict[Tax, Text] = {
    "vat": _("VAT"),
    "surcharges": _("surcharges"),
    "cit": _("corporate income tax"),
    "iit": _("individual income tax"),
}


@dataclass(frozen=True, slots=True)
class Taxpayer:
    """The client in the period concerned. None means nobody has said yet, never "no"."""

    kind: Literal["G", "S"]  # general, small-scale
    vat_by: Literal["month", "quarter"]
    urban: Literal["city", "town", "other"] | None = None  # where it stands, for the urban construction tax
    small_profit: bool | None = None  # 小型微利 in the year concerned
    one_off_deduction: bool | None = None  # 一次性税前扣除 chosen for the asset this correction is about
    sales: Mapping[date, Money] = field(default_factory=dict)  # declared, without VAT, by last day of the VAT period
    taxable_income: Mapping[int, Money] = field(default_factory=dict)  # of the annual return as assessed

    def vat_period(self, month: Period) -> tuple[date, date]:
        """First and last day of the VAT period of a month; the year's last period where only the year is known."""
        number = month.month or 12
        if self.vat_by == "month":
            return Period(month.year, number).first, Period(month.year, number).last
        last = (number + 2) // 3 * 3
        return Period(month.year, last - 2).first, Period(month.year, last).last


@dataclass(frozen=True, slots=True)
class Filings:
    """What has been filed, when it was due, and when the tax will be paid."""

    vat_through: date | None = None  # last day covered by a VAT return that is filed
    due: Mapping[tuple[Tax, date], date] = field(default_factory=dict)  # shifted due date, by tax and period's last day
    paid_on: date | None = None  # the day payment is planned for


@dataclass(frozen=True, slots=True)
class AmendedReturn:
    """A return to file again (更正申报)."""

    tax: Tax
    first: date
    last: date

    @property
    def name(self) -> Text:
        return TAXES[self.tax]
