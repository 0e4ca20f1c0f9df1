"""What a case keeps of a plan comes back as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from saas.adjustments.correction import storage
from saas.adjustments.correction.drafting import restored
from saas.adjustments.correction.facts import Settings
from saas.adjustments.correction.vouchers import Entry, Line
from saas.adjustments.tax import Filings, Taxpayer, tax_effect
from saas.adjustments.tax.storage import dump_effect, load_effect
from saas.kernel.money import Money

from .runner import mistakes_of, run
from .scenarios import SCENARIOS, Scenario
from .test_tax import FILED, GENERAL, RATES
from .worked_cases import case

RUNS = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: f"{s.id}{s.variant}")


def through_json(stored: Any) -> Any:
    return json.loads(json.dumps(stored))


@RUNS
def test_plan_from_what_was_stored(scenario: Scenario) -> None:
    standard = scenario.standards[-1]
    _case, b, plan = run(scenario, standard)
    mistakes = mistakes_of(scenario, case(scenario.id, standard), standard)
    facts = storage.load_facts(through_json(storage.dump_facts(plan.choice.facts)))
    again = [storage.load_mistake(through_json(storage.dump_mistake(mistake))) for mistake in mistakes]
    vouchers = [storage.load_voucher(through_json(storage.dump_voucher(voucher))) for voucher in plan.vouchers]
    assert (facts, again) == (plan.choice.facts, mistakes)
    assert [voucher.fingerprint for voucher in vouchers] == [voucher.fingerprint for voucher in plan.vouchers]
    once = restored(plan.choice, again, vouchers, b)
    assert [(v.key, v.lines, v.colour, v.stage, v.about) for v in once.vouchers] == [
        (v.key, v.lines, v.colour, v.stage, v.about) for v in plan.vouchers
    ]
    assert (once.reminders, once.statements, once.corrects, once.notional) == (
        plan.reminders,
        plan.statements,
        plan.corrects,
        plan.notional,
    )


@RUNS
@pytest.mark.parametrize("known", [True, False])
def test_tax_effect_comes_back(scenario: Scenario, known: bool) -> None:
    _case, b, plan = run(scenario, scenario.standards[-1])
    taxpayer, filings = (GENERAL, FILED) if known else (Taxpayer("S", "quarter"), Filings())
    stored = through_json(dump_effect(tax_effect(plan, b, taxpayer, filings, RATES)))
    assert dump_effect(load_effect(stored)) == stored


def test_quantities_and_settings_survive() -> None:
    line = Line("1405", debit=Money.of("10"), quantity=Decimal("2.50"), currency="USD")
    assert storage.load_line(through_json(storage.dump_line(line))) == line
    entry = storage.load_entry(through_json(storage.dump_entry(Entry("补提", (line,)))))
    assert entry == Entry("补提", (line,))
    facts = run(SCENARIOS[1], "small")[2].choice.facts
    with_reserve = replace(facts, settings=Settings(surplus_reserve=Decimal("0.1")))
    assert storage.load_facts(through_json(storage.dump_facts(with_reserve))) == with_reserve
