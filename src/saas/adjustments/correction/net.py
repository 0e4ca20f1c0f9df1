"""Right minus wrong, per account: what a blue voucher of an earlier year has to book (D12–D18)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from saas.adjustments.correction.books import OpenBooks, touched
from saas.adjustments.correction.facts import Settings, Touch
from saas.adjustments.correction.methods import Method
from saas.adjustments.correction.vouchers import Line, Mistake, totals
from saas.kernel.money import ZERO, Money


def net_lines(mistake: Mistake, method: Method, books: OpenBooks, settings: Settings) -> tuple[Line, ...]:
    """The lines of the one blue voucher, debits first; empty when nothing is left to book.

    Profit and loss of an earlier year goes to the account the method names; this year's stays where it is. Lines that
    would fall on an account's opposite side follow `settings.pl_reverse`.
    """
    sums: dict[tuple[str, str, str], tuple[Line, Money]] = {}
    for line in _moved(mistake, method, books, settings):
        key = (*line.key, line.stands_for)
        sums[key] = (line, sums[key][1] + line.net if key in sums else line.net)
    lines = [_on_side(line, net) for line, net in sums.values() if net]
    if not _leaves_anything(lines):
        return ()
    reverse = settings.pl_reverse == "same_side_negative"
    ordered = sorted(lines, key=lambda line: not line.on_debit)
    return tuple(_natural(line, books) if reverse else line for line in ordered)


def touches(mistakes: Iterable[Mistake], books: OpenBooks) -> frozenset[Touch]:
    """What the correction touches, for `Facts.touches`: accounts on which right and wrong cancel out are left out.

    Except for cut-off errors across years, where the same accounts change in two years.
    """
    found: set[Touch] = set()
    for mistake in mistakes:
        wrong = mistake.wrong.lines if mistake.wrong else ()
        across = mistake.wrong is not None and mistake.belongs_to.year != mistake.wrong.date.year
        changed = totals([*mistake.right, *(-line for line in wrong)])
        lines = [line for line in (*mistake.right, *wrong) if across or line.key in changed]
        found |= touched(lines, books)
    return frozenset(found)


def _moved(mistake: Mistake, method: Method, books: OpenBooks, settings: Settings) -> Iterator[Line]:
    this_year = books.open_period.year
    waits = mistake.belongs_to > books.open_period  # its right entry comes by itself, in its month
    if not waits:
        earlier = mistake.belongs_to.year < this_year
        yield from (_to_account(line, method, books, settings, mistake, earlier) for line in mistake.right)
    if mistake.wrong is not None:
        earlier = mistake.wrong.date.year < this_year
        yield from (_to_account(-line, method, books, settings, mistake, earlier) for line in mistake.wrong.lines)


def _to_account(
    line: Line, method: Method, books: OpenBooks, settings: Settings, mistake: Mistake, earlier: bool
) -> Line:
    """The account that takes an earlier year's profit and loss under this method."""
    if not earlier or not books.is_pl(line.account):
        return replace(line, name=books.named(line))
    if method is Method.RESTATE:
        target = books.account("prior_year")
    elif method is Method.NET_ASSETS:
        target = books.account("retained.restricted" if mistake.restricted else "retained.unrestricted")
    elif method is Method.BLUE_CURRENT and settings.prior_year_to_nonoperating:
        target = books.account("income.nonop" if line.net < ZERO else "loss.nonop")
    else:
        return replace(line, name=books.named(line))
    return replace(line, account=target.code, name=target.name, aux="", stands_for=line.account)


def _leaves_anything(lines: Iterable[Line]) -> bool:
    """False when the lines cancel out on every account: only comparative figures change."""
    sums: dict[tuple[str, str], int] = {}
    for line in lines:
        sums[line.key] = sums.get(line.key, 0) + line.net.fen
    return any(sums.values())


def _on_side(line: Line, net: Money) -> Line:
    if net > ZERO:
        return replace(line, debit=net, credit=ZERO)
    return replace(line, debit=ZERO, credit=-net)


def _natural(line: Line, books: OpenBooks) -> Line:
    """A reversal as a negative amount on the account's own side, for reports that read only that column."""
    if not books.is_pl(line.account) or books.is_income(line.account) != line.on_debit:
        return line
    return replace(line, debit=-line.credit, credit=-line.debit)
