"""The letter as the client's page tells it: what happened, what changes, when, what it means for tax."""

from __future__ import annotations

from datetime import date
from typing import Any

from saas.kernel.i18n import Locale, Text, _
from saas.kernel.money import Money
from saas.notices import glossary
from saas.notices.content import is_empty
from saas.notices.letters import Letter
from saas.notices.models import Notice
from saas.notices.parts import expected
from saas.notices.vouchers import largest
from saas.notices.wording import amount, clause, day, heading, in_words, month, parts, phrase, say, spaced

STEPS = (_("Found"), _("Plan"), _("Your answer"), _("Adjusted"), _("Verified"))
ASKED = _("What we ask of you")
HERE = {"acknowledged": 3, "filed": 3, "objected": 1}  # the step a letter's case is at; 2: waiting for the answer


def told(notice: Notice, locale: Locale) -> dict[str, Any]:
    """Everything templates/notices/client.html shows of the letter itself, in the words that the letter has."""
    with in_words(notice.content["letter"].get("words", {})):
        return _told(notice, locale)


def _told(notice: Notice, locale: Locale) -> dict[str, Any]:
    content = notice.content
    letter = content["letter"]
    to = letter["addressee"]
    return {
        "serial": letter["serial"],
        "version": letter["version"],
        "kind": Letter.kind(notice.kind),
        "title": Text.restore(letter["title"]),
        "company": (to["name_en"] or to["name"]) if locale == "en" else to["name"],
        "period": month(content.get("period") or "", locale),
        "steps": steps(notice),
        "move": largest(content, locale),
        "sections": _sections(notice.kind, content, locale),
        "tax": _tax(content, locale),
        "choices": choices(content, locale),
        "glossary": glossary.terms_in(notice.kind, content, locale),
        "answer_by": day(content.get("answer_by"), locale),
    }


def choices(content: dict[str, Any], locale: Locale) -> list[dict[str, str]]:
    """The options of which the client has to choose one, as ui.choices takes them."""
    found = []
    for place, option in enumerate(content.get("choices") or []):
        given = option if isinstance(option, dict) and "label" in option else {"label": option}
        found.append({
            "value": str(given.get("value", place + 1)),
            "label": say(given["label"], locale),
            "detail": say(given.get("detail"), locale),
        })  # fmt: skip
    return found


def steps(notice: Notice) -> list[dict[str, Any]]:
    """The client's five words; only an adjustment goes through them."""
    if notice.kind != "adjustment":
        return []
    here = HERE.get(notice.state, 2)
    state = ("done", "current", "future")
    return [{"label": label, "state": state[(i >= here) + (i > here)]} for i, label in enumerate(STEPS)]


def _sections(kind: str, content: dict[str, Any], locale: Locale) -> list[dict[str, Any]]:
    """(title, paragraphs), only those with words in them."""
    made = {"adjustment": _adjustment, "completion": _completion}.get(kind, _general)(content, locale)
    found = [(title, [text for text in texts if text]) for title, texts in made]
    return [{"title": title, "paragraphs": kept, "is_list": title == ASKED} for title, kept in found if kept]


def _adjustment(content: dict[str, Any], locale: Locale) -> list[tuple[Text, list[str]]]:
    dates = {
        "effective_date": day(content.get("done_by"), locale),
        "report_days": say(content.get("report_days"), locale),
    }
    when = spaced(parts("adjustment", locale)[5]["text"] % dates)
    duties = content.get("duties")
    todo = [_duty(d, locale) for d in duties] if isinstance(duties, list) else [say(duties, locale)]
    cause = phrase(locale, "cause", content["cause_class"], "sentence") if _known_cause(content) else "%(cause)s"
    return [
        (
            _("What happened"),
            [say(content.get("facts"), locale), cause % {"cause": clause(content.get("cause"), locale)}],
        ),
        (_("How and when"), [*expected(content, locale), say(content.get("method"), locale), when]),
        (ASKED, todo),
    ]


def _completion(content: dict[str, Any], locale: Locale) -> list[tuple[Text, list[str]]]:
    return [
        (_("What was done"), [say(content.get("vouchers"), locale), say(content.get("payments"), locale)]),
        (_("Result of the re-check"), [say(content.get("result"), locale)]),
        (_("What we changed"), [say(content.get("lesson"), locale)]),
    ]


def _general(content: dict[str, Any], locale: Locale) -> list[tuple[Text, list[str]]]:
    duties = content.get("duties") or []
    return [
        (_("The letter"), say(content.get("text"), locale).splitlines()),
        (ASKED, [_duty(d, locale) for d in duties] if isinstance(duties, list) else [str(duties)]),
    ]


def _tax(content: dict[str, Any], locale: Locale) -> list[dict[str, Any]]:
    """Effect by tax, then what is to be paid, as ui.definitions takes them."""
    tax = content.get("tax") or {}
    if not tax:
        return []
    names = {"vat": "vat", "cit": "cit", "iit": "iit", "other": "other_taxes"}
    rows: list[dict[str, Any]] = [
        {"label": heading(word, locale), "value": say(tax.get(name), locale)}
        for name, word in names.items()
        if not is_empty(tax.get(name))
    ]
    for name, word in (("tax_due_fen", "tax_amount"), ("late_fee_fen", "late_fee")):
        if not is_empty(content.get(name)):
            due = content[name]
            shown = str(_("¥%(amount)s", amount=Money(due))) if isinstance(due, int) else amount(due, locale)
            rows.append({"label": heading(word, locale), "value": shown, "strong": isinstance(due, int) and due != 0})
    return rows


def _duty(item: Any, locale: Locale) -> str:
    if not (isinstance(item, dict) and "what" in item):
        return say(item, locale)
    what = say(item["what"], locale)
    return (
        str(_("%(what)s, by %(day)s", what=what.rstrip("。."), day=day(item["by"], locale))) if item.get("by") else what
    )


def _known_cause(content: dict[str, Any]) -> bool:
    return content.get("cause_class") in ("entry", "treatment", "external", "system")


def masked(name: str) -> str:
    """A company's name for strangers: its first two characters and its legal form stay."""
    if len(name) <= 4:
        return name[:1] + "＊" * (len(name) - 1)
    tail = next(
        (form for form in ("股份有限公司", "有限责任公司", "有限公司", "合作社", "工作室") if name.endswith(form)), ""
    )
    return name[:2] + "＊" * max(len(name) - 2 - len(tail), 1) + tail


def is_late(notice: Notice, today: date) -> bool:
    return notice.answer_by is not None and today > notice.answer_by
