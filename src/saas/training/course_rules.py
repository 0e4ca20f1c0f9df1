"""What a question and a course must be before anybody sits it: the same for the starter's files and a firm's drafts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from saas.kernel.errors import Invalid
from saas.kernel.i18n import Text, _
from saas.training.questions.kinds import (
    Given,
    Number,
    Options,
    Order,
    Scenario,
    Voucher,
    content_of,
    decimal_of,
)
from saas.training.questions.scenario import best, unreached
from saas.training.questions.voucher import exercise

FEWEST_OPTIONS, MOST_OPTIONS = 2, 6


class Asked(Protocol):
    """A question of a bank, as kept."""

    @property
    def key(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def stem(self) -> dict[str, Any]: ...
    @property
    def content(self) -> dict[str, Any]: ...
    @property
    def why(self) -> dict[str, Any]: ...
    @property
    def source(self) -> dict[str, Any]: ...


def faults_of(question: Asked) -> list[Text]:
    """Why this question cannot be asked; [] when it can."""
    found = [
        fault
        for texts, fault in (
            (question.stem, _("The question itself is empty.")),
            (question.why, _("It has no explanation.")),
            (question.source, _("It names no source.")),
        )
        if not str(texts.get("zh", "")).strip()
    ]
    return [*found, *_of_content(content_of(question.kind, question.content), question.kind)]


def _of_content(content: Any, kind: str) -> Iterator[Text]:
    if isinstance(content, Options):
        yield from _of_options(content, kind)
    elif isinstance(content, Number):
        if decimal_of(content.answer) is None or decimal_of(content.tolerance) is None:
            yield _("Its answer or tolerance is not a number.")
    elif isinstance(content, Order):
        if len(content.options) < 3:
            yield _("There are fewer than three things to put in order.")
        if len({option.zh for option in content.options}) < len(content.options):
            yield _("Two options say the same.")
    elif isinstance(content, Scenario):
        yield from _of_scenario(content)
    elif isinstance(content, Voucher):
        yield from _of_voucher(content.given)


def _of_options(content: Options, kind: str) -> Iterator[Text]:
    right = sum(option.right for option in content.options)
    if not FEWEST_OPTIONS <= len(content.options) <= MOST_OPTIONS:
        yield _("It has %(n)s options; two to six are possible.", n=len(content.options))
    if any(not option.zh.strip() for option in content.options):
        yield _("An option is empty.")
    if len({option.zh for option in content.options}) < len(content.options):
        yield _("Two options say the same.")
    if kind == "single" and right != 1:
        yield _("Exactly one option must be right; here %(n)s are.", n=right)
    if kind == "several" and right < 2:
        yield _("At least two options must be right; here %(n)s are.", n=right)
    if kind == "several" and right == len(content.options):
        yield _("Every option is right: nothing is asked.")


def _of_scenario(content: Scenario) -> Iterator[Text]:
    try:
        if best(content) <= 0:
            yield _("No way through it earns a point.")
    except ValueError as error:
        yield _("Its steps do not hold together: %(error)s", error=str(error))
        return
    if unreached(content):
        yield _("No way leads to the step %(step)s.", step=unreached(content)[0])
    for step in content.steps:
        if len(step.options) < 2:
            yield _("The step %(step)s leaves no choice.", step=step.id)


def _of_voucher(given: Given) -> Iterator[Text]:
    try:
        solved = exercise(given)
    except Invalid as refused:
        yield refused.reason
        return
    if any(not voucher.lines for voucher in solved.expected):
        yield _("The engine drafts a voucher without lines here.")


def faults_of_bank(questions: Sequence[Asked], asked: int) -> list[Text]:
    """Why this bank cannot be published."""
    found = [
        _("Question %(key)s: %(fault)s", key=question.key, fault=fault)
        for question in questions
        for fault in faults_of(question)
    ]
    if not questions:
        found.append(_("There is no question yet."))
    elif asked > len(questions):
        found.append(_("%(asked)s questions are to be asked, but the bank has %(n)s.", asked=asked, n=len(questions)))
    return [*found, *(_("Two questions ask the same: %(keys)s", keys=keys) for keys in _twice(questions))]


def _twice(questions: Iterable[Asked]) -> list[str]:
    seen: dict[str, str] = {}
    doubled = []
    for question in questions:
        stem = "".join(str(question.stem.get("zh", "")).split())
        if stem and stem in seen:
            doubled.append(f"{seen[stem]}, {question.key}")
        seen[stem] = question.key
    return doubled
