"""The vouchers and figures of a letter, arranged for the page: pure functions over the frozen content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from saas.kernel.i18n import Locale, _
from saas.kernel.money import Money
from saas.notices.wording import in_locale, say

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Move:
    """What a correction does in one glance: how much, from which account, to which."""

    amount: Money
    label: str
    source: str
    target: str


def vouchers(lines: Sequence[Line], locale: Locale, *, original: bool = False) -> list[dict[str, Any]]:
    """Lines grouped by voucher, in order, as parts.vouchers of the letter takes them.

    Drafts have no number yet: then sign and summary tell them apart. Without a red one, none is called blue.
    """
    groups: dict[tuple[Any, ...], list[Line]] = {}
    for line in lines:
        name = say(line.get("voucher"), locale)
        numbered = any(character.isdigit() for character in name)
        key = (name, bool(line.get("red")), "" if numbered else say(line.get("summary"), locale))
        groups.setdefault(key, []).append(line)
    plain = original or not any(red for _name, red, _summary in groups)
    return [_voucher(key[0], key[1], found, locale, plain, original) for key, found in groups.items()]


def _voucher(name: str, red: bool, lines: list[Line], locale: Locale, plain: bool, original: bool) -> dict[str, Any]:
    word = in_locale(_("Original voucher"), locale) if original else ""
    return {
        "kind": "" if plain else "red" if red else "blue",
        "title": " ".join(part for part in (word, name, say(lines[0].get("summary"), locale)) if part),
        "lines": [
            {
                "code": line.get("account", ""),
                "name": say(line.get("name"), locale),
                "debit": line.get("debit_fen") or None,
                "credit": line.get("credit_fen") or None,
            }
            for line in lines
        ],
    }


def total(lines: Sequence[Line], locale: Locale) -> dict[str, Any]:
    """The double-ruled line: what all vouchers come to, in figures and capitals."""
    debit = sum(line.get("debit_fen") or 0 for line in lines)
    credit = sum(line.get("credit_fen") or 0 for line in lines)
    return {
        "label": in_locale(_("Total of the correcting vouchers"), locale),
        "debit": debit,
        "credit": credit,
        "capitals": f"人民币{Money(debit).capitals}",
    }


def comparison(rows: Sequence[dict[str, Any]], locale: Locale) -> list[list[str]]:
    """Item, before, change, after; a change carries its sign."""
    return [
        [
            say(row.get("item"), locale, "item"),
            figure(row.get("before_fen")),
            figure(row.get("change_fen"), plus=True),
            figure(row.get("after_fen")),
        ]
        for row in rows
    ]


def figure(fen: int | None, *, plus: bool = False) -> str:
    if fen is None:
        return ""
    return ("+" if plus and fen > 0 else "") + str(Money(fen)).replace("-", "−")


def move(content: dict[str, Any], locale: Locale) -> Move | None:
    """The largest amount that leaves one account for another; None where the vouchers do not say it so simply."""
    lines = content.get("correcting_lines") or []
    if isinstance(content.get("move"), dict):
        given = content["move"]
        label, source, target = (say(given.get(name), locale) for name in ("label", "source", "target"))
        return Move(Money(given["amount_fen"]), label, source, target)
    out, into = (_net(lines, red=True), _net(lines, red=False))
    gone = {code: fen for code, fen in out.items() if code not in into}
    come = {code: fen for code, fen in into.items() if code not in out}
    names = {line.get("account", ""): say(line.get("name"), locale) for line in lines}
    pairs = [(a, b) for a in gone for b in come if abs(gone[a]) == abs(come[b]) and gone[a] * come[b] < 0]
    if pairs:
        source, target = max(pairs, key=lambda pair: abs(gone[pair[0]]))
        return Move(Money(abs(gone[source])), _summary(lines, locale), names[source], names[target])
    return None


def largest(content: dict[str, Any], locale: Locale) -> Move | None:
    """The move, else the largest line of the correction alone."""
    found = move(content, locale)
    lines = content.get("correcting_lines") or []
    if found is not None or not lines:
        return found
    top = max(abs(line.get("debit_fen") or line.get("credit_fen") or 0) for line in lines)
    return Move(Money(top), _summary(lines, locale), "", "")


def _net(lines: Sequence[Line], *, red: bool) -> dict[str, int]:
    """Net debit by account of the red or of the other vouchers."""
    found: dict[str, int] = {}
    for line in lines:
        if bool(line.get("red")) == red:
            code = line.get("account", "")
            found[code] = found.get(code, 0) + (line.get("debit_fen") or 0) - (line.get("credit_fen") or 0)
    return found


def _summary(lines: Sequence[Line], locale: Locale) -> str:
    return next((say(line.get("summary"), locale) for line in lines if not line.get("red")), "")
