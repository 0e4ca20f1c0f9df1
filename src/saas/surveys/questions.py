"""The kinds of questions, how answers to them are taken and read, and which answers are low."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from saas.kernel.i18n import Text, _
from saas.surveys.wording import said

KINDS: dict[str, Text] = {
    "1-5": _("Satisfaction, 1 to 5"),
    "0-10": _("Recommendation, 0 to 10"),
    "1-7": _("Effort, 1 to 7"),
    "choice": _("Choice"),
    "text": _("In the client’s words"),
}
SCALES: dict[str, range] = {"1-5": range(1, 6), "0-10": range(11), "1-7": range(1, 8)}
ENDS: dict[str, Text] = {
    "1-5": _("1 not satisfied at all, 5 very satisfied"),
    "0-10": _("0 not at all likely, 10 extremely likely"),
    "1-7": _("1 very easy, 7 very hard"),
}
STEPS: dict[int, Text] = {
    5: _("very satisfied"),
    4: _("satisfied"),
    3: _("so-so"),
    2: _("not satisfied"),
    1: _("not satisfied at all"),
}
Words = Annotated[str, Meta(max_length=2000)]


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `short` names it where answers are listed. Texts are {"zh": …, "en": …}."""

    name: str
    kind: str
    text: Mapping[str, str]
    short: Mapping[str, str]
    options: tuple[Mapping[str, str], ...] = ()  # of a choice: {"value", "zh", "en"}
    required: bool = True

    def store(self) -> dict[str, Any]:
        """As it is kept with the survey: what was asked stays known when questions change."""
        return {"name": self.name, "kind": self.kind, "text": dict(self.text), "short": dict(self.short),
                "options": [dict(one) for one in self.options], "required": self.required}  # fmt: skip

    @property
    def heading(self) -> str:
        return said(self.text)

    @property
    def label(self) -> str:
        return said(self.short) or said(self.text)

    @property
    def steps(self) -> list[tuple[int, str]]:
        """Of a scale: [(value, what stands on the button)]."""
        return [(value, str(value)) for value in SCALES.get(self.kind, ())]

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(one["value"], said(one)) for one in self.options]

    @property
    def ends(self) -> Text | str:
        """What the ends of its scale mean."""
        return ENDS.get(self.kind, "")

    @property
    def is_scale(self) -> bool:
        return self.kind in SCALES

    def in_words(self, value: Any) -> str:
        """What a value means, in the reader's language."""
        if self.kind == "1-5":
            return str(STEPS.get(value, value))
        if self.kind == "choice":
            return dict(self.choices).get(str(value), str(value))
        return str(value)


@dataclass(frozen=True, slots=True)
class Given:
    """One value of an answer beside what was asked. `most` is the top of its scale, 0 without one."""

    question: Question
    value: Any
    low: bool

    @property
    def short(self) -> str:
        return self.question.label

    @property
    def word(self) -> str:
        return self.question.in_words(self.value)

    @property
    def most(self) -> int:
        return SCALES[self.question.kind][-1] if self.question.is_scale else 0

    @property
    def brief(self) -> str:
        """ "过程 4/5", "原因 价格"."""
        return f"{self.short} {self.value}/{self.most}" if self.most else f"{self.short} {self.word}"


def asked(stored: Sequence[Mapping[str, Any]]) -> list[Question]:
    """The questions of one survey, in the order in which they were asked."""
    return [_known(one) for one in stored]


def _known(one: Mapping[str, Any]) -> Question:
    """Surveys of before questionnaires kept the name alone; it is all that is known of their wording."""
    name = str(one["name"])
    text = one.get("text") or FIRST.get(name, {"zh": name, "en": name})
    return Question(name, str(one.get("kind", "1-5")), text, one.get("short") or text,
                    tuple(one.get("options", ())), bool(one.get("required", True)))  # fmt: skip


FIRST: dict[str, dict[str, str]] = {
    "satisfaction": {"zh": "满意度", "en": "Satisfaction"},
    "process": {"zh": "过程", "en": "Process"},
    "attitude": {"zh": "态度", "en": "Attitude"},
    "speed": {"zh": "速度", "en": "Speed"},
}


def opinion(questions: Sequence[Question]) -> type[Struct]:
    """The form of a survey with these questions, and a text."""
    fields: list[Any] = [(one.name, _type_of(one)) for one in questions if one.required]
    fields += [(one.name, _type_of(one) | None, None) for one in questions if not one.required]
    return msgspec.defstruct("Opinion", [*fields, ("text", Words, ""), ("complain", bool, False)])


def _type_of(question: Question) -> Any:
    if question.is_scale:
        steps = SCALES[question.kind]
        return Annotated[int, Meta(ge=steps[0], le=steps[-1])]
    if question.kind == "choice":
        return Literal[tuple(one["value"] for one in question.options)]
    return Words


def is_low(kind: str, value: Any) -> bool:
    """Whether somebody calls: 1–2 of 5, a detractor's 0–6 of 10, an effort of 5–7 of 7."""
    if not isinstance(value, int):
        return False
    return {"1-5": value <= 2, "0-10": value <= 6, "1-7": value >= 5}.get(kind, False)


def in_words(questions: Sequence[Question], values: Mapping[str, Any]) -> list[Given]:
    """What was answered, in the order in which it was asked."""
    return [Given(one, values[one.name], is_low(one.kind, values[one.name])) for one in questions if one.name in values]
