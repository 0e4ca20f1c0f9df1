"""What is a signal. Each rule looks at a refund and at what surrounds it, and answers in words or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from saas.kernel.i18n import Listed, Text, _
from saas.kernel.money import ZERO, Money
from saas.refunds.models import Refund
from saas.refunds.payment.payment_models import Payee
from saas.refunds.watch.thresholds import FEWEST, Thresholds

DAYS = 30  # of one person's refunds
SHARE_DAYS = 180  # of the share of changed amounts
NEAR_PERCENT = 5  # so close below a limit looks as if it was meant to stay below


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the rules look at beyond the row, loaded by saas.refunds.watch.signals."""

    thresholds: Thresholds
    preparer: str = ""
    by_preparer: int = 0  # this one counted, within DAYS
    payees: tuple[Payee, ...] = ()  # oldest first
    same_account: tuple[tuple[str, bool], ...] = ()  # numbers of other refunds, and whether of another client
    payers: frozenset[str] = frozenset()
    colleagues: frozenset[str] = frozenset()
    reason: str = ""
    overridden: int = 0  # of `reckoned`, for the same reason within SHARE_DAYS
    reckoned: int = 0
    starts_on: date | None = None
    earlier: tuple[str, ...] = ()  # other refunds of the contract that were paid or are being paid
    fast_lane_up_to: Money = ZERO
    level_2_from: Money = ZERO

    @property
    def payee(self) -> Payee | None:
        return self.payees[-1] if self.payees else None


Rule = Callable[[Refund, Surroundings], Text | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of signal. `of_account`: raised again for another account of the same refund."""

    name: str
    label: Text
    rule: Rule
    of_account: bool = field(default=False)


def many_by_one(refund: Refund, around: Surroundings) -> Text | None:
    if around.by_preparer < around.thresholds.by_one:
        return None
    return _("%(name)s prepared %(count)s refunds within %(days)s days.",
             name=around.preparer, count=around.by_preparer, days=DAYS)  # fmt: skip


def account_used_before(refund: Refund, around: Surroundings) -> Text | None:
    """One account for two refunds: another client's is the graver case and is named first."""
    if not around.same_account:
        return None
    numbers = Listed(number for number, _strange in sorted(around.same_account, key=lambda one: not one[1]))
    if any(strange for _number, strange in around.same_account):
        return _("The account received a refund of another client: %(numbers)s.", numbers=numbers)
    return _("The account received another refund of this client: %(numbers)s.", numbers=numbers)


def payee_is_not_payer(refund: Refund, around: Surroundings) -> Text | None:
    payee = around.payee
    if payee is None or not around.payers or payee.holder in around.payers:
        return None
    return _("The money goes to “%(holder)s”, but “%(payer)s” had paid.",
             holder=payee.holder, payer=Listed(sorted(around.payers)))  # fmt: skip


def payee_is_a_colleague(refund: Refund, around: Surroundings) -> Text | None:
    payee = around.payee
    if payee is None or payee.corporate or payee.holder not in around.colleagues:
        return None
    return _("The holder of the account, “%(holder)s”, has the name of a member of the firm.", holder=payee.holder)


def payee_changed_late(refund: Refund, around: Surroundings) -> Text | None:
    payee = around.payee
    if payee is None or len(around.payees) < 2 or refund.approved_at is None or payee.written_at < refund.approved_at:
        return None
    return _("The account was changed after the approval, to one ending in %(tail)s.", tail=payee.account_tail)


def overridden_often(refund: Refund, around: Surroundings) -> Text | None:
    """Only where this one was changed too: the share tells of the rule, the refund is the occasion."""
    if not refund.overridden or around.reckoned < FEWEST:
        return None
    percent = around.overridden * 100 // around.reckoned
    if percent <= around.thresholds.overrides_percent:
        return None
    return _(
        "For “%(reason)s” the calculation was changed by hand in %(share)s of %(count)s refunds (%(percent)s %%) "
        "within %(days)s days.",
        reason=around.reason,
        share=around.overridden,
        count=around.reckoned,
        percent=percent,
        days=SHARE_DAYS,
    )


def soon_after_start(refund: Refund, around: Surroundings) -> Text | None:
    if around.starts_on is None:
        return None
    days = (refund.notice_on - around.starts_on).days
    if days > around.thresholds.early_days:
        return None
    return _("The service ended %(days)s days after it began.", days=max(days, 0))


def contract_split(refund: Refund, around: Surroundings) -> Text | None:
    """Two smaller refunds need fewer approvals than one."""
    if not around.earlier:
        return None
    return _("The contract had a refund before: %(numbers)s. Together they may be above a limit.",
             numbers=Listed(around.earlier))  # fmt: skip


def just_below_a_limit(refund: Refund, around: Surroundings) -> Text | None:
    """Within NEAR_PERCENT below the fast lane's or the second level's limit, and not as it was reckoned."""
    if refund.amount is None or not refund.overridden:
        return None
    for limit in (around.fast_lane_up_to, around.level_2_from):
        if limit.fen * (100 - NEAR_PERCENT) <= refund.amount.fen * 100 <= limit.fen * 100:
            return _("The changed amount of %(amount)s lies just below the limit of %(limit)s.",
                     amount=refund.amount, limit=limit)  # fmt: skip
    return None


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("many_by_one", _("Many refunds of one person"), many_by_one),
        Kind("same_account", _("One account twice"), account_used_before, of_account=True),
        Kind("payee_not_payer", _("Payee is not the payer"), payee_is_not_payer, of_account=True),
        Kind("payee_colleague", _("Payee has a colleague’s name"), payee_is_a_colleague, of_account=True),
        Kind("payee_changed", _("Account changed after approval"), payee_changed_late, of_account=True),
        Kind("overridden_often", _("Policy overridden often"), overridden_often),
        Kind("soon_after_start", _("Soon after the start"), soon_after_start),
        Kind("split", _("Several refunds of one contract"), contract_split),
        Kind("below_limit", _("Just below a limit"), just_below_a_limit),
    )
}


def raised(refund: Refund, around: Surroundings) -> list[tuple[str, str, Text]]:
    """(kind, about, words) of every rule that answers."""
    found: list[tuple[str, str, Text]] = []
    for kind in KINDS.values():
        words = kind.rule(refund, around)
        if words is not None:
            about = str(around.payee.id) if kind.of_account and around.payee is not None else ""
            found.append((kind.name, about, words))
    return found


def label(name: str) -> Any:
    """What a kind is called; its name where the program no longer knows it."""
    return KINDS[name].label if name in KINDS else name
