"""What stands as proof in the register and on a letter's page: each channel's record, the answer, the fingerprints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from saas.clients.models import Client
from saas.identity.models import Membership
from saas.kernel.i18n import Locale, Text, _
from saas.kernel.pages import show_datetime
from saas.kernel.workflow import State
from saas.notices.content import grouped
from saas.notices.letters import Letter
from saas.notices.models import Answer, Delivery, Notice
from saas.notices.workflow import NOTICE

CHANNELS: dict[str, tuple[Text, str]] = {
    "email": (_("E-mail"), "mail"),
    "phone": (_("Telephone"), "phone"),
    "wechat": (_("WeChat"), "brand-wechat"),
    "sms": (_("Text message"), "message"),
    "paper": (_("Paper"), "file-text"),
    "visit": (_("Visit"), "user"),
}
STATUSES: dict[str, tuple[Text, str, str]] = {
    "queued": (_("Waiting to be sent"), "", "clock"),
    "sending": (_("Being sent"), "", "send"),
    "accepted": (_("Taken by the recipient’s server"), "accent", "mail-check"),
    "delivered": (_("Delivered"), "green", "check"),
    "bounced": (_("Bounced"), "red", "mail-x"),
    "failed": (_("Not reached"), "amber", "alert-circle"),
    "uncertain": (_("Uncertain"), "amber", "help-circle"),
    "shared": (_("Link handed over"), "violet", "link"),
}
AGAIN = ("bounced", "failed", "uncertain", "accepted", "delivered")
SAID: dict[str, tuple[Text, str]] = {
    "confirm": (_("Confirmed"), "green"),
    "object": (_("Objected"), "red"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One letter of the register."""

    notice: Notice
    client: str
    kind: Text
    state: State
    channels: list[dict[str, Any]]


def line(notice: Notice, client: Client, sent: Sequence[Delivery], locale: Locale) -> Line:
    """The best that is known of each channel."""
    best: dict[str, Delivery] = {}
    for d in sent:
        if d.subject_kind == "notice" and (d.channel not in best or _rank(d) >= _rank(best[d.channel])):
            best[d.channel] = d
    return Line(
        notice,
        client.name_in(locale),
        Letter.kind(notice.kind).label,
        NOTICE.state(notice.state),
        [
            {"label": CHANNELS[channel][0], "icon": CHANNELS[channel][1], "state": STATUSES[d.status][0],
             "tone": STATUSES[d.status][1]}
            for channel, d in best.items()
        ],
    )  # fmt: skip


def rows(sent: Sequence[Delivery], members: dict[UUID, Membership], *, may: bool, issued: bool) -> list[dict[str, Any]]:
    """Every attempt, the newest first, with everything that is kept of it."""
    return [_row(d, members, may=may and issued) for d in reversed(sent)]


def _row(d: Delivery, members: dict[UUID, Membership], *, may: bool) -> dict[str, Any]:
    channel, icon = CHANNELS[d.channel]
    status, tone, picture = STATUSES[d.status]
    about = "" if d.subject_kind == "notice" else _("reply to a question")
    times = [
        (_("sent"), d.sent_at),
        (_("taken"), d.accepted_at),
        (_("delivered"), d.delivered_at),
        (_("viewed"), d.viewed_at),
    ]
    by_machine = d.channel in ("email", "sms") and d.status != "shared" and d.recorded_by is None
    return {
        "id": d.id,
        "icon": icon,
        "channel": channel,
        "about": about,
        "to": d.contact_name,
        "recipient": d.recipient if d.recipient != d.contact_name else "",
        "status": status,
        "tone": tone,
        "picture": picture,
        "at": show_datetime(d.sent_at or d.created_at),
        "path": " → ".join(str(label) for label, at in times if at is not None) or _("See the record"),
        "proof": [{"label": label, "value": show_datetime(at)} for label, at in times if at is not None]
        + [
            {"label": label, "value": value}
            for label, value in (
                (_("Answer of the server") if by_machine else _("Result"), d.reply),
                (_("Reference"), d.reference),
                (_("Message-ID"), d.message_id or ""),
                (_("Attempts"), str(d.attempts) if d.attempts > 1 else ""),
                (_("Recorded by"), members[d.recorded_by].name if d.recorded_by in members else ""),
            )
            if value
        ],
        "may_resend": may and by_machine and d.status in AGAIN and d.subject_kind == "notice",
        "may_bounce": may and by_machine and d.status in ("accepted", "delivered") and d.viewed_at is None,
        "may_revoke": may and d.link_id is not None,
        "may_show": may and d.status == "shared",
    }


def facts(notice: Notice, members: dict[UUID, Membership]) -> list[dict[str, Any]]:
    """The letter's identity card."""
    names = {name: members[i].name if i in members else "" for name, i in
             (("author", notice.author_id), ("approver", notice.approved_by))}  # fmt: skip
    given_up = notice.state == "discarded"
    unnumbered = _("none: discarded before approval") if given_up else _("given by the approval")
    known = [
        (_("Serial"), notice.number or unnumbered),
        (_("Version"), notice.version),
        (_("Written by"), names["author"]),
        (_("Approved by"), names["approver"]),
        (_("Approved at"), show_datetime(notice.approved_at)),
        (_("Answer by"), notice.answer_by.isoformat() if notice.answer_by else ""),
        (_("Verify code"), notice.verify_code),
        (_("Content fingerprint"), grouped(notice.content_sha256)),
        (_("File, SHA-256"), grouped(notice.file_sha256)),
        (_("Reason") if given_up else _("Reason of the withdrawal"), notice.withdrawn_reason),
    ]
    return [{"label": label, "value": value} for label, value in known if value]


def thread(answers: Sequence[Answer], *, may_reply: bool) -> list[dict[str, Any]]:
    """Questions with our replies."""
    replies = {a.reply_to_id: a for a in answers if a.kind == "reply"}
    return [
        {
            "id": a.id,
            "initial": a.signed_name[:1],
            "kind": "client",
            "text": a.text,
            "when": show_datetime(a.at),
            "answer": _reply(replies.get(a.id)),
            "open": may_reply and a.id not in replies,
        }
        for a in answers
        if a.kind == "question"
    ]


def answered(answers: Sequence[Answer], files_url: str) -> dict[str, Any] | None:
    """The confirmation or objection with what proves it."""
    given = next((a for a in answers if a.kind in SAID), None)
    if given is None:
        return None
    label, tone = SAID[given.kind]
    how = {"link": _("by link"), "paper": _("on paper"), "email": _("by e-mail")}[given.how]
    proof = [(_("Signed as"), given.signed_name), (_("When"), show_datetime(given.at)), (_("How"), how),
             (_("Choice"), given.choice), (_("Words"), given.text), (_("Network address"), given.address),
             (_("Browser"), given.browser)]  # fmt: skip
    return {
        "label": label,
        "tone": tone,
        "proof": [{"label": name, "value": value} for name, value in proof if value],
        "files": [{"name": f["name"], "url": f"{files_url}/{f['sha256']}"} for f in given.files],
    }


def _reply(said: Answer | None) -> dict[str, Any] | None:
    return None if said is None else {"by": f"{said.signed_name} · {show_datetime(said.at)}", "text": said.text}


def _rank(d: Delivery) -> int:
    ladder = ("failed", "bounced", "uncertain", "shared", "queued", "sending", "accepted", "delivered")
    return ladder.index(d.status)
