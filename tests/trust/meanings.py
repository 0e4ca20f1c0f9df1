"""Values that pages read a meaning from: by the column's name anywhere, or for one table; and words in addresses."""

from __future__ import annotations

from typing import Any

from saas.adjustments.correction.facts import Facts
from saas.adjustments.correction.storage import dump_facts
from saas.improvement.regulations.market import TERMS

# Columns that name members: who stands there. Two of one record are never the same person.
PEOPLE = {
    "deputy_id": "second",
    "approver_id": "third",
    "supervisor_id": "third",
    "to_id": "second",
    "helper_id": "second",
    "marked_by": "second",
}

# By the name of the column, in whatever table it stands. MARK becomes the firm's mark.
MEANINGS: dict[str, Any] = {
    "actor_kind": "member",
    "basis": "table",
    "channel": "email",
    "code": "vat",
    "conditions": [],
    "content": "lines",
    "direction": "out",
    "every": "month",
    "evidence": "note",
    "from_month": "2026-01",
    "goods": [],
    "last_month": "2026-10",
    "lead": "bookkeeper",
    "locale": "zh",
    "month": "2026-10",
    "name_zh": "MARK",
    "number": "Z-2026-0001",
    "period": "2026-10",
    "phase": "contain",
    "role": "bookkeeper",
    "rule": "N01",
    "scenario": "books",
    "severity": "medium",
    "source": "other",
    "source_kind": "case",
    "standard": "small",
    "starter_key": "MARK",
    "subject_kind": "case",
    "taxpayer_kind": "small",
    "unit": "month",
    "url": "/work",
    "way": "email",
    "window": "day",
    "year": 2026,
}

# Files that rows list: bytes of this firm, stored as the product stores them (FILES is replaced by one such list).
FILES = "FILES"

NO_TAX: dict[str, Any] = {"amount_fen": 0, "basis": [], "law": "MARK", "marks": []}
NOTHING_FOLLOWS: dict[str, Any] = {"amended_returns": [], "surcharge_parts": {}, "cit_by_year": {}, "choices": []}

COLUMNS: dict[str, dict[str, Any]] = {
    "adjustments": {
        "facts": {**dump_facts(Facts("posted", "same", "amount_high", "small")), "open_period": "2026-10"},
        "method": "red_blue",
        "tax": {**dict.fromkeys(("vat", "surcharges", "cit", "iit", "late_fee"), NO_TAX), **NOTHING_FOLLOWS},
        "wrong": [],
    },
    "cases": {"source": "staff", "files": FILES},
    "checklist_steps": {"files": FILES},
    "communications": {"files": FILES},
    "competitor_terms": {"terms": dict.fromkeys(TERMS, "MARK")},
    "course_assignments": {"why": "manual"},
    "credit_entries": {"why": "outside", "subject": "general"},
    "drill_errors": {"kind": "duplicate_voucher"},
    "course_files": {"name": "paper.txt"},
    "drills": {"limit_minutes": 60},
    "filings": {"receipts": FILES},
    "free_services": {"why": "goodwill"},
    "improvement_changes": {"kind": "process", "target_kind": "cause", "target_key": "AMT"},
    "incident_entries": {"kind": "note", "files": FILES},
    "kpi_alerts": {"kind": "trend", "side": "above"},
    "lesson_causes": {"kind": "people"},
    "mass_notices": {"channel": "letter"},
    "notice_answers": {"kind": "question", "files": FILES},
    "client_tiers": {"tier": "standard"},
    "notifications": {"kind": "assigned"},
    "notices": {"kind": "general", "content_sha256": "", "content": {"answer_by": None}},
    "outside_files": {"kind": "bank", "account": "1002"},
    "deliveries": {"status": "shared", "subject_kind": "intake"},
    "consents": {"purpose": "care"},
    "pay_entries": {"files": FILES},
    "pay_rules": {"part": "quality", "kind": "bonus"},
    "partners": {"kind": "law"},
    "refund_invoices": {"kind": "ordinary"},
    "refund_payments": {"state": "in_transit"},
    "refunds": {"reason": "other", "files": FILES},
    "risk_suggestions": {"kind": "entry", "watch": "MARK"},
    "retention_batches": {"kind": "archives"},
    "retention_rules": {"kind": "archives"},
    "score_weights": dict.fromkeys(("quality", "speed", "satisfaction", "learning"), 25),
    "week_digests": {"week": "2026-W40", "content": {"figures": [], "alarms": [], "oldest": [], "late": 0}},
    "team_covers": {"kind": "leave"},
    "team_handover_lines": {"section": "work"},
    "team_handovers": {"occasion": "staff"},
    "team_sessions": {"files": FILES},
}

