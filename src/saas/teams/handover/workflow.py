"""The table of a hand-over list: three people sign, one after the other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.i18n import Text, _
from saas.kernel.workflow import Action, Deed, Rule, State, Workflow, states
from saas.teams.handover.content import digest_of, is_prompt
from saas.teams.handover.handover_forms import Reason
from saas.teams.handover.handover_models import Handover
from saas.teams.handover.handover_queries import lines

MOST = 450  # lines: what one document holds
SECRET = re.compile(r"(密码|口令|password|pin码?|passcode)\s*(为|是|is|[:：=])\s*\S{3,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Facts:
    digest: str
    lines: int
    secrets: int  # lines that seem to tell a password


async def handover_facts(session: AsyncSession, row: Handover) -> Facts:
    found = await lines(session, row.id)
    telling = sum(bool(SECRET.search(f"{line.what} {line.note}")) for line in found)
    return Facts(digest_of(row, found), sum(not is_prompt(line) for line in found), telling)


def signs(role: str, refusal: Text) -> Rule:
    """Only the person named for this part signs it."""

    def rule(row: Handover, deed: Deed) -> Text | None:
        return None if getattr(row, role) == deed.actor.id else refusal

    return rule


def can_be_handed(row: Handover, deed: Deed) -> Text | None:
    if deed.facts.lines == 0:
        return _("The list is empty: collect what there is, or write it down.")
    if deed.facts.lines > MOST:
        return _("One list holds at most %(n)s lines: make one for each part of the clients.", n=MOST)
    if deed.facts.secrets:
        return _("A line seems to tell a password. Write down which ones exist; they are told in person.")
    return None


def is_unchanged(row: Handover, deed: Deed) -> Text | None:
    """What was handed over is what is received."""
    same = deed.facts.digest == row.content_sha256
    return None if same else _("The list is not the one that was signed. Refuse it and have it signed again.")


def is_named(row: Handover, deed: Deed) -> Text | None:
    named = row.to_id if row.state == "handed" else row.supervisor_id
    return None if deed.actor.id == named else _("Only whose turn it is refuses the list.")


def is_theirs(row: Handover, deed: Deed) -> Text | None:
    ok = deed.actor.id in (row.from_id, row.made_by) or deed.actor.may("teams.manage")
    return None if ok else _("Whoever hands over, who wrote the list, or a manager does this.")


GIVER = signs("from_id", _("Whoever hands over signs first."))
TAKER = signs("to_id", _("Whoever takes over signs this."))
WATCHER = signs("supervisor_id", _("Whoever supervises signs last."))

# fmt: off
STATES = (
    State("draft", _("Being written"), "assignee", tone="work", step=_("List written")),
    State("handed", _("Handed over: check and receive it"), "assignee", tone="due", step=_("Handed over")),
    State("received", _("Received: to be confirmed by the supervisor"), "assignee", tone="due", step=_("Taken over")),
    State("supervised", _("Signed by all three"), final=True, tone="done", step=_("Supervised")),
    State("refused", _("Refused: put it right"), "assignee", tone="late", step=_("List written")),
    State("dropped", _("Dropped"), final=True, tone="sealed", step=_("Supervised")),
)
ACTIONS = (
    Action("hand_over", _("Sign: I hand this over"), states("draft"), "handed", "teams.handover", Handover.hand_over,
           rules=(GIVER, can_be_handed), fresh_sign_in=True, tone="primary",
           consequence=_("The list is frozen; whoever takes over checks it line by line.")),
    Action("receive", _("Sign: I have received this"), states("handed"), "received", "teams.handover",
           Handover.receive, rules=(TAKER, is_unchanged), fresh_sign_in=True, tone="primary"),
    Action("supervise", _("Sign: I was there"), states("received"), "supervised", "teams.handover",
           Handover.supervise, rules=(WATCHER, is_unchanged), fresh_sign_in=True, emits="handover.supervised",
           tone="primary", consequence=_("The document with the three signatures is made and never changes.")),
    Action("refuse", _("Refuse"), states("handed", "received"), "refused", "teams.handover", Handover.refuse,
           form=Reason, rules=(is_named,), tone="danger", consequence=_("Signatures given so far are void.")),
    Action("revise", _("Put it right"), states("refused"), "draft", "teams.handover", Handover.revise,
           rules=(is_theirs,), tone="primary"),
    Action("drop", _("Drop the list"), states("draft", "refused"), "dropped", "teams.handover", Handover.drop,
           form=Reason, rules=(is_theirs,), tone="quiet"),
)
# fmt: on


def turn(row: Handover) -> UUID:
    """Whose signature, or whose pen, is next."""
    return {"handed": row.to_id, "received": row.supervisor_id}.get(row.state, row.from_id)


HANDOVER = Workflow(
    "handover",
    label=_("Hand-over list"),
    row=Handover,
    path="teams/handovers",
    initial="draft",
    states=STATES,
    actions=ACTIONS,
    url=lambda row: f"/teams/handovers/{row.id}",
    title=lambda row: _("Hand-over list %(number)s", number=row.number),
    facts=handover_facts,
    assignee=turn,
)
