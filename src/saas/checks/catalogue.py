"""Every rule, in the order of its number."""

from __future__ import annotations

from saas.checks.finding import Rule
from saas.checks.rules import (
    duplicates,
    invoices,
    number_order,
    numbering,
    red_entries,
    reversals,
    series_gaps,
    slips,
    structure,
)

SUBJECTS = (
    number_order, numbering, structure, duplicates, red_entries, series_gaps, slips, reversals, invoices
)  # fmt: skip

RULES: list[Rule] = sorted(
    (rule for subject in SUBJECTS for rule in subject.RULES),
    key=lambda rule: rule.id,
)
BY_ID: dict[str, Rule] = {rule.id: rule for rule in RULES}
