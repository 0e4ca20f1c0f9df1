"""What checklists contributes to the product."""

from __future__ import annotations

from datetime import timedelta

from saas.checklists import (
    chores,
    exempting,
    filling,
    finding,
    list_pages,
    making,
    measure_pages,
    models,
    panels,
    reactions,
    run_pages,
    run_queries,
    start_pages,
    template_pages,
)
from saas.checklists.duty_proof import proved
from saas.checklists.procedures import pinning, procedure_pages, publishing, reading
from saas.checklists.procedures.procedure_workflow import PROCEDURE
from saas.checklists.workflow import RUN
from saas.kernel.access import EVERYONE, grant
from saas.kernel.i18n import _
from saas.kernel.module import Job, Module, NavItem, Reaction, Schedule

MODULE = Module(
    "checklists",
    tables=models,
    routes=[
        *list_pages.ROUTES,
        *template_pages.ROUTES,
        *start_pages.ROUTES,
        *measure_pages.ROUTES,
        *procedure_pages.ROUTES,
        *run_pages.ROUTES,
    ],
    workflows=[RUN, PROCEDURE],
    grants=[
        grant("checklists.read", _("See checklists"), *EVERYONE),
        grant("checklists.work", _("Work through checklists"), "owner", "manager", "reviewer", "bookkeeper", "cashier"),
        grant("checklists.start", _("Start checklists by hand"), "owner", "manager", "reviewer", "bookkeeper"),
        grant("checklists.sign", _("Sign off checklists"), "owner", "manager", "reviewer"),
        grant("checklists.manage", _("Change, exempt and close checklists"), "owner", "manager"),
        grant("checklists.export", _("Export checklists"), "owner", "manager", "reviewer", "auditor"),
        grant("procedures.read", _("Read procedures"), *EVERYONE),
        grant("procedures.write", _("Write procedures"), "owner", "manager", "reviewer", "trainer"),
        grant("procedures.approve", _("Put procedures in force"), "owner", "manager"),
    ],
    jobs=[
        Job("checklists.begin", filling.begin),
        Job("checklists.plan", making.plan_all),
        Job("checklists.make", making.make, kind="heavy"),
        Job("checklists.escalate", chores.escalate),
        Job("procedures.begin", publishing.begin_coming),
        Job("procedures.remind", reading.remind),
    ],
    schedules=[
        Schedule("checklists.plan", timedelta(hours=3)),
        Schedule("checklists.escalate", timedelta(hours=1)),
        Schedule("procedures.begin", timedelta(hours=1)),
        Schedule("procedures.remind", timedelta(days=1)),
    ],
    reactions=[
        Reaction("firm.created", job="checklists.begin"),
        Reaction("case.started", run=pinning.pin_case),
        Reaction("refund.started", run=pinning.pin_refund),
        Reaction("refund.assessed", run=reactions.refund_assessed),
        Reaction("refund.countersigned", run=reactions.refund_gate),
        *(
            Reaction(f"refund.{end}", run=reactions.refund_over)
            for end in ("cancelled", "converted", "rejected", "refused")
        ),
        Reaction("case.submitted", run=reactions.case_submitted),
        *(Reaction(f"case.{end}", run=reactions.case_over) for end in ("closed", "dismissed")),
        Reaction("client.archived", run=reactions.client_left),
        Reaction("client.merged", run=reactions.follow_merge),
        Reaction("member.leaving", run=reactions.follow_leaving),
        Reaction("checklist.returned", run=chores.returned),
        Reaction("checklist.taken", run=chores.taken),
        Reaction("checklist.signed_off", run=chores.end_all),
        Reaction("checklist.finished", run=chores.end_all),
        Reaction("checklist.voided", run=chores.end_all),
        Reaction("checklist.voided", run=exempting.voided),
        Reaction("procedure.approved", run=publishing.approved),
        Reaction("procedure.began", run=publishing.began),
    ],
    holdings=[reactions.holdings],
    search=[finding.search],
    deeds={
        "checklist.start": _("Checklist begun"),
        "checklists.change": _("Checklist changed"),
        "checklists.switch": _("Checklist switched on or off"),
        "checklists.start": _("Checklists started by hand"),
        "checklists.exempt": _("Exemption from a checklist changed"),
        "checklists.export": _("List of checklists exported"),
        "procedure.start": _("Version of a procedure begun"),
        "procedures.write": _("Draft of a procedure written"),
        "procedures.read": _("Procedure read"),
    },
    navigation=[NavItem(_("Checklists"), "/checklists", "list-check", "checklists.read", count=run_queries.MINE_SOON)],
    panels={
        "clients.detail": [panels.of_client],
        "cases.rail": [panels.of_subject, pinning.of_case],
        "refunds.rail": [panels.of_subject, pinning.of_refund],
        "findings.detail": [pinning.of_finding],
    },
    duties=[proved],
    guards="guards.sql",
)
