"""The calculation of a refund from end to end, by the preset of the reason (accounting.md §8). Pure."""

from __future__ import annotations

from fractions import Fraction

from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.refunds.calculation.by_months import charge_service
from saas.refunds.calculation.deduction import deduct
from saas.refunds.calculation.ladder import Ladder, Steps, half_up
from saas.refunds.calculation.months import served
from saas.refunds.calculation.one_off import cooling_off, credit_worth, keep_price, not_begun
from saas.refunds.calculation.own_error import compensate
from saas.refunds.calculation.service import Agreed, Service
from saas.refunds.terms import Reason, Terms


def reckon(terms: Terms, reason: str, agreed: Agreed, service: Service) -> Ladder:
    """received − already paid back − served − agreed work − allowed deduction, within the ratio, + compensation.

    The refund is never negative (the rest is proposed as a receivable, as far as the price is not paid yet) and never
    above what was received and not yet paid back (the rest becomes a separate claim). KeyError: unknown reason.
    """
    rule = terms.reason(reason)
    steps = Steps()
    steps.add("received", _("Received, VAT included"), agreed.received, _("receipts under the contract"))
    if agreed.refunded:
        steps.add("refunded", _("Paid back or promised before"), -agreed.refunded, _("earlier refunds of the contract"))
    _charge(steps, rule, terms, agreed, service)
    _limit(steps, rule, terms, agreed, service)
    compensate(steps, service, owed=rule.preset == "P5" or rule.at_fault)
    receivable = _floor(steps, agreed)
    claim = _ceiling(steps, max(0, agreed.received - agreed.refunded))
    refund = steps.rounded
    credit = credit_worth(refund, terms) if rule.preset == "P9" else 0
    return Ladder(tuple(steps.lines), refund, receivable, claim, credit)


def _charge(steps: Steps, rule: Reason, terms: Terms, agreed: Agreed, service: Service) -> None:
    if rule.preset == "P10":
        return keep_price(steps, agreed)
    if rule.preset == "P6" and not_begun(steps, service):
        return None
    if rule.preset == "P8" and cooling_off(steps, terms, agreed, service):
        return None
    # Whoever is at fault takes no discount back: the list price is for the client who ends the contract.
    preset = "P1" if rule.preset == "P2" and rule.at_fault else rule.preset
    charge_service(steps, preset, terms, agreed, service)
    if rule.preset == "P4":
        deduct(steps, rule, terms, agreed, service)
    return None


def _limit(steps: Steps, rule: Reason, terms: Terms, agreed: Agreed, service: Service) -> None:
    """The reason's ratio, by months served where it has tiers; of all that was received, earlier refunds included."""
    months = len(served(agreed, service, terms.notice_month).months)
    percent = rule.most(months)
    most = Fraction(agreed.received * percent, 100) - agreed.refunded
    limit = max(most, Fraction(0))
    if steps.exact > limit:  # what is short already is not cut
        basis = _("at most %(percent)s %% of what was received: %(most)s", percent=percent, most=Money(half_up(most)))
        steps.add("limit", _("Limit of the reason"), limit - steps.exact, basis)


def _floor(steps: Steps, agreed: Agreed) -> int:
    """Never below zero. Returns the receivable: what is short, as far as the agreed price was not paid, in fen."""
    short = -steps.rounded
    if short <= 0:
        return 0
    receivable = min(short, max(0, agreed.price - agreed.received))
    if receivable:
        basis = _("no refund is negative; %(amount)s are still to be paid: a receivable", amount=Money(receivable))
    else:
        basis = _("no refund is negative; the price is paid, so nothing more is asked for")
    steps.add("floor", _("Down to zero"), -steps.exact, basis)
    return receivable


def _ceiling(steps: Steps, most: int) -> int:
    """Never above what was received and is not back yet. Returns the rest, a claim of its own, in fen."""
    over = steps.rounded - most
    if over <= 0:
        return 0
    basis = _("no refund exceeds what was received; %(amount)s become a claim of their own", amount=Money(over))
    steps.add("ceiling", _("Up to what was received"), most - steps.exact, basis)
    return over
