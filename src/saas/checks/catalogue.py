"""Every rule, in the order of its number."""

from __future__ import annotations

from saas.checks.finding import Rule
from saas.checks.rules import (
    ageing,
    assets,
    below_zero,
    carry,
    estimates,
    negative,
    number_order,
    numbering,
    roll_forward,
    shareholders,
    sides,
    structure,
)

SUBJECTS = (
    *(numbering, number_order, structure),
    *(roll_forward, sides, negative, below_zero),
    *(carry, assets, estimates, ageing, shareholders),
)
RULES: list[Rule] = sorted((rule for subject in SUBJECTS for rule in subject.RULES), key=lambda rule: rule.id)
BY_ID: dict[str, Rule] = {rule.id: rule for rule in RULES}
