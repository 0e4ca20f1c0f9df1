"""tenants/_starter: both languages of everything, the same slots in both, and nothing the program does not know."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from saas.cases.forms import Analyse, CauseClass
from saas.checks.catalogue import BY_ID

SLOT = re.compile(r"%\((\w+)\)s")
BILINGUAL = ["questions.toml", "notice_wording.toml", "filing.toml", "rules.toml", "refund_policy.toml"]
ISSUE_RULES = {f"N{n:02}" for n in (*range(1, 12), 14, 15, 21, 22, 25, 26, 27, 33, 38, 39, 44)}
HAN = re.compile(r"[㐀-鿿]")


def load(root: Path, name: str) -> dict[str, Any]:
    return tomllib.loads((root / "tenants" / "_starter" / name).read_text("utf-8"))


def pairs(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table that says something in a language, with its place in the file."""
    if isinstance(value, dict):
        if {"zh", "en"} & value.keys():
            yield path, value
        else:
            for key, inner in value.items():
                yield from pairs(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from pairs(inner, f"{path}[{number}]")


@pytest.mark.parametrize("name", BILINGUAL)
def test_everything_is_said_in_both_languages(root: Path, name: str) -> None:
    found = list(pairs(load(root, name)))
    assert found
    faults = [
        f"{name}: {path}: not in both languages" for path, text in found if not (text.get("zh") and text.get("en"))
    ]
    faults += [
        f"{name}: {path}: the slots differ"
        for path, text in found
        if sorted(SLOT.findall(text.get("zh", ""))) != sorted(SLOT.findall(text.get("en", "")))
    ]
    wordy = [(path, text) for path, text in found if SLOT.sub("", text.get("zh", "")).strip(";；")]
    faults += [f"{name}: {path}: no Chinese in zh" for path, text in wordy if not HAN.search(text.get("zh", ""))]
    faults += [f"{name}: {path}: Chinese in en" for path, text in found if HAN.search(text.get("en", ""))]
    assert not faults, "\n".join(faults)


def test_letters_use_the_slots_that_are_declared(root: Path) -> None:
    wording = load(root, "notice_wording.toml")
    declared = set(wording.pop("slot"))
    used = {slot for _path, text in pairs(wording) for slot in SLOT.findall(text["zh"])}
    assert used == declared


def test_letters_have_words_for_every_cause(root: Path) -> None:
    wording = load(root, "notice_wording.toml")
    assert set(wording["cause"]) == set(get_args(CauseClass))
    hints = get_type_hints(Analyse)
    assert set(wording["cause_code"]) == set(get_args(hints["cause_code"]))
    assert set(wording["responsibility"]) == set(get_args(hints["responsibility"]))
    assert {words["responsibility"] for words in wording["cause"].values()} <= set(wording["responsibility"])


def test_every_rule_of_the_issue_has_its_questions(root: Path) -> None:
    questions = load(root, "questions.toml")
    assert set(questions) == ISSUE_RULES | {"general"}
    for rule, asked in questions.items():
        for question in asked:
            assert question["answer"] in {"text", "choice", "date", "amount", "yes_no"}, rule
            assert question["fills"] in {"cause", "expectation", "expected_by", "evidence", "exposure"}, rule
            assert ("choices" in question) == (question["answer"] == "choice"), rule


def test_every_rule_has_a_switch(root: Path) -> None:
    assert set(load(root, "rules.toml")) == set(BY_ID)
    assert all(isinstance(rule["on"], bool) for rule in load(root, "rules.toml").values())


def test_a_rule_that_is_off_says_why(root: Path) -> None:
    assert [rule for rule, row in load(root, "rules.toml").items() if not row["on"] and "why" not in row] == []


def test_thresholds_are_those_the_rules_know(root: Path) -> None:
    faults = []
    for rule, row in load(root, "rules.toml").items():
        if rule not in BY_ID:
            faults.append(f"rules.toml: {rule} is in no catalogue")
            continue
        for key, threshold in row.items():
            if key in ("on", "why"):
                continue
            value = BY_ID[rule].settings.get(key)
            if key not in BY_ID[rule].settings:
                faults.append(f"rules.toml: {rule}.{key}: the rule has no such setting")
            elif threshold["unit"] == "choice":
                if value not in {choice["value"] for choice in threshold["choices"]}:
                    faults.append(f"rules.toml: {rule}.{key}: {value!r} is none of the choices")
            elif threshold["unit"] in ("numbers", "names"):
                if not isinstance(value, tuple):
                    faults.append(f"rules.toml: {rule}.{key}: the rule's setting is no list")
            elif not threshold["least"] <= value <= threshold["most"]:
                faults.append(f"rules.toml: {rule}.{key}: begins with {value}, outside its range")
    assert not faults, "\n".join(faults)
