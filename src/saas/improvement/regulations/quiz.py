"""The quiz of a regulation: two to five questions, answered once; explanations are shown after that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from saas.improvement.wording import both
from saas.training.wording import said

MOST = 5


def asked(quiz: Sequence[Mapping[str, Any]], answers: Sequence[int]) -> list[dict[str, Any]]:
    """Questions in the reader's language; with `answers`, which was chosen, which is right and why."""
    shown = []
    for place, one in enumerate(quiz):
        chosen = answers[place] if place < len(answers) else None
        shown.append(
            {
                "name": f"answer_{place}",
                "question": said(one["question"]),
                "choices": [
                    {
                        "value": str(number),
                        "label": said(choice),
                        "right": number == one["answer"],
                        "chosen": number == chosen,
                    }
                    for number, choice in enumerate(one["choices"])
                ],
                "correct": chosen == one["answer"],
                "why": said(one["why"]),
            }
        )
    return shown


def chosen(quiz: Sequence[Mapping[str, Any]], raw: Mapping[str, Any]) -> list[int] | None:
    """What was ticked, a number for each question; None while one is missing or is none of the choices."""
    found = []
    for place, one in enumerate(quiz):
        value = str(raw.get(f"answer_{place}", ""))
        if not value.isdecimal() or int(value) >= len(one["choices"]):
            return None
        found.append(int(value))
    return found


def right(quiz: Sequence[Mapping[str, Any]], answers: Sequence[int]) -> int:
    return len([1 for one, answer in zip(quiz, answers, strict=True) if one["answer"] == answer])


def made(raw: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """The questions of the form: question_1, right_1, wrong_1 (one a line), why_1 … and the field that is wrong, or "".

    The right choice stands where the question's own hash puts it, so that it is not always the first.
    """
    found: list[dict[str, Any]] = []
    for number in range(1, MOST + 1):
        question, answer = _field(raw, "question", number), _field(raw, "right", number)
        wrong = [line.strip() for line in _field(raw, "wrong", number).splitlines() if line.strip()]
        why = _field(raw, "why", number)
        if not (question or answer or wrong or why):
            continue
        parts = {"question": question, "right": answer, "wrong": wrong, "why": why}
        missing = next((name for name, given in parts.items() if not given), "")
        if missing:
            return found, f"{missing}_{number}"
        place = sha256(question.encode()).digest()[0] % (len(wrong) + 1)
        choices = [both(text, "") for text in [*wrong[:place], answer, *wrong[place:]]]
        found.append({"question": both(question, ""), "choices": choices, "answer": place, "why": both(why, "")})
    return found, ""


def as_fields(quiz: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """A quiz back in the fields of the form."""
    fields = {}
    for number, one in enumerate(quiz, 1):
        choices = [said(choice) for choice in one["choices"]]
        fields[f"question_{number}"], fields[f"why_{number}"] = said(one["question"]), said(one["why"])
        fields[f"right_{number}"] = choices.pop(one["answer"])
        fields[f"wrong_{number}"] = "\n".join(choices)
    return fields


def _field(raw: Mapping[str, Any], name: str, number: int) -> str:
    return str(raw.get(f"{name}_{number}", "")).strip()
