"""What differs between two versions of a text: paragraphs, and within a changed one the words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

PIECES = re.compile(r"[A-Za-z0-9_’'-]+|\s+|.", re.S)  # words of English, single characters of Chinese
ALIKE = 0.4  # paragraphs less alike than this are shown as one gone and one new


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: "same", "gone" or "new"."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph: "same", "gone", "new" or "changed"; the pieces are what it says."""

    kind: str
    pieces: tuple[Piece, ...]


def differences(before: str, after: str) -> list[Paragraph]:
    """The paragraphs of both, in reading order; unchanged ones stay as context."""
    old, new = _paragraphs(before), _paragraphs(after)
    found: list[Paragraph] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [_whole("same", text) for text in old[a:b]]
        else:
            found += _changed(old[a:b], new[c:d])
    return found


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.replace("\r\n", "\n").split("\n") if line.strip()]


def _whole(kind: str, text: str) -> Paragraph:
    return Paragraph(kind, (Piece(kind, text),))


def _changed(old: list[str], new: list[str]) -> list[Paragraph]:
    """Paragraphs that stand opposite each other are compared word by word while they are alike."""
    found: list[Paragraph] = []
    for number in range(max(len(old), len(new))):
        was = old[number] if number < len(old) else ""
        now = new[number] if number < len(new) else ""
        pieces = _pieces(was, now) if was and now else None
        if pieces is not None:
            found.append(Paragraph("changed", pieces))
            continue
        found += [_whole("gone", was)] if was else []
        found += [_whole("new", now)] if now else []
    return found


def _pieces(was: str, now: str) -> tuple[Piece, ...] | None:
    """Word by word; None where hardly anything is the same."""
    a, b = PIECES.findall(was), PIECES.findall(now)
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if matcher.ratio() < ALIKE:
        return None
    pieces: list[Piece] = []
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(a[i:j])))
            continue
        pieces += [Piece("gone", "".join(a[i:j]))] if j > i else []
        pieces += [Piece("new", "".join(b[k:m]))] if m > k else []
    return tuple(pieces)
