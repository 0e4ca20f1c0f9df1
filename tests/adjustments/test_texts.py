"""Every text of the engine has its Chinese, and can be stored with the case."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from saas.adjustments.correction.preflight import preflight
from saas.adjustments.tax import Filings, Taxpayer, tax_effect
from saas.kernel.i18n import Text, reading

from .runner import run
from .scenarios import SCENARIOS
from .test_tax import FILED, GENERAL, RATES
from .worked_cases import case

ROOT = Path(__file__).parents[2] / "src" / "saas"


def msgids() -> list[str]:
    folders = [str(ROOT / "adjustments" / engine) for engine in ("correction", "tax")]
    found = [
        message
        for folder in folders
        for message in extract_from_dir(folder, [("**.py", "python")], keywords={"_": None})
    ]
    return [text for _file, _line, text, *_rest in found]


def test_every_text_has_its_chinese() -> None:
    with (ROOT / "locale" / "zh_CN" / "adjustments.po").open("rb") as file:
        chinese = {m.id: m.string for m in read_po(file, locale="zh_CN") if m.id}
    assert len(msgids()) > 150
    assert [msgid for msgid in msgids() if not chinese.get(msgid)] == []


def test_parameters_are_the_same_in_both_languages() -> None:
    with (ROOT / "locale" / "zh_CN" / "adjustments.po").open("rb") as file:
        for message in read_po(file, locale="zh_CN"):
            if message.id:
                assert _slots(str(message.id)) == _slots(str(message.string)), message.id


def _slots(text: str) -> set[str]:
    return {part.split(")")[0] for part in text.split("%(")[1:]}


def texts(value: Any) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from texts(getattr(value, field.name))
    elif isinstance(value, Mapping):
        yield from texts(list(value.values()))
    elif isinstance(value, (list, tuple, set, frozenset)):
        for part in value:
            yield from texts(part)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: f"{s.id}{s.variant}")
def test_texts_are_stored_and_restored(scenario: Any) -> None:
    """A plan's sentences are kept with the case as JSON and shown later, in either language."""
    standard = scenario.standards[-1]
    _case, b, plan = run(scenario, standard)
    effects = [
        tax_effect(plan, b, GENERAL, FILED, RATES),
        tax_effect(plan, b, Taxpayer("S", "quarter"), Filings(), RATES),
    ]
    checks = preflight(plan, b, {v.key: v for v in case(scenario.id, standard).bad})
    found = list(texts([plan, effects, checks]))
    assert found
    for text in found:
        again = Text.restore(json.loads(json.dumps(text.store())))
        for locale in ("zh", "en"):
            with reading(locale):  # type: ignore[arg-type]
                assert str(again) == str(text)
