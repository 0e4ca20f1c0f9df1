"""Templates under the strict content security policy: nothing inline that the browser would refuse."""

from __future__ import annotations

import re
from typing import Any

import pytest

FORBIDDEN = {
    "an inline style: use a class": re.compile(r"""<[^>]*\sstyle\s*=""", re.I),
    "a style element: use static/css": re.compile(r"<style\b", re.I),
    "an inline script: use a module in static/js": re.compile(
        r"""<script\b(?![^>]*\ssrc\s*=)(?![^>]*type\s*=\s*["']application/json["'])""", re.I
    ),
    "an event attribute: use a module in static/js": re.compile(r"""<[^>]*\son[a-z]+\s*=\s*["']""", re.I),
    "hx-on: blocked by the policy": re.compile(r"\bhx-on[:\s=]", re.I),
    "javascript: in an attribute": re.compile(r"""["']\s*(javascript|js):""", re.I),
    "a trigger filter: blocked by the policy": re.compile(r"""hx-trigger\s*=\s*["'][^"']*\["""),
}
IN_MAIL = {"an inline style: use a class", "a style element: use static/css"}  # mail programs know nothing else


def without_comments(text: str) -> str:
    """The template without {# … #}, its line numbers kept."""
    return re.sub(r"\{#.*?#\}", lambda comment: "\n" * comment[0].count("\n"), text, flags=re.S)


@pytest.mark.parametrize("complaint", FORBIDDEN)
def test_nothing_inline(templates: list[Any], complaint: str) -> None:
    found = []
    for template in templates:
        if template.name.startswith("templates/mail/") and complaint in IN_MAIL:
            continue
        text = without_comments(template.text)
        for match in FORBIDDEN[complaint].finditer(text):
            line = text.count("\n", 0, match.end()) + 1
            found.append(f"{template.name}:{line}: {complaint}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("markup", "complaint"),
    [
        ('<div class="a"\n style="width:1%">', "an inline style: use a class"),
        ("<style>", "a style element: use static/css"),
        ("<script>alert(1)</script>", "an inline script: use a module in static/js"),
        ('<script type="module">x</script>', "an inline script: use a module in static/js"),
        ('<button onclick="x()">', "an event attribute: use a module in static/js"),
        ('<b hx-on:click="x">', "hx-on: blocked by the policy"),
        ("<a href='javascript:x'>", "javascript: in an attribute"),
        ('<a hx-trigger="keyup[key==1]">', "a trigger filter: blocked by the policy"),
    ],
)
def test_the_patterns_find_what_they_forbid(markup: str, complaint: str) -> None:
    assert [name for name, pattern in FORBIDDEN.items() if pattern.search(markup)] == [complaint]


@pytest.mark.parametrize(
    "markup",
    [
        '<link rel="stylesheet" href="a.css">',
        '<script type="module" src="a.js"></script>',
        '<script type="application/json" id="data">{}</script>',
        '<input name="only" data-on="x">',
        '<p class="lifestyle = x">',
    ],
)
def test_the_patterns_leave_the_rest_alone(markup: str) -> None:
    assert not [name for name, pattern in FORBIDDEN.items() if pattern.search(markup)]
