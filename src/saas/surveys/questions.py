"""What surveys ask, by what they are about, and how answers are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from saas.kernel.i18n import Text, _

STEPS: dict[int, Text] = {
    5: _("very satisfied"),
    4: _("satisfied"),
    3: _("so-so"),
    2: _("not satisfied"),
    1: _("not satisfied at all"),
}
LOW = 2  # answers up to here open a follow-up


@dataclass(frozen=True, slots=True)
class Question:
    """One question, answered from 1 to 5; `short` names it where answers are listed."""

    name: str
    text: Text
    short: Text

    def store(self) -> dict[str, Any]:
        """As it is kept with the survey: what was asked stays known when questions change."""
        return {"name": self.name, "kind": "1-5"}


QUESTIONS: dict[str, tuple[Question, ...]] = {
    "case": (
        Question("satisfaction", _("How satisfied are you with how this was handled?"), _("Satisfaction")),
    ),
    "refund": (
        Question("process", _("How clear and fair was the way your refund went?"), _("Process")),
        Question("attitude", _("How did our people treat you?"), _("Attitude")),
        Question("speed", _("How quickly was it settled?"), _("Speed")),
    ),
}  # fmt: skip
BY_NAME = {question.name: question for questions in QUESTIONS.values() for question in questions}


def asked(stored: list[dict[str, Any]]) -> list[Question]:
    """The questions of one survey, in the order in which they were asked."""
    return [BY_NAME[one["name"]] for one in stored if one["name"] in BY_NAME]


@cache
def opinion(names: tuple[str, ...]) -> type[Struct]:
    """The form of a survey with these questions: a step for each, and a text."""
    step, words = Annotated[int, Meta(ge=1, le=5)], Annotated[str, Meta(max_length=2000)]
    return msgspec.defstruct("Opinion", [*((name, step) for name in names), ("text", words, "")])


def lowest(values: Mapping[str, int]) -> int:
    """The least satisfied answer decides whether somebody calls."""
    return min(values.values())


def in_words(values: Mapping[str, int]) -> list[tuple[Text, int, Text]]:
    """[(what was asked, value, word)]."""
    return [(BY_NAME[name].short, value, STEPS[value]) for name, value in values.items() if name in BY_NAME]
