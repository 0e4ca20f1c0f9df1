"""The few figures a ledger does not hold and some rules need: from returns, payroll filings, statements, lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from saas.kernel.i18n import Text, _

Unit = Literal["fen", "count"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a month: what it is called, where it stands, and whether it is money or a number."""

    name: str
    label: Text
    where: Text
    unit: Unit = "fen"


FIGURES: tuple[Figure, ...] = (
    Figure("vat_sales", _("Sales by VAT return"), _("VAT return of the month, or of the quarter under its last month")),
    Figure("vat_payable", _("VAT payable by return"), _("main form, tax payable")),
    Figure("input_tax_used", _("Input VAT claimed"), _("invoice platform, confirmed for deduction in the month")),
    Figure("invoices_issued_tax", _("VAT on invoices issued"), _("invoice platform, all invoices less red ones")),
    Figure("cit_revenue", _("Revenue by income tax return"), _("prepayment or annual return, cumulative in the year")),
    Figure("iit_income", _("Wages by income tax filing"), _("withholding return, income of wages and salaries")),
    Figure("social_base", _("Base of social insurance"), _("social insurance filing, sum of the bases")),
    Figure("headcount", _("Employees"), _("withholding return, number of people"), "count"),
    Figure("bank_balance", _("Balance by bank statements"), _("last day of the month, all accounts together")),
    Figure("platform_income", _("Platform and POS takings"), _("statements of shops, POS and e-wallets, with VAT")),
    Figure("profit_filed", _("Net profit as filed"), _("income statement as filed, cumulative in the year")),
    Figure("assets_filed", _("Total assets as filed"), _("balance sheet as filed")),
)
BY_NAME: Mapping[str, Figure] = {figure.name: figure for figure in FIGURES}
