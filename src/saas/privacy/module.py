"""What privacy contributes to the product."""

from __future__ import annotations

from datetime import timedelta

from saas.kernel.access import grant
from saas.kernel.i18n import _
from saas.kernel.module import Job, Module, NavItem, Schedule
from saas.privacy import (
    archive_pages,
    archives,
    jobs,
    leaving_pages,
    models,
    register_pages,
    request_pages,
    retention_pages,
)

MODULE = Module(
    "privacy",
    tables=models,
    routes=[
        *register_pages.ROUTES,
        *request_pages.ROUTES,
        *retention_pages.ROUTES,
        *leaving_pages.ROUTES,
        *archive_pages.ROUTES,
    ],
    grants=[
        grant("privacy.read", _("See what is kept of people and their requests"), "owner", "manager", "auditor"),
        grant("privacy.manage", _("Answer people about their data and delete what is due"), "owner", "manager"),
        grant("privacy.leave", _("Export the firm and have it erased"), "owner"),
    ],
    jobs=[
        Job("privacy.export", jobs.make_export, kind="heavy", while_suspended=True),
        Job("privacy.nightly", jobs.nightly),
        Job("privacy.archive", jobs.archive, kind="heavy"),
        Job("privacy.erase", jobs.erase, kind="heavy"),
        Job("privacy.daily", jobs.daily),
        Job("privacy.find_archives", archives.find),
        Job("privacy.mail_archive", archives.mail),
    ],
    schedules=[
        Schedule("privacy.nightly", every=timedelta(days=1)),
        Schedule("privacy.daily", every=timedelta(days=1), for_nobody=True),
    ],
    settings=[NavItem(_("Privacy"), "/settings/privacy", "lock", "privacy.read", "settings")],
    deeds={
        "privacy.export": _("Export of the firm asked for"),
        "privacy.exported": _("Export of the firm made"),
        "privacy.fetch": _("Export of the firm fetched"),
        "privacy.leave": _("Leaving asked for"),
        "privacy.stay": _("Leaving called off"),
        "privacy.archive": _("Archive sealed"),
        "privacy.request": _("Request about own data written down"),
        "privacy.answer": _("Request about own data answered"),
        "privacy.refuse": _("Request about own data refused"),
        "privacy.copy": _("Copy of a person’s data made"),
        "privacy.retain": _("Records past their time deleted"),
        "privacy.keep": _("Records past their time kept"),
        "privacy.rule": _("Time of retention set"),
    },
    guards="guards.sql",
)
