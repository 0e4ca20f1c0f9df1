"""The table of a letter (domain.md W3). Its author never approves it; what was approved never changes."""

from __future__ import annotations

from saas.kernel.i18n import Text, _
from saas.kernel.workflow import Action, Deed, State, Workflow, states
from saas.notices.forms import Reason
from saas.notices.models import Notice

DAY = 450
ISSUED = states("sending", "accepted", "delivered", "bounced", "no_proof", "viewed")
ANSWERED = states("acknowledged", "objected")


def not_the_author(notice: Notice, deed: Deed) -> Text | None:
    if notice.author_id == deed.actor.id:
        return _("Nobody approves their own letter: a second person has to do this.")
    return None


# fmt: off
NOTICE = Workflow(
    "notice",
    label=_("Notice"),
    row=Notice,
    path="notices",
    initial="draft",
    url=lambda notice: f"/notices/{notice.id}",
    title=lambda notice: notice.title,
    assignee=lambda notice: notice.author_id,
    states=(
        State("draft", _("Draft"), "owner", DAY),
        State("in_review", _("In review"), "reviewer", DAY),
        State("approved", _("Approved"), "system", 60),
        State("rendering", _("Being printed"), "system", 60),
        State("sending", _("Being sent"), "system", 60),
        State("accepted", _("Sent"), "client", pauses=True, tone="wait"),
        State("delivered", _("Delivered"), "client", pauses=True, tone="wait"),
        State("bounced", _("Bounced"), "owner", DAY, tone="late"),
        State("no_proof", _("No proof of delivery"), "owner", DAY, tone="due"),
        State("viewed", _("Viewed"), "client", pauses=True, tone="wait"),
        State("acknowledged", _("Confirmed by the client"), final=True, tone="done"),
        State("objected", _("Objected"), final=True, tone="late"),
        State("expired", _("Expired without an answer"), final=True, tone="due"),
        State("withdrawn", _("Withdrawn"), final=True, tone="sealed"),
        State("superseded", _("Superseded"), final=True, tone="sealed"),
    ),
    actions=(
        Action("submit", _("Submit for review"), states("draft"), "in_review", "notices.write", Notice.submit,
               tone="primary"),
        Action("send_back", _("Send back"), states("in_review"), "draft", "notices.approve", Notice.note, form=Reason,
               rules=(not_the_author,)),
        Action("approve", _("Approve and issue"), states("draft", "in_review"), "approved", "notices.approve",
               Notice.approve, rules=(not_the_author,), by="system", emits="notice.approved"),
        Action("render", _("Print"), states("approved"), "rendering", "notices.write", Notice.note, by="system"),
        Action("send", _("Send"), states("rendering"), "sending", "notices.write", Notice.issue, by="system",
               emits="notice.issued"),
        Action("accept", _("Accepted by the recipient's server"), states("sending", "bounced", "no_proof"), "accepted",
               "notices.write", Notice.note, by="system", emits="notice.accepted"),
        Action("deliver", _("Delivered"), states("accepted", "sending", "bounced", "no_proof"), "delivered",
               "notices.write", Notice.note, by="system", emits="notice.delivered"),
        Action("bounce", _("Bounced"), states("sending", "accepted", "delivered"), "bounced", "notices.write",
               Notice.note, by="system", emits="notice.bounced"),
        Action("lose_track", _("No proof of delivery"), states("sending"), "no_proof", "notices.write", Notice.note,
               by="system"),
        Action("view", _("Viewed"), states("accepted", "delivered", "bounced", "no_proof", "sending"), "viewed",
               "notices.write", Notice.note, by="system", emits="notice.viewed"),
        Action("acknowledge", _("I confirm"), ISSUED, "acknowledged", "", Notice.answer, by="contact",
               emits="notice.acknowledged"),
        Action("object", _("I object"), ISSUED, "objected", "", Notice.answer, by="contact", emits="notice.objected"),
        Action("expire", _("Expired"), ISSUED, "expired", "notices.write", Notice.note, by="system",
               emits="notice.expired"),
        Action("withdraw", _("Withdraw"), ISSUED | states("approved", "rendering"), "withdrawn", "notices.approve",
               Notice.withdraw, form=Reason, fresh_sign_in=True, emits="notice.withdrawn", tone="danger",
               consequence=_("The number stays used, and the verify page says that the letter was withdrawn.")),
        Action("supersede", _("Supersede"), ISSUED | ANSWERED | states("expired"), "superseded", "notices.write",
               Notice.note, by="system"),
    ),
)
# fmt: on
