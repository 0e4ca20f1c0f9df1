"""From a choice and the mistakes to a plan, in one pure step: the same input always gives the same plan."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from saas.adjustments.correction.books import OpenBooks
from saas.adjustments.correction.by_month import summed_by_month
from saas.adjustments.correction.entries import entries_for, moved_between_periods
from saas.adjustments.correction.facts import Period
from saas.adjustments.correction.method import Choice
from saas.adjustments.correction.methods import Method
from saas.adjustments.correction.numbering import date_in, number
from saas.adjustments.correction.plan import Plan, statements_of
from saas.adjustments.correction.reminders import advice_for, reminders_for, warnings_for
from saas.adjustments.correction.restatement import close_prior_year
from saas.adjustments.correction.vouchers import Entry, Line, Mistake, Stage, Voucher, balanced
from saas.kernel.errors import Invalid
from saas.kernel.i18n import _

ORDER = (Stage.CORRECTION, Stage.CATCH_UP, Stage.TAX, Stage.RESTATEMENT, Stage.PAYMENT, Stage.CARRY_FORWARD)
# A restatement is finished (6901 back at zero) before this year's catch-up begins.
ORDER_RESTATED = (Stage.CORRECTION, Stage.TAX, Stage.RESTATEMENT, Stage.CATCH_UP, Stage.PAYMENT, Stage.CARRY_FORWARD)


def draft(choice: Choice, mistakes: Sequence[Mistake], books: OpenBooks, added: Iterable[Entry] = ()) -> Plan:
    """The plan that cures the mistakes by the chosen method, with the suggestions the bookkeeper has accepted.

    `added` are entries from the suggestion functions (depreciation, cost, tax, carry-forward); the plan puts them in
    order, closes 6901 where a restatement used it, dates and numbers everything. Invalid when a mistake does not fit
    the method, or an added entry does not balance.
    """
    added = tuple(added)
    if not all(balanced(entry.lines) for entry in added):
        raise Invalid(_("An added entry does not balance."))
    entries = [entry for mistake in mistakes for entry in entries_for(mistake, choice, books)]
    if choice.method is Method.RED_BLUE and choice.facts.settings.by_month:
        entries = summed_by_month(entries, mistakes)
    entries += added
    restated = choice.method is Method.RESTATE
    if restated:
        entries += close_prior_year(entries, books, choice.facts.settings)
    order = ORDER_RESTATED if restated else ORDER
    vouchers = number(sorted(entries, key=lambda entry: order.index(entry.stage)), books)
    return restored(choice, mistakes, vouchers, books)


def restored(choice: Choice, mistakes: Sequence[Mistake], vouchers: Sequence[Voucher], books: OpenBooks) -> Plan:
    """The plan around vouchers drafted or edited before, with reminders, warnings and advice as of now."""
    return Plan(
        choice=choice,
        vouchers=tuple(vouchers),
        rewritten=tuple(_rewritten(mistake, choice) for mistake in mistakes if choice.method is Method.REFILL),
        reminders=reminders_for(choice, vouchers, books),
        statements=statements_of(vouchers, books),
        warnings=warnings_for(choice, vouchers, books),
        advice=advice_for(choice, vouchers, books),
        notional=tuple(entry for mistake in mistakes for entry in moved_between_periods(mistake, choice)),
        corrects=tuple((m.wrong.key, m.wrong.fingerprint) for m in mistakes if m.wrong is not None),
    )


def _rewritten(mistake: Mistake, choice: Choice) -> Voucher:
    """A draft as it should be filled in again: same date, same number, right lines."""
    if mistake.wrong is None:
        raise Invalid(_("Say which voucher is wrong."))
    if not balanced(mistake.right):
        raise Invalid(_("The corrected entry does not balance."))
    summary = mistake.subject or mistake.wrong.summary
    return replace(mistake.wrong, summary=summary, lines=mistake.right or mistake.wrong.lines)


def edited(plan: Plan, position: int, summary: str, lines: Sequence[Line], books: OpenBooks) -> Plan:
    """The plan with one voucher's lines as the bookkeeper typed them; may be unbalanced until `preflight` says so."""
    changed = replace(plan.vouchers[position], summary=summary, lines=tuple(lines))
    return _with(plan, (*plan.vouchers[:position], changed, *plan.vouchers[position + 1 :]), books)


def renumbered(plan: Plan, books: OpenBooks, posted: Collection[str] = ()) -> Plan:
    """The same vouchers dated and numbered anew, when others were booked meanwhile or the waiting month has come.

    `posted` are the keys of vouchers already in the books: they keep date and number.
    """
    free = dict(books.last_numbers)
    vouchers = []
    for voucher in plan.vouchers:
        still_waits = voucher.waiting and books.open_period < Period.of(voucher.date)
        if voucher.key in posted or still_waits:
            vouchers.append(voucher)
            continue
        free[voucher.word] = free.get(voucher.word, 0) + 1
        vouchers.append(replace(voucher, date=date_in(books, voucher.word), number=free[voucher.word]))
    return _with(plan, tuple(vouchers), books)


def _with(plan: Plan, vouchers: tuple[Voucher, ...], books: OpenBooks) -> Plan:
    return replace(
        plan,
        vouchers=vouchers,
        reminders=reminders_for(plan.choice, vouchers, books),
        statements=statements_of(vouchers, books),
        warnings=warnings_for(plan.choice, vouchers, books),
        advice=advice_for(plan.choice, vouchers, books),
    )
