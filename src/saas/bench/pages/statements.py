"""The statements of the peers: as few as a careful programmer needs for the same bytes, in SQL."""

from __future__ import annotations

import re

from saas.cases.workflow import OPEN
from saas.checklists.workflow import OPEN as TO_DO
from saas.refunds.lists.list_queries import CAP
from saas.refunds.models import OVER
from saas.risks.incidents.queries import RUNNING


def _any(states: frozenset[str] | tuple[str, ...]) -> str:
    return "('" + "', '".join(sorted(states)) + "')"


WHO = """
SELECT s.token_hash, s.created_at, s.seen_at, s.ended_at, s.needs_second_factor, p.id AS person_id, p.locale, p.theme,
    f.id AS firm_id, f.slug, f.name, f.name_en, f.kind, f.replaying, f.support_until, f.code
FROM sessions s JOIN people p ON p.id = s.person_id JOIN firms f ON f.slug = :slug AND f.closed_at IS NULL
WHERE s.token_hash = :key
"""
SCOPE = """
SELECT set_config('app.scope', 'firm', true), set_config('app.firm_id', :firm, true),
    set_config('app.person_id', :person, true)
"""
MEMBERSHIP = """
SELECT id, name, roles FROM memberships
WHERE firm_id = CAST(:firm AS uuid) AND person_id = CAST(:person AS uuid) AND left_at IS NULL
"""
ROWS = f"""
SELECT id, number, title, severity, rule, period, client_id, owner_id, state, due_at, closed_at
FROM cases WHERE firm_id = CAST(:firm AS uuid) AND state IN {_any(OPEN)}
ORDER BY closed_at DESC NULLS FIRST, due_at NULLS LAST, id LIMIT 50
"""  # noqa: S608 - our own words, no input
NAMES = f"""
SELECT 'client' AS what, id, name, name_en FROM clients WHERE firm_id = CAST(:firm AS uuid)
    AND id IN (SELECT client_id FROM cases WHERE firm_id = CAST(:firm AS uuid) AND state IN {_any(OPEN)})
UNION ALL SELECT 'member', id, name, '' FROM memberships WHERE firm_id = CAST(:firm AS uuid)
"""  # noqa: S608 - our own words, no input
COUNTS = " UNION ALL ".join(
    f"SELECT '{name}' AS name, CAST({value} AS varchar) AS value, count(*) AS n FROM cases"  # noqa: S608
    f" WHERE firm_id = CAST(:firm AS uuid) AND state IN {_any(OPEN)} {grouped}"
    for name, value, grouped in (
        ("", "NULL", ""), *((name, name, f"GROUP BY {name}") for name in ("severity", "rule", "owner_id", "client_id"))
    )
)  # fmt: skip
SIDE_NAMES = ("clients", "cases", "findings", "work", "checklists", "refunds", "risks", "improvement", "unread", "logo")
HERE = "firm_id = CAST(:firm AS uuid)"
SIDE = f"""
SELECT (SELECT count(*) FROM clients WHERE {HERE} AND archived_at IS NULL) AS clients,
    (SELECT count(*) FROM cases WHERE {HERE} AND state IN {_any(OPEN)}) AS cases,
    (SELECT count(*) FROM findings WHERE {HERE} AND state = 'open' AND gone_at IS NULL AND NOT quiet
        AND severity <> 'info') AS findings,
    (SELECT count(*) FROM tasks WHERE {HERE} AND done_at IS NULL AND paused_since IS NULL
        AND (assignee_id = CAST(:member AS uuid) OR assignee_id IS NULL AND role = ANY(CAST(:roles AS text[])))
    ) AS work,
    (SELECT count(*) FROM checklist_runs WHERE {HERE} AND state IN {_any(TO_DO)} AND due_at < CAST(:soon AS timestamptz)
        AND (preparer_id = CAST(:member AS uuid)
            OR preparer_id IS NULL AND lead = ANY(CAST(:roles AS text[])))) AS checklists,
    (SELECT count(*) FROM (SELECT id FROM refunds WHERE {HERE} AND state NOT IN {_any(OVER)} LIMIT {CAP}) few)
    AS refunds,
    (SELECT count(*) FROM incidents WHERE {HERE} AND state IN {_any(RUNNING)}) AS risks,
    (SELECT count(*) FROM improvement_inbox WHERE {HERE} AND decided_at IS NULL) AS improvement,
    (SELECT count(*) FROM notifications WHERE {HERE} AND member_id = CAST(:member AS uuid) AND read_at IS NULL)
    AS unread,
    (SELECT logo_sha256 FROM firm_profiles WHERE {HERE}) AS logo
"""  # noqa: S608 - our own words, no input


def for_django(sql: str) -> str:
    """The same with the places of psycopg."""
    return re.sub(r"(?<!:):(\w+)", r"%(\1)s", sql)
