"""The part of the policy that counts for one reason, in plain words, as it is explained to the client (R2.3)."""

from __future__ import annotations

from typing import Any

from saas.kernel.i18n import Text, _, listed, reader
from saas.kernel.money import Money
from saas.refunds.calculation.presets import PRESETS
from saas.refunds.checklist import EVIDENCE
from saas.refunds.terms import Reason, Terms

NOTICE_MONTH: dict[str, Text] = {
    "full": _("counts as a whole month"),
    "daily": _("counts by days"),
    "none": _("is not charged"),
}


def plain_rule(terms: Terms, reason: Reason) -> dict[str, Any]:
    """{rows: term and value, basis}: formula, the month of notice, deductions, papers, deadlines."""
    preset = PRESETS[reason.preset]
    rows: list[tuple[Text, Any]] = [
        (_("How it is reckoned"), preset.formula),
        (_("The month of the notice"), NOTICE_MONTH[terms.notice_month]),
        (_("Deduction"), _deduction(terms, reason)),
        (_("At most"), _limits(reason)),
        (_("Papers we need"), listed(EVIDENCE[what] for what in reason.evidence)),
        (_("Our offer stands"), _("%(n)s working days", n=terms.offer_days)),
        (_("Paid within"), _("%(n)s working days after your yes", n=terms.pay_days)),
        (_("Beyond the law"), _("a promise of ours; the law does not ask for it") if reason.optional else ""),
    ]  # fmt: skip
    return {
        "rows": [{"label": label, "value": value} for label, value in rows if value],
        "basis": " ".join(terms.in_words(reader())[1]),
    }


def _limits(reason: Reason) -> str:
    """By months served where the reason has tiers; empty where all of it may go back."""
    tiers = [
        _("up to %(months)s months %(percent)s %%", months=tier.months, percent=tier.percent) for tier in reason.tiers
    ]
    if not tiers and reason.most_percent == 100:
        return ""
    return listed([*tiers, _("%(percent)s %% of what was received", percent=reason.most_percent)])


def _deduction(terms: Terms, reason: Reason) -> Text:
    if reason.at_fault or reason.preset != "P4":
        return _("none")
    return _("what was agreed (%(penalty)s), never more than %(percent)s %% of our proved loss",
             penalty=Money(terms.penalty), percent=terms.loss_percent)  # fmt: skip
