"""The table of a letter (domain.md W3). Its author never approves it; what was approved never changes."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.i18n import Text, _, listed
from saas.kernel.workflow import Action, Deed, State, Workflow, states
from saas.notices.forms import Reason
from saas.notices.frame import Frame, frame_of
from saas.notices.gaps import all_missing
from saas.notices.models import Notice

DAY = 450
ISSUED = states("sending", "accepted", "delivered", "bounced", "no_proof", "viewed")
PRINTING = states("approved", "rendering")
ANSWERED = states("acknowledged", "objected")
LATE = states("expired")  # its links have ended; a yes or no on paper still counts

DRAFT, REVIEW, SENT, ANSWER = _("Draft"), _("Review"), _("Sent"), _("Answer")


def not_the_author(notice: Notice, deed: Deed) -> Text | None:
    if deed.actor.id == notice.author_id or str(deed.actor.id) in notice.edited_by:
        return _("Nobody approves their own letter: a second person has to do this.")
    return None


def complete(notice: Notice, deed: Deed) -> Text | None:
    """A letter with an empty required field is never issued (A4.1)."""
    found = all_missing(notice, deed.facts)
    return _("The letter cannot be issued yet. Missing: %(fields)s", fields=listed(found)) if found else None


def on_its_own(notice: Notice, deed: Deed) -> Text | None:
    if notice.stands_alone:
        return None
    return _("This letter is reviewed and approved together with the record it belongs to.")


def drafting_time(notice: Notice) -> int | None:
    """A letter that goes out with its record's approval has no clock of its own: the record's runs."""
    return DAY if notice.stands_alone else None


async def facts(session: AsyncSession, notice: Notice) -> Frame | None:
    """What surrounds a letter, for the rule that it is complete; past its review nothing asks for that."""
    return await frame_of(session, notice) if notice.state in ("draft", "in_review") else None


# fmt: off
NOTICE = Workflow(
    "notice",
    label=_("Notice"),
    row=Notice,
    path="notices",
    initial="draft",
    url=lambda notice: f"/notices/{notice.id}",
    title=lambda notice: notice.title,
    assignee=lambda notice: notice.owner_id,
    facts=facts,
    states=(
        State("draft", _("Draft"), "assignee", drafting_time, step=DRAFT),
        State("in_review", _("In review"), "reviewer", DAY, step=REVIEW),
        State("approved", _("Approved"), "system", 60, step=REVIEW),
        State("rendering", _("Being printed"), "system", 60, step=SENT),
        State("sending", _("Being sent"), "system", 60, step=SENT),
        State("accepted", _("Sent"), "client", pauses=True, tone="wait", step=SENT),
        State("delivered", _("Delivered"), "client", pauses=True, tone="wait", step=SENT),
        State("bounced", _("Bounced"), "assignee", DAY, tone="late", step=SENT),
        State("no_proof", _("No proof of delivery"), "assignee", DAY, tone="due", step=SENT),
        State("viewed", _("Viewed"), "client", pauses=True, tone="wait", step=SENT),
        State("acknowledged", _("Confirmed by the client"), final=True, tone="done", step=ANSWER),
        State("objected", _("Objected"), final=True, tone="late", step=ANSWER),
        State("filed", _("Filed"), final=True, tone="done", step=ANSWER),
        State("expired", _("Expired without an answer"), final=True, tone="due", step=ANSWER),
        State("withdrawn", _("Withdrawn"), final=True, tone="sealed", step=ANSWER),
        State("discarded", _("Discarded"), final=True, tone="sealed", step=DRAFT),
        State("superseded", _("Superseded"), final=True, tone="sealed", step=ANSWER),
    ),
    actions=(
        Action("submit", _("Submit for review"), states("draft"), "in_review", "notices.write", Notice.submit,
               rules=(on_its_own, complete), tone="primary"),
        Action("send_back", _("Send back"), states("in_review"), "draft", "notices.approve", Notice.note, form=Reason,
               rules=(not_the_author,)),
        Action("issue", _("Approve and issue"), states("in_review"), "approved", "notices.approve", Notice.approve,
               rules=(on_its_own, not_the_author, complete), fresh_sign_in=True, emits="notice.approved",
               tone="primary",
               consequence=_("The letter gets its number and goes out. It cannot be changed after that.")),
        Action("approve", _("Approve and issue"), states("draft", "in_review"), "approved", "notices.approve",
               Notice.approve, rules=(not_the_author, complete), by="system", emits="notice.approved"),
        Action("discard", _("Discard"), states("draft", "in_review"), "discarded", "notices.write", Notice.withdraw,
               form=Reason, rules=(on_its_own,), tone="quiet",
               consequence=_("The draft is given up; it takes no number.")),
        Action("drop", _("Discarded with its plan"), states("draft", "in_review"), "discarded", "notices.write",
               Notice.withdraw, form=Reason, by="system"),
        Action("render", _("Print"), states("approved"), "rendering", "notices.write", Notice.note, by="system",
               timeline=False),
        Action("send", _("Send"), states("rendering"), "sending", "notices.write", Notice.issue, by="system",
               emits="notice.issued"),
        Action("accept", _("Accepted by the recipient's server"), states("sending", "bounced", "no_proof"), "accepted",
               "notices.write", Notice.note, by="system", emits="notice.accepted"),
        Action("deliver", _("Delivered"), states("accepted", "sending", "bounced", "no_proof"), "delivered",
               "notices.write", Notice.note, by="system", emits="notice.delivered"),
        Action("bounce", _("Bounced"), states("sending", "accepted", "delivered", "no_proof"), "bounced",
               "notices.write", Notice.note, by="system", emits="notice.bounced"),
        Action("lose_track", _("No proof of delivery"), states("sending"), "no_proof", "notices.write", Notice.note,
               by="system"),
        Action("view", _("Viewed"), states("accepted", "delivered", "bounced", "no_proof", "sending"), "viewed",
               "notices.write", Notice.note, by="system", emits="notice.viewed"),
        Action("acknowledge", _("I confirm"), ISSUED | LATE, "acknowledged", "", Notice.answer, by="contact",
               emits="notice.acknowledged"),
        Action("object", _("I object"), ISSUED | LATE, "objected", "", Notice.answer, by="contact",
               emits="notice.objected"),
        Action("file", _("File"), ISSUED, "filed", "notices.write", Notice.note, by="system", emits="notice.filed"),
        Action("expire", _("Expired"), ISSUED, "expired", "notices.write", Notice.note, by="system",
               emits="notice.expired"),
        Action("withdraw", _("Withdraw"), ISSUED | PRINTING | LATE, "withdrawn", "notices.approve",
               Notice.withdraw, form=Reason, fresh_sign_in=True, emits="notice.withdrawn", tone="danger",
               consequence=_("The number stays used, and the verify page says that the letter was withdrawn.")),
        Action("supersede", _("Supersede"), ISSUED | ANSWERED | PRINTING | LATE | states("filed"), "superseded",
               "notices.write", Notice.note, by="system", emits="notice.superseded"),
    ),
)
# fmt: on
