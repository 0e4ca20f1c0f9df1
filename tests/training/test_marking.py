"""Questions of every kind: what is drawn, what a form becomes, and how many points it earns."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from saas.kernel.errors import Invalid
from saas.kernel.i18n import Text
from saas.training.questions.answers import answered
from saas.training.questions.drawing import draw, order_of
from saas.training.questions.kinds import Given, Scenario, content_of
from saas.training.questions.marking import mark
from saas.training.questions.scenario import best, unreached
from saas.training.questions.voucher import exercise
from saas.training.starter import Row
from tests.training.exam_school import BLUE, RED, VOUCHERS, slips_form, text

BANK = {question.id: Row(question) for question in text().questions}


def points(key: str, answer: dict[str, Any]) -> int:
    return mark(BANK[key].kind, BANK[key].content, answer)[0]


@pytest.mark.parametrize(
    ("key", "answer", "earned"),
    [
        ("q-single", {"chosen": [0]}, 100),
        ("q-single", {"chosen": [1]}, 0),
        ("q-several", {"chosen": [0, 1]}, 100),
        ("q-several", {"chosen": [0]}, 0),
        ("q-several", {"chosen": [0, 1, 2]}, 0),
        ("q-true", {"value": False}, 100),
        ("q-true", {"value": True}, 0),
        ("q-number", {"typed": "1,234.50"}, 100),
        ("q-number", {"typed": "１２３４．５１"}, 100),  # full-width, at the tolerance's edge
        ("q-number", {"typed": "1234.52"}, 0),
        ("q-number", {"typed": "about 1234"}, 0),
        ("q-order", {"places": [1, 2, 3]}, 100),
        ("q-order", {"places": [2, 1, 3]}, 0),
        ("q-talk", {"path": [0, 0]}, 100),
        ("q-talk", {"path": [0, 1]}, 75),
        ("q-talk", {"path": [0]}, 50),
        ("q-talk", {"path": [1]}, 0),
        ("q-voucher", VOUCHERS, 100),
    ],
)
def test_points(key: str, answer: dict[str, Any], earned: int) -> None:
    assert points(key, answer) == earned


@pytest.mark.parametrize("key", list(BANK))
def test_an_open_question_earns_nothing(key: str) -> None:
    assert mark(BANK[key].kind, BANK[key].content, {}) == (0, [])


def test_a_form_is_read_by_what_was_shown() -> None:
    order = [2, 0, 1]  # the right option is shown second
    kind, content = BANK["q-single"].kind, BANK["q-single"].content
    assert answered(kind, content, order, {"choice": "1"}, {}) == {"chosen": [0]}
    assert answered(kind, content, order, {"choice": "7"}, {}) == {}
    assert answered(kind, content, order, {"choice": ["1", "2"]}, {}) == {"chosen": [0]}
    several = BANK["q-several"]
    assert answered("several", several.content, order, {"choice": ["0", "2", "x"]}, {}) == {"chosen": [1, 2]}
    places = {"place0": "3", "place1": "1", "place2": "2"}
    assert answered("order", BANK["q-order"].content, order, places, {}) == {"places": [1, 2, 3]}
    assert answered("voucher", BANK["q-voucher"].content, [], slips_form(VOUCHERS), {}) == VOUCHERS
    assert answered("voucher", BANK["q-voucher"].content, [], {"method": "", "v0_account": ["", ""]}, {}) == {}


def test_a_step_of_a_talk_counts_once() -> None:
    talk = BANK["q-talk"].content
    first = answered("scenario", talk, [], {"step": "0", "way": "0"}, {})
    assert first == {"path": [0]}
    assert answered("scenario", talk, [], {"step": "0", "way": "1"}, first) == first  # pressed again, or an old window
    assert answered("scenario", talk, [], {"step": "1", "way": "1"}, first) == {"path": [0, 1]}
    ended = {"path": [1]}
    assert answered("scenario", talk, [], {"step": "1", "way": "0"}, ended) == ended


def test_a_talk_that_never_ends_is_found() -> None:
    talk = msgspec.to_builtins(content_of("scenario", BANK["q-talk"].content))
    talk["steps"][1]["options"][0]["next"] = "call"
    with pytest.raises(ValueError, match="leads back"):
        best(msgspec.convert(talk, Scenario))
    talk["steps"][0]["options"][0]["next"] = ""
    assert unreached(msgspec.convert(talk, Scenario)) == ["calm"]


def test_the_same_seed_draws_the_same() -> None:
    bank = list(BANK.values())
    for seed in range(20):
        drawn = draw(bank, 4, seed)
        assert [q.key for q in drawn] == [q.key for q in draw(list(reversed(bank)), 4, seed)]
        assert len({q.key for q in drawn}) == 4
    assert len({tuple(q.key for q in draw(bank, 4, seed)) for seed in range(20)}) > 10


def test_options_are_shuffled_and_an_order_is_never_shown_solved() -> None:
    content = BANK["q-order"].content
    assert all(order_of("order", content, seed, 1) != [0, 1, 2] for seed in range(50))
    assert len({tuple(order_of("single", BANK["q-single"].content, seed, 1)) for seed in range(50)}) == 6
    assert order_of("number", BANK["q-number"].content, 1, 1) == []


def remarks(answer: dict[str, Any]) -> tuple[int, list[tuple[str, bool, str]]]:
    earned, said = mark("voucher", BANK["q-voucher"].content, answer)
    return earned, [(r["part"], r["ok"], Text.restore(r["text"]).to("en")) for r in said]


def test_a_double_entry_is_refused_in_the_words_of_the_engine() -> None:
    turned = [{"account": "1002", "debit": "1200", "credit": ""}, {"account": "5602", "debit": "", "credit": "1200"}]
    earned, said = remarks({"method": "double_entry", "slips": [turned]})
    assert earned == 0
    assert said[0][:2] == ("method", False)
    assert "It inflates the turnover of both accounts" in said[0][2]
    assert any("stays on its side and turns negative" in words for _part, _ok, words in said)


def test_half_of_the_correction_earns_its_share() -> None:
    earned, said = remarks({"method": "red_blue", "slips": [list(RED)]})
    assert earned == 30 + 35
    assert [ok for _part, ok, _words in said] == [True, True, True, False]
    assert said[-1][2].startswith("Missing: ")


def test_an_amount_an_account_and_an_unbalanced_slip_are_named() -> None:
    wrong = [{"account": "5601", "debit": "1300", "credit": ""}, {"account": "1001", "debit": "", "credit": "1200"}]
    earned, said = remarks({"method": "red_blue", "slips": [list(RED), wrong]})
    words = " / ".join(words for part, _ok, words in said if part == "2")
    assert earned == 30 + 35
    assert "the amount is wrong: Debit 5601 销售费用 1,200.00" in words
    assert "another account is right: Credit 1002 银行存款 1,200.00" in words
    assert "Debit and credit of this voucher are not equal." in words


def test_a_surplus_line_costs_what_a_right_one_earns() -> None:
    surplus = [*BLUE, {"account": "5603", "debit": "1", "credit": ""}, {"account": "x", "debit": "1", "credit": "2"}]
    earned, said = remarks({"method": "red_blue", "slips": [list(RED), surplus]})
    assert earned == 30 + 70 * 3 // 4
    assert any("x is no account of this chart." in words for _part, _ok, words in said)


def test_slips_in_any_order_are_the_same_correction() -> None:
    assert remarks({"method": "red_blue", "slips": [list(BLUE), list(RED)]})[0] == 100


def test_a_draft_is_filled_in_again() -> None:
    given = msgspec.convert(BANK["q-voucher"].content["given"], Given)
    solved = exercise(msgspec.structs.replace(given, posting="draft"))
    assert solved.plan.choice.method.value == "refill"
    assert [line.account for voucher in solved.expected for line in voucher.lines] == ["5601", "1002"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"right": ["D 5601 1200"]}, "The corrected entry does not balance."),
        ({"right": ["D 9999 1200", "C 1002 1200"]}, "The chart has no account 9999."),
        ({"right": ["5601 1200"]}, "“5601 1200” is not a line"),
        ({"error": "account", "wrong": None}, "Say which voucher is wrong."),
    ],
)
def test_an_exercise_the_engine_cannot_solve_says_why(changed: dict[str, Any], reason: str) -> None:
    given = msgspec.convert(BANK["q-voucher"].content["given"], Given)
    with pytest.raises(Invalid) as refused:
        exercise(msgspec.structs.replace(given, **changed))
    assert reason in refused.value.reason.to("en")
