"""Every rule, in the order of its number."""

from __future__ import annotations

from saas.checks.finding import Rule
from saas.checks.rules import number_order, numbering, structure

RULES: list[Rule] = sorted(
    (rule for subject in (number_order, numbering, structure) for rule in subject.RULES),
    key=lambda rule: rule.id,
)
BY_ID: dict[str, Rule] = {rule.id: rule for rule in RULES}
