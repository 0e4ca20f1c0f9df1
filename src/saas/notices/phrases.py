"""The phrases of letters that a firm may word itself: which they are, what they must keep, and from when they count.

Each phrase is kept in the firm's choices under "wording.<path>" with the day from which it counts, like every choice.
A slot is %(name)s in the file; people see it as {its name}, as in 请于 {答复期限} 前答复.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

from saas.firms.choices import choose, history
from saas.firms.models import FirmProfile
from saas.kernel.errors import Invalid
from saas.kernel.i18n import Locale, Text, _
from saas.notices.tiers import TIERS
from saas.notices.wording import NUMERAL, label, place, starter

MOST = 1000  # characters of a phrase in one language
PREFIX = "wording."
SLOT = re.compile(r"%\((\w+)\)s")
SHOWN = re.compile(r"\{([^{}]*)\}")
LOCALES: tuple[Locale, ...] = get_args(Locale)
NAMES: dict[str, Text] = {
    "title": _("Title"),
    "confidential": _("Remark at the head"),
    "heading": _("Heading"),
    "text": _("Text"),
    "clause": _("With a clause of the contract"),
    "until": _("With a late fee"),
    "returns": _("With returns to amend"),
    "expectation": _("What the client expects"),
    "wished": _("With a day the client wishes"),
    "prior_year": _("When an earlier year is concerned"),
    "agree": _("Answer: we agree"),
    "object": _("Answer: we object"),
    "question": _("Answer: we have a question"),
    "signature": _("Blanks for the signature"),
    "lesson": _("With a lesson"),
    "snapshots": _("Snapshots of the books"),
    "handler": _("Signature: handled by"),
    "reviewer": _("Signature: reviewed by"),
    "head": _("Signature: head of the firm"),
    "contact": _("Contact and telephone"),
    "none": _("Where there is no effect"),
    "entry": _("Entry error"),
    "treatment": _("Improper treatment"),
    "external": _("External factor"),
    "system": _("System fault"),
    "rule": _("Found by an automatic check"),
    "staff": _("Found by your people"),
    "client": _("Found by the client"),
    "authority": _("Told by an authority"),
}
UNPRINTED = {(1, "text"), (3, "text"), (3, "capitals"), (4, "text")}  # a table, a list or a slot alone stands there
SECTIONS: dict[str, tuple[Text, tuple[str, ...]]] = {
    "adjustment": (_("Adjustment notice"), ("adjustment.title", "adjustment.confidential")),
    "parts": (
        _("Parts of the adjustment notice"),
        tuple(
            f"adjustment.part.{i}.{name}"
            for i, part in enumerate(starter()["adjustment"]["part"])
            for name in part
            if (i, name) not in UNPRINTED
        ),
    ),
    "more": (_("Also in letters"), ("adjustment.prior_year.text", "effect.none")),
    "receipt": (_("Reply slip"), tuple(f"receipt.{n}" for n in ("text", "agree", "object", "question", "signature"))),
    "signatures": (
        _("Signatures"),
        tuple(f"signatures.{n}" for n in ("handler", "reviewer", "head", "contact")),
    ),
    "completion": (_("Completion report"), tuple(f"completion.{n}" for n in ("title", "lesson", "snapshots"))),
    "cause": (
        _("How the client’s page tells the cause"),
        tuple(f"cause.{n}.sentence" for n in ("entry", "treatment", "external", "system")),
    ),
    "found_by": (_("How it was found"), tuple(f"found_by.{n}" for n in ("rule", "staff", "client", "authority"))),
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase: `path` in the file, and the starter's words for it; `tier` where it is for one tier of clients."""

    path: str
    tier: str = ""

    @property
    def key(self) -> str:
        """As it is kept and addressed: "receipt.text", "receipt.text@gold"."""
        return f"{self.path}@{self.tier}" if self.tier else self.path

    @property
    def starter(self) -> dict[str, str]:
        texts: dict[str, str] = {locale: str(place(starter(), self.path)[locale]) for locale in LOCALES}
        if self.path.endswith(".heading"):  # headings are numbered where they are set
            return {locale: NUMERAL.sub("", text) for locale, text in texts.items()}
        return texts

    @property
    def name(self) -> Text:
        """What it is: "Part 3: heading", "Answer: we agree"."""
        steps = self.path.split(".")
        if steps[:2] == ["adjustment", "part"]:
            return _("Part %(n)s: %(what)s", n=int(steps[2]) + 1, what=NAMES[steps[3]])
        meaning = steps[-2] if steps[-1] in ("sentence", "text") and len(steps) > 2 else steps[-1]
        return NAMES[meaning]

    @property
    def slots(self) -> list[str]:
        return list(dict.fromkeys(SLOT.findall(self.starter["zh"])))


