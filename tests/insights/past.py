"""A generated past: rows as the actions would have written them, with stage log and trail, from one seed.

Written with triggers and foreign keys off (a superuser's transaction), so that a year of work takes half a second. That
real actions write the same rows is what tests/insights/test_facts.py shows.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from saas.cases.models import Case
from saas.clients.models import Client, Communication, Contract, Receipt
from saas.identity.models import Membership
from saas.kernel import clock
from saas.kernel.audit import AuditEntry
from saas.kernel.calendar import Calendar
from saas.kernel.clock import CHINA
from saas.kernel.config import Settings
from saas.kernel.db import Database
from saas.kernel.i18n import Text
from saas.kernel.identifiers import uuid7
from saas.kernel.money import Money
from saas.kernel.perform import calendar_of
from saas.kernel.stages import StageEntry
from saas.notices.models import Answer, Delivery, Notice
from saas.refunds.models import Refund
from saas.refunds.payment.payment_models import Payment
from saas.surveys.models import Survey, SurveyAnswer
from saas.training.exam_models import Attempt
from tests.cast import Cast, member_id

PAUSES = {"waiting_client", "notified", "clarifying", "offered", "accepted", "delivered"}
RULES, CAUSES = ("N01", "N14", "N41"), ("AMT", "ACCT", "TAX")
REASONS = ("cancel", "unmet", "double_payment")
Path = list[tuple[str, datetime]]


@dataclass
class Past:
    """Everything that was written, by its table, and the calendar it was reckoned with."""

    cast: Cast
    calendar: Calendar
    chance: random.Random
    rows: list[Any] = field(default_factory=list)
    serial: int = 0
    done: bool = False

    known: dict[type, list[Any]] = field(default_factory=dict)

    def of(self, kind: type) -> list[Any]:
        """Looked up once everything is written."""
        if not self.done:
            return [row for row in self.rows if type(row) is kind]
        if kind not in self.known:
            self.known[kind] = [row for row in self.rows if type(row) is kind]
        return self.known[kind]

    def day(self, days_ago: int) -> date:
        return clock.today() - timedelta(days=days_ago)

    def at(self, days_ago: int) -> datetime:
        hour, minute = self.chance.randrange(8, 19), self.chance.randrange(60)
        return datetime.combine(self.day(days_ago), time(hour, minute), CHINA)

    def path(self, states: list[str], start: datetime, slow: int = 40) -> Path:
        """When each state was entered."""
        found, at = [], start
        for state in states:
            found.append((state, at))
            at += timedelta(minutes=self.chance.randrange(20, 60 * slow))
        return found

    def log(self, workflow: str, subject_id: UUID, path: Path) -> None:
        """The stays, and the trail's entries, of one record."""
        before = ""
        for place, (state, entered) in enumerate(path):
            left = path[place + 1][1] if place + 1 < len(path) else None
            minutes = self.calendar.working_minutes(entered, left) if left else None
            paused = minutes if state in PAUSES else 0
            self.rows.append(
                StageEntry(
                    workflow=workflow, subject_id=subject_id, state=state, actor_id=None, entered_at=entered,
                    left_at=left, working_minutes=minutes, paused_minutes=paused if left else None,
                )
            )  # fmt: skip
            self.rows.append(
                AuditEntry(at=entered, actor_kind="system", actor_name="", action=f"{workflow}.step",
                           subject_kind=workflow, subject_id=subject_id, from_state=before, to_state=state)
            )  # fmt: skip
            before = state

    def number(self, mark: str) -> str:
        self.serial += 1
        return f"{mark}-2026-{self.serial:04}"


async def make_past(settings: Settings, cast: Cast, more: Callable[[Past], None], seed: int = 7) -> Past:
    """`more` adds rows of its own before everything is written."""
    owner = Database(settings.database_url, pool_size=1)
    async with owner.transaction(cast.scope) as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        past = Past(cast, await calendar_of(session), random.Random(seed))
        clients = [_client(past, place) for place in range(12)]
        for _ in range(70):
            _case(past, past.chance.choice(clients))
        for _ in range(45):
            _notice(past, past.chance.choice(clients))
        for _ in range(50):
            _refund(past, past.chance.choice(clients))
        for _ in range(50):
            _survey(past, past.chance.choice(clients))
        _attempts(past)
        more(past)
        session.add_all(past.rows)
        await session.execute(text("UPDATE memberships SET joined_at = now() - interval '900 days'"))
        past.rows += (await session.scalars(select(Membership).where(Membership.firm_id == cast.firm.id))).all()
    await owner.close()
    past.done = True
    return past


