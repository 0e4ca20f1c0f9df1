"""The body of a letter in one language: every sentence filled in, so that the template only sets it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from saas.kernel.i18n import Locale, _
from saas.notices import glossary
from saas.notices.content import is_empty
from saas.notices.vouchers import comparison, total, vouchers
from saas.notices.wording import (
    amount,
    clause,
    day,
    heading,
    in_locale,
    month,
    parts,
    phrase,
    say,
    spaced,
    wording,
)

Content = dict[str, Any]
WORDS = (
    "found_by", "facts", "evidence", "cause_class", "cause", "responsibility", "basis", "method",
    "statements", "amended_returns", "report_days", "review_days",
)  # fmt: skip
SNAPSHOT = 12  # characters of a snapshot's hash that are printed


def body(kind: str, content: Content, letter: dict[str, Any], locale: Locale) -> dict[str, Any]:
    """What the body template of this kind shows; kinds of other modules get the shared part and their content."""
    shared = {
        "content": content,
        "addressee": _addressee(letter["addressee"], locale),
        "facts_line": _facts_line(letter["addressee"], content, locale),
        "closing": _closing(content, letter, locale),
        "glossary": glossary.terms_in(kind, content, locale),
        "glossary_title": in_locale(_("Terms used"), locale),
        "say": lambda value, slot="": say(value, locale, slot),
        "day": lambda value: day(value, locale),
        "amount": lambda value: amount(value, locale),
    }
    return {**shared, **BODIES.get(kind, _plain)(content, letter, locale)}


def _plain(content: Content, letter: dict[str, Any], locale: Locale) -> dict[str, Any]:
    return {}


def _adjustment(content: Content, letter: dict[str, Any], locale: Locale) -> dict[str, Any]:
    slots = _slots(content, locale)
    texts = parts("adjustment", locale)
    plan = content.get("correcting_lines") or []
    return {
        "parts": [{"heading": part["heading"], "text": spaced(part["text"] % slots)} for part in texts],
        "clause": texts[1]["clause"] % slots if not is_empty(content.get("contract_basis")) else "",
        "table": [*vouchers(content.get("original_lines") or [], locale, original=True), *vouchers(plan, locale)],
        "total": total(plan, locale),
        "comparison": comparison(content.get("comparison") or [], locale),
        "columns": _columns(locale),
        "effects": _effects(content, locale),
        "duties": _duties(content, locale),
        "expected": expected(content, locale),
        "returns": spaced(texts[5]["returns"] % slots) if content.get("returns_by") else "",
        "prior_year": phrase(locale, "adjustment", "prior_year", "text") if content.get("prior_year") else "",
        "receipt": _receipt(letter, locale),
        "confidential": phrase(locale, "adjustment", "confidential"),
    }


def expected(content: Content, locale: Locale) -> list[str]:
    """What the client expects and by when (requirement A2.3); nothing in letters that were issued without it."""
    texts = parts("adjustment", locale)[5]
    slots = {
        "expectation": clause(content.get("expectation"), locale),
        "wished_date": day(content.get("expected_by"), locale),
    }
    names = {"expectation": "expectation", "wished": "wished_date"}
    return [spaced(texts[name] % slots) for name, slot in names.items() if slots[slot]]


def _completion(content: Content, letter: dict[str, Any], locale: Locale) -> dict[str, Any]:
    rows = content.get("balances")
    table = comparison(rows, locale) if isinstance(rows, list) and rows and "before_fen" in rows[0] else []
    done = [(heading(word, locale), say(content.get(word), locale)) for word in ("vouchers", "result", "payments")]
    slots = {"lesson": clause(content.get("lesson"), locale), "snapshot": _short(content.get("before_sha256"))}
    slots["snapshot_after"] = _short(content.get("after_sha256"))
    return {
        "opening": in_locale(
            _(
                "The matter of our notice %(notice)s has been adjusted. We report as follows.",
                notice=say(content.get("notice"), locale),
            ),
            locale,
        ),
        "done": done,
        "balances": table,
        "balances_text": "" if table else say(rows, locale),
        "columns": _columns(locale),
        "lesson": phrase(locale, "completion", "lesson") % slots if not is_empty(content.get("lesson")) else "",
        "snapshots": phrase(locale, "completion", "snapshots") % slots,
        "before_sha256": content.get("before_sha256") or "",
        "after_sha256": content.get("after_sha256") or "",
    }


def _general(content: Content, letter: dict[str, Any], locale: Locale) -> dict[str, Any]:
    paragraphs = say(content.get("text"), locale).splitlines()
    return {
        "paragraphs": [line.strip() for line in paragraphs if line.strip()],
        "duties": _duties(content, locale) if not is_empty(content.get("duties")) else [],
        "duties_title": parts("adjustment", locale)[4]["heading"],
    }


def _slots(content: Content, locale: Locale) -> dict[str, str]:
    """Every slot of the adjustment notice as its sentences take it."""
    tax = content.get("tax") or {}
    words = {name: clause(content.get(name), locale, name) for name in WORDS}
    return words | {
        "contract_clause": clause(content.get("contract_basis"), locale),
        "period": month(clause(content.get("period"), locale), locale),
        "booking_period": month(clause(content.get("booking_period"), locale), locale),
        "booking_date": day(content.get("booking_date"), locale),
        "vat": clause(tax.get("vat"), locale),
        "cit": clause(tax.get("cit"), locale),
        "iit": clause(tax.get("iit"), locale),
        "other_taxes": clause(tax.get("other"), locale),
        "tax_amount": amount(content.get("tax_due_fen"), locale),
        "late_fee": amount(content.get("late_fee_fen"), locale),
        "late_fee_until": day(content.get("late_fee_until"), locale),
        "cost_bearer": clause(content.get("cost_borne_by"), locale, "cost_borne_by"),
        "duties": clause(content.get("duties"), locale),
        "effective_date": day(content.get("done_by"), locale),
        "returns_date": day(content.get("returns_by"), locale),
        "reply_by": day(content.get("answer_by"), locale),
        "snapshot": _short(content.get("before_sha256")),
    }


def _effects(content: Content, locale: Locale) -> list[tuple[str, str]]:
    """Effect by tax and statement: the reader looks for their tax, not for a sentence."""
    slots = _slots(content, locale)
    until = parts("adjustment", locale)[3]["until"] % slots if content.get("late_fee_until") else ""
    rows = [(heading(word, locale), slots[word]) for word in ("vat", "cit", "iit", "other_taxes", "tax_amount")]
    rows.append((heading("late_fee", locale), slots["late_fee"] + until))
    return rows + [(heading(word, locale), slots[word]) for word in ("amended_returns", "statements", "cost_bearer")]


def _duties(content: Content, locale: Locale) -> list[str]:
    given = content.get("duties")
    found = [_duty(item, locale) for item in (given if isinstance(given, list) else [given]) if not is_empty(item)]
    choices = [say(c.get("label") if isinstance(c, dict) else c, locale) for c in content.get("choices") or []]
    if choices:
        joined = ("；" if locale == "zh" else "; ").join(choices)
        found.append(
            in_locale(_("Please choose one of these and say so in your answer: %(choices)s", choices=joined), locale)
        )
    return found or [phrase(locale, "effect", "none")]


def _duty(item: Any, locale: Locale) -> str:
    if isinstance(item, dict) and "what" in item:
        what, by = clause(item["what"], locale), item.get("by")
        if not by:
            return what
        return in_locale(_("%(what)s, by %(day)s", what=what, day=day(by, locale)), locale)
    return say(item, locale)


def _columns(locale: Locale) -> list[Any]:
    names: list[Callable[[], str]] = [
        lambda: in_locale(_("Before (CNY)"), locale),
        lambda: in_locale(_("Change (CNY)"), locale),
        lambda: in_locale(_("After (CNY)"), locale),
    ]
    return [in_locale(_("Item"), locale), *({"label": name(), "num": True} for name in names)]


def _addressee(to: dict[str, Any], locale: Locale) -> str:
    name = (to["name_en"] or to["name"]) if locale == "en" else to["name"]
    return f"{name}　{to['person']}：" if locale == "zh" else f"{name}, {to['person']}:" if to["person"] else f"{name}:"


def _facts_line(to: dict[str, Any], content: Content, locale: Locale) -> str:
    facts = [in_locale(_("USCC %(code)s", code=to["uscc"]), locale) if to["uscc"] else ""]
    if not is_empty(content.get("period")):
        facts.append(f"{heading('period', locale)} {month(content['period'], locale)}")
        facts.append(phrase(locale, "standard", to["standard"]))
    return "　".join(fact for fact in facts if fact)


def _closing(content: Content, letter: dict[str, Any], locale: Locale) -> dict[str, Any]:
    sender = letter["sender"]
    signers = [
        (phrase(locale, "signatures", who), say(content.get(who), locale)) for who in ("handler", "reviewer", "head")
    ]
    contact = f"{say(content.get('contact'), locale)} {say(content.get('phone'), locale)}".strip()
    return {
        "signers": [(role, name) for role, name in signers if name],
        "company": (sender["name_en"] or sender["name"]) if locale == "en" else sender["name"],
        "date": day(letter["date"], locale),
        "contact": (phrase(locale, "signatures", "contact"), contact),
    }


def _receipt(letter: dict[str, Any], locale: Locale) -> dict[str, Any]:
    table = wording()["receipt"]
    return {
        "text": table["text"][locale] % {"notice": letter["serial"]},
        "choices": [table[name][locale] for name in ("agree", "object", "question")],
        "blanks": table["signature"][locale].replace("　", "\n").splitlines()
        if locale == "zh"
        else [table["signature"][locale]],
    }


def _short(digest: Any) -> str:
    return str(digest or "")[:SNAPSHOT]


BODIES: dict[str, Callable[[Content, dict[str, Any], Locale], dict[str, Any]]] = {
    "adjustment": _adjustment,
    "completion": _completion,
    "general": _general,
}
