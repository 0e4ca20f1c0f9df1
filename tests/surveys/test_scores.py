"""What counts as low, how scores are reckoned and when they are hidden, who is drawn into a sample: no database."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from saas.surveys.building.form import read
from saas.surveys.inbox.score_pages import quarters
from saas.surveys.inbox.scoring import Cohort, score
from saas.surveys.models import SurveyTag
from saas.surveys.occasions import OCCASIONS, in_sample, period_of
from saas.surveys.questions import KINDS, Question, is_low
from saas.surveys.starter import read as starter
from saas.surveys.tagging import found_in

TODAY = date(2026, 11, 22)
SHEET = {
    "occasion": "quarterly", "valid_from": "2026-11-22", "quiet_days": "30", "wait_days": "0", "share": "20",
    "name_zh": "抽样", "subject_zh": "请评价", "intro_zh": "您好",
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "low", "not_low"),
    [("1-5", (1, 2), (3, 4, 5)), ("0-10", range(7), range(7, 11)), ("1-7", (5, 6, 7), (1, 2, 3, 4)),
     ("choice", (), ("price", "o1")), ("text", (), ("太慢了",))],
)  # fmt: skip
def test_low_depends_on_the_kind_of_question(kind: str, low: object, not_low: object) -> None:
    assert all(is_low(kind, value) for value in low)  # type: ignore[attr-defined]
    assert not any(is_low(kind, value) for value in not_low)  # type: ignore[attr-defined]


def _question(kind: str) -> Question:
    options = ({"value": "price", "zh": "收费", "en": "Fees"}, {"value": "people", "zh": "人员", "en": "People"})
    return Question("asked", kind, {"zh": "问", "en": "Q"}, {"zh": "问", "en": "Q"}, options)


@pytest.mark.parametrize(
    ("kind", "counts", "value"),
    [("1-5", {"5": 2, "4": 1, "3": 1, "1": 1}, "60 %"), ("0-10", {"10": 3, "7": 1, "6": 2}, "+17"),
     ("0-10", {"0": 5}, "-100"), ("1-7", {"1": 2, "4": 2, "7": 1}, "3.4"),
     ("choice", {"price": 3, "people": 2}, "收费")],
)  # fmt: skip
def test_each_kind_has_its_score(kind: str, counts: dict[str, int], value: str) -> None:
    assert score(_question(kind), Cohort(10, 5, {"asked": counts})).value == value


def test_a_score_of_four_answers_is_hidden_and_so_is_the_rate_of_four_asked() -> None:
    few = score(_question("1-5"), Cohort(20, 4, {"asked": {"5": 4}}))
    assert (few.n, few.value) == (4, "")
    assert (Cohort(4, 4).response, Cohort(5, 4).response, Cohort().response) == ("", "80 %", "")


def test_a_sample_is_drawn_by_a_hash_and_changes_with_the_quarter() -> None:
    clients = [UUID(int=number) for number in range(2000)]
    drawn = {quarter: {c for c in clients if in_sample(c, quarter, 25)} for quarter in ("2026Q3", "2026Q4")}
    assert all(400 < len(one) < 600 for one in drawn.values())
    assert drawn["2026Q3"] != drawn["2026Q4"]
    assert all(in_sample(c, "2026Q4", 100) for c in clients)
    assert period_of("quarterly", TODAY) == ("2026Q4", date(2026, 10, 1))
    assert period_of("yearly", TODAY) == ("2026", date(2026, 1, 1))
    assert quarters(TODAY) == ["2025Q4", "2026Q1", "2026Q2", "2026Q3", "2026Q4"]


def test_themes_are_found_by_their_words() -> None:
    slow = SurveyTag(key="speed", name={}, keywords=["太久", "Slow"])
    assert found_in("等了太久", [slow]) == found_in("far too SLOW", [slow]) == [slow]
    assert found_in("很好", [slow]) == []


def test_a_questionnaire_is_read_with_its_faults() -> None:
    sheet, questions = read({**SHEET, "kind_0": "1-7", "text_zh_0": "费力吗？", "required_0": "yes"}, TODAY)
    assert (sheet.ok, questions[0].name, questions[0].kind, questions[0].required) == (True, "q1", "1-7", True)
    options = {"kind_0": "choice", "text_zh_0": "为何？", "options_0": "price = 收费 | Fees\n人员"}
    _sheet, [choice] = read({**SHEET, **options}, TODAY)
    assert [one["value"] for one in choice.options] == ["price", "o2"]
    for fault, field in (({}, "text_zh_0"), ({**options, "options_0": "一个"}, "options_0"),
                         ({**options, "valid_from": "2026-11-21"}, "valid_from"),
                         ({**options, "share": "0"}, "share"),
                         ({**options, "quiet_days": "x"}, "quiet_days")):  # fmt: skip
        assert field in read({**SHEET, **fault}, TODAY)[0].errors


def test_the_first_questionnaires_ask_in_both_languages() -> None:
    asked = starter()["questionnaire"]
    assert {one["occasion"] for one in asked} == set(OCCASIONS)
    texts = [text for one in asked for text in (one["name"], one["subject"], one["intro"])]
    texts += [text for one in asked for q in one["question"] for text in (q["text"], q["short"], *q.get("options", ()))]
    assert all(text["zh"] and text["en"] for text in texts)
    kinds = {q["kind"] for one in asked for q in one["question"]}
    assert kinds == set(KINDS)