def _client(past: Past, place: int) -> UUID:
    """With contracts that follow one another or do not; some have left."""
    chance, cast = past.chance, past.cast
    client = Client(
        id=uuid7(), number=f"K{place:04}", name=f"客户{place}", sort_key=str(place), pinyin="", taxpayer_kind="small",
        standard="small", bookkeeper_id=member_id(chance.choice((cast.ben, cast.lin))), created_at=past.at(830),
        archived_at=past.at(chance.randrange(5, 300)) if place % 5 == 0 else None,
    )  # fmt: skip
    past.rows.append(client)
    begin = past.day(700 + chance.randrange(60))
    for _ in range(chance.randrange(1, 4)):
        months = chance.choice((6, 12))
        end = begin + timedelta(days=30 * months)
        contract = Contract(
            id=uuid7(), client_id=client.id, number=past.number("DLJZ"), starts_on=begin, ends_on=end,
            paid_months=months, price=Money(chance.randrange(2000, 5000) * 100), list_month=Money(400_00),
        )  # fmt: skip
        past.rows.append(contract)
        past.rows.append(
            Receipt(contract_id=contract.id, received_on=begin, amount=Money(contract.price.fen), payer=client.name)
        )
        begin = end + timedelta(days=chance.choice((1, 20, 45)))
    return client.id


def _case(past: Past, client_id: UUID) -> None:
    chance, cast = past.chance, past.cast
    states = ["new", "triaged", "confirmed", "contacted"]
    if chance.random() < 0.4:
        states += ["waiting_client", "contacted"]
    states += ["analysed"]
    explained = chance.random() < 0.15
    states += ["explained", "closed"] if explained else _proved(chance)
    if chance.random() < 0.15:
        states += ["reopened", "triaged", "confirmed", "contacted", "analysed", *_proved(chance)]
    if chance.random() < 0.15:
        states = states[: chance.randrange(1, len(states) - 1)]
    start = past.at(chance.randrange(60, 500))
    path = [(state, at) for state, at in past.path(states, start) if at < clock.now()]
    last, at = path[-1]
    case_id = uuid7()
    past.log("case", case_id, path)
    past.rows.append(
        Case(
            id=case_id, number=past.number("YC"), client_id=client_id, title=Text("x"), state=last, entered_at=at,
            source=chance.choice(("rule", "rule", "staff", "client", "authority", "complaint")), severity="medium",
            rule=chance.choice(RULES), cause_code=chance.choice(CAUSES), likelihood=chance.choice((None, 2, 3)),
            impact=3, owner_id=member_id(chance.choice((cast.ben, cast.lin))), opened_at=start,
            due_at=start + timedelta(days=chance.randrange(5, 40)), closed_at=at if last == "closed" else None,
            outcome="explained" if explained else "voucher", found_after_filing=chance.random() < 0.3,
            responsibility="firm",
        )
    )  # fmt: skip
    for _ in range(chance.randrange(3)):
        said = start + timedelta(hours=chance.randrange(1, 90))
        past.rows.append(
            Communication(
                client_id=client_id, subject_kind="case", subject_id=case_id, channel="phone",
                direction=chance.choice(("out", "in")), contact_name="许", member_name="陆", at=said, recorded_at=said,
                summary="x",
            )
        )  # fmt: skip


def _proved(chance: random.Random) -> list[str]:
    """From a plan to the closing, with returns and failed proofs on the way."""
    states = ["planned", "in_review"]
    while chance.random() < 0.25:
        states += ["analysed", "planned", "in_review"]
    states += ["approved", "notified", "acknowledged", "executing", "executed"]
    if chance.random() < 0.2:
        states += ["analysed", "planned", "in_review", "approved", "notified", "acknowledged", "executing", "executed"]
    return [*states, "verified", "closed"]


