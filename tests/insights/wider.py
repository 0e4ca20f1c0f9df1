"""The rest of a generated past: books, findings, courses, check lists, drills, plans, hand-overs, returns."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from saas.adjustments.models import Adjustment
from saas.cases.models import Case
from saas.checklists.models import ChecklistRun, ChecklistStep
from saas.checks.models import FoundAnomaly
from saas.clients.models import Client, Contract, Receipt
from saas.filings.models import RegisteredFiling
from saas.insights.models import DutyCheck, ProvedBreach
from saas.kernel import clock
from saas.kernel.i18n import Text
from saas.kernel.identifiers import uuid7
from saas.kernel.money import Money
from saas.ledgers.models import LedgerLine, PeriodVersion
from saas.refunds.models import Refund
from saas.risks.drill_models import Drill, DrillError
from saas.risks.incidents.incident_models import Incident
from saas.risks.models import Risk
from saas.services.offering.offering_models import Proposal
from saas.services.sources.source_models import Lead, Origin
from saas.teams.handover.handover_models import Handover
from saas.training.course_models import Course, CourseVersion
from saas.training.duty_models import Assignment
from saas.training.exam_models import Certificate
from tests.cast import member_id
from tests.insights.past import RULES, Past

BOTH = {"zh": "课", "en": "Course"}


def widen(past: Past) -> None:
    """Beside cases, letters, refunds, answers and attempts."""
    for client in past.of(Client):
        _contract(past, client)
        _books(past, client)
        _returns(past, client)
        if past.chance.random() < 0.7:
            source = past.chance.choice(("client", "partner", "platform"))
            past.rows.append(Origin(client_id=client.id, source=source, recorded_at=past.at(700)))
    for _ in range(60):
        _finding(past)
    _plans(past)
    _courses(past)
    _lists(past)
    _risks(past)
    _offers(past)
    _leads(past)
    _hand_overs(past)


def _contract(past: Past, client: Client) -> None:
    """One that runs today, for most of which something was paid."""
    begin = past.day(past.chance.randrange(30, 300))
    contract = Contract(
        id=uuid7(), client_id=client.id, number=past.number("DLJZ"), starts_on=begin,
        ends_on=begin + timedelta(days=365),
        paid_months=12, price=Money(past.chance.randrange(3000, 6000) * 100), list_month=Money(400_00),
    )  # fmt: skip
    part = past.chance.choice((0, 50, 100))
    past.rows.append(contract)
    past.rows.append(
        Receipt(contract_id=contract.id, received_on=begin, amount=Money(contract.price.fen * part // 100), payer="x")
    )


def _books(past: Past, client: Client) -> None:
    """Months of vouchers with two lines each; some months were imported twice, some vouchers are void."""
    chance = past.chance
    for back in range(0, 420, 30):
        day = past.day(back)
        versions = 2 if chance.random() < 0.3 else 1
        for version in range(1, versions + 1):
            import_id, current = uuid7(), version == versions
            past.rows.append(
                PeriodVersion(client_id=client.id, period=f"{day:%Y-%m}", content="lines", version=back * 10 + version,
                              import_id=import_id, sha256="", is_current=current)
            )  # fmt: skip
            for number in range(chance.randrange(3, 8)):
                on, void = day.replace(day=1 + chance.randrange(27)), chance.random() < 0.1
                for line in range(2):
                    past.rows.append(
                        LedgerLine(import_id=import_id, client_id=client.id, row=line, period=f"{day:%Y-%m}", date=on,
                                   voucher=f"{back}-{number}", line=line, account="1002", debit_fen=0, credit_fen=0,
                                   void=void)
                    )  # fmt: skip


def _finding(past: Past) -> None:
    chance, at = past.chance, past.at(past.chance.randrange(10, 400))
    state = chance.choice(("confirmed", "confirmed", "dismissed", "open"))
    past.rows.append(
        FoundAnomaly(
            client_id=chance.choice(past.of(Client)).id, rule=chance.choice(RULES), object=past.number("O"),
            severity="medium", score=50, period=f"{at:%Y-%m}",
            message=Text("x"), vouchers=[], rows=[], compared={}, found_at=at, seen_at=at,
            case_id=uuid7() if state == "confirmed" else None, decided_at=at if state != "open" else None,
            decided_by=member_id(chance.choice((past.cast.ben, past.cast.quinn))), reason="x", state=state,
            entered_at=at,
        )
    )  # fmt: skip


def _plans(past: Past) -> None:
    """Late fees: the last approved version counts, also where a later draft says otherwise."""
    for case in [c for c in past.of(Case) if past.chance.random() < 0.5]:
        case.responsibility = past.chance.choice(("firm", "client"))
        for version in range(1, past.chance.randrange(2, 4)):
            fee = past.chance.choice((0, past.chance.randrange(100, 90_000)))
            past.rows.append(
                Adjustment(
                    case_id=case.id, client_id=case.client_id, version=version, facts={}, method="red", method_row="D1",
                    law=Text("x"), wrong=[], tax={"late_fee": {"amount_fen": fee}}, total=Money(100),
                    prepared_by=member_id(past.cast.ben), prepared_at=past.at(50),
                    approved_at=past.at(40) if version == 1 or past.chance.random() < 0.6 else None,
                )
            )  # fmt: skip
    for refund in past.of(Refund):
        refund.notice_on = past.day(past.chance.randrange(30, 600))


def _courses(past: Past) -> None:
    """Ben passed long ago, Lin never: his change is held against hers."""
    cast = past.cast
    for place in range(4):
        course, version = uuid7(), uuid7()
        past.rows += [
            Course(id=course, slug=f"c{place}", created_at=past.at(600), published_id=version,
                   retired_at=past.at(5) if place == 2 else None),
            CourseVersion(id=version, course_id=course, number=1, topic="x", title=BOTH, summary=BOTH,
                          made_at=past.at(600), rules=["N01", "N14"] if place else []),
        ]  # fmt: skip
        for at in (past.at(300 - place), past.at(200)):
            withdrawn = place == 1 and at.day % 2 == 0
            past.rows.append(_certificate(past, member_id(cast.ben), course, at, withdrawn=withdrawn))
        for member in (member_id(cast.ben), member_id(cast.lin)):
            past.rows += [_assigned(past, member, course, version, done=True) for _ in range(3)]
            past.rows.append(_assigned(past, member, course, version, done=False))


def _assigned(past: Past, member: UUID, course: UUID, version: UUID, *, done: bool) -> Assignment:
    """In time, late or waived; else open, of which one person has one at most."""
    chance, due = past.chance, past.at(past.chance.randrange(-20, 300))
    waived = done and chance.random() < 0.3
    return Assignment(
        member_id=member, course_id=course, version_id=version, why="role", assigned_at=due - timedelta(days=30),
        due_at=due, waived_at=due if waived else None,
        done_at=due + timedelta(days=chance.randrange(-20, 20)) if done and not waived else None,
    )  # fmt: skip


def _certificate(past: Past, member: UUID, course: UUID, at: datetime, *, withdrawn: bool) -> Certificate:
    return Certificate(
        member_id=member, course_id=course, version_id=uuid7(), attempt_id=uuid7(), year=2026,
        number=past.chance.randrange(10**9), code=uuid7().hex, code_hash=uuid7().hex, member_name="陆", title=BOTH,
        version_number=1, percent=90, credits=1, issued_at=at, withdrawn_at=at if withdrawn else None,
        valid_until=past.day(past.chance.choice((-100, 20))),
    )  # fmt: skip


def _lists(past: Past) -> None:
    chance, cast = past.chance, past.cast
    for place in range(40):
        due, run = past.at(chance.randrange(-5, 300)), uuid7()
        done = due + timedelta(hours=chance.randrange(-90, 40)) if chance.random() < 0.8 else None
        past.rows.append(
            ChecklistRun(
                id=run, checklist_id=uuid7(), version_id=uuid7(), client_id=past.of(Client)[place % 12].id,
                period=f"p{place}", name_zh="表", name_en="list", client_name="x", lead="bookkeeper", two_person=False,
                preparer_id=member_id(cast.lin), made_at=due, prepared_at=done, due_at=due, entered_at=due,
                prepared_by=member_id(chance.choice((cast.ben, cast.lin))) if done else None,
                state="void" if chance.random() < 0.1 else "done",
            )
        )  # fmt: skip
        for position in range(3):
            past.rows.append(
                ChecklistStep(
                    run_id=run, position=position, title_zh="步", title_en="step", role="bookkeeper",
                    evidence=chance.choice(("none", "note", "file", "number", "link")),
                    outcome=chance.choice(("done", "done", "done", "")), note=chance.choice(("", "见附件")),
                    link=chance.choice(("", "https://example.com")), number=chance.choice((None, 3)),
                    files=chance.choice(([], [{"name": "a"}])),
                )
            )  # fmt: skip
            past.rows[-1].done_by = member_id(cast.ben) if past.rows[-1].outcome else None


def _risks(past: Past) -> None:
    chance, cast = past.chance, past.cast
    for place in range(16):
        drill, begun = uuid7(), past.at(chance.randrange(20, 400))
        declared = begun + timedelta(minutes=chance.randrange(5, 90))
        past.rows.append(
            Drill(
                id=drill, number=past.number("YL"), title="演练", scenario="BOOKS", clients=[], participants=[],
                limit_minutes=60, planned_by=member_id(cast.mara), started_at=begun, declared_at=declared,
                contained_at=declared + timedelta(minutes=chance.randrange(200)) if place % 3 else None, injected=4,
                detected=chance.randrange(5), scored_at=begun + timedelta(hours=3), state="scored", entered_at=begun,
            )
        )  # fmt: skip
        for position in range(4):
            seen = begun + timedelta(minutes=chance.randrange(60)) if chance.random() < 0.6 else None
            past.rows.append(
                DrillError(drill_id=drill, position=position, kind="x", client_id=uuid7(), period="2026-01",
                           vouchers=[], rules=[], right=[], detected_at=seen)
            )  # fmt: skip
        past.rows.append(
            Incident(
                number=past.number("SJ"), title="事件", scenario="x", playbook_id=uuid7(), version_id=uuid7(),
                severity="high", declared_at=declared, entered_at=declared,
                contained_at=declared + timedelta(minutes=chance.randrange(500)) if place % 4 else None,
                state=chance.choice(("declared", "closed", "closed", "called_off")),
            )
        )  # fmt: skip
        past.rows.append(
            Risk(number=past.number("FX"), category="tax", name=BOTH, likelihood=3, impact=4, residual_likelihood=2,
                 residual_impact=2, review_on=past.day(chance.randrange(-50, 50)), opened_at=begun, entered_at=begun,
                 state=chance.choice(("open", "treated", "accepted", "closed")))
        )  # fmt: skip
    for back in (300, 30):
        past.rows.append(
            ProvedBreach(entry_id=uuid7(), at=past.at(back), duty="own_review", subject_kind="case",
                         subject_id=uuid7(), person_id=member_id(cast.ben), found_at=past.at(back))
        )  # fmt: skip
        past.rows.append(DutyCheck(at=past.at(back), deeds=1000 - back, breaches=1))


def _offers(past: Past) -> None:
    for contract in [one for one in past.of(Contract) if past.chance.random() < 0.5]:
        price = past.chance.randrange(100, 900) * 100
        kinds = (("plan", "month"), ("extra", "month"), ("extra", "year"), ("extra", "once"))
        lines = [{"kind": kind, "unit": unit, "price_fen": price, "quantity": 1} for kind, unit in kinds]
        past.rows.append(
            Proposal(number=past.number("FA"), client_id=contract.client_id, lines=lines, months=contract.paid_months,
                     effective_on=contract.starts_on, answer_by=contract.starts_on, discount=Money(0), before=Money(0),
                     prepared_by=member_id(past.cast.ben), contract_id=contract.id, state="accepted",
                     entered_at=past.at(100))
        )  # fmt: skip


def _leads(past: Past) -> None:
    for place in range(40):
        opened, state = past.at(past.chance.randrange(5, 300)), past.chance.choice(("won", "won", "lost", "new"))
        past.rows.append(
            Lead(number=past.number("XS"), company=f"意向{place}", contact="许", wants="代账", opened_at=opened,
                 source=past.chance.choice(("client", "own")), entered_at=opened, state=state,
                 owner_id=member_id(past.chance.choice((past.cast.ben, past.cast.mara))),
                 closed_at=opened + timedelta(days=past.chance.randrange(4)) if state != "new" else None)
        )  # fmt: skip


def _hand_overs(past: Past) -> None:
    people = [member_id(one) for one in (past.cast.ben, past.cast.lin, past.cast.quinn)]
    for place in range(12):
        on = past.day(past.chance.randrange(200))
        signed = past.chance.choice((None, past.at((clock.today() - on).days - past.chance.randrange(30))))
        past.rows.append(
            Handover(year=2026, serial=place, occasion="staff", from_id=people[0], to_id=people[1],
                     supervisor_id=people[2], effective_on=on, made_by=people[0], made_at=past.at(200),
                     supervised_at=signed, state=past.chance.choice(("open", "open", "dropped")), entered_at=past.at(9))
        )  # fmt: skip


def _returns(past: Past, client: Client) -> None:
    """Every month and quarter of a year, handed in or not, late or not, amended or not required."""
    chance = past.chance
    for month in range(12):
        due = past.day(20 + month * 30)
        past.rows.append(RegisteredFiling(client_id=client.id, **_days(chance, due), **_plan(due, month)))


def _plan(due: date, month: int) -> dict[str, Any]:
    return {"code": "vat", "period": f"m{month}", "last_month": "2026-01", "base_on": due, "due_on": due,
            "provisional": False, "calendar_version": "", "basis": "table", "planned_at": clock.now()}  # fmt: skip


def _days(chance: Any, due: date) -> dict[str, Any]:
    kind = chance.choice(("good", "good", "good", "late", "never", "waived", "amended"))
    if kind == "waived":
        return {"waived_on": due, "waived_reason": "x"}
    if kind == "never":
        return {}
    filed = due + timedelta(days=chance.randrange(1, 9) if kind == "late" else -chance.randrange(10))
    days = {"filed_on": filed, "accepted_on": filed, "zero": chance.random() < 0.3}
    cause = {"amended_on": filed, "amended_cause": chance.choice(("own", "client"))}
    return days | cause if kind == "amended" else days
