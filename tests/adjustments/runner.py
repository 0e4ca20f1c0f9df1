"""How a printed case is drafted: its scenario, and the suggestions the bookkeeper accepts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from saas.adjustments.correction import carry_forward, depreciation, ordinary, taxes
from saas.adjustments.correction.books import OpenBooks
from saas.adjustments.correction.drafting import draft
from saas.adjustments.correction.facts import Facts, Period
from saas.adjustments.correction.method import Choice, choose
from saas.adjustments.correction.methods import Method
from saas.adjustments.correction.net import touches
from saas.adjustments.correction.plan import Plan
from saas.adjustments.correction.vouchers import Entry, Key, Mistake, Voucher
from saas.kernel.money import Money

from .worked_cases import Case, books, case, code, lines, right

Added = Callable[["Scenario", Case, OpenBooks, Choice], list[Entry]]


@dataclass
class Scenario:
    id: str
    method: Method
    row: str
    facts: dict[str, Any]
    right: str  # balances of bad + ctx + corrections, small-standard codes (own codes for a variant)
    standards: tuple[str, ...] = ("small", "enterprise")
    variant: str = ""
    wanted: tuple[str, ...] = ()  # the right entry of each bad voucher, where `right` is more than that
    mistake: dict[str, Any] = field(default_factory=dict)
    added: Added | None = None
    reminders: tuple[tuple[str, str], ...] = ()

    def entry(self, position: int, standard: str) -> Any:
        text = self.wanted[position] if self.wanted else self.right
        return lines(text, standard) if text else ()


def depreciate(cost: str, months: int, start: date, expense: str, residual: str = "0") -> Added:
    def added(s: Scenario, c: Case, b: OpenBooks, choice: Choice) -> list[Entry]:
        asset = depreciation.Asset(
            Money.of(cost), months, start, code(expense, b.chart.standard), residual=Decimal(residual)
        )
        return depreciation.catch_up(asset, choice.method, b)

    return added


def cit(amount: str) -> Added:
    return lambda s, c, b, choice: [taxes.income_tax(2025, Money.of(amount), choice.method, b)]


def surcharge(s: Scenario, c: Case, b: OpenBooks, choice: Choice) -> list[Entry]:
    parts = {"tax.urban": Money.of("105"), "tax.edu": Money.of("45"), "tax.local_edu": Money.of("30")}
    return [taxes.surcharges(parts, Period(2025, 10), choice.method, b)]


def pay(s: Scenario, c: Case, b: OpenBooks, choice: Choice) -> list[Entry]:
    return [taxes.payment({"tax.cit": Money.of("3000")}, Money.of("21"), "1002", b)]


def both(*parts: Added) -> Added:
    return lambda s, c, b, choice: [entry for part in parts for entry in part(s, c, b, choice)]


def left_in_closing(s: Scenario, c: Case, b: OpenBooks, choice: Choice) -> list[Entry]:
    left = {code("5603", b.chart.standard): Money.of("300")}
    return [carry_forward.complete_closing(left, Period(2026, 4), b)]


def invoice(s: Scenario, c: Case, b: OpenBooks, choice: Choice) -> list[Entry]:
    billed = lines("D 1405 9600.00 | D 2221#进项税额 1248.00 | C 2202[庚] 10848.00", b.chart.standard)
    return ordinary.invoice_arrived(c.bad[0], billed, b)


def settle(s: Scenario, c: Case, b: OpenBooks, choice: Choice) -> list[Entry]:
    return [taxes.annual_settlement(2025, Money.of("4200"), b)]


def mistakes_of(s: Scenario, c: Case, standard: str) -> list[Mistake]:
    if s.added in (left_in_closing, invoice, settle):
        return []  # the suggestion is the whole entry
    wrong: list[Voucher | None] = list(c.bad) or [None]
    return [Mistake(bad, s.entry(n, standard), **s.mistake) for n, bad in enumerate(wrong)]


def facts_of(s: Scenario, c: Case, standard: str, b: OpenBooks) -> Facts:
    facts: dict[str, Any] = {"standard": standard, **s.facts}
    return Facts(touches=touches(mistakes_of(s, c, standard), b), **facts)


def run(s: Scenario, standard: str, **settings: Any) -> tuple[Case, OpenBooks, Plan]:
    c, b = case(s.id, standard), books(s.id, standard)
    facts = facts_of(s, c, standard, b)
    choice = choose(replace(facts, settings=replace(facts.settings, **settings)))
    mistakes = mistakes_of(s, c, standard)
    added = s.added(s, c, b, choice) if s.added else []
    if s.id == "E16":
        added = carry_forward.renew(draft(choice, mistakes, b), b, facts.settings, retained_too=False)
    return c, b, draft(choice, mistakes, b, added)


def expected(scenario: Scenario, standard: str) -> dict[Key, Money]:
    return right(scenario.right, standard) if scenario.right else {}