def _notice(past: Past, client_id: UUID) -> None:
    chance = past.chance
    said = chance.choice(("acknowledged", "acknowledged", "objected", ""))
    states = ["draft", "approved", "rendering", "sending", "accepted", "delivered", *([said] if said else [])]
    path = past.path(states, past.at(chance.randrange(40, 300)), 20)
    times, notice_id = dict(path), uuid7()
    past.log("notice", notice_id, path)
    withdrawn = chance.random() < 0.1
    past.rows.append(
        Notice(
            id=notice_id, client_id=client_id, kind="adjustment", subject_kind="case", subject_id=uuid7(), locale="zh",
            content={"letter": {"serial": past.number("字")}}, author_id=member_id(past.cast.ben), title=Text("x"),
            owner_id=member_id(past.cast.ben), issued_at=times["sending"], answered_at=times.get(said),
            answer_by=past.day(1) if chance.random() < 0.8 else None, entered_at=path[-1][1],
            state="withdrawn" if withdrawn else path[-1][0], verify_hash=uuid7().hex,
        )
    )  # fmt: skip
    for channel in chance.sample(("email", "phone", "paper"), 2):
        delivered = times["delivered"] if chance.random() < 0.7 else None
        past.rows.append(
            Delivery(notice_id=notice_id, subject_id=notice_id, recipient="x", channel=channel, status="sent",
                     created_at=times["sending"], delivered_at=delivered, message_id=uuid7().hex)
        )  # fmt: skip
    if said:
        kind = {"acknowledged": "confirm", "objected": "object"}[said]
        past.rows.append(Answer(notice_id=notice_id, kind=kind, signed_name="许", at=times[said]))


def _refund(past: Past, client_id: UUID) -> None:
    chance, cast = past.chance, past.cast
    contracts = [one for one in past.of(Contract) if one.client_id == client_id]
    states = ["draft", "submitted", "clarifying", "submitted", "complete", "assessed"]
    end = chance.choice(("archived", "archived", "archived", "rejected", "refused", "cancelled", "converted"))
    if end == "archived":
        states += ["countersigned", "offered", "agreed", "approved", "payee_checked", "executing", "paid"]
    path = past.path([*states, end], past.at(chance.randrange(100, 500)), 24)
    times, refund_id, computed = dict(path), uuid7(), chance.randrange(500, 3000) * 100
    outcome = {"archived": "refund", "refused": "rejected", "converted": chance.choice(("credit", "plan"))}
    past.log("refund", refund_id, path)
    past.rows.append(
        Refund(
            id=refund_id, number=past.number("TF"), client_id=client_id, contract_id=chance.choice(contracts).id,
            requester_name="许", reason=chance.choice(REASONS), asked=Money(1000_00), notice_on=path[0][1].date(),
            policy_id=uuid7(), preparer_id=member_id(chance.choice((cast.ben, cast.lin))), computed=Money(computed),
            amount=Money(computed + chance.choice((0, 0, 100_00))), at_fault=chance.random() < 0.3, state=end,
            approved_at=times.get("approved"), outcome=outcome.get(end, end), entered_at=path[-1][1],
            appeal="x" if end == "refused" or chance.random() < 0.1 else "", opened_at=path[0][1],
            appeal_decided_by=member_id(cast.mara), submitted_at=path[1][1], paid_at=times.get("paid"),
            closed_at=path[-1][1],
        )
    )  # fmt: skip
    if "paid" in times:
        past.rows.append(
            Payment(refund_id=refund_id, payee_id=uuid7(), key=uuid7().hex, amount=Money(computed),
                    made_by=member_id(cast.cash), made_at=times["executing"])
        )  # fmt: skip


def _survey(past: Past, client_id: UUID) -> None:
    """Two questions on one scale, one on another; some were answered twice."""
    chance, at = past.chance, past.at(past.chance.randrange(20, 300))
    questions = [{"name": "a", "kind": "1-5"}, {"name": "b", "kind": "1-5"}, {"name": "n", "kind": "0-10"},
                 {"name": "c", "kind": "1-7"}, {"name": "t", "kind": "text"}]  # fmt: skip
    times = [at + timedelta(days=place) for place in range(chance.randrange(3))]
    survey = Survey(
        id=uuid7(), client_id=client_id, subject_kind="case", subject_id=uuid7(), questions=questions, created_at=at,
        handler_id=member_id(past.cast.ben), sent_at=at if chance.random() < 0.9 else None,
        answered_at=times[-1] if times else None,
    )  # fmt: skip
    past.rows.append(survey)
    for moment in times:
        values: dict[str, Any] = {"a": chance.randrange(1, 6), "b": chance.randrange(1, 6), "t": "还行"}
        if chance.random() < 0.8:
            values |= {"n": chance.randrange(11), "c": chance.randrange(1, 8)}
        past.rows.append(SurveyAnswer(survey_id=survey.id, at=moment, values=values))


def _attempts(past: Past) -> None:
    for place in range(40):
        at = past.at(past.chance.randrange(20, 300))
        past.rows.append(
            Attempt(
                member_id=member_id(past.chance.choice((past.cast.ben, past.cast.lin))), course_id=uuid7(),
                version_id=uuid7(), number=1 + place % 2, seed=1, started_at=at,
                handed_in_at=at if place % 7 else None, passed=past.chance.random() < 0.6,
            )
        )  # fmt: skip
