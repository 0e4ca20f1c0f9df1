"""A refund as its client may see it: five words for where it stands, what comes next, and the day we promised."""

from __future__ import annotations

from typing import Any

from saas.kernel.clock import CHINA
from saas.kernel.i18n import Text, _
from saas.refunds import words
from saas.refunds.models import OVER, Refund
from saas.refunds.workflow import STATES

WORDS: tuple[Text, ...] = (_("Asked"), _("Talk and check"), _("Offer"), _("Approval"), _("Payment"))
AT = {"Asked": 0, "Talk and check": 1, "Calculation": 2, "Offer": 2, "Approval": 3, "Payment": 4, "Closed": 5}
NEXT: dict[str, Text] = {
    "draft": _("We write your request down."),
    "submitted": _("We get in touch with you and check the papers."),
    "clarifying": _("We wait for the papers listed below."),
    "complete": _("We reckon what you get back."),
    "assessed": _("A second person checks our calculation."),
    "countersigned": _("You get our offer by letter."),
    "offered": _("We wait for your answer to our offer; the letter carries the link for it."),
    "disputed": _("Our manager looks at your objection and speaks with you."),
    "agreed": _("Our manager approves the payment."),
    "approved_l1": _("A second manager approves the payment."),
    "approved": _("We check the account before we pay."),
    "payee_checked": _("We pay."),
    "executing": _("The money is on its way."),
    "failed": _("The payment came back; we get in touch with you."),
    "paid": _("The money was paid; you get the notice with its voucher."),
    "archived": _("Done: the money was paid back."),
    "rejected": _("We could not agree to your request; our letter says why and how you can object."),
    "appealed": _("Our manager decides on your objection."),
    "refused": _("Your objection was looked at by our manager; the decision stands."),
    "cancelled": _("You took your request back."),
    "converted": _("You chose service credit or another plan instead."),
}
YOURS = frozenset({"clarifying", "offered"})
SHOWN = frozenset(s.name for s in STATES) - {
    "draft", "submitted", "clarifying", "complete", "assessed", "rejected", "refused", "appealed"
}  # fmt: skip


def progress(refund: Refund) -> dict[str, Any]:
    """What the client's page shows of one request; never notes, signals or names of colleagues."""
    step = next(state.step for state in STATES if state.name == refund.state)
    at = AT[step.msgid if step is not None else "Closed"]
    over = refund.state in OVER
    runs = refund.due_at is not None and not over and refund.state not in YOURS
    return {
        "refund": refund,
        "number": refund.number,
        "steps": [
            {"label": word, "state": "done" if n < at else "current" if n == at else "future"}
            for n, word in enumerate(WORDS)
        ],
        "next": NEXT[refund.state],
        "yours": refund.state in YOURS,
        "promised": refund.due_at.astimezone(CHINA).date() if refund.due_at is not None and runs else None,
        "since": refund.opened_at.astimezone(CHINA).date(),
        "closed": refund.closed_at.astimezone(CHINA).date() if refund.closed_at else None,
        "outcome": words.OUTCOMES.get(refund.outcome, ""),
        "calculated": bool(refund.ladder) and refund.state in SHOWN and refund.countersigned_by is not None,
    }
