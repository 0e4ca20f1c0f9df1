"""What services contributes to the product."""

from __future__ import annotations

from datetime import timedelta

from saas.kernel.access import EVERYONE, STAFF, grant
from saas.kernel.i18n import _
from saas.kernel.module import Job, Module, NavItem, Reaction, Schedule
from saas.services import client_pages, models, public, reviewing
from saas.services.care import pages as care_pages
from saas.services.care import public as care_public
from saas.services.care import reminding
from saas.services.duty_proof import proved
from saas.services.giving import pages as giving_pages
from saas.services.library import pages as library_pages
from saas.services.offering import idea_pages, offer_letter, proposal_pages
from saas.services.offering import pages as catalogue_pages
from saas.services.offering.proposing import PROPOSAL
from saas.services.sources import lead_pages, leads
from saas.services.sources import pages as source_pages
from saas.services.sources.leads import LEAD
from saas.services.starter import begin
from saas.services.support import pages as support_pages

MODULE = Module(
    "services",
    tables=models,
    guards="guards.sql",
    routes=[
        *catalogue_pages.ROUTES,
        *idea_pages.ROUTES,
        *proposal_pages.ROUTES,
        *source_pages.ROUTES,
        *lead_pages.ROUTES,
        *support_pages.ROUTES,
        *library_pages.ROUTES,
        *care_pages.ROUTES,
        *care_public.ROUTES,
        *giving_pages.ROUTES,
        *client_pages.ROUTES,
        *public.ROUTES,
    ],
    workflows=[PROPOSAL, LEAD],
    grants=[
        grant("services.read", _("See catalogue, leads, support policies and the library"), *EVERYONE),
        grant("services.use", _("Copy answers and phrases"), *STAFF),
        grant("services.write", _("Put plans together, keep leads, consents and applications"), "owner", "manager",
              "reviewer", "bookkeeper"),
        grant("services.manage", _("Set prices, approve plans, keep partners, publish reviews"), "owner", "manager"),
    ],
    jobs=[
        Job("services.begin", begin),
        Job("services.care", reminding.run),
        Job("services.reviews", reviewing.remind),
    ],
    schedules=[
        Schedule("services.care", timedelta(hours=1)),
        Schedule("services.reviews", timedelta(days=1)),
    ],
    reactions=[
        Reaction("firm.created", job="services.begin"),
        Reaction("proposal.approved", run=offer_letter.approved),
        Reaction("proposal.accepted", run=offer_letter.accepted),
        Reaction("notice.acknowledged", run=offer_letter.answered),
        Reaction("notice.objected", run=offer_letter.refused),
        Reaction("notice.expired", run=offer_letter.refused),
        Reaction("notice.withdrawn", run=offer_letter.refused),
        Reaction("refund.converted", run=idea_pages.refund_chose_plan),
        Reaction("refund.paid", run=idea_pages.refund_paid),
        Reaction("lead.won", run=leads.won),
        Reaction("lead.lost", run=leads.lost),
    ],
    deeds={
        "proposal.start": _("Plan put together"),
        "lead.start": _("Lead written down"),
        "services.add": _("Service added"),
        "services.change": _("Service changed"),
        "services.price": _("Price set"),
        "services.withdraw": _("Service no longer offered"),
        "services.idea": _("Idea decided"),
        "services.tier": _("Tier of the client set"),
        "services.origin": _("Source of the client written down"),
        "services.review": _("Looked at again"),
        "services.give": _("Service given free"),
        "services.take_back": _("Entry of free service taken back"),
        "consents.give": _("Consent written down"),
        "consents.revoke": _("Consent taken back"),
        "partners.save": _("Partner written down"),
        "partners.end": _("Work with a partner ended"),
        "partners.hand_on": _("Name handed on to a partner"),
        "reviews.keep": _("Review written down"),
        "reviews.publish": _("Review published"),
        "reviews.withdraw": _("Review taken off the page"),
        "support.save": _("Support policy written down"),
        "support.terms": _("Terms of a support policy set"),
        "support.fact": _("Fact about the client written down"),
        "support.apply": _("Application for a support policy begun"),
        "support.result": _("Application for a support policy decided"),
        "support.archive": _("Support policy put away"),
        "library.save": _("Entry of the library saved"),
        "library.archive": _("Entry of the library put away"),
        "care.set": _("Kind of reminder set"),
    },
    duties=[proved],
    navigation=[NavItem(_("Service and growth"), "/services", "briefcase", "services.read", section="manage")],
    panels={
        "clients.rail": [client_pages.panel],
        "refunds.rail": [proposal_pages.refund_panel, library_pages.beside("refund", "fee")],
        "cases.rail": [library_pages.beside("error", "question")],
    },
)  # fmt: skip
