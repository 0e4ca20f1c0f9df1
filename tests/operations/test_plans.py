"""The catalogue of plans, and the kind of error without its words. No database."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from saas.kernel.config import activate, settings_from
from saas.operations.models import Subscription
from saas.operations.plans import MEASURES, Plan, catalogue, limits_of
from saas.operations.usage import error_name
from tests.conftest import SECRET

OWN = """
begins_with = "basic"
[[plan]]
key = "basic"
from = 2026-01-01
name = { zh = "甲", en = "A" }
about = { zh = "甲", en = "A" }
members = 3
[[plan]]
key = "basic"
from = 2026-07-01
name = { zh = "甲", en = "A" }
about = { zh = "甲", en = "A" }
members = 5
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    activate(settings_from({"SAAS_DATA_DIR": str(tmp_path), "SAAS_ENV": "test", "SAAS_SECRET_KEY": SECRET}))
    return tmp_path


def test_a_deployments_own_plans_count_from_their_day(folder: Path) -> None:
    (folder / "plans.toml").write_text(OWN, encoding="utf-8")
    plans = catalogue()
    assert [_members(plans.on("basic", day)) for day in (date(2026, 6, 30), date(2026, 7, 1))] == [3, 5]
    assert plans.on("basic", date(2025, 12, 31)) is None
    row = Subscription(plan="basic", extra={"clients": 7})
    assert limits_of(row, date(2026, 6, 30)) == {"members": 3, "clients": 7, "storage_mb": None, "mails": None}


def test_without_a_plan_there_is_no_limit(folder: Path) -> None:
    assert limits_of(None, date(2026, 6, 30)) == dict.fromkeys(MEASURES)


def test_our_own_catalogue_begins_with_a_trial_and_grows(folder: Path) -> None:
    plans, day = catalogue(), date(2026, 11, 22)
    first = plans.on(plans.begins_with, day)
    assert first is not None
    assert first.days == 30
    small, standard = plans.on("small", day), plans.on("standard", day)
    assert _members(small) < _members(standard)


def test_an_error_is_told_by_its_kind_alone() -> None:
    trace = 'Traceback:\n  File "x", line 1\nsaas.kernel.errors.Conflict: 沈女士\nDETAIL: 6222…\n'
    assert error_name(trace) == "saas.kernel.errors.Conflict"
    assert error_name("") == ""


def _members(plan: Plan | None) -> int:
    assert plan is not None
    assert plan.members is not None
    return plan.members