# Words in addresses: by the parameter's name, or for one address and its parameter.
WORDS: dict[str, str] = {
    "/f/{slug:str}/insights/boards/{key:str} key": "anomalies",
    "/f/{slug:str}/insights/export/{name:str} name": "overview.xlsx",
    "/f/{slug:str}/insights/digest/{week:str} week": "2026-W40",
    "/f/{slug:str}/insights/measures/{key:str} key": "first_response",
    "/f/{slug:str}/insights/reports/{report_id:uuid}/{name:str} name": "zh.pdf",
    "/f/{slug:str}/insights/scorecards/{row_id:uuid}/rows/{key:str} key": "first_response",
    "/f/{slug:str}/surveys/questionnaires/{key:str} key": "cure",
    "/f/{slug:str}/surveys/questionnaires/{key:str}/edit key": "cure",
    "/f/{slug:str}/clients/{client_id:uuid}/links/{purpose:str}/{delivery_id:uuid} purpose": "intake",
    "kind": "xlsx",
    "lesson": "before-correcting",
    "name": "paper.txt",
    "number": "1",
    "path": "adjustment.title",
    "position": "1",
    "reason": "our_error",
    "rule": "N01",
    "stage": "new",
    "version": "1",
    "workflow": "case",
}
# What a page asks for in its query beside ids.
QUERIES: dict[str, dict[str, str]] = {
    "/f/{slug:str}/clients/{client_id:uuid}/vouchers": {"key": "1"},
    "/f/{slug:str}/teams/help/new": {"kind": "case"},
    "/f/{slug:str}/checklists/procedures/{procedure_id:uuid}/changes": {"version": "1"},
    "/f/{slug:str}/clients/{client_id:uuid}/reconciliation": {"account": "1002"},
    "/f/{slug:str}/risks/hits": {"watch": "MARK"},
}

# Pages that answer our own row with something else than 200: (what, why).
ANSWERS: dict[str, tuple[int, str]] = {
    "/f/{slug:str}": (303, "on to My work"),
    "/f/{slug:str}/cases/{case_id:uuid}/adjustment/vouchers.xlsx": (403, "not before the plan is approved"),
    "/f/{slug:str}/checklists/procedures/{procedure_id:uuid}/changes": (404, "the first version has none before it"),
    "/f/{slug:str}/clients/{client_id:uuid}/refund-link/{delivery_id:uuid}": (404, "the delivery is of another kind"),
    "/f/{slug:str}/clients/{client_id:uuid}/vouchers": (404, "no such voucher"),
    "/f/{slug:str}/insights/links/{owner_link_id:uuid}": (
        404,
        "its link is kept elsewhere, and the filling makes none for it",
    ),
    "/f/{slug:str}/look-around": (404, "the demo firm is looked at from a real one"),
    "/f/{slug:str}/look-around/home": (404, "no copy to go home from"),
    "/f/{slug:str}/notifications/{notification_id:uuid}": (303, "on to what it is about"),
    "/f/{slug:str}/refunds/watch/fairness/{reason:str}/{number:int}": (404, "no such pair of decisions"),
    "/f/{slug:str}/refunds/{row_id:uuid}/payment/files/{digest:str}": (404, "its payments list no file"),
    "/f/{slug:str}/risks/drills/{row_id:uuid}/report.pdf": (404, "not scored yet"),
    "/f/{slug:str}/risks/hits": (404, "no such watch"),
    "/f/{slug:str}/settings/privacy/leaving/exports/{export_id:uuid}/firm.zip": (410, "not made yet"),
    "/f/{slug:str}/settings/privacy/requests/{request_id:uuid}/copy.json": (
        422,
        "its person is none of the register's",
    ),
    "/f/{slug:str}/settings/privacy/requests/{request_id:uuid}/copy.pdf": (422, "its person is none of the register's"),
    "/f/{slug:str}/suspended": (303, "nobody suspended the firm"),
    "/f/{slug:str}/training/courses/{course_id:uuid}/draft/lessons/new": (409, "the course has no open draft"),
    "/f/{slug:str}/training/courses/{course_id:uuid}/draft/lessons/{lesson_id:uuid}": (
        409,
        "the course has no open draft",
    ),
    "/f/{slug:str}/training/courses/{course_id:uuid}/draft/practice": (409, "the course has no open draft"),
    "/f/{slug:str}/training/courses/{course_id:uuid}/draft/questions/new": (409, "the course has no open draft"),
    "/f/{slug:str}/training/courses/{course_id:uuid}/draft/questions/{question_id:uuid}": (
        409,
        "the course has no open draft",
    ),
    "/f/{slug:str}/training/courses/{course_id:uuid}/draft/settings": (409, "the course has no open draft"),
    "/f/{slug:str}/training/courses/{course_id:uuid}/files/{name:str}": (404, "the file lies in another course"),
    "/f/{slug:str}/training/log": (303, "on to one's own page"),
}
CONTROLS = {path: status for path, (status, _why) in ANSWERS.items()}
