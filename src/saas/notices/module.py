"""What notices contributes to the product."""

from datetime import timedelta

from saas.kernel import link_entrance
from saas.kernel.access import EVERYONE, grant
from saas.kernel.i18n import _
from saas.kernel.module import Job, Module, NavItem, Reaction, Schedule
from saas.notices import (
    calls,
    drafting,
    handing_on,
    handing_over,
    jobs,
    kinds,
    letter_messages,
    models,
    pages,
    panels,
    public,
    search,
    verify,
    wording_page,
)
from saas.notices.frame import face_of
from saas.notices.issue import freeze
from saas.notices.queries import contact_or_none
from saas.notices.returns import addresses
from saas.notices.workflow import NOTICE

link_entrance.provide_introductions(contact_or_none, face_of)

REGISTERED = (kinds.ADJUSTMENT, kinds.COMPLETION, kinds.GENERAL, letter_messages.LETTER, letter_messages.REPLY)
WRITERS = ("owner", "manager", "reviewer", "bookkeeper")

MODULE = Module(
    "notices",
    tables=models,
    routes=[
        *link_entrance.ROUTES,
        *drafting.ROUTES,
        *pages.ROUTES,
        *handing_on.ROUTES,
        *public.ROUTES,
        *verify.ROUTES,
        *wording_page.ROUTES,
    ],
    workflows=[NOTICE],
    grants=[
        grant("notices.read", _("See letters to clients"), *EVERYONE),
        grant("notices.write", _("Write letters, send them and record what came of it"), *WRITERS),
        grant("notices.approve", _("Approve and withdraw letters"), "owner", "manager", "reviewer"),
    ],
    jobs=[
        Job("notices.render", jobs.render, kind="heavy"),
        Job("notices.deliver", jobs.deliver),
        Job("notices.hand_over", jobs.hand_over),
        Job("notices.settle", jobs.settle),
        Job("notices.clear_up", jobs.clear_up),
        Job("notices.sweep", jobs.sweep),
    ],
    schedules=[Schedule("notices.sweep", timedelta(minutes=30))],
    reactions=[
        Reaction("notice.approved", run=freeze),
        *(Reaction(f"notice.{end}", run=calls.letter_is_over) for end in calls.ENDS),
        Reaction("member.leaving", run=handing_over.follow_leaving),
        Reaction("contact.readdressed", run=addresses.corrected),
    ],
    holdings=[handing_over.holdings],
    settings=[NavItem(_("Wording of letters"), "/settings/wording", "mail-forward", "firms.read", "settings")],
    deeds={
        "notice.reword": _("Wording of letters changed"),
        "notice.rewrite": _("Words of the draft changed"),
        "notice.share_link": _("Link handed over"),
        "notice.climb": _("Next channel tried by itself"),
        "notice.send_again": _("Sent again"),
        "notice.record_bounce": _("Return of the mail recorded"),
        "notice.revoke_link": _("Link ended"),
        "notice.mail_returned": _("Mail came back"),
        "notice.mail_delayed": _("Mail is still on its way"),
        "notice.mail_receipt": _("Receipt of the mail"),
        "notice.auto_reply": _("Automatic reply"),
    },
    search=[search.letters],
    emits=["notice.asked", "message.accepted", "message.failed"],
    navigation=[NavItem(_("Notices"), "/notices", "mail-forward", "notices.read")],
    guards="guards.sql",
    panels={"clients.detail": [panels.of_client]},
)
