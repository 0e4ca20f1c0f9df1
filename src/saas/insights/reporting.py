"""What monthly reports, the week's digest and links for owners contribute to the module."""

from __future__ import annotations

from datetime import timedelta

from saas.insights.digest import pages as digest_pages
from saas.insights.digest import telling
from saas.insights.owner_link import pages as link_pages
from saas.insights.owner_link import public
from saas.insights.reports import making
from saas.insights.reports import pages as report_pages
from saas.kernel.i18n import _
from saas.kernel.module import Job, Schedule

ROUTES = [*report_pages.ROUTES, *digest_pages.ROUTES, *link_pages.ROUTES, *public.ROUTES]
JOBS = [
    Job("insights.month", making.month_end),
    Job("insights.report", making.make, kind="heavy"),
    Job("insights.mail_report", making.mail_report),
    Job("insights.week", telling.weekly),
    Job("insights.mail_digest", telling.mail_digest),
    Job("insights.mail_link", public.mail_link),
]
SCHEDULES = [Schedule("insights.month", timedelta(days=1)), Schedule("insights.week", timedelta(hours=1))]
DEEDS = {
    "insights.report": _("Monthly report printed"),
    "insights.take_report": _("Monthly report taken"),
    "insights.subscribe": _("Subscription to figures changed"),
    "insights.link": _("Link for an owner made"),
    "insights.link_ended": _("Link for an owner taken back"),
}
