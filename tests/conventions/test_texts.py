"""Every sentence of the product in both languages: translated, once, with the same placeholders."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import pytest
from babel.messages.pofile import read_po
from jinja2 import nodes

PLACEHOLDER = re.compile(r"%\((\w+)\)([#0\- +]?[\d.]*[sdfr])")
HAN = r"[㐀-鿿]"
MARKER = {"_", "Text"}
JINJA = jinja2.Environment(autoescape=True, extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])


@dataclass(frozen=True)
class Use:
    """One place that asks for a text; `msgid` is None where it is not a plain string."""

    place: str
    msgid: str | None
    given: frozenset[str] | None  # names of the parameters; None where they cannot be read off (**params)


@pytest.fixture(scope="module")
def uses(sources: list[Any], templates: list[Any]) -> list[Use]:
    return [*(u for s in sources for u in in_python(s)), *(u for t in templates for u in in_template(t))]


def in_python(source: Any) -> Iterator[Use]:
    for node in source.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKER and node.args:
            first = node.args[0]
            msgid = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None
            if msgid is None and node.func.id == "Text":
                continue  # a Text made again from what was stored
            names = [keyword.arg for keyword in node.keywords]
            given = None if None in names else frozenset(name for name in names if name)
            yield Use(f"{source.name}:{node.lineno}", msgid, given)


def in_template(template: Any) -> Iterator[Use]:
    for call in JINJA.parse(template.text).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "_" and call.args:
            first = call.args[0]
            msgid = first.value if isinstance(first, nodes.Const) else None
            given = None if call.dyn_kwargs else frozenset(keyword.key for keyword in call.kwargs)
            yield Use(f"{template.name}:{call.lineno}", msgid, given)


@pytest.fixture(scope="module")
def translations(root: Path) -> dict[str, dict[str, str]]:
    """msgid → {catalogue: Chinese}."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for path in sorted((root / "src/saas/locale/zh_CN").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="zh_CN", abort_invalid=True):
                if message.id:
                    found[str(message.id)][path.name] = "" if message.fuzzy else str(message.string)
    return found


def test_texts_are_plain_strings(uses: list[Use]) -> None:
    found = [f"{u.place}: _() takes a plain string; values go in as parameters" for u in uses if u.msgid is None]
    assert not found, "\n".join(found)


def test_every_text_has_its_chinese(uses: list[Use], translations: dict[str, dict[str, str]]) -> None:
    missing: dict[str, list[str]] = defaultdict(list)
    for use in uses:
        if use.msgid and not any(translations.get(use.msgid, {}).values()):
            missing[use.msgid].append(use.place)
    report = [f"{places[0]}: {msgid!r}" for msgid, places in missing.items()]
    assert not report, f"{len(report)} texts without Chinese in src/saas/locale/zh_CN:\n" + "\n".join(report)


def test_a_text_has_one_translation(translations: dict[str, dict[str, str]]) -> None:
    split = [f"{msgid!r}: {found}" for msgid, found in translations.items() if len(set(found.values())) > 1]
    assert not split, "\n".join(split)


def test_no_catalogue_says_a_text_twice(root: Path) -> None:
    found = []
    for path in sorted((root / "src/saas/locale/zh_CN").glob("*.po")):
        seen: set[str] = set()
        for block in re.findall(r'^msgid ((?:"(?:[^"\\]|\\.)*"\s*)+)', path.read_text("utf-8"), re.M):
            msgid = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', block))
            if msgid in seen:
                found.append(f"{path.name}: {msgid!r} stands there twice")
            seen.add(msgid)
    assert not found, "\n".join(found)


def test_placeholders_are_the_same_in_both_languages(translations: dict[str, dict[str, str]]) -> None:
    found = [
        f"{catalogue}: {msgid!r} → {chinese!r}"
        for msgid, by_catalogue in translations.items()
        for catalogue, chinese in by_catalogue.items()
        if chinese and sorted(set(PLACEHOLDER.findall(msgid))) != sorted(set(PLACEHOLDER.findall(chinese)))
    ]
    assert not found, "\n".join(found)


def test_texts_get_the_parameters_they_name(uses: list[Use]) -> None:
    found = []
    for use in uses:
        if use.msgid is None or use.given is None:
            continue
        wanted = {name for name, _form in PLACEHOLDER.findall(use.msgid)}
        if wanted != use.given:
            found.append(f"{use.place}: {use.msgid!r} names {sorted(wanted)} and is given {sorted(use.given)}")
        if loose_percent(use.msgid, formatted=bool(use.given)):
            found.append(f"{use.place}: {use.msgid!r}: a % sign is written %% beside placeholders, % without them")
    assert not found, "\n".join(found)


def test_percent_signs_survive_translation(translations: dict[str, dict[str, str]]) -> None:
    found = [
        f"{catalogue}: {chinese!r}: a % sign is written %% beside placeholders, % without them"
        for msgid, by_catalogue in translations.items()
        for catalogue, chinese in by_catalogue.items()
        if loose_percent(chinese, formatted=bool(PLACEHOLDER.search(msgid)))
    ]
    assert not found, "\n".join(found)


def loose_percent(text: str, *, formatted: bool) -> bool:
    """A percent sign that rendering would choke on, or show twice."""
    return "%" in PLACEHOLDER.sub("", text.replace("%%", "")) if formatted else "%%" in text


def test_chinese_is_chinese(translations: dict[str, dict[str, str]]) -> None:
    """A sentence has Han characters, and no half-width comma, colon or question mark right behind one."""
    found = []
    for msgid, by_catalogue in translations.items():
        for catalogue, chinese in by_catalogue.items():
            if re.search(r"[a-z]+ [a-z]+", PLACEHOLDER.sub("", msgid)) and chinese and not re.search(HAN, chinese):
                found.append(f"{catalogue}: {msgid!r} is not translated: {chinese!r}")
            if re.search(rf"{HAN}[,;:!?]", chinese):
                found.append(f"{catalogue}: {chinese!r}: half-width punctuation behind a Han character")
    assert not found, "\n".join(found)
