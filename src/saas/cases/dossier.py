"""What a case's page shows, gathered in one place and ready for its templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import queries, words
from saas.cases.asking import ANSWERED_IN, ASKED_IN
from saas.cases.facts import manager_risk
from saas.cases.models import Case, Lesson, Note
from saas.cases.question_models import Question, QuestionAnswer
from saas.cases.rules import needs_lesson
from saas.cases.workflow import OPEN
from saas.checks import queries as checks
from saas.checks.catalogue import BY_ID
from saas.checks.evidence import Evidence, evidence
from saas.checks.models import FoundAnomaly
from saas.clients import queries as clients
from saas.clients.models import Client, Communication, Contact
from saas.identity.models import Membership
from saas.identity.queries import members_by_id
from saas.kernel.access import Actor
from saas.kernel.i18n import Text, _
from saas.kernel.pages import show_date
from saas.tasks.models import Task
from saas.tasks.parts import parts_of

EVIDENCE_SHOWN = 3  # findings laid open; further ones are listed with a link to their own page


@dataclass(frozen=True, slots=True)
class Dossier:
    """One case with everything around it."""

    case: Case
    client: Client
    contacts: Sequence[Contact]
    members: Mapping[UUID, Membership]
    findings: Sequence[FoundAnomaly]
    evidence: list[Evidence]
    questions: Sequence[Question]
    earlier: Mapping[UUID, list[QuestionAnswer]]
    communications: Sequence[Communication]
    notes: Sequence[Note]
    tasks: Sequence[Task]
    lesson: Lesson | None
    manager_risk: int

    @property
    def people(self) -> list[tuple[str, str]]:
        """Whoever works here now, for a choice."""
        return [(str(m.id), m.name) for m in self.members.values() if m.left_at is None]

    @property
    def contact_options(self) -> list[tuple[str, str]]:
        return [(str(contact.id), contact.name) for contact in self.contacts]

    @property
    def first_contact(self) -> str:
        """Whom one usually talks to."""
        return str(self.contacts[0].id) if self.contacts else ""

    @property
    def files(self) -> list[dict[str, Any]]:
        """Every file of the case, wherever it was attached."""
        listed = [*self.case.files, *(f for q in self.questions for f in q.files)]
        return listed + [f for c in self.communications for f in c.files]


async def dossier(session: AsyncSession, case: Case) -> Dossier:
    """Everything of a case, in a number of queries that does not grow with it."""
    findings = await checks.of_case(session, case.id)
    questions = await queries.questions(session, case.id)
    earlier: dict[UUID, list[QuestionAnswer]] = {}
    for given in await queries.answers(session, [q.id for q in questions]):
        earlier.setdefault(given.question_id, []).append(given)
    return Dossier(
        case,
        await clients.client(session, case.client_id),
        await clients.contacts(session, case.client_id),
        await members_by_id(session),
        findings,
        [await evidence(session, finding) for finding in findings[:EVIDENCE_SHOWN]],
        questions,
        earlier,
        await clients.communications(session, subject_id=case.id),
        await queries.notes(session, case.id),
        await parts_of(session, case.id),
        await queries.lesson(session, case.id),
        await manager_risk(session),
    )


def powers(found: Dossier, actor: Actor) -> dict[str, bool]:
    """What this person may do on the page beside the workflow's own buttons."""
    case, works = found.case, actor.may("cases.work")
    is_open, mine = case.state in OPEN, found.case.owner_id == actor.id
    return {
        "may_ask": works and mine and case.state in ASKED_IN and bool(found.contacts),
        "may_record_answer": works and case.state in ANSWERED_IN,
        "may_add": works and is_open,
        "may_note": works,
        "may_talk": actor.may("clients.communicate") and is_open,
        "may_write_lesson": works and is_open,
        "may_export": actor.may("cases.export"),
        "may_share": works and bool(found.contacts),
    }


def defaults(found: Dossier, actor: Actor) -> dict[str, Any]:
    """What the forms begin with: nothing is typed twice, and the client's answers are offered where they belong."""
    case, client = found.case, found.client
    answered = {q.fills: q.answer for q in found.questions if q.fills and q.answer}
    return {
        "owner_id": str(case.owner_id or client.bookkeeper_id or actor.id or ""),
        "severity": case.severity,
        "period": case.period or "",
        "exposure": str(case.exposure) if case.exposure is not None else "",
        "cause_class": case.cause_class or "entry",
        "cause_code": case.cause_code or "OTHER",
        "likelihood": case.likelihood or 3,
        "impact": case.impact or 3,
        "treatment": case.treatment or "reduce",
        "cause": case.cause or answered.get("cause", ""),
        "expectation": case.expectation or answered.get("expectation", ""),
        "expected_by": case.expected_by or answered.get("expected_by", ""),
        "responsibility": case.responsibility or "firm",
        "found_after_filing": "yes" if case.found_after_filing else "",
    }


