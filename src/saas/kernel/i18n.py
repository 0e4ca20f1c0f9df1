"""Two languages, equal. Source texts are English; each module keeps its Chinese in locale/zh_CN/<module>.po.

`_("Voucher %(voucher)s does not balance", voucher="记-12")` makes a Text, which is rendered when it is shown, in the
language of whoever reads it. A Text can be stored (as msgid and parameters) and shown in another language later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, Literal

from babel.messages.pofile import read_po
from markupsafe import escape

Locale = Literal["zh", "en"]
LOCALES: tuple[Locale, ...] = ("zh", "en")
CATALOGUES = Path(__file__).parent.parent / "locale" / "zh_CN"

_reading: ContextVar[Locale] = ContextVar("locale", default="zh")


class Text:
    """A sentence in the source language with its parameters; str() gives it in the reader's language."""

    __slots__ = ("msgid", "params")

    def __init__(self, msgid: str, /, **params: Any) -> None:
        self.msgid = msgid
        self.params = params

    def to(self, locale: Locale) -> str:
        with reading(locale):
            return str(self)

    def __str__(self) -> str:
        text = translate(self.msgid)
        return text % self.params if self.params else text

    def __html__(self) -> str:
        return str(escape(str(self)))

    def __repr__(self) -> str:
        return f"Text({self.msgid!r}, {self.params!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and (self.msgid, self.params) == (other.msgid, other.params)

    def __hash__(self) -> int:
        return hash(self.msgid)

    def store(self) -> dict[str, Any]:
        """JSON-ready; parameters that are Texts themselves are stored as such, money and dates as they read."""
        return {"msgid": self.msgid, "params": {name: _stored(value) for name, value in self.params.items()}}

    @classmethod
    def restore(cls, stored: dict[str, Any]) -> Text:
        if "zh" in stored:
            return Both(stored["zh"], stored["msgid"])
        if "words" in stored:
            return Listed(cls.restore(word) if isinstance(word, dict) else word for word in stored["words"])
        params = {k: cls.restore(v) if isinstance(v, dict) and "msgid" in v else v for k, v in stored["params"].items()}
        return cls(stored["msgid"], **params)


def _stored(value: Any) -> Any:
    if isinstance(value, Text):
        return value.store()
    return value if isinstance(value, (str, int, float, type(None))) else str(value)


_ = Text


class Both(Text):
    """What a firm wrote in both languages (a checklist's name, a course's title): no catalogue knows it."""

    __slots__ = ("zh",)

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh

    def __str__(self) -> str:
        return (self.zh or self.msgid) if reader() == "zh" else (self.msgid or self.zh)

    def store(self) -> dict[str, Any]:
        return {"msgid": self.msgid, "params": {}, "zh": self.zh}


class Listed(Text):
    """Words in a row as a parameter of a Text, set apart as whoever reads it later is used to."""

    __slots__ = ("words",)

    def __init__(self, words: Iterable[Text | str]) -> None:
        super().__init__("")
        self.words = tuple(words)

    def __str__(self) -> str:
        return listed(self.words)

    def __repr__(self) -> str:
        return f"Listed({self.words!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Listed) and self.words == other.words

    def __hash__(self) -> int:
        return hash(self.words)

    def store(self) -> dict[str, Any]:
        return {"msgid": "", "params": {}, "words": [_stored(word) for word in self.words]}


class Signpost(Text):
    """A sentence with the way to what it speaks of: a path under the firm, and the words of the link."""

    __slots__ = ("path", "way")

    def __init__(self, sentence: Text, path: str, way: Text) -> None:
        super().__init__(sentence.msgid, **sentence.params)
        self.path, self.way = path, way


def translate(msgid: str) -> str:
    """The text in the reader's language; the source text where a catalogue has none (a test finds those)."""
    return catalogue().get(msgid, msgid) if reader() == "zh" else msgid


def reader() -> Locale:
    return _reading.get()


def listed(words: Iterable[Text | str]) -> str:
    """Words in a row, as the reader's language sets them apart; in a Text that is kept for later: Listed."""
    return ("、" if reader() == "zh" else ", ").join(str(word) for word in words)


@contextmanager
def reading(locale: Locale) -> Iterator[None]:
    """Everything rendered inside is in this language."""
    token = _reading.set(locale)
    try:
        yield
    finally:
        _reading.reset(token)


def set_reader(locale: str) -> None:
    """For the rest of this context (one request, one job)."""
    _reading.set("en" if locale == "en" else "zh")


@cache
def catalogue() -> dict[str, str]:
    """Every module's Chinese, in one dictionary: the same source text has one translation everywhere."""
    texts: dict[str, str] = {}
    for path in sorted(CATALOGUES.glob("*.po")):
        with path.open("rb") as file:
            texts.update({str(m.id): str(m.string) for m in read_po(file, locale="zh_CN") if m.id and m.string})
    return texts
