"""Every rule speaks once in its example, is silent in the innocent one, and the page says so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from saas.checks.catalogue import BY_ID, RULES
from saas.checks.finding import Rule
from tests.checks.examples import examples
from tests.checks.ledger_text import found
from tests.checks.monthly_text import year_of
from tests.checks.rules_page import page

PAGE = Path(__file__).parents[2] / "docs" / "RULES.md"
HAN = re.compile(r"[一-龥]")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_it_speaks_once_and_says_why_in_both_languages(rule: Rule) -> None:
    example = examples()[rule.id]
    [finding] = example.found("fired")
    texts = (finding.message, rule.name, rule.explanation, rule.reason, rule.cure)
    assert all(HAN.search(text.to("zh")) and text.to("zh") != text.to("en") for text in texts)
    assert (finding.rule, 0 < finding.confidence <= 1) == (rule.id, True)
    assert example.found("silent") == []


@pytest.mark.parametrize("rule", ["N20", "N46", "N47", "N54", "N55"])
def test_without_the_figures_they_ask_for_they_say_nothing(rule: str) -> None:
    example = examples()[rule]
    assert set(example.figures["fired"]) <= set(BY_ID[rule].needs)
    assert found(rule, year_of(f"\n{example.ledgers['fired']}")) == []


def test_the_page_is_what_the_rules_say() -> None:
    assert page() == PAGE.read_text("utf-8"), "python -m tests.checks.rules_page > docs/RULES.md"
    assert [rule.id for rule in RULES] == [f"N{number:02d}" for number in range(1, 56)]
