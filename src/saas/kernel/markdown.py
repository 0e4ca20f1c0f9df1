"""Markdown that people of a firm write (lessons, procedures), as HTML: no raw HTML, no script, no address but http(s),
mail and the firm's own pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

LOWEST_HEADING = 6


def render(text: str, first_heading: int = 3, images: Mapping[str, str] | None = None) -> Markup:
    """The text as HTML. Its "#" becomes a heading of level `first_heading`, so that it stands below the panel's own.

    "commonmark" with tables; raw HTML is shown as it was typed, and links with other schemes stay plain text. `images`
    are the addresses of our own pictures by the names the text calls them; any other image is its description only.
    """
    tokens = _parser().parse(text)
    _place_images(tokens, images or {})
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1:]) + first_heading - 1, LOWEST_HEADING)}"
        elif token.type == "table_open":
            token.attrSet("class", "table")
    return Markup(_parser().renderer.render(tokens, _parser().options, {}))  # noqa: S704  raw HTML is off


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "breaks": False}).enable("table")


def _place_images(tokens: Sequence[Token], images: Mapping[str, str]) -> None:
    for token in tokens:
        for child in token.children or ():
            if child.type == "image":
                address = images.get(str(child.attrGet("src")))
                if address is None:
                    child.type, child.tag = "text", ""
                else:
                    child.attrSet("src", address)
                    child.attrSet("loading", "lazy")
