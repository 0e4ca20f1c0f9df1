"""What a new firm begins with, the windows of schedules and the differences of versions: no database."""

from __future__ import annotations

import re
from datetime import date

import pytest

from saas.checklists import starter
from saas.checklists.plan import STEP_ROLES, Plan, Words, windows
from saas.checklists.procedures.differences import differences
from saas.checklists.procedures.procedure_view import WORDS
from saas.checks.catalogue import BY_ID
from saas.clients.models import Client
from saas.kernel.access import ROLES
from saas.kernel.calendar import Calendar
from saas.kernel.filing import FilingCalendar, filing_table
from saas.kernel.holidays import load_days
from saas.kernel.markdown import render
from saas.kernel.pages import ROOT

HAN = re.compile(r"[㐀-鿿]")


def test_there_are_enough_of_both() -> None:
    assert len(starter.checklists()) >= 10
    assert len(starter.procedures()) >= 8
    assert all(8 <= len(one.plan.steps) <= 15 for one in starter.checklists())


@pytest.mark.parametrize("one", starter.checklists(), ids=lambda one: one.key)
def test_a_checklist_is_whole(one: starter.StarterList) -> None:
    plan = one.plan
    assert plan.source
    assert plan.procedure in {p.key for p in starter.procedures()}
    assert plan.every not in ("filing",) or plan.filing in filing_table().filings
    assert {step.role for step in plan.steps} <= set(STEP_ROLES)
    assert any(step.evidence != "none" for step in plan.steps)
    texts = [plan.name, plan.purpose, *(text for step in plan.steps for text in (step.title, step.help))]
    assert [text.zh for text in texts if not HAN.search(text.zh)] == []
    assert [text.en for text in texts if len(HAN.findall(text.en)) > 6 or not text.en] == []  # only names of laws
    assert len({step.title.zh for step in plan.steps}) == len(plan.steps)


@pytest.mark.parametrize("one", starter.procedures(), ids=lambda one: one.key)
def test_a_procedure_is_whole(one: starter.StarterProcedure) -> None:
    assert 400 <= len(re.sub(r"\s", "", one.body.zh)) <= 900
    assert len(one.body.en.split()) >= 250
    assert one.source
    assert HAN.search(one.title.en) is None
    assert len(HAN.findall(one.body.en)) < 6
    assert set(one.steps) <= set(WORDS)
    assert set(one.rules) <= set(BY_ID)
    assert set(one.readers) <= set(ROLES)
    headings = [len(re.findall(r"^# ", text, re.M)) for text in (one.body.zh, one.body.en)]
    assert headings[0] == headings[1], "both languages have the same parts"
    html = str(render(one.body.zh))
    assert "<h3>" in html
    assert "<script" not in html


def _calendar() -> Calendar:
    return Calendar(load_days(ROOT / "tenants" / "_starter" / "calendar"))


def test_windows_follow_the_filing_day_and_the_month() -> None:
    filings = FilingCalendar(filing_table(), _calendar())
    client = Client(taxpayer_kind="small", filing_period="quarter")
    vat = Plan(Words("a", "a"), Words("", ""), "filing", (), filing="vat", opens_days=-10, due_days=-2)
    assert windows(vat, client, filings, date(2026, 9, 20)) == []
    found = windows(vat, client, filings, date(2026, 10, 20))  # filing day 26 October 2026
    assert [(w.period, w.base, w.due) for w in found] == [("2026-Q3", date(2026, 10, 26), date(2026, 10, 22))]
    month = Plan(Words("a", "a"), Words("", ""), "month", (), due_days=6)
    both = windows(month, client, filings, date(2026, 11, 3))
    assert [(w.period, w.opens) for w in both] == [("2026-10", date(2026, 10, 1)), ("2026-11", date(2026, 11, 1))]
    assert [w.period for w in windows(month, client, filings, date(2026, 11, 22))] == ["2026-11"]
    year = Plan(Words("a", "a"), Words("", ""), "year", (), base="filing", filing="cit_annual", opens_days=-85,
                due_days=-10)  # fmt: skip
    assert [(w.period, w.base) for w in windows(year, client, filings, date(2026, 4, 1))] == [
        ("2025", date(2026, 6, 1))
    ]
    local = Plan(Words("a", "a"), Words("", ""), "month", (), base="filing", filing="social_insurance")
    assert windows(local, client, filings, date(2026, 4, 1)) == []


def test_differences_are_shown_word_by_word() -> None:
    before = "# 范围\n适用于全部客户。\n三个工作日内答复。\n旧的一段。"
    after = "# 范围\n适用于全部客户和潜在客户。\n三个工作日内答复。\n完全不同的内容在此。"
    found = differences(before, after)
    assert [p.kind for p in found] == ["same", "changed", "same", "gone", "new"]
    assert "".join(piece.text for piece in found[1].pieces if piece.kind == "new") == "和潜在客户"
    assert differences(before, before) == [p for p in differences(before, before) if p.kind == "same"]
