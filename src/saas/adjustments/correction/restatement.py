"""Closing 6901 after a restatement: to retained earnings, and the surplus reserve where the client accrues it (D15)."""

from __future__ import annotations

from collections.abc import Iterable

from saas.adjustments.correction import wording
from saas.adjustments.correction.books import OpenBooks
from saas.adjustments.correction.facts import Period, Settings
from saas.adjustments.correction.vouchers import Entry, Line, Stage, credit, debit
from saas.kernel.i18n import _
from saas.kernel.money import ZERO, Money
from saas.kernel.rates import percent
from saas.ledgers.charts import Account


def close_prior_year(entries: Iterable[Entry], books: OpenBooks, settings: Settings) -> list[Entry]:
    """The entries after which 6901 is zero; none when the restatement left nothing on it.

    It never goes through the year's profit (4103): the amount is last year's.
    """
    entries = list(entries)
    lines = [line for entry in entries for line in entry.lines if books.has_role(line.account, "prior_year")]
    profit = Money(-sum(line.net.fen for line in lines))  # credit balance: last year earned more
    if not profit:
        return []
    abouts = [entry.about for entry in entries if entry.about is not None]
    about = Period(min(abouts).year) if abouts else None
    retained = books.retained()
    closed = Entry(
        wording.PRIOR_YEAR_CLOSED,
        _moved(books.account("prior_year"), retained, profit),
        stage=Stage.RESTATEMENT,
        about=about,
    )
    if settings.surplus_reserve is None:
        return [closed]
    reserve = Entry(
        wording.SURPLUS_RESERVE,
        _moved(retained, books.account("surplus"), profit * settings.surplus_reserve),
        stage=Stage.RESTATEMENT,
        about=about,
        basis=_(
            "%(profit)s × %(share)s put into the surplus reserve",
            profit=profit,
            share=percent(settings.surplus_reserve),
        ),
    )
    return [closed, reserve]


def _moved(source: Account, target: Account, amount: Money) -> tuple[Line, Line]:
    """Move a credit balance from one account to another; a debit balance goes the other way, so no amount is red."""
    if amount < ZERO:
        source, target = target, source
    size = abs(amount)
    return debit(source.code, size, name=source.name), credit(target.code, size, name=target.name)
