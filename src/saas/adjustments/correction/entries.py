"""One function per method: from a mistake to the entries that cure it, still without date and number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from saas.adjustments.correction import wording
from saas.adjustments.correction.books import OpenBooks
from saas.adjustments.correction.facts import Period
from saas.adjustments.correction.method import Choice
from saas.adjustments.correction.methods import Method
from saas.adjustments.correction.net import net_lines
from saas.adjustments.correction.vouchers import Colour, Entry, Line, Mistake, Voucher, balanced, credit, debit
from saas.kernel.errors import Invalid
from saas.kernel.i18n import _
from saas.kernel.money import ZERO, Money

Drafter = Callable[[Mistake, Choice, OpenBooks], list[Entry]]


def entries_for(mistake: Mistake, choice: Choice, books: OpenBooks) -> list[Entry]:
    """What the chosen method books for this mistake; nothing for the methods without a voucher.

    Invalid, in words, when the mistake does not fit the method: its lines do not balance, or other accounts changed.
    """
    drafter = DRAFTERS.get(choice.method)
    if drafter is None:
        return []
    if choice.facts.kind != "asset_surplus" and not balanced(mistake.right):
        raise Invalid(_("The corrected entry does not balance."))
    return drafter(mistake, choice, books)


def moved_between_periods(mistake: Mistake, choice: Choice) -> list[Entry]:
    """What a cut-off error without a voucher moved: out of the period booked, into the period it belongs to.

    The books are right in total; the returns of both periods may not be.
    """
    if choice.method is not Method.NO_ENTRY or choice.facts.kind not in ("early", "late") or mistake.wrong is None:
        return []
    booked, wrong = Period.of(mistake.wrong.date), mistake.wrong.lines
    return [
        Entry("", tuple(-line for line in wrong), about=booked),
        Entry("", mistake.right or wrong, about=mistake.belongs_to),
    ]


def _wrong(mistake: Mistake) -> Voucher:
    if mistake.wrong is None:
        raise Invalid(_("Say which voucher is wrong."))
    return mistake.wrong


def _right(mistake: Mistake, books: OpenBooks) -> tuple[Line, ...]:
    if not mistake.right:
        raise Invalid(_("Say what the entry should have been."))
    return _with_names(mistake.right, books)


def _wrong_and_right(mistake: Mistake, books: OpenBooks) -> tuple[Voucher, tuple[Line, ...]]:
    """Both, when they really differ."""
    wrong, right = _wrong(mistake), _right(mistake, books)
    if Counter(line.content for line in wrong.lines) == Counter(line.content for line in right):
        raise Invalid(_("The corrected entry is the same as the wrong one."))
    return wrong, right


def _with_names(lines: Iterable[Line], books: OpenBooks) -> tuple[Line, ...]:
    return tuple(replace(line, name=books.named(line)) for line in lines)


def _red(wrong: Voucher, summary: str, books: OpenBooks) -> Entry:
    """A copy of the whole voucher with negative amounts on the original sides."""
    return Entry(
        summary,
        _with_names((-line for line in wrong.lines), books),
        colour="red",
        about=Period.of(wrong.date),
        refers_to=wrong.key,
        word=wrong.word,
    )


def _entry(mistake: Mistake, summary: str, lines: tuple[Line, ...], colour: Colour = "blue") -> Entry:
    wrong = mistake.wrong
    return Entry(
        summary,
        lines,
        colour=colour,
        about=mistake.belongs_to,
        refers_to=wrong.key if wrong else "",
        word=wrong.word if wrong else "",
    )


def _red_blue(mistake: Mistake, choice: Choice, books: OpenBooks) -> list[Entry]:
    wrong, right = _wrong_and_right(mistake, books)
    blue = _entry(mistake, wording.put_right(wrong), right)
    return [_red(wrong, wording.cancel(wrong), books), blue]


def _line_only(mistake: Mistake, choice: Choice, books: OpenBooks) -> list[Entry]:
    """The wrong lines red and the right lines blue, in one voucher; the lines that were right stay out of it."""
    wrong, right = _wrong_and_right(mistake, books)
    found: Counter[tuple[object, ...]] = Counter(line.content for line in wrong.lines)
    wanted: Counter[tuple[object, ...]] = Counter(line.content for line in right)
    red = [-line for line in _only(wrong.lines, found - wanted)]
    blue = _only(right, wanted - found)
    lines = _with_names([*red, *blue], books)
    return [_entry(mistake, wording.lines_only(wrong), lines, "mixed")]


def _only(lines: Iterable[Line], wanted: Counter[tuple[object, ...]]) -> list[Line]:
    left, chosen = wanted.copy(), []
    for line in lines:
        if left[line.content] > 0:
            left[line.content] -= 1
            chosen.append(line)
    return chosen


def _difference(mistake: Mistake, choice: Choice, books: OpenBooks) -> list[Entry]:
    """The difference on every affected line: negative where too much was booked, positive where too little."""
    wrong, right = _wrong(mistake), list(_right(mistake, books))
    too_high = choice.method is Method.DIFF_RED
    lines: list[Line] = []
    for line in wrong.lines:
        match = next((r for r in right if r.key == line.key and r.on_debit == line.on_debit), None)
        if match is None:
            raise Invalid(_("The accounts differ: a difference cures only the amount. Choose “wrong account”."))
        right.remove(match)
        lines.append(line.holding(match.amount - line.amount))
    if right:
        raise Invalid(_("The accounts differ: a difference cures only the amount. Choose “wrong account”."))
    lines = [line for line in lines if line.amount]
    if not lines or any((line.amount < ZERO) != too_high for line in lines):
        raise Invalid(_("Some amounts do not change in the direction stated: check which amounts are wrong."))
    summary = wording.less(wrong) if too_high else wording.more(wrong)
    return [_entry(mistake, summary, _with_names(lines, books), "red" if too_high else "blue")]


def _red_only(mistake: Mistake, choice: Choice, books: OpenBooks) -> list[Entry]:
    surplus = _wrong(mistake)
    if mistake.original is None:
        raise Invalid(_("Say which copy of the voucher stays."))
    return [_red(surplus, wording.cancel_duplicate(surplus, mistake.original), books)]


def _supplement(mistake: Mistake, choice: Choice, books: OpenBooks) -> list[Entry]:
    summary = wording.omitted(mistake.belongs_to, mistake.subject)
    return [_entry(mistake, summary, _right(mistake, books), "ordinary")]


def _red_now_blue_then(mistake: Mistake, choice: Choice, books: OpenBooks) -> list[Entry]:
    wrong = _wrong(mistake)
    return [_red(wrong, wording.cancel(wrong), books), _in_its_month(mistake, books)]


def _in_its_month(mistake: Mistake, books: OpenBooks) -> Entry:
    """The right entry, which waits while its month is not open yet."""
    period = mistake.belongs_to
    entry = _entry(mistake, wording.recognised(period, mistake.subject), _right(mistake, books))
    return replace(entry, waits_for=period if period > books.open_period else None)


def _earlier_year(mistake: Mistake, choice: Choice, books: OpenBooks) -> list[Entry]:
    """One blue voucher for the net effect; an entry of a month still to come waits for it."""
    if choice.facts.kind == "asset_surplus":
        return [_surplus_restated(mistake, books)]
    if choice.facts.kind in ("early", "late"):
        mistake = replace(mistake, right=mistake.right or _wrong(mistake).lines)
    drafted: list[Entry] = []
    if lines := net_lines(mistake, choice.method, books, choice.facts.settings):
        entry = _entry(mistake, _earlier_summary(mistake, choice), lines)
        wrong = [Period.of(mistake.wrong.date)] if mistake.wrong else []
        drafted.append(replace(entry, about=min([mistake.belongs_to, *wrong])))
    if mistake.right and mistake.belongs_to > books.open_period:
        drafted.append(_in_its_month(mistake, books))
    return drafted


def _earlier_summary(mistake: Mistake, choice: Choice) -> str:
    if mistake.wrong is None:
        material = wording.MATERIAL if choice.method is Method.NET_ASSETS else ""
        return wording.omitted(mistake.belongs_to, mistake.subject) + material
    why = mistake.subject or wording.WRONG_AMOUNT.get(choice.facts.kind, "")
    if mistake.original is not None:
        why = wording.duplicate_of(mistake.original)
    if not why:
        raise Invalid(_("Say in a few words what was wrong: the summary of an earlier year's correction names it."))
    return wording.earlier_year(mistake.wrong, why)


def _surplus_value(mistake: Mistake) -> Money:
    """Value of the asset found, after the wear shown on its own lines."""
    value = sum((line.net.fen for line in mistake.right), 0)
    if value <= 0:
        raise Invalid(_("Say what the asset found is worth."))
    return Money(value)


def _surplus_restated(mistake: Mistake, books: OpenBooks) -> Entry:
    prior = books.account("prior_year")
    lines = (*_right(mistake, books), credit(prior.code, _surplus_value(mistake), name=prior.name))
    return _entry(mistake, wording.surplus_found(mistake.subject), lines)


def _through_suspense(mistake: Mistake, choice: Choice, books: OpenBooks) -> list[Entry]:
    value, suspense, income = _surplus_value(mistake), books.account("suspense_asset"), books.account("income.nonop")
    found = (*_right(mistake, books), credit(suspense.code, value, name=suspense.name))
    settled = (debit(suspense.code, value, name=suspense.name), credit(income.code, value, name=income.name))
    return [
        _entry(mistake, wording.surplus_found(mistake.subject), found, "ordinary"),
        _entry(mistake, wording.surplus_settled(mistake.subject), settled, "ordinary"),
    ]


DRAFTERS: dict[Method, Drafter] = {
    Method.RED_BLUE: _red_blue,
    Method.LINE_ONLY: _line_only,
    Method.DIFF_RED: _difference,
    Method.DIFF_BLUE: _difference,
    Method.RED_ONLY: _red_only,
    Method.SUPPLEMENT: _supplement,
    Method.RED_NOW_BLUE_THEN: _red_now_blue_then,
    Method.BLUE: _earlier_year,
    Method.BLUE_CURRENT: _earlier_year,
    Method.RESTATE: _earlier_year,
    Method.NET_ASSETS: _earlier_year,
    Method.THROUGH_SUSPENSE: _through_suspense,
}
