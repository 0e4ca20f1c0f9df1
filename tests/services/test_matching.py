"""Without a database: conditions of support policies, prices of a day, hours a contact wishes, shares with their n."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from saas.clients.reach import welcome_at
from saas.kernel.clock import CHINA
from saas.kernel.errors import Invalid
from saas.kernel.money import Money
from saas.services import starter
from saas.services.library.snippets import TAGS
from saas.services.measures import BySource, Share
from saas.services.offering.catalogue import price_on
from saas.services.offering.offering_models import Proposal, ServicePrice
from saas.services.support.conditions import FACTS, Condition, checked, judge, overall
from saas.services.support.policies import in_force
from saas.services.support.support_models import PolicyTerms

TODAY = date(2026, 11, 22)
SMALL = [
    checked("taxable_income", "most", "300"),
    checked("headcount", "most", "300"),
    checked("entity", "is", "company"),
]


@pytest.mark.parametrize(
    ("known", "verdict"),
    [
        ({"taxable_income": "300", "headcount": "300", "entity": "company"}, "met"),
        ({"taxable_income": "300.01", "headcount": "3", "entity": "company"}, "unmet"),
        ({"taxable_income": "12", "entity": "company"}, "open"),
        ({"taxable_income": "400"}, "unmet"),  # one that fails decides, whatever is missing
        ({}, "open"),
    ],
)
def test_met_open_and_unmet(known: dict[str, str], verdict: str) -> None:
    judged = judge(SMALL, known, TODAY)
    assert overall(judged) == verdict
    assert {one.condition.fact for one in judged if one.verdict == "open"} == {
        "taxable_income",
        "headcount",
        "entity",
    } - set(known)


def test_the_threshold_of_2026_is_below_not_at() -> None:
    terms = {p["key"]: p["terms"] for p in starter.read("support_policies")["policy"]}["vat_threshold"]
    before, now = ([checked(*map(str, one)) for one in part["conditions"]] for part in terms)
    at_the_limit = {"taxpayer_kind": "small", "sales_month": "10"}
    assert overall(judge(before, at_the_limit, TODAY)) == "met"
    assert overall(judge(now, at_the_limit, TODAY)) == "unmet"


def test_days_and_words() -> None:
    young = Condition("founded_on", "within_years", "3")
    assert overall(judge([young], {"founded_on": "2023-11-30"}, TODAY)) == "met"
    assert overall(judge([young], {"founded_on": "2023-10-30"}, TODAY)) == "unmet"
    region = Condition("region", "has", "杭州，宁波")
    assert overall(judge([region], {"region": "浙江省宁波市"}, TODAY)) == "met"
    for fact, op, value in (("headcount", "has", "3"), ("headcount", "most", "viele"), ("nothing", "is", "1"),
                            ("entity", "is", "club"), ("founded_on", "since", "2026-13-01")):  # fmt: skip
        with pytest.raises(Invalid):
            checked(fact, op, value)


def test_terms_and_prices_of_a_day() -> None:
    prices = [ServicePrice(valid_from=day, price=Money(fen)) for day, fen in
              ((date(2027, 1, 1), 30000), (date(2026, 1, 1), 20000))]  # fmt: skip
    assert price_on(prices, TODAY) == Money(20000)
    assert price_on(prices, date(2027, 1, 1)) == Money(30000)
    assert price_on(prices, date(2025, 12, 31)) is None
    terms = [PolicyTerms(valid_from=date(2026, 1, 1), valid_until=date(2026, 6, 30))]
    assert in_force(terms, date(2026, 6, 30)) is terms[0]
    assert in_force(terms, TODAY) is None


def test_what_a_plan_costs() -> None:
    lines = [{"unit": unit, "quantity": 1, "price_fen": fen, "kind": "extra"}
             for unit, fen in (("month", 20000), ("year", 30000), ("once", 60000))]  # fmt: skip
    plan = Proposal(lines=lines, months=18, discount=Money(1000), before=Money(25000))
    assert plan.monthly == Money(19000)
    assert plan.price == Money(19000 * 18 + 30000 * 2 + 60000)
    assert plan.direction == "downgrade"


@pytest.mark.parametrize(
    ("hours", "now", "at"),
    [
        ("09:00-11:30, 14:00-17:00", "2026-11-22 08:00", "2026-11-22 09:00"),
        ("09:00-11:30, 14:00-17:00", "2026-11-22 10:00", "2026-11-22 10:00"),
        ("09:00-11:30, 14:00-17:00", "2026-11-22 12:00", "2026-11-22 14:00"),
        ("09:00-11:30, 14:00-17:00", "2026-11-22 17:00", "2026-11-23 09:00"),
        ("下午都可以", "2026-11-22 03:00", "2026-11-22 03:00"),
        ("", "2026-11-22 03:00", "2026-11-22 03:00"),
    ],
)
def test_messages_wait_for_the_hours_a_contact_wishes(hours: str, now: str, at: str) -> None:
    moments = [datetime.fromisoformat(one).replace(tzinfo=CHINA) for one in (now, at)]
    assert welcome_at(hours, moments[0]) == moments[1]


def test_shares_say_their_n() -> None:
    assert Share(0, 0).percent == "—"
    assert (Share(1, 3).percent, Share(1, 3).n) == ("33.3 %", 3)
    row = BySource("client", leads=5, won=1, lost=1, days=[3, 40, 9])
    assert (row.conversion.n, row.middle_days) == (2, 9)


def test_the_starter_is_whole() -> None:
    """Both languages everywhere, a source for each policy and a law for each answer, nothing twice."""
    snippets = starter.read("phrases")["snippet"]
    policies = starter.read("support_policies")["policy"]
    answers = [one for one in snippets if one["kind"] == "answer"]
    assert len(snippets) >= 40
    assert len(answers) >= 20
    assert len(snippets) - len(answers) >= 20
    assert len(policies) >= 8
    assert all(one["basis"] for one in answers)
    assert all(set(one["tags"]) <= set(TAGS) and one["tags"] for one in snippets)
    services, kinds = starter.read("services")["service"], starter.read("care")["kind"]
    for rows, texts in ((snippets, ("about", "text")), (policies, ("name", "benefit", "papers")),
                        (services, ("name", "about")), (kinds, ("name", "subject", "text"))):  # fmt: skip
        assert len({one["key"] for one in rows}) == len(rows)
        assert all(one[text]["zh"] and one[text]["en"] for one in rows for text in texts)
    for policy in policies:
        assert all(terms["source"] and terms["mark"] in ("V", "K") for terms in policy["terms"])
        assert all(fact in FACTS for terms in policy["terms"] for fact, _op, _value in terms["conditions"])
