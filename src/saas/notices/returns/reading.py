"""A mail's words for the log: plain text only. HTML is read for its text and never shown; quotations are cut."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from email.message import EmailMessage
from html.parser import HTMLParser

LONGEST = 8000  # characters of a reply that the log shows; the whole message is kept beside it
UNSEEN = frozenset({"script", "style", "head", "title", "template", "noscript"})
BREAKS = frozenset(
    {"br", "p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "hr", "pre", "blockquote"}
)
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "ks_c_5601-1987": "cp949"}  # what is meant by them
QUOTED = re.compile(
    r"""
      -{2,}\s*(original\ message|forwarded\ message|原始邮件|回复的原邮件|原邮件|转发邮件)\s*-{2,}  # Outlook, QQ, 163
    | _{10,}                                                                                    # Outlook
    | (on|at)\ .{6,200}\ wrote\s*[:：]                                                           # Gmail, Apple, 163
    | (在|于)?\s*.{0,20}\d{4}.{4,200}写道\s*[:：]                                                 # the same in Chinese
    | (from|发件人|寄件者)\s*[:：].{0,200}@.{0,200}                                               # a quoted head
    """,
    re.IGNORECASE | re.VERBOSE,
)


def text_of(message: EmailMessage) -> str:
    """All that a reader would see of the message's own words, cleaned; empty when there are none."""
    plain = _body(message, "plain")
    return clean(plain if plain.strip() else _text_in(_body(message, "html")))


def said(text: str) -> str:
    """The text without what it quotes; all of it where the answer stands between or below the quotation."""
    lines = text.split("\n")
    end = next((n for n, line in enumerate(lines) if _begins_quote(lines, n, line)), len(lines))
    own = "\n".join(lines[:end]).strip()
    below = "\n".join(line for line in lines if not line.startswith(">")).strip()
    return (own or below)[:LONGEST]


def attachments(message: EmailMessage) -> Iterator[tuple[str, bytes]]:
    """(name, content) of every part that has a name; a forwarded message is one file."""
    for part in message.iter_attachments():
        name = part.get_filename() or ("mail.eml" if part.get_content_maintype() == "message" else "")
        if name:
            yield clean(name).replace("\n", " "), _bytes_of(part)


def head(message: EmailMessage, name: str, longest: int = 300) -> str:
    """A header as one clean line, whatever it holds."""
    try:
        value = str(message.get(name, ""))
    except Exception:  # the parser of structured headers fails in many ways on what spammers write
        value = next((str(v) for key, v in message.raw_items() if key.lower() == name.lower()), "")
    return " ".join(clean(value).split())[:longest]


def clean(text: str) -> str:
    """Without control and formatting characters (a NUL cannot be stored, an override of direction deceives)."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(c for c in lines if c == "\n" or not unicodedata.category(c).startswith("C"))


def _begins_quote(lines: list[str], n: int, line: str) -> bool:
    bare = line.strip()
    if not QUOTED.match(bare):  # some programs break the line before “wrote:”
        bare = f"{bare} {lines[n + 1].strip()}" if n + 1 < len(lines) else bare
        if not re.match(r"on |at |在|于", bare, re.IGNORECASE) or not QUOTED.match(bare):
            return line.startswith(">") and all(rest.startswith(">") or not rest.strip() for rest in lines[n:])
    return True


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return _decoded(part) if isinstance(part, EmailMessage) else ""


def _decoded(part: EmailMessage) -> str:
    charset = (part.get_content_charset() or "utf-8").lower()
    content = _bytes_of(part)
    try:
        return content.decode(WIDER.get(charset, charset), errors="replace")
    except LookupError:
        return content.decode(errors="replace")


def _bytes_of(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    if isinstance(content, bytes):
        return content
    inner = part.get_payload()
    return b"".join(one.as_bytes() for one in inner if hasattr(one, "as_bytes")) if isinstance(inner, list) else b""


def _text_in(html: str) -> str:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return re.sub(r"\n{3,}", "\n\n", reader.text()).strip()


class _Reader(HTMLParser):
    """Gathers what is visible, a line per block; what stands in a blockquote begins with >."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = [""]
        self._unseen = self._quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in UNSEEN
        self._quoted += tag == "blockquote"
        if tag in BREAKS:
            self._lines.append("")

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in UNSEEN))
        if tag in BREAKS:
            self._lines.append("")
        self._quoted = max(0, self._quoted - (tag == "blockquote"))

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            words = re.sub(r"\s+", " ", data)
            start = "> " if self._quoted and not self._lines[-1] and words.strip() else ""
            self._lines[-1] += start + words

    def text(self) -> str:
        return "\n".join(line.strip() for line in self._lines)
