"""What identity contributes to the product."""

from saas.identity import account, display, factor_pages, fresh, jobs, models, pages, recovery
from saas.kernel.module import Job, Module

MODULE = Module(
    "identity",
    tables=models,
    routes=[
        *pages.ROUTES,
        *display.ROUTES,
        *recovery.ROUTES,
        *fresh.ROUTES,
        *account.ROUTES,
        *factor_pages.ROUTES,
    ],
    jobs=[
        Job("identity.mail_reset", jobs.mail_reset),
        Job("identity.mail_new_address", jobs.mail_new_address),
        Job("identity.mail_old_address", jobs.mail_old_address),
        Job("identity.mail_factor_reset", jobs.mail_factor_reset),
        Job("identity.mail_warning", jobs.mail_warning),
    ],
    guards="guards.sql",
)
