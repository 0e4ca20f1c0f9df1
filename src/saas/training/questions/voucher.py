"""A voucher exercise: from what is given to what the engine of corrections drafts for it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, get_args

from saas.adjustments.correction.books import OpenBooks
from saas.adjustments.correction.drafting import draft
from saas.adjustments.correction.facts import Facts, Kind, Period
from saas.adjustments.correction.lacking import LacksAccount
from saas.adjustments.correction.method import choose
from saas.adjustments.correction.net import touches
from saas.adjustments.correction.plan import Plan
from saas.adjustments.correction.vouchers import Entry, Line, Mistake, Stage, Voucher, balanced
from saas.kernel.errors import Invalid
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.ledgers.charts import Chart, build
from saas.ledgers.charts_data import officials
from saas.training.questions.kinds import Found, Further, Given

LINE = re.compile(r"^(?P<side>[DC])\s+(?P<code>[^\s\[\]]+)(?:\[(?P<aux>[^\]]*)\])?\s+(?P<amount>-?[\d.]+)$")


@dataclass(frozen=True, slots=True)
class Exercise:
    """The books, the error, and the plan that cures it."""

    books: OpenBooks
    mistake: Mistake
    plan: Plan

    @property
    def expected(self) -> tuple[Voucher, ...]:
        """The vouchers to be written: the plan's, or the draft filled in again."""
        return self.plan.vouchers or self.plan.rewritten


def exercise(given: Given) -> Exercise:
    """Draft what is right. Raises Invalid, in words, for what the engine cannot cure or a line nobody can read."""
    if given.error not in get_args(Kind):
        raise Invalid(_("There is no kind of error “%(error)s”.", error=given.error))
    try:
        books = books_of(given)
        mistake = _mistake(given, books.chart)
        plan = draft(choose(_facts(given, mistake, books)), [mistake], books, _added(given, books))
    except LacksAccount as lacking:
        raise Invalid(
            _("The chart has no account for “%(role)s”: add it to the accounts.", role=lacking.role)
        ) from None
    except ValueError as error:
        raise Invalid(_("This exercise cannot be read: %(error)s", error=str(error))) from None
    return Exercise(books, mistake, plan)


def books_of(given: Given) -> OpenBooks:
    period = Period.parse(given.open_period)
    chart = _chart(given.standard, tuple((code, name) for code, name in given.accounts))
    last_dates = {"记": period.first}
    return OpenBooks(date.fromisoformat(given.today), period, chart, {"记": given.last_number}, last_dates)


@lru_cache(64)
def _chart(standard: str, details: tuple[tuple[str, str], ...]) -> Chart:
    return build(standard, [*((account.code, account.name) for account in officials(standard)), *details])


def lines_of(written: list[str], chart: Chart) -> tuple[Line, ...]:
    """ "D 5602 1200.00" as lines; Invalid for one that is none, or names an account the chart does not have."""
    read = []
    for text in written:
        match = LINE.match(text.strip())
        if match is None:
            raise Invalid(_("“%(line)s” is not a line: write it like D 5602 1200.00.", line=text))
        account = chart.accounts.get(match["code"])
        if account is None:
            raise Invalid(_("The chart has no account %(code)s.", code=match["code"]))
        line = Line(account.code, aux=match["aux"] or "", name=account.name)
        amount = Money.of(match["amount"])
        read.append(replace(line, debit=amount) if match["side"] == "D" else replace(line, credit=amount))
    return tuple(read)


def _found(found: Found, chart: Chart) -> Voucher:
    return Voucher(
        date.fromisoformat(found.date), found.word, found.number, found.summary, lines_of(found.lines, chart)
    )


def _mistake(given: Given, chart: Chart) -> Mistake:
    extra: dict[str, Any] = {"period": Period.parse(given.period)} if given.period else {}
    return Mistake(
        wrong=_found(given.wrong, chart) if given.wrong else None,
        right=lines_of(given.right, chart),
        subject=given.subject,
        original=_found(given.original, chart) if given.original else None,
        **extra,
    )


def _facts(given: Given, mistake: Mistake, books: OpenBooks) -> Facts:
    return Facts(
        posting=given.posting,
        year=given.year,
        kind=given.error,  # type: ignore[arg-type]  # checked in exercise()
        standard=given.standard,
        material=given.material,
        touches=touches([mistake], books),
    )


def _added(given: Given, books: OpenBooks) -> list[Entry]:
    return [_entry(further, books.chart) for further in given.added]


def _entry(further: Further, chart: Chart) -> Entry:
    lines = lines_of(further.lines, chart)
    if not balanced(lines):
        raise Invalid(_("“%(summary)s” does not balance.", summary=further.summary))
    return Entry(further.summary, lines, stage=Stage[further.stage.upper()])
