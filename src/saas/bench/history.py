"""Years of a firm's work as rows: cases, answers, letters, refunds, findings, written by the database itself.

Acts and their steps would take days for a hundred thousand cases. What the rows say is made up by fixed sums of their
numbers, so that every run measures the same. They lie evenly over five years; the pages read six times ninety days.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from saas.bench.rows import insert
from saas.cases.models import Case
from saas.checks.models import FoundAnomaly
from saas.clients.models import Client, Contract, Receipt
from saas.insights.models import AnswerFact, ClosingFact, Fact
from saas.kernel.config import Settings
from saas.kernel.stages import StageEntry
from saas.notices.models import Answer, Delivery, Notice
from saas.refunds.models import Refund
from saas.surveys.models import Survey, SurveyAnswer
from saas.surveys.questions import SCALES

DAYS = 1825
ASKED = [{"name": name, "kind": kind, "text": {}, "short": {}} for name, kind in zip("anc", SCALES, strict=True)]
QUESTIONS = f"'{json.dumps(ASKED)}'::jsonb"
TITLE = """'{"msgid": "x"}'"""


@dataclass(frozen=True, slots=True)
class Size:
    """What each firm has."""

    cases: int
    answers: int
    clients: int


def key(kind: str, number: str = "n") -> str:
    """The id of the so-manyeth record of a kind in a firm."""
    return f"md5(f::text || '{kind}' || ({number}))::uuid"


COUNT = "CAST(:count AS integer)"
EACH = f"unnest(CAST(:firms AS uuid[])) f, generate_series(1, {COUNT}) n"
CLIENT = key("client", "n % :clients + 1")
MEMBER = key("member", "n % 10")
AGO = f"now() - ({COUNT} - n) * interval '{DAYS} days' / {COUNT} - (n * 37 % 500) * interval '1 minute'"
RULES = "(ARRAY['N01', 'N08', 'N14', 'N19', 'N41'])[1 + n % 5]"
SOURCES = "(ARRAY['rule', 'rule', 'rule', 'staff', 'client', 'authority', 'complaint'])[1 + n % 7]"
CAUSES = "(ARRAY['AMT', 'ACCT', 'TAX'])[1 + n % 3]"
LASTS = "(2 + n * 7 % 11) * interval '1 day'"
CLOSED = f"({AGO}) + {LASTS} < now() AND n % 50 > 0"
MINUTES = "120 + n * 13 % 4000"


async def write(settings: Settings, firms: Sequence[UUID], size: Size) -> None:
    """So many rows for each of these firms, with the statistics that the database's own cleaning would keep."""
    engine = create_async_engine(settings.database_url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        for count, statements in ((size.clients, CLIENTS), (size.cases, CASES), (size.answers, ANSWERS),
                                  (size.cases // 3, LETTERS), (size.cases // 20, REFUNDS)):  # fmt: skip
            given = {"firms": list(firms), "count": count, "clients": size.clients}
            for statement in statements:
                await insert(connection, *statement, given)
    await _settle(engine.connect())
    await engine.dispose()


async def _settle(connecting: Any) -> None:
    async with connecting as connection:
        settled: AsyncConnection = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await settled.execute(text("ALTER SYSTEM SET autovacuum = off"))  # it would work while pages are measured
        await settled.execute(text("SELECT pg_reload_conf()"))
        await settled.execute(text("VACUUM ANALYZE"))


Statements = tuple[tuple[Any, dict[str, str], str], ...]
CLIENTS: Statements = (
    (
        Client,
        {"firm_id": "f", "id": key("client"), "number": "'B' || n", "name": "'测量客户' || n", "sort_key": "n::text",
         "pinyin": "'celiang'", "taxpayer_kind": "'small'", "standard": "'small'", "bookkeeper_id": MEMBER,
         "created_at": f"now() - interval '{DAYS} days'"},
        EACH,
    ),
    (
        Contract,
        {"firm_id": "f", "id": key("contract"), "client_id": key("client"), "number": "'HT' || n",
         "starts_on": "current_date - 300 + n % 200", "ends_on": "current_date + 65 + n % 200", "paid_months": "12",
         "price": "360000", "list_month": "40000"},
        EACH,
    ),
    (
        Receipt,
        {"firm_id": "f", "contract_id": key("contract"), "received_on": "current_date - 300 + n % 200",
         "amount": "360000", "payer": "'x'"},
        EACH,
    ),
)  # fmt: skip
CASES: Statements = (
    (
        Case,
        {"firm_id": "f", "id": key("case"), "number": "'YC-2026-' || n", "client_id": CLIENT, "title": TITLE,
         "source": SOURCES,
         "rule": RULES, "object": "'2211'", "severity": "'medium'", "likelihood": "CASE WHEN n % 6 > 0 THEN 2 END",
         "impact": "3", "cause_code": CAUSES, "responsibility": "'firm'", "found_after_filing": "n % 9 = 0",
         "owner_id": MEMBER, "outcome": "CASE WHEN n % 8 = 0 THEN 'explained' ELSE 'voucher' END",
         "opened_at": AGO, "closed_at": f"CASE WHEN {CLOSED} THEN {AGO} + {LASTS} END",
         "due_at": f"{AGO} + interval '10 days'", "state": f"CASE WHEN {CLOSED} THEN 'closed' ELSE 'analysed' END",
         "entered_at": AGO},
        EACH,
    ),
    (
        Fact,
        {"firm_id": "f", "workflow": "'case'", "subject_id": key("case"), "client_id": CLIENT, "member_id": MEMBER,
         "rule": RULES, "cause": CAUSES, "at": f"{AGO} + {LASTS}", "gross": f"{MINUTES} + 900", "net": MINUTES,
         "first": "n * 29 % 900", "submitted": "1 + n % 2", "returned": "n % 2", "rework": "n % 2 * 300",
         "in_time": f"{LASTS} <= interval '10 days'", "source": SOURCES, "confirmed": "n % 6 > 0 AND n % 8 > 0",
         "after_filing": "n % 9 = 0",
         "proved": "n % 8 > 0"},
        f"{EACH} WHERE {CLOSED} AND n % 7 < 6",
    ),
    *(
        (
            StageEntry,
            {"firm_id": "f", "workflow": "'case'", "subject_id": key("case"), "state": f"'{state}'",
             "entered_at": f"{AGO} + {LASTS} * {part}", "left_at": f"{AGO} + {LASTS} * {part + 0.1}",
             "working_minutes": "300", "paused_minutes": "0"},
            f"{EACH} WHERE {CLOSED}",
        )
        for state, part in (("new", 0), ("triaged", 0.1), ("confirmed", 0.2), ("analysed", 0.3), ("planned", 0.5),
                            ("in_review", 0.6), ("executing", 0.7), ("verified", 0.9))
    ),
    (
        StageEntry,
        {"firm_id": "f", "workflow": "'case'", "subject_id": key("case"), "state": "'closed'",
         "entered_at": f"{AGO} + {LASTS}"},
        f"{EACH} WHERE {CLOSED}",
    ),
    (
        ClosingFact,
        {"firm_id": "f", "case_id": key("case"), "client_id": CLIENT, "rule": RULES, "at": f"{AGO} + {LASTS}",
         "again_at": f"CASE WHEN n % 4 = 0 THEN {AGO} + interval '40 days' END"},
        f"{EACH} WHERE {CLOSED}",
    ),
    (
        FoundAnomaly,
        {"firm_id": "f", "client_id": CLIENT, "rule": RULES, "object": "n::text", "severity": "'medium'", "score": "50",
         "period": f"to_char({AGO}, 'YYYY-MM')", "message": TITLE, "found_at": AGO, "seen_at": AGO,
         "decided_at": AGO, "decided_by": MEMBER,
         "case_id": f"CASE WHEN n % 4 > 0 THEN {key('case')} END", "reason": "'x'", "entered_at": AGO,
         "state": "CASE WHEN n % 4 > 0 THEN 'confirmed' ELSE 'dismissed' END"},
        EACH,
    ),
)  # fmt: skip
ANSWERS: Statements = (
    (
        Survey,
        {"firm_id": "f", "id": key("survey"), "client_id": CLIENT, "subject_kind": "'case'", "subject_id": key("case"),
         "handler_id": MEMBER, "questions": QUESTIONS, "created_at": AGO, "sent_at": AGO,
         "answered_at": f"{AGO} + interval '1 hour'"},
        EACH,
    ),
    (
        Survey,
        {"firm_id": "f", "client_id": CLIENT, "subject_kind": "'case'", "subject_id": key("case"),
         "handler_id": MEMBER, "questions": QUESTIONS, "created_at": AGO, "sent_at": AGO},
        f"{EACH} WHERE n % 3 = 0",
    ),
    (
        SurveyAnswer,
        {"firm_id": "f", "survey_id": key("survey"), "at": f"{AGO} + interval '1 hour'",
         "values": "jsonb_build_object('a', 1 + n * 11 % 5, 'n', n * 3 % 11, 'c', 1 + n * 5 % 7)", "low": "n % 5 = 0"},
        EACH,
    ),
    *(
        (
            AnswerFact,
            {"firm_id": "f", "survey_id": key("survey"), "client_id": CLIENT, "member_id": MEMBER,
             "scale": f"'{scale}'", "at": f"{AGO} + interval '1 hour'", "value": f"({value}) * 1000"},
            EACH,
        )
        for scale, value in (("1-5", "1 + n * 11 % 5"), ("0-10", "n * 3 % 11"), ("1-7", "1 + n * 5 % 7"))
    ),
)  # fmt: skip
LETTERS: Statements = (
    (
        Notice,
        {"firm_id": "f", "id": key("notice"), "client_id": CLIENT, "kind": "'adjustment'", "subject_kind": "'case'",
         "subject_id": key("case"), "locale": "'zh'", "content": "'{\"letter\": {\"serial\": \"1\"}}'::jsonb",
         "author_id": MEMBER, "owner_id": MEMBER, "issued_at": AGO, "answered_at": f"{AGO} + interval '3 days'",
         "answer_by": "current_date", "title": TITLE, "state": "'acknowledged'", "entered_at": AGO},
        EACH,
    ),
    (
        Delivery,
        {"firm_id": "f", "notice_id": key("notice"), "subject_id": key("notice"), "recipient": "'x'",
         "channel": "(ARRAY['email', 'phone', 'paper'])[1 + n % 3]", "status": "'sent'", "created_at": AGO,
         "delivered_at": f"CASE WHEN n % 9 > 0 THEN {AGO} END"},
        EACH,
    ),
    (
        Answer,
        {"firm_id": "f", "notice_id": key("notice"), "signed_name": "'x'", "at": f"{AGO} + interval '3 days'",
         "kind": "CASE WHEN n % 12 = 0 THEN 'object' ELSE 'confirm' END"},
        EACH,
    ),
    (
        Fact,
        {"firm_id": "f", "workflow": "'notice'", "subject_id": key("notice"), "client_id": CLIENT, "member_id": MEMBER,
         "at": AGO, "gross": MINUTES, "net": "0", "confirmed": "n % 12 > 0"},
        EACH,
    ),
)  # fmt: skip
REFUNDS: Statements = (
    (
        Refund,
        {"firm_id": "f", "id": key("refund"), "number": "'TF-2026-' || n", "client_id": CLIENT,
         "contract_id": key("contract", "n % :clients + 1"), "requester_name": "''", "policy_id": key("policy", "1"),
         "reason": "(ARRAY['cancel', 'unmet', 'double_payment'])[1 + n % 3]", "asked": "200000",
         "notice_on": "current_date", "preparer_id": MEMBER, "computed": "150000",
         "amount": "CASE WHEN n % 11 = 0 THEN 160000 ELSE 150000 END", "at_fault": "n % 20 = 0",
         "approved_at": f"CASE WHEN n % 10 > 2 THEN {AGO} END", "service": """'{"received": 360000}'::jsonb""",
         "outcome": "CASE WHEN n % 10 > 2 THEN 'refund' WHEN n % 10 = 2 THEN 'credit' ELSE 'cancelled' END",
         "opened_at": f"{AGO} - interval '9 days'", "submitted_at": f"{AGO} - interval '8 days'",
         "paid_at": f"CASE WHEN n % 10 > 2 THEN {AGO} - interval '1 hour' END", "closed_at": AGO, "entered_at": AGO,
         "state": "CASE WHEN n % 10 > 2 THEN 'archived' WHEN n % 10 = 2 THEN 'converted' ELSE 'cancelled' END"},
        EACH,
    ),
    (
        Fact,
        {"firm_id": "f", "workflow": "'refund'", "subject_id": key("refund"), "client_id": CLIENT, "member_id": MEMBER,
         "reason": "(ARRAY['cancel', 'unmet', 'double_payment'])[1 + n % 3]", "at": AGO, "gross": f"{MINUTES} + 900",
         "net": MINUTES, "stages": "jsonb_build_object('submitted', 200, 'complete', 300, 'assessed', n % 900)"},
        EACH,
    ),
)  # fmt: skip