def facts_line(found: Dossier) -> dict[str, Any]:
    """The facts under the title, in words."""
    case = found.case
    rule = BY_ID.get(case.rule)
    return {
        "rule": _("Rule %(rule)s", rule=f"{rule.id} {rule.name}") if rule else words.SOURCES[case.source],
        "reported_by": _("told by %(name)s", name=case.reported_by) if case.reported_by else "",
        "owner": _name(found, case.owner_id),
    }


def decisions(found: Dossier) -> list[dict[str, Any]]:
    """What was established and decided so far, as terms and values."""
    case = found.case
    rows: list[tuple[Text, Any]] = [
        (_("Cause"), words.CAUSE_CLASSES.get(case.cause_class, "")),
        (_("Kind of error"), f"{words.CAUSE_CODES[case.cause_code]} ({case.cause_code})" if case.cause_code else ""),
        (_("What happened"), case.cause),
        (_("Responsible"), words.RESPONSIBILITIES.get(case.responsibility, "")),
        (_("The client expects"), case.expectation),
        (_("Wanted by"), show_date(case.expected_by)),
        (_("Found after filing"), _("yes") if case.found_after_filing else ""),
        (_("Expectation"), _expectation(case)),
        (_("Outcome"), words.OUTCOMES.get(case.outcome, "")),
        (_("In words"), case.outcome_reason),
        (_("Client agreed"), _agreed(case)),
        (_("Reviewed by"), _name(found, case.reviewed_by)),
        (_("Approved by"), _name(found, case.manager_id)),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


def risk_matrix(found: Dossier) -> dict[str, Any]:
    """The 5×5 grid, the gravest impact on top, with the case's own cell marked."""
    case, limit = found.case, found.manager_risk

    def cell(likelihood: int, impact: int) -> dict[str, Any]:
        risk = likelihood * impact
        tone = "red" if risk >= limit else "amber" if risk >= 8 else "green"
        return {"risk": risk, "tone": tone, "here": (case.likelihood, case.impact) == (likelihood, impact)}

    return {
        "rows": [(impact, [cell(likelihood, impact) for likelihood in range(1, 6)]) for impact in range(5, 0, -1)],
        "risk": case.risk,
        "limit": limit,
        "needs_manager": case.risk is not None and case.risk >= limit,
        "treatment": words.TREATMENTS.get(case.treatment, ""),
    }


def lesson_state(found: Dossier) -> dict[str, Any]:
    """Whether a lesson is needed before closing, and what its form begins with."""
    lesson = found.lesson
    whys = [*(lesson.whys if lesson else []), "", "", "", "", ""][:5]
    return {
        "needed": needs_lesson(found.case),
        "written": lesson,
        "author": _name(found, lesson.written_by) if lesson else "",
        "action_owner": _name(found, lesson.action_owner_id) if lesson else "",
        "raw": {
            **{f"why_{n}": why for n, why in enumerate(whys, 1)},
            "action": lesson.action if lesson else "",
            "action_owner_id": str(lesson.action_owner_id) if lesson else str(found.case.owner_id or ""),
            "action_due": str(lesson.action_due) if lesson else "",
        },
    }


def _expectation(case: Case) -> str:
    """Met or not, when how late, in one line."""
    held = case.extra.get("expectation")
    if held is None:
        return ""
    late = _("%(n)s days after the day wanted", n=held["late_days"]) if held["late_days"] else ""
    said = [words.EXPECTATIONS[held["met"]], late, held["remark"]]
    return " · ".join(str(part) for part in said if part)


def _agreed(case: Case) -> Text | str:
    if case.acknowledged_how == "silence":
        return _("no answer; gone on with: %(ground)s", ground=case.acknowledged_ground)
    return words.ANSWER_CHANNELS.get(case.acknowledged_how, "") if case.acknowledged_how else ""


def _name(found: Dossier, member_id: UUID | None) -> str:
    member = found.members.get(member_id) if member_id else None
    return member.name if member else ""
