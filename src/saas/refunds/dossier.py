"""What a refund's page shows, gathered in one place and ready for its templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases import queries as cases
from saas.cases.models import Case
from saas.clients import queries as clients
from saas.clients.models import Client, Communication, Contact, Contract, Receipt
from saas.identity.models import Membership
from saas.identity.queries import members_by_id
from saas.kernel import clock
from saas.kernel.access import Actor
from saas.kernel.clock import CHINA
from saas.kernel.i18n import Text, _, listed
from saas.kernel.money import ZERO, Money
from saas.kernel.pages import show_date
from saas.notices.models import Notice
from saas.refunds import queries, words
from saas.refunds.asking.requesting import people_who_prepare
from saas.refunds.checklist import EVIDENCE, shown
from saas.refunds.models import Missing, Refund
from saas.refunds.policies.policy_models import RefundPolicy
from saas.refunds.rules import CHECKS
from saas.refunds.terms import Reason, Terms
from saas.refunds.workflow import CLARIFIED_IN, OPEN


@dataclass(frozen=True, slots=True)
class Dossier:
    """One refund with everything around it."""

    refund: Refund
    client: Client
    contract: Contract
    receipts: Sequence[Receipt]
    contacts: Sequence[Contact]
    members: Mapping[UUID, Membership]
    policy: RefundPolicy
    terms: Terms
    newer: RefundPolicy | None  # in force now, where the pinned version is another
    asked: Sequence[Missing]
    communications: Sequence[Communication]
    letters: Sequence[Notice]
    case: Case | None

    @property
    def reason(self) -> Reason:
        return self.terms.reason(self.refund.reason)

    @property
    def received(self) -> Money:
        return sum((receipt.amount for receipt in self.receipts), ZERO)

    @property
    def files(self) -> list[dict[str, Any]]:
        """Every file of the refund, wherever it was attached."""
        listed = [*self.refund.files, *(f for one in self.asked for f in one.files)]
        return listed + [f for talk in self.communications for f in talk.files]

    @property
    def people(self) -> list[tuple[str, str]]:
        return people_who_prepare([m for m in self.members.values() if m.left_at is None])

    @property
    def contact_options(self) -> list[tuple[str, str]]:
        return [(str(contact.id), contact.name) for contact in self.contacts]

    def name(self, member_id: UUID | str | None) -> str:
        member = self.members.get(UUID(str(member_id))) if member_id else None
        return member.name if member else ""


async def dossier(session: AsyncSession, refund: Refund) -> Dossier:
    """Everything of a refund, in a number of queries that does not grow with it."""
    policy = await queries.policy(session, refund.policy_id)
    newer = await queries.policy_on(session, clock.today())
    return Dossier(
        refund,
        await clients.client(session, refund.client_id),
        await queries.contract(session, refund.contract_id),
        await queries.receipts(session, refund.contract_id),
        await clients.contacts(session, refund.client_id),
        await members_by_id(session),
        policy,
        msgspec.convert(policy.terms, Terms),
        newer if newer is not None and newer.id != policy.id else None,
        await queries.asked(session, refund.id),
        await clients.communications(session, subject_id=refund.id),
        await queries.letters(session, refund.id),
        await cases.case_or_none(session, refund.case_id) if refund.case_id else None,
    )


def powers(found: Dossier, actor: Actor) -> dict[str, bool]:
    """What this person may do on the page beside the workflow's own buttons."""
    refund, works = found.refund, actor.may("refunds.work")
    is_open, mine = refund.state in OPEN, refund.preparer_id == actor.id
    prepared = str(actor.id) in refund.preparers or actor.id == refund.requested_by
    return {
        "may_talk": actor.may("clients.communicate") and is_open,
        "may_add": works and is_open,
        "may_give": works and is_open,
        "may_ask": works and mine and refund.state in CLARIFIED_IN and bool(found.contacts),
        "may_answer": works and refund.state == "clarifying",
        "may_waive": actor.may("refunds.review") and refund.state in (*CLARIFIED_IN, "clarifying") and not prepared,
        "may_reckon": works and mine and refund.state == "complete",
        "may_share": works and bool(found.contacts),
        "may_open_client": actor.may("clients.read"),
    }


def facts_line(found: Dossier) -> dict[str, Any]:
    """The facts under the title, in words."""
    refund = found.refund
    promised = refund.due_at.astimezone(CHINA).date() if refund.due_at and refund.state in OPEN else None
    return {
        "contract": _("Contract %(number)s", number=found.contract.number),
        "reason": words.reason_name(found.reason),
        "asked": _("asks %(amount)s", amount=refund.asked),
        "offered": _("offered %(amount)s", amount=refund.amount) if refund.amount is not None else "",
        "policy": _("Policy v%(n)s", n=found.policy.version),
        "promised": _("promised by %(day)s", day=show_date(promised)) if promised else "",
        "preparer": found.name(refund.preparer_id),
    }


def request_rows(found: Dossier) -> list[dict[str, Any]]:
    """What was asked, as terms and values."""
    refund = found.refund
    by_link = _("%(name)s, by link", name=refund.requester_name)
    payers = dict.fromkeys([refund.payer, *(receipt.payer for receipt in found.receipts)])
    rows: list[tuple[Text, Any]] = [
        (_("Asked by"), found.name(refund.requested_by) or by_link),
        (_("In their words"), refund.reason_text),
        (_("Amount asked back"), str(refund.asked)),
        (_("Received under the contract"), str(found.received)),
        (_("Paid by"), listed(payer for payer in payers if payer)),
        (_("Day of notice"), show_date(refund.notice_on)),
        (_("Policy accepted"), _accepted(found)),
        (_("Client came to us"), words.SOURCES.get(refund.source, "") if refund.source else ""),
        (_("Case that caused it"), found.case.number if found.case else ""),
        (_("Mediation"), refund.mediation),
        (_("Appeal"), refund.appeal),
        (_("Rejection"), words.REJECTIONS.get(refund.rejection_code, "")),
        (_("In words"), refund.rejection_reason or refund.outcome_reason),
        (_("Outcome"), words.OUTCOMES.get(refund.outcome, "")),
        (_("Credit"), str(refund.credit) if refund.credit is not None else ""),
        (_("Credit usable until"), show_date(refund.credit_until)),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


def _accepted(found: Dossier) -> str:
    return f"{words.policy_name(found.terms)} v{found.policy.version}"


def check_rows(found: Dossier) -> list[dict[str, Any]]:
    """The three checks and who made them, as ui.checks takes them."""
    return [
        {
            "label": label,
            "state": "done" if name in found.refund.checked else "open",
            "note": _checked(found.refund.checked[name]) if name in found.refund.checked else "",
        }
        for name, label in CHECKS.items()
    ]


def _checked(entry: Mapping[str, str]) -> str:
    return f"{entry['name']} {entry['at'][:10]} · {entry['how']}"


def paper_rows(found: Dossier) -> list[dict[str, Any]]:
    """The reason's evidence checklist: what is here, what was waived, what is missing."""
    here = shown(found.refund, found.receipts, found.asked)
    waived = {one.what: one for one in found.asked if one.waived_by is not None}
    rows = []
    for what in found.reason.evidence:
        note: Any = ""
        if what in waived:
            note = _("waived by %(name)s: %(why)s", name=found.name(waived[what].waived_by), why=waived[what].answer)
        rows.append(
            {
                "what": what,
                "label": EVIDENCE[what],
                "state": "done" if what in here else "open",
                "note": note,
                "files": [f for f in found.refund.files if f.get("shows") == what],
            }
        )
    return rows
