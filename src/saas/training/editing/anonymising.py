"""A corrected mistake of a client as the `given` of an exercise: no name of theirs, no summary, nobody's account."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from saas.adjustments.correction.facts import Facts, Period
from saas.adjustments.correction.vouchers import Line, Mistake, Voucher
from saas.ledgers.charts_data import by_code

# Accounts whose details are somebody's name: customers, suppliers, people, banks, owners, loans, investments.
NAMED = (
    "1001 1002 1012 1101 1121 1122 1123 1131 1132 1221 1501 1511 1512 1524 2001 2201 2202 2203 2231 2232 2241 2501 2502"
    " 2701 3001 3002 4001 4002"
)
STEMS = "甲乙丙丁戊己庚辛壬癸"


class Disguise:
    """The same stranger for the same account or customer throughout one exercise."""

    def __init__(self, standard: str) -> None:
        self.standard = standard
        self.strangers: dict[str, str] = {}
        self.details: dict[str, str] = {}

    def line(self, line: Line) -> Line:
        """Details that name somebody become the account above with 甲, 乙, …; other details keep code and name."""
        top = line.account[:4]
        official = by_code(self.standard).get(top)
        if official is None:
            raise ValueError(f"{line.account} is no account of the standard")
        if line.account != top and top not in NAMED.split():
            self.details[line.account] = self._plain(line.name) or official.name
            return replace(line, aux=self._stranger(line.aux), stands_for="", quantity=None, currency="")
        who = line.aux or (line.account if line.account != top else "")
        return Line(top, line.debit, line.credit, self._stranger(who), official.name)

    def _stranger(self, who: str) -> str:
        if not who:
            return ""
        return self.strangers.setdefault(who, STEMS[len(self.strangers) % len(STEMS)])

    def _plain(self, name: str) -> str:
        """The name of a detail account, without what stands in brackets or after its last dash level."""
        return re.sub(r"[（(].*?[)）]", "", name).strip()


def given_of(facts: Facts, mistake: Mistake, open_period: str, today: date) -> dict[str, Any]:
    """The exercise. ValueError for a voucher with accounts the standard does not know."""
    disguise = Disguise(facts.standard)
    wrong = _found(mistake.wrong, disguise) if mistake.wrong else None
    right = [_written(disguise.line(line)) for line in mistake.right]
    original = _found(mistake.original, disguise) if mistake.original else None
    period = Period.parse(open_period) if open_period else Period.of(today)
    day = today if period.covers(today) else period.last
    return {
        "error": facts.kind,
        "standard": facts.standard,
        "posting": facts.posting,
        "year": facts.year,
        "material": facts.material,
        "today": day.isoformat(),
        "open_period": str(period),
        "accounts": sorted(disguise.details.items()),
        "wrong": wrong,
        "right": right,
        "subject": "某项业务" if mistake.subject or facts.kind == "omission" or facts.year != "same" else "",
        "period": str(mistake.period) if mistake.period else "",
        "original": original,
    }


def _found(voucher: Voucher, disguise: Disguise) -> dict[str, Any]:
    lines = [disguise.line(line) for line in voucher.lines]
    return {
        "date": voucher.date.isoformat(),
        "number": voucher.number or 1,
        "word": voucher.word,
        "summary": f"记{named(lines)}",
        "lines": [_written(line) for line in lines],
    }


def named(lines: Iterable[Line]) -> str:
    """What a voucher is about, told by its first account."""
    return next((line.name for line in lines), "账")


def _written(line: Line) -> str:
    aux = f"[{line.aux}]" if line.aux else ""
    return f"{'D' if line.on_debit else 'C'} {line.account}{aux} {str(line.amount).replace(',', '')}"
