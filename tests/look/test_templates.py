"""Templates: all compile, the gallery renders strictly, the CSP finds nothing to block, every text has its Chinese."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from gallery import PAGES, ROOT, environment, render, write

from saas.kernel.i18n import catalogue

TEMPLATES = ROOT / "templates"
OURS = ("ui", "layout", "errors", "mail", "documents", "gallery")
FILES = sorted(p for p in TEMPLATES.rglob("*.html"))
INLINE = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*="),
    "style element": re.compile(r"<style"),
    "inline script": re.compile(r"<script(?![^>]*\ssrc=)"),
    "event handler": re.compile(r"<[^>]*\s(on[a-z]+|hx-on[:\w-]*)\s*="),
    "script address": re.compile(r"javascript:|js:", re.I),
}


def test_all_compile() -> None:
    compiler = environment()
    for path in FILES:
        compiler.parse(path.read_text("utf-8"), filename=name(path))  # a fault names its file and line


def test_nothing_the_csp_blocks() -> None:
    assert [
        (name(path), what)
        for path in FILES
        for what, pattern in INLINE.items()
        if pattern.search(_code(path)) and (what, path.parent.name) != ("style element", "mail")
    ] == []


def test_icons_are_in_the_sprite() -> None:
    """Names written as icon("x"), icon="x" or {"icon": "x"}; computed names are the caller's."""
    assert {(name(path), icon) for path in FILES for icon in _icons(path) if icon not in _sprite()} == set()


def test_sprite_is_cut_from_its_list() -> None:
    assert _sprite() == sorted(set((ROOT / "static/img/icons.txt").read_text("utf-8").split()))


@pytest.mark.parametrize("page", PAGES)
def test_gallery_renders_in_both_languages(page: str) -> None:
    """StrictUndefined: a macro that needs something it was not given raises here."""
    chinese, english = (render(environment(), page, locale, "light") for locale in ("zh", "en"))
    assert '<html lang="zh-CN"' in chinese
    assert '<html lang="en"' in english
    assert chinese != english


def test_gallery_is_written_as_files(tmp_path: Path) -> None:
    names = write(tmp_path)
    assert len(names) == len(PAGES) * 4
    assert "轮到您" in (tmp_path / "case.zh.light.html").read_text("utf-8")


def test_every_macro_is_in_the_readme() -> None:
    readme = (TEMPLATES / "ui/README.md").read_text("utf-8")
    macros = re.findall(r"{% set (\w+) =", (TEMPLATES / "ui/__init__.html").read_text("utf-8"))
    inner = {"brand", "firm_mark"}  # the layouts' own
    assert [m for m in macros if m not in inner and not re.search(rf"`(?:ui\.)?{m}[`(]|{m}\(", readme)] == []


def test_every_macro_is_gathered() -> None:
    gathered = set(re.findall(r"{% set (\w+) =", (TEMPLATES / "ui/__init__.html").read_text("utf-8")))
    written = {
        macro
        for path in (TEMPLATES / "ui").glob("*.html")
        for macro in re.findall(r"{% macro ([a-z]\w*)\(", path.read_text("utf-8"))
    }
    assert gathered == written


def test_every_text_has_its_chinese() -> None:
    texts = {
        text
        for folder in OURS
        for path in (TEMPLATES / folder).glob("*.html")
        for text in re.findall(r"""\b_\(["']((?:[^"'\\]|\\.)*)["']""", _code(path))
    }
    assert len(texts) > 80
    assert texts - set(catalogue()) == set()


def test_a_page_without_a_firm_or_a_person_still_stands() -> None:
    html = (
        environment()
        .get_template("errors/500.html")
        .render(firm=None, actor=None, navigation=[], request_path="/", locale="zh", reference="4f1a", reason="")
    )
    assert "4f1a" in html
    assert "系统出错" in html


def name(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


@cache
def _sprite() -> list[str]:
    return re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/img/icons.svg").read_text("utf-8"))


def _icons(path: Path) -> set[str]:
    written = r'\bicon(?:_button|_after)?\(?\s*=?\s*"([a-z0-9-]+)"|"icon": "([a-z0-9-]+)"'
    return {a or b for a, b in re.findall(written, path.read_text("utf-8"))}


def _code(path: Path) -> str:
    """A template without its comments."""
    return re.sub(r"{#.*?#}", "", path.read_text("utf-8"), flags=re.S)
