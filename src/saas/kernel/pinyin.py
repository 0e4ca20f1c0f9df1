"""Chinese names in Latin letters: the key lists sort by (the database has no ICU), and the slug in a firm's address."""

from __future__ import annotations

import re
import unicodedata

_LEGAL_FORM = re.compile(r"(股份|有限|责任|公司|事务所|合伙|普通|特殊)+$")


def _syllables(text: str) -> list[str]:
    from pypinyin import lazy_pinyin  # a dictionary of half a second: workers start without it

    return lazy_pinyin(text)


def sort_key(name: str) -> str:
    """Lower-case pinyin, then the name itself, so that names of one sound keep one order."""
    text = unicodedata.normalize("NFKC", name).strip()
    return f"{' '.join(_syllables(text)).lower()} {text}"


def slug(name: str, *, longest: int = 40) -> str:
    """Letters, digits and hyphens for an address: 北京清账财务咨询有限公司 → bei-jing-qing-zhang-cai-wu-zi-xun.

    The legal form is left out; a name without any letter or Han character gives "firm". Uniqueness is the caller's.
    """
    text = unicodedata.normalize("NFKC", name).strip()
    bare = re.sub(r"\([^)]*\)$", "", text)
    syllables = _syllables(_LEGAL_FORM.sub("", bare) or bare)
    words = re.findall(r"[a-z0-9]+", " ".join(syllables).lower())
    while len(words) > 1 and len("-".join(words)) > longest:
        words.pop()
    return "-".join(words)[:longest] or "firm"
