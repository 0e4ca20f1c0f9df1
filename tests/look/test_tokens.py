"""The design tokens: one place, both themes, and the contrast the design promises."""

from __future__ import annotations

import re

import pytest
from gallery import ROOT

CSS = ROOT / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text("utf-8")
PAIR = re.compile(r"--([\w-]+): var\(--if-light, (#[0-9A-F]{6})\) var\(--if-dark, (#[0-9A-F]{6})\);")
COLOURS = {name: (light, dark) for name, light, dark in PAIR.findall(TOKENS)}
SHEETS = sorted(p for p in CSS.rglob("*.css") if p.name not in ("tokens.css", "document.css"))
STATUS = ("accent", "red", "amber", "green", "blue", "violet")
TEXT_ON = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3", *STATUS) for ground in ("surface", "page", "sunken")),
    *((status, f"{status}-soft") for status in STATUS),
    *(("ink-3", f"{status}-soft") for status in STATUS),
    ("ink-2", "gray-soft"),
    ("ink-3", "gray-soft"),
    ("accent-hover", "surface"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
]


def luminance(colour: str) -> float:
    """WCAG 2.2 relative luminance of #RRGGBB."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON, ids=str)
def test_text_is_legible(ink: str, ground: str, theme: int) -> None:
    assert contrast(COLOURS[ink][theme], COLOURS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["surface", "page"])
def test_a_field_can_be_seen(ground: str, theme: int) -> None:
    assert contrast(COLOURS["field"][theme], COLOURS[ground][theme]) >= 2.99


def test_the_ratio_itself_is_right() -> None:
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#0D6366", "#FFFFFF") == pytest.approx(7.0, abs=0.05)


def test_tokens_are_defined_once() -> None:
    switches = {"if-light", "if-dark", "latin"}
    defined = [n for n in re.findall(r"^\s*--([\w-]+):", TOKENS, re.M) if n not in switches]
    assert len(defined) == len(set(defined))
    assert len(COLOURS) >= 33


def test_no_colour_outside_the_tokens() -> None:
    """White paper behind a QR code and on print, and the shade behind dialogs, are the same in both themes."""
    allowed = {"#fff"}
    found = {
        (sheet.name, colour)
        for sheet in SHEETS
        for colour in re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;\s,)])", sheet.read_text("utf-8"))
        if colour not in allowed
    }
    assert found == set()


def test_every_variable_used_is_defined() -> None:
    texts = {sheet.name: sheet.read_text("utf-8") for sheet in (*SHEETS, CSS / "tokens.css")}
    defined = {n for text in texts.values() for n in re.findall(r"--([\w-]+):", text)}
    used = {(file, n) for file, text in texts.items() for n in re.findall(r"var\(--([\w-]+)", text)}
    assert {(file, n) for file, n in used if n not in defined} == set()


def test_every_sheet_is_linked() -> None:
    pages = "".join(p.read_text("utf-8") for p in (ROOT / "templates").rglob("*.html"))
    missing = [s.name for s in SHEETS if str(s.relative_to(CSS).with_suffix("")) not in pages]
    assert missing == []


def test_the_sheets_stay_small() -> None:
    assert sum(s.stat().st_size for s in SHEETS) < 84_000  # bytes a browser loads, before compression
