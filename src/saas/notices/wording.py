"""The words of letters: tenants/_starter/notice_wording.toml, a firm's own phrases in their place where it has some.

zh and en say the same and carry the same slots. What a letter says in the firm's own words is frozen into its content.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from copy import deepcopy
from datetime import date
from functools import cache
from typing import Any

from saas.kernel.i18n import Locale, Text, _, reading
from saas.kernel.money import Money
from saas.kernel.pages import ROOT

PATH = ROOT / "tenants" / "_starter" / "notice_wording.toml"
CODED = {
    "found_by": "found_by",
    "responsibility": "responsibility",
    "cost_borne_by": "responsibility",
    "standard": "standard",
}  # slots whose value may be a code of a table
NUMERAL = re.compile(r"^([一二三四五六七八九十]+、|\d+\.\s*)")  # headings are numbered where they are set
ITEMS: dict[str, Text] = {
    "assets": _("Assets"),
    "liabilities": _("Liabilities"),
    "equity": _("Owners’ equity"),
    "revenue": _("Revenue"),
    "costs": _("Costs and expenses"),
    "profit": _("Profit"),
}
SLOT_LABELS: dict[str, Text] = {
    "correcting_vouchers": _("correcting vouchers"),
    "text": _("text of the letter"),
    "handler": _("handled by"),
    "head": _("head of the firm"),
    "contact": _("contact and telephone"),
    "refund_request": _("the request"),
    "refund_contract": _("contract and what was delivered"),
    "refund_policy": _("policy and version"),
    "refund_calculation": _("the calculation"),
    "refund_deduction": _("the deduction"),
    "refund_choices": _("what the client may choose"),
    "refund_way": _("how it is paid"),
    "refund_days": _("days until it is paid"),
    "refund_remedy": _("how and until when to object"),
    "refund_ground": _("ground of the rejection"),
    "refund_appeal": _("the objection"),
    "refund_paid": _("what was paid back"),
    "refund_invoice": _("what became of the invoice"),
    "hand_over": _("hand-over of the books"),
    "retention": _("how long the file is kept"),
}  # of slots that the wording does not name
HAN = "[\u4e00-\u9fff]"
DIGITS = "〇一二三四五六七八九"


Words = Mapping[str, Mapping[str, str]]  # {"receipt.agree": {"zh": …, "en": …}}
_spoken: ContextVar[dict[str, Any] | None] = ContextVar("firm_wording", default=None)


@cache
def starter() -> dict[str, Any]:
    """The words that every firm begins with."""
    return tomllib.loads(PATH.read_text("utf-8"))


def wording() -> dict[str, Any]:
    return _spoken.get() or starter()


@contextmanager
def in_words(own: Words) -> Iterator[None]:
    """Whatever is written inside uses these phrases instead of the starter's."""
    table = deepcopy(starter()) if own else None
    for path, texts in own.items():
        place(table, path).update(texts)
    token = _spoken.set(table)
    try:
        yield
    finally:
        _spoken.reset(token)


def place(table: Any, path: str) -> dict[str, Any]:
    """Where a phrase stands: "adjustment.part.6.text"; KeyError where there is none."""
    found = table
    for name in path.split("."):
        found = found[int(name)] if isinstance(found, list) else found[name]
    texts: dict[str, Any] = found
    return texts


def phrase(locale: Locale, *path: str) -> str:
    """One phrase: phrase("zh", "receipt", "agree")."""
    found: Any = wording()
    for name in path:
        found = found[name]
    return str(found[locale])


def parts(table: str, locale: Locale) -> list[dict[str, str]]:
    """The numbered parts of a letter, headings without their numerals."""
    found = [{name: texts[locale] for name, texts in part.items()} for part in wording()[table]["part"]]
    return [{**part, "heading": NUMERAL.sub("", part["heading"])} for part in found]


def label(word: str, locale: Locale) -> str:
    """A slot's name as people know it."""
    if word in wording()["slot"]:
        return phrase(locale, "slot", word)
    return SLOT_LABELS[word].to(locale)


def heading(word: str, locale: Locale) -> str:
    """The same at the head of a row: "Effect on VAT"."""
    name = label(word, locale)
    return name[:1].upper() + name[1:]


def say(value: Any, locale: Locale, slot: str = "") -> str:
    """A value of a letter's content in one language.

    It is a text as entered, a code of its slot's table, "none", a stored Text, {"zh": …, "en": …}, or a list of these.
    """
    if value is None:
        return ""
    if isinstance(value, list):
        return ("；" if locale == "zh" else "; ").join(say(item, locale, slot) for item in value)
    if isinstance(value, dict):
        if "msgid" in value:
            return Text.restore(value).to(locale)
        return str(value.get(locale) or value.get("zh") or value.get("en") or "")
    return _coded(str(value), locale, slot)


def _coded(value: str, locale: Locale, slot: str) -> str:
    if slot == "cause_class" and value in wording()["cause"]:
        return phrase(locale, "cause", value, "name")
    if slot == "item" and value in ITEMS:
        return ITEMS[value].to(locale)
    if slot in CODED and value in wording()[CODED[slot]]:
        return phrase(locale, CODED[slot], value)
    return phrase(locale, "effect", "none") if value == "none" else value


def clause(value: Any, locale: Locale, slot: str = "") -> str:
    """The same inside a sentence of ours, which brings its own full stop."""
    return say(value, locale, slot).strip().rstrip("。.；; ")


def amount(value: Any, locale: Locale) -> str:
    """Fen in figures and capitals; anything else as it says ("cannot be known yet; still needed: …")."""
    if not isinstance(value, int):
        return say(value, locale)
    money = Money(value)
    figures = f"{money}".replace("-", "−")
    if locale == "zh":
        return f"{figures} 元（人民币{money.capitals}）"
    return f"CNY {figures} (人民币{money.capitals})"


def day(value: Any, locale: Locale) -> str:
    """2026 年 11 月 30 日, 30 November 2026; what is no date stays as entered."""
    try:
        on = date.fromisoformat(str(value))
    except ValueError:
        return say(value, locale)
    return f"{on.year} 年 {on.month} 月 {on.day} 日" if locale == "zh" else f"{on.day} {on:%B %Y}"


def month(value: Any, locale: Locale) -> str:
    """2026 年 11 月, November 2026; what is no month stays as entered."""
    found = re.fullmatch(r"(\d{4})-(\d{2})", str(value))
    if found is None or not 1 <= int(found[2]) <= 12:
        return say(value, locale)
    on = date(int(found[1]), int(found[2]), 1)
    return f"{on.year} 年 {on.month} 月" if locale == "zh" else f"{on:%B %Y}"


def spaced(text: str) -> str:
    """A sentence of ours with the thin gap between Chinese and figures, and none behind a date (“30 日前”)."""
    text = re.sub(rf"(?<={HAN})(?=[0-9A-Za-z])|(?<=[0-9A-Za-z])(?={HAN})", " ", text)
    return re.sub(rf"日 (?={HAN})", "日", text)


def formal_day(on: date, locale: Locale) -> str:
    """The date of issue in Chinese numerals: 二〇二六年十一月二十五日."""
    if locale == "en":
        return day(on.isoformat(), "en")
    year = "".join(DIGITS[int(digit)] for digit in str(on.year))
    return f"{year}年{_tens(on.month)}月{_tens(on.day)}日"


def _tens(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十") + (DIGITS[ones] if ones else "")


def in_locale(text: Text, locale: Locale) -> str:
    with reading(locale):
        return str(text)
