"""Checks before a plan is approved or executed (requirements A5.1). Pure: what the books say now is an argument."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from saas.adjustments.correction.books import OpenBooks
from saas.adjustments.correction.by_month import wrong_lines
from saas.adjustments.correction.methods import Method
from saas.adjustments.correction.plan import Plan
from saas.adjustments.correction.vouchers import Voucher, balanced, totals
from saas.kernel.i18n import Text, _
from saas.kernel.money import ZERO


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the check list: fine when nothing stands against it."""

    name: Text
    problems: tuple[Text, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


def preflight(plan: Plan, books: OpenBooks, now: Mapping[str, Voucher]) -> list[Check]:
    """The check list, in the order it is shown. `now` are the wrong vouchers as the books hold them today, by key."""
    return [Check(name, tuple(problems(plan, books, now))) for name, problems in CHECKS]


def _unbalanced(plan: Plan, books: OpenBooks, now: Mapping[str, Voucher]) -> Iterator[Text]:
    for voucher in (*plan.vouchers, *plan.rewritten):
        if not voucher.lines:
            yield _("%(voucher)s has no lines.", voucher=voucher.key)
        elif not balanced(voucher.lines):
            difference = sum((line.net for line in voucher.lines), ZERO)
            yield _("%(voucher)s: debit minus credit is %(amount)s.", voucher=voucher.key, amount=difference)
        if any(bool(line.debit) == bool(line.credit) for line in voucher.lines):
            yield _("%(voucher)s has a line without an amount, or with both sides.", voucher=voucher.key)
        if not voucher.summary.strip():
            yield _("%(voucher)s has no summary.", voucher=voucher.key)


def _outside_period(plan: Plan, books: OpenBooks, now: Mapping[str, Voucher]) -> Iterator[Text]:
    for voucher in plan.vouchers:
        if voucher.waiting:
            if voucher.date < books.open_period.first:
                yield _("%(voucher)s waits for a month that is over.", voucher=voucher.key)
        elif not books.open_period.covers(voucher.date):
            yield _(
                "%(voucher)s lies outside the open period %(period)s.", voucher=voucher.key, period=books.open_period
            )
        elif voucher.date < books.last_dates.get(voucher.word, voucher.date):
            last = books.last_dates[voucher.word].isoformat()
            yield _("%(voucher)s is dated before the last voucher (%(date)s).", voucher=voucher.key, date=last)


def _not_next(plan: Plan, books: OpenBooks, now: Mapping[str, Voucher]) -> Iterator[Text]:
    free = {word: last + 1 for word, last in books.last_numbers.items()}
    for voucher in plan.vouchers:
        if voucher.number is None:
            continue
        expected = free.get(voucher.word, 1)
        free[voucher.word] = expected + 1
        if voucher.number != expected:
            yield _(
                "%(voucher)s: the next free number is %(word)s-%(number)s.",
                voucher=voucher.key,
                word=voucher.word,
                number=expected,
            )


def _accounts(plan: Plan, books: OpenBooks, now: Mapping[str, Voucher]) -> Iterator[Text]:
    lines = [line for voucher in (*plan.vouchers, *plan.rewritten) for line in voucher.lines]
    for code in dict.fromkeys(line.account for line in lines):
        account = books.chart.accounts.get(code)
        if account is None:
            yield _("Account %(account)s is not in the chart.", account=code)
        elif not account.leaf:
            yield _("Account %(account)s has detail accounts: choose one of them.", account=code)


def _changed(plan: Plan, books: OpenBooks, now: Mapping[str, Voucher]) -> Iterator[Text]:
    for key, fingerprint in plan.corrects:
        if key not in now:
            yield _("%(voucher)s is no longer in the books.", voucher=key)
        elif now[key].fingerprint != fingerprint:
            yield _("%(voucher)s was changed after the analysis.", voucher=key)


def _not_a_copy(plan: Plan, books: OpenBooks, now: Mapping[str, Voucher]) -> Iterator[Text]:
    """A red copy cancels the whole voucher; one for a difference takes back at most what was booked."""
    for voucher in plan.vouchers:
        wrong = wrong_lines(voucher.refers_to, dict(now)) if voucher.colour == "red" else None
        if wrong is None:
            continue
        names = {"voucher": voucher.key, "wrong": voucher.refers_to}
        if plan.choice.method is not Method.DIFF_RED:
            if [line.content for line in voucher.lines] != [(-line).content for line in wrong]:
                yield _("%(voucher)s is not the exact negative of %(wrong)s.", **names)
            continue
        booked, taken = totals(wrong), totals(voucher.lines)
        if any(key not in booked or abs(amount) > abs(booked[key]) for key, amount in taken.items()):
            yield _("%(voucher)s takes back more than %(wrong)s booked.", **names)


Problems = Callable[[Plan, OpenBooks, Mapping[str, Voucher]], Iterator[Text]]

CHECKS: tuple[tuple[Text, Problems], ...] = (
    (_("Every voucher balances"), _unbalanced),
    (_("Dated in the open period"), _outside_period),
    (_("Numbers are the next free ones"), _not_next),
    (_("Accounts exist and have no detail accounts"), _accounts),
    (_("The wrong vouchers are unchanged since the analysis"), _changed),
    (_("Red vouchers take back what was booked"), _not_a_copy),
)