PHRASES: dict[str, Phrase] = {path: Phrase(path) for _title, paths in SECTIONS.values() for path in paths}


def phrase_or_none(key: str) -> Phrase | None:
    """By its path, alone or with a tier."""
    path, at, tier = key.partition("@")
    if path not in PHRASES or (at and tier not in TIERS):
        return None
    return Phrase(path, tier)


def own_words(profile: FirmProfile, on: date, tier: str = "") -> dict[str, dict[str, str]]:
    """The firm's own phrases in force on a day, by path; the starter's are not among them. Those of a client's tier
    go before those for everybody."""
    found = {path: (_at(profile, f"{path}@{tier}", on) if tier else None) or _at(profile, path, on) for path in PHRASES}
    return {path: texts for path, texts in found.items() if texts}


def words_of(profile: FirmProfile, phrase: Phrase, on: date) -> dict[str, str]:
    """What the phrase says on a day, in both languages."""
    return _at(profile, phrase.key, on) or before(profile, phrase, on)


def before(profile: FirmProfile, phrase: Phrase, on: date) -> dict[str, str]:
    """What it says without words of its own: a tier's what everybody's says, everybody's what the starter says."""
    return (_at(profile, phrase.path, on) if phrase.tier else None) or phrase.starter


def versions(profile: FirmProfile, phrase: Phrase) -> list[tuple[str, dict[str, str] | None]]:
    """(day, words), oldest first; None is the way back to the starter's."""
    return history(profile, PREFIX + phrase.key)


def reword(profile: FirmProfile, phrase: Phrase, texts: Mapping[str, str] | None, since: date) -> bool:
    """From this day on the phrase says this; None: what it says without. False where nothing changes."""
    wanted = dict(texts) if texts and dict(texts) != before(profile, phrase, since) else None
    if wanted == _at(profile, phrase.key, since):
        return False
    choose(profile, PREFIX + phrase.key, wanted, since)
    return True


def shown(text: str, locale: Locale) -> str:
    """As people edit it: slots by their names."""
    return SLOT.sub(lambda slot: "{" + label(slot[1], locale) + "}", text).replace("%%", "%")


def taken(phrase: Phrase, text: str, locale: Locale) -> str:
    """What was typed as it is kept. Invalid while it is empty, too long, or its slots are not those of the phrase."""
    words = re.sub(r"[ \t\r\n]+", " ", text).strip()  # the wide space parts the blanks of a slip
    if not words:
        raise Invalid(_("Please write something here."))
    if len(words) > MOST:
        raise Invalid(_("This is too long: at most %(n)s characters.", n=MOST))
    names = {label(slot, locale): slot for slot in phrase.slots}
    unknown = [name for name in SHOWN.findall(words) if name not in names]
    if unknown:
        raise Invalid(_("{%(name)s} is no slot of this phrase.", name=unknown[0]))
    gone = [name for name in names if "{" + name + "}" not in words]
    if gone:
        raise Invalid(_("Keep {%(name)s}: the letter fills it in.", name=gone[0]))
    gap = " " if phrase.starter[locale].startswith(" ") else ""  # what follows another sentence stands off from it
    return gap + SHOWN.sub(lambda slot: f"%({names[slot[1]]})s", words.replace("%", "%%"))


def _at(profile: FirmProfile, key: str, on: date) -> dict[str, str] | None:
    in_force: list[Any] = [texts for since, texts in history(profile, PREFIX + key) if since <= on.isoformat()]
    return in_force[-1] if in_force else None
