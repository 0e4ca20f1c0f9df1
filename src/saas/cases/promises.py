"""A case as its client may see it: five words for where it stands, what comes next, and the day we promised."""

from __future__ import annotations

from typing import Any

from saas.cases.models import Case
from saas.cases.workflow import STATES
from saas.kernel.clock import CHINA
from saas.kernel.i18n import Text, _

# The firm's states in the client's five words (LOOK.md, picture 6).
WORDS: tuple[Text, ...] = (_("Found"), _("Plan"), _("Your confirmation"), _("Correction"), _("Proof"))
AT = {
    "Found": 0,
    "Talk with the client": 0,
    "Analysis": 1,
    "Plan": 1,
    "Review": 1,
    "Notice": 2,
    "Execution": 3,
    "Proof": 4,
    "Closed": 5,
}
NEXT: dict[str, Text] = {
    "new": _("We look at it and name who handles it."),
    "reopened": _("It came back; we look at it again."),
    "triaged": _("We check the vouchers."),
    "confirmed": _("We get in touch with you."),
    "contacted": _("We find the cause with what you told us."),
    "waiting_client": _("We wait for your answers."),
    "incident": _("Data were lost or damaged; we have them restored and compare them with what was there."),
    "analysed": _("We draft the correction."),
    "explained": _("A second person reads our explanation."),
    "planned": _("We draft the correction."),
    "in_review": _("A second person reviews the correction."),
    "in_approval": _("Our manager reviews the correction."),
    "approved": _("You get our letter."),
    "notified": _("We wait for your confirmation of our letter."),
    "acknowledged": _("We book the correction."),
    "executing": _("We book the correction."),
    "executed": _("We check the books again."),
    "verified": _("We close the matter."),
    "closed": _("Done."),
    "dismissed": _("Nothing was wrong."),
}
YOURS = frozenset({"waiting_client", "notified"})


def progress(case: Case) -> dict[str, Any]:
    """What the client's status page shows of one case; never notes, scores or names of colleagues."""
    step = next(state.step for state in STATES if state.name == case.state)
    at = AT[step.msgid if step is not None else "Closed"]
    return {
        "number": case.number,
        "title": case.title,
        "period": case.period or "",
        "steps": [
            {"label": word, "state": "done" if n < at else "current" if n == at else "future"}
            for n, word in enumerate(WORDS)
        ],
        "next": NEXT[case.state],
        "yours": case.state in YOURS,
        # The promise is a day: the client does not count our working minutes. While it is their turn, none runs.
        "promised": case.due_at.astimezone(CHINA).date() if case.due_at and case.state not in YOURS else None,
        "closed": case.closed_at.astimezone(CHINA).date() if case.closed_at else None,
    }
