"""What firms contributes to the product."""

from datetime import timedelta

from saas.firms import (
    audit_page,
    branding,
    calendar_page,
    choices_page,
    front,
    help,
    inbox,
    invitations,
    jobs,
    leaving,
    member,
    models,
    notifications,
    pages,
    people,
    search,
    security,
    security_page,
    sign_up,
    start,
    switching,
)
from saas.firms.audit_words import DEEDS
from saas.firms.calendar import working_calendar
from saas.firms.queries import LOGO, UNREAD, picture_path
from saas.firms.standing import second_factor_required
from saas.kernel.access import EVERYONE, grant
from saas.kernel.i18n import _
from saas.kernel.module import Frame, Job, Module, NavItem, Schedule
from saas.kernel.perform import provide_calendar
from saas.kernel.standing import provide_address_rule, provide_second_factor

provide_calendar(working_calendar)
provide_second_factor(second_factor_required)
provide_address_rule(security.address_refused)

WITH_ROUTES = (audit_page, branding, calendar_page, choices_page, front, help, inbox, invitations, leaving, member,
               pages, people, search, security_page, sign_up, start, switching)  # fmt: skip

MODULE = Module(
    "firms",
    tables=models,
    routes=[route for part in WITH_ROUTES for route in part.ROUTES],
    grants=[
        grant("firms.read", _("See the firm’s settings"), *EVERYONE),
        grant("firms.settings", _("Change the firm’s settings"), "owner", "manager"),
        grant("firms.people", _("Invite people and give roles"), "owner", "manager"),
        grant("firms.own", _("Grant qualifications and hand the firm over"), "owner"),
        grant("firms.security", _("See the firm’s security page"), "owner", "manager", "auditor"),
        grant("firms.secure", _("Change what the firm asks for security"), "owner"),
        grant("firms.audit", _("Read the audit trail"), "owner", "manager", "auditor"),
    ],
    jobs=[
        Job("firms.mail_sign_up", sign_up.mail_sign_up),
        Job("firms.mail_invitation", jobs.mail_invitation),
        Job("firms.mail_notification", notifications.mail_notification),
        Job("firms.mail_head", jobs.mail_head),
        Job("firms.daily", jobs.daily),
    ],
    schedules=[Schedule("firms.daily", every=timedelta(days=1))],
    emits=["firm.created", "member.joined", "member.roles", "member.leaving"],
    observers=[notifications.observe],
    navigation=[NavItem(_("Settings"), "/settings", "settings", "firms.read", "settings")],
    settings=[
        NavItem(_("Firm"), "/settings", "building", "firms.read", "settings"),
        NavItem(_("Letterhead"), "/settings/letterhead", "file-text", "firms.read", "settings"),
        NavItem(_("People"), "/settings/people", "users", "firms.read", "settings"),
        NavItem(_("Roles"), "/settings/roles", "key", "firms.read", "settings"),
        NavItem(_("Working calendar"), "/settings/calendar", "calendar", "firms.read", "settings"),
        NavItem(_("Choices"), "/settings/choices", "adjustments", "firms.read", "settings"),
        NavItem(_("Security"), "/settings/security", "shield-check", "firms.security", "settings"),
        NavItem(_("Audit trail"), "/settings/audit", "history", "firms.audit", "settings"),
    ],
    search=[search.people],
    frame=[
        Frame("notifications", UNREAD, lambda unread, firm: unread),
        Frame("firm_logo", LOGO, lambda digest, firm: picture_path(firm.code, digest or "")),
    ],
    start=[start.INVITE],
    deeds=DEEDS,
    qualifications={
        "junior_accountant": _("Junior accountant (初级会计)"),
        "accountant": _("Accountant (中级会计)"),
        "senior_accountant": _("Senior accountant (高级会计)"),
        "cpa": _("Certified public accountant"),
        "tax_agent": _("Tax agent (税务师)"),
    },
    guards="guards.sql",
)
