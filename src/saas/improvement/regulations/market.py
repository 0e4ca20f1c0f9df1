"""What competitors promise about refunds, beside what we promise (requirement R11.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from saas.improvement.regulations.regulation_models import CompetitorTerms
from saas.kernel.i18n import Text, _
from saas.refunds.policies.plain_rule import NOTICE_MONTH
from saas.refunds.terms import Terms

TERMS: dict[str, Text] = {
    "notice": _("The month of the notice"),
    "unused": _("Months not used"),
    "gifts": _("Months given free"),
    "deduction": _("Deduction or penalty"),
    "cooling_off": _("Withdrawal without reason"),
    "paid_within": _("Paid within"),
    "appeal": _("Way to appeal"),
    "hand_over": _("Books and papers on leaving"),
}
GIFTS: dict[str, Text] = {
    "last": _("used last: they do not shorten what goes back"),
    "spread": _("spread over the whole term"),
    "forfeit": _("lapse on leaving early"),
}


def ours(terms: Terms) -> dict[str, Text | str]:
    """Our own policy in force, in the words of the sheet."""
    penalty = _("never more than %(percent)s %% of the proved loss", percent=terms.loss_percent)
    cooling = any(reason.code == "cooling_off" for reason in terms.reasons)
    return {
        "notice": NOTICE_MONTH[terms.notice_month],
        "unused": _("paid back in full after what was delivered"),
        "gifts": GIFTS[terms.gifts],
        "deduction": penalty if terms.penalty else _("none; with an agreed one never above the proved loss"),
        "cooling_off": _("%(days)s days", days=terms.cooling_off_days) if cooling else _("not offered"),
        "paid_within": _("%(n)s working days after your yes", n=terms.pay_days),
        "appeal": _("within %(n)s working days, decided by another person", n=terms.appeal_days),
        "hand_over": _("handed over with a signed list, whatever is open"),
    }


def latest(readings: Sequence[CompetitorTerms]) -> list[CompetitorTerms]:
    """The newest reading of each competitor; `readings` the latest first."""
    found: dict[str, CompetitorTerms] = {}
    for reading in readings:
        found.setdefault(reading.competitor, reading)
    return list(found.values())


def sheet(own: dict[str, Text | str], readings: Sequence[CompetitorTerms]) -> list[dict[str, Any]]:
    """A row a term: ours first, then each competitor's; "" where nothing was read."""
    return [
        {"label": label, "own": own[name], "cells": [str(reading.terms.get(name, "")) for reading in readings]}
        for name, label in TERMS.items()
    ]
