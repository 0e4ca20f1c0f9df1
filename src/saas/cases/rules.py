"""Why an action of a case may be refused. Each rule looks only at the row and at what `facts` loaded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from saas.cases.fault_models import SystemFault
from saas.cases.models import Case
from saas.kernel.i18n import Text, _
from saas.kernel.workflow import Deed

REOPENS_WITHIN = timedelta(days=90)
MANAGERS = frozenset({"owner", "manager"})
SEVERE = frozenset({"high", "critical"})


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the rules need to know beyond the row."""

    communications: int = 0  # on record for this case, addenda not counted
    open_questions: int = 0
    has_lesson: bool = False
    fault: SystemFault | None = None  # the newest branch into a system fault
    evidence: int = 0  # findings with their lines, vouchers named, files attached
    findings: int = 0
    papers: int = 0  # files attached to the case, to an answer or to an exchange
    manager_risk: int = 25  # likelihood × impact from which more is asked
    found_severe: bool = False  # a finding of the case is high or critical, whatever the case was set to
    editors: frozenset[UUID] = frozenset()  # who edited any line of the version under review, and earlier owners
    silent_days: int = 0  # working days since the notice went out without an answer
    calls: int = 0  # recorded calls with callee, time, result and reference
    client_must_say_yes: bool = False  # a fact, a tax payment or an amended return depends on the client
    needs_manager: bool = False  # the plan under review asks for a second level
    members: frozenset[UUID] = frozenset()  # who works here and may own a case
    filing_guard_at: datetime | None = None  # of the client's next filing, for a case that begins anew


def has_owner(case: Case, deed: Deed) -> Text | None:
    return None if case.owner_id else _("The case has no owner yet: triage it first.")


def knows_what_and_when(case: Case, deed: Deed) -> Text | None:
    """Source, period, finding or description: without them nobody can work on it."""
    if not case.period and deed.form is not None and not deed.form.period:
        return _("Say which period it concerns.")
    if not deed.facts.findings and not case.description:
        return _("Describe what was noticed, or add a finding.")
    return None


def keeps_reviewers_apart(case: Case, deed: Deed) -> Text | None:
    """Whoever approved this case does not become its owner."""
    if deed.form is not None and deed.form.owner_id in (case.reviewed_by, case.manager_id):
        return _("This person approved the case and cannot prepare it too. Choose another owner.")
    return None


def has_evidence(case: Case, deed: Deed) -> Text | None:
    if deed.facts.evidence:
        return None
    return _("Name the voucher, or attach the paper that shows it, first.")


def is_high_risk(case: Case, deed: Deed) -> bool:
    """Likelihood × impact reaches what the firm set for a manager: who corrects it may need a certificate."""
    return case.risk is not None and case.risk >= deed.facts.manager_risk


def papers_if_risky(case: Case, deed: Deed) -> Text | None:
    """The risk sets the evidence too (requirement A12.3): the ledger's lines alone do not carry a grave case."""
    if not is_high_risk(case, deed) or deed.facts.papers:
        return None
    return _(
        "Likelihood × impact is %(risk)s: from %(limit)s on, attach a paper first (contract, invoice, bank slip).",
        risk=case.risk,
        limit=deed.facts.manager_risk,
    )


def fault_is_mended(case: Case, deed: Deed) -> Text | None:
    fault = deed.facts.fault
    if not fault.ticket:
        return _("Name the vendor and the number of their ticket first.")
    if not fault.is_restored:
        return _("Test first what was restored: import the repaired books and compare them with those from before.")
    return None


def is_owner(case: Case, deed: Deed) -> Text | None:
    if case.owner_id == deed.actor.id:
        return None
    return _("This step belongs to the case's owner.")


def not_own_work(case: Case, deed: Deed) -> Text | None:
    """Q ≠ P, and Q ≠ whoever edited a line of this version."""
    if deed.actor.id == case.owner_id or deed.actor.id in deed.facts.editors:
        return _("Nobody reviews their own work: a second person has to do this.")
    return None


def third_person(case: Case, deed: Deed) -> Text | None:
    """M ≠ P and M ≠ Q."""
    if deed.actor.id == case.reviewed_by:
        return _("You gave the first approval; a manager other than you has to give the second.")
    return not_own_work(case, deed)


def manager_if_severe(case: Case, deed: Deed) -> Text | None:
    severe = case.is_severe or deed.facts.found_severe
    if severe and not deed.actor.roles & MANAGERS:
        return _("Dismissing a case of high or critical severity needs a manager.")
    return None


def spoke_with_client(case: Case, deed: Deed) -> Text | None:
    return (
        None
        if deed.facts.communications
        else _("Record the talk with the client first: channel, person, what was said.")
    )


def nothing_open(case: Case, deed: Deed) -> Text | None:
    if deed.facts.open_questions:
        return _("%(n)s questions to the client are still open.", n=deed.facts.open_questions)
    return None


def knows_expectation(case: Case, deed: Deed) -> Text | None:
    return None if case.expectation else _("Write down what the client expects first.")


def nothing_to_book(case: Case, deed: Deed) -> Text | None:
    if case.outcome in ("external", "no_entry"):
        return None
    return _("There is an approved voucher to book, so the case cannot be closed here.")


def something_to_book(case: Case, deed: Deed) -> Text | None:
    return None if case.outcome == "voucher" else _("There is nothing to book in this case.")


def silent_long_enough(case: Case, deed: Deed) -> Text | None:
    """Silence is not consent (民法典 140): only the firm's own slips, after recorded attempts."""
    if deed.facts.client_must_say_yes or case.responsibility != "firm":
        return _(
            "A fact of the client's, a tax payment or an amended return needs the client's yes; silence is not consent."
        )
    if deed.facts.silent_days < 3:
        return _("The client has had %(n)s of 3 working days to answer.", n=deed.facts.silent_days)
    if not deed.facts.calls:
        return _("Call the client first and record callee, time, result and reference.")
    return None


def lesson_if_needed(case: Case, deed: Deed) -> Text | None:
    if deed.facts.has_lesson or not needs_lesson(case):
        return None
    return _("Write the lesson first: the case was severe, came back, or harmed the client.")


def says_what_is_missing(case: Case, deed: Deed) -> Text | None:
    if deed.form is None or deed.form.expectation == "met" or deed.form.remark:
        return None
    return _("Say what the client expected and did not get.")


def duties_recorded(case: Case, deed: Deed) -> Text | None:
    return None if case.outcome_reason else _("Write down first what the client has to know or do.")


def needs_lesson(case: Case) -> bool:
    return case.is_severe or case.reopens_id is not None or case.rounds > 0 or case.found_after_filing


def recently_closed(case: Case, deed: Deed) -> Text | None:
    if case.closed_at is not None and deed.now - case.closed_at <= REOPENS_WITHIN:
        return None
    return _("A case can be reopened within 90 days of its closing; open a new one.")
