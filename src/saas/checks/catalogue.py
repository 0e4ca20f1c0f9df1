"""Every rule, in the order of its number."""

from __future__ import annotations

from saas.checks.finding import Rule
from saas.checks.rules import (
    ageing,
    assets,
    below_zero,
    capital,
    carry,
    cut_off,
    deduction_limits,
    digits,
    duplicates,
    entering,
    estimates,
    expensed,
    goods,
    input_tax,
    invoices,
    money_out,
    negative,
    number_order,
    numbering,
    output_tax,
    outside_records,
    owners_funds,
    proportions,
    red_entries,
    reversals,
    roll_forward,
    sales_limits,
    sealed,
    series_breaks,
    series_gaps,
    shareholders,
    sides,
    slips,
    structure,
    surcharges,
    tax_burden,
    unpaid_taxes,
    usual_account,
)

SUBJECTS = (
    *(numbering, number_order, structure),
    *(roll_forward, sides, negative, below_zero),
    *(carry, assets, estimates, ageing, shareholders, sealed),
    *(duplicates, red_entries, series_gaps, series_breaks, cut_off, slips, reversals, invoices),
    *(sales_limits, output_tax, input_tax, tax_burden, goods, surcharges, unpaid_taxes, deduction_limits),
    *(expensed, usual_account, owners_funds, outside_records),
    *(proportions, money_out, capital, entering, digits),
)
RULES: list[Rule] = sorted((rule for subject in SUBJECTS for rule in subject.RULES), key=lambda rule: rule.id)
BY_ID: dict[str, Rule] = {rule.id: rule for rule in RULES}
NEEDING: list[Rule] = [rule for rule in RULES if rule.needs]  # figures from outside the ledger
