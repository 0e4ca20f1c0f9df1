"""The choice of the lawful method, with the row it rests on and the methods that were refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from saas.adjustments.correction import refusals as no
from saas.adjustments.correction.facts import Facts
from saas.adjustments.correction.methods import NAMES, NEVER, Method
from saas.adjustments.correction.refusals import Refused
from saas.adjustments.correction.table import TABLE, Row
from saas.kernel.errors import Invalid
from saas.kernel.i18n import Text, _


@dataclass(frozen=True, slots=True)
class Choice:
    """What the table says about one error."""

    facts: Facts
    method: Method
    row: str  # the row that named the method: "D2"
    path: tuple[str, ...]  # every row on the way: ("D11", "D2")
    law: Text
    vouchers: Text  # which vouchers it asks for
    remarks: tuple[Text, ...]
    refused: tuple[Refused, ...]  # the others, each with the reason against it
    allowed: tuple[Refused, ...] = ()  # lawful by a tenant option, with its conditions


def choose(facts: Facts) -> Choice:
    """The method for these facts: the same facts always give the same choice."""
    path: list[Row] = []
    row, seen = _first(facts, TABLE)
    path.append(row)
    looked_up = facts
    while row.method is None:
        looked_up = replace(looked_up, **row.instead)
        row, seen = _first(looked_up, seen)
        path.append(row)
    return _choice(facts, row, row.method, path)


def override(choice: Choice, method: Method) -> Choice:
    """The same facts with a method a person prefers; who, and why, is kept with the plan and shown to the reviewer.

    Invalid for methods that are never lawful (deleting, striking out, one voucher of double amount), and for reopening
    unless the firm allows it here.
    """
    if method in NEVER and method not in dict(choice.allowed):
        raise Invalid(_("This method is never offered: %(method)s.", method=NAMES[method]))
    return replace(choice, method=method, refused=tuple(pair for pair in choice.refused if pair[0] is not method))


def _first(facts: Facts, rows: Sequence[Row]) -> tuple[Row, Sequence[Row]]:
    """The first row that fits, and the rows below it."""
    for position, row in enumerate(rows):
        if row.fits(facts):
            return row, rows[position + 1 :]
    raise AssertionError("the last row of the table fits everything")


def _choice(facts: Facts, row: Row, method: Method, path: list[Row]) -> Choice:
    refused, allowed = list(row.refused), []
    if method is Method.RED_BLUE:
        if facts.settings.line_only:
            method = Method.LINE_ONLY
            allowed.append(no.LINE_ONLY_OFF)
        else:
            refused.append(no.LINE_ONLY_OFF)
    if facts.posting == "posted" and method not in (Method.ORDINARY, Method.NOT_APPLICABLE, Method.UNDECIDED):
        reopen = _reopening(facts)
        (allowed if reopen is no.REOPEN_CONDITIONS else refused).append(reopen)
    return Choice(
        facts=facts,
        method=method,
        row=row.id,
        path=tuple(r.id for r in path),
        law=row.law,
        vouchers=row.vouchers,
        remarks=tuple(r.remark for r in path if r.remark is not None),
        refused=tuple(refused),
        allowed=tuple(allowed),
    )


def _reopening(facts: Facts) -> Refused:
    """反结账 is refused unless every condition of accounting.md §1.5 holds."""
    if facts.year != "same":
        return no.REOPEN_YEAR
    if not facts.settings.reopen:
        return no.REOPEN_OFF
    return no.REOPEN_DELIVERED if facts.delivered else no.REOPEN_CONDITIONS
