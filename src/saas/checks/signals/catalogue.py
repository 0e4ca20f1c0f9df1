"""Every soft signal with what it says of a voucher: they order vouchers and never accuse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from saas.checks.rules.red_entries import unexplained_red
from saas.checks.signals.amounts import expensed_at_once, round_sums, series_breaks, unusual_purse
from saas.checks.signals.beside import beside_put_in
from saas.checks.signals.counterparts import without_counterpart
from saas.checks.signals.evidence import evidence
from saas.checks.signals.habits import departures, mirrored, parts_under_limit, round_among_odd
from saas.checks.signals.pairs import cash_to_income, rare_pair
from saas.checks.signals.people import odd_hours, out_of_order, unusual_preparer
from saas.checks.signals.runs import out_of_place
from saas.checks.signals.timing import cut_off
from saas.checks.signals.twins import lone_twins
from saas.checks.signals.words import text_against_account
from saas.kernel.i18n import Text, _
from saas.ledgers.frame import Ledger


@dataclass(frozen=True, slots=True)
class Signal:
    """How to gather the evidence (signals/evidence.py), and why it speaks against a voucher."""

    run: Callable[[Ledger], pl.DataFrame]
    why: Text


def red_without_reason(ledger: Ledger) -> pl.DataFrame:
    return evidence(unexplained_red(ledger), "N26", 0.3)


SIGNALS = (
    Signal(series_breaks, _("Its sum or its accounts depart from its series")),
    Signal(unusual_purse, _("Paid from another account than such payments are")),
    Signal(rare_pair, _("Joins accounts that hardly ever meet")),
    Signal(unusual_preparer, _("Entered by somebody who hardly ever enters such vouchers")),
    Signal(odd_hours, _("Entered at a time at which hardly anything is entered")),
    Signal(cut_off, _("Names another month than the one it is booked in")),
    Signal(text_against_account, _("Its words belong to another kind of account")),
    Signal(cash_to_income, _("Income without the tax line or the customer that others have")),
    Signal(round_sums, _("A large round sum, or one just under a limit")),
    Signal(expensed_at_once, _("A large expense that comes once")),
    Signal(out_of_order, _("Entered against the order of its number")),
    Signal(lone_twins, _("The same lines as another voucher within a week")),
    Signal(mirrored, _("Debit and credit stand the other way round than usual")),
    Signal(round_among_odd, _("A round sum on accounts that hardly have any")),
    Signal(departures, _("A sum far from what these accounts have, or one that a slip explains")),
    Signal(parts_under_limit, _("One of several, each just under the same limit")),
    Signal(beside_put_in, _("Stands beside an entry that was put in later")),
    Signal(out_of_place, _("Not the sum that its place in the monthly run leads one to expect")),
    Signal(without_counterpart, _("Its sum has no counterpart, which its kind nearly always has")),
    Signal(red_without_reason, _("A red entry that gives no reason")),
)
