"""A playbook rewritten: the form's rows as a plan, kept as the next version; earlier ones stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Invalid
from saas.kernel.i18n import _
from saas.kernel.identifiers import uuid7
from saas.risks.playbooks import queries
from saas.risks.playbooks.plan import Plan, faults, plan_from, plan_of
from saas.risks.playbooks.playbook_models import Playbook, PlaybookVersion
from saas.risks.wording import kept, said

# What of each row is text in both languages, and what is plain.
TEXTS: dict[str, tuple[str, ...]] = {
    "roles": ("name", "task"), "calls": ("outside", "about"), "steps": ("what",), "messages": ("subject", "text"),
    "duties": ("what", "deadline"),
}  # fmt: skip
PLAIN: dict[str, tuple[str, ...]] = {
    "roles": ("key", "position", "member_id", "deputy_id"), "calls": ("caller", "callee", "minutes", "phone"),
    "steps": ("key", "phase", "minutes", "role"), "messages": ("key", "audience"),
    "duties": ("key", "minutes", "source", "mark"),
}  # fmt: skip
LEADS = {"roles": "name", "calls": "about", "steps": "what", "messages": "subject", "duties": "what"}
SPARE = 2  # empty rows at the end of each part


def fields(plan: Plan) -> dict[str, list[dict[str, str]]]:
    """The rows of the form in the reader's language, with empty ones to fill in."""
    stored = plan.stored()
    shown: dict[str, list[dict[str, str]]] = {}
    for part, texts in TEXTS.items():
        rows = [
            {**{name: str(row.get(name) if row.get(name) is not None else "") for name in PLAIN[part]},
             **{name: said(row.get(name)) for name in texts}}
            for row in stored[part]
        ]  # fmt: skip
        blank = dict.fromkeys((*PLAIN[part], *texts), "")
        shown[part] = rows + [dict(blank) for _n in range(SPARE)]
    return shown


def rows_of(raw: Mapping[str, Any], part: str) -> list[dict[str, str]]:
    """The submitted rows of one part, in their order: every field is repeated once a row."""
    columns = {name: _listed(raw.get(f"{part}.{name}")) for name in (*PLAIN[part], *TEXTS[part])}
    count = max((len(values) for values in columns.values()), default=0)
    return [
        {name: values[n].strip() if n < len(values) else "" for name, values in columns.items()} for n in range(count)
    ]


def _listed(given: Any) -> list[str]:
    return [str(one) for one in given] if isinstance(given, list) else [] if given is None else [str(given)]


def read(raw: Mapping[str, Any], before: Plan) -> Plan:
    """The plan as submitted: rows without their leading text are left out, the other language stays where it was.

    Invalid with the reason where a number is none or something needed is missing.
    """
    stored, made = before.stored(), {}
    for part, texts in TEXTS.items():
        earlier = {row.get("key") or str(n): row for n, row in enumerate(stored[part])}
        rows: list[dict[str, Any]] = []
        for n, given in enumerate(rows_of(raw, part)):
            if given[LEADS[part]]:
                old = earlier.get(given.get("key") or str(n), {})
                rows.append(_row(given, old, texts))
        made[part] = rows
    try:
        plan = plan_from(made)
    except msgspec.ValidationError as error:
        raise Invalid(_("Minutes are whole numbers, and each line needs what it is about.")) from error
    reason = next(faults(plan), None)
    if reason is not None:
        raise Invalid(reason)
    return plan


def _row(given: Mapping[str, str], old: Mapping[str, Any], texts: Sequence[str]) -> dict[str, Any]:
    row: dict[str, Any] = {name: value for name, value in given.items() if name not in texts}
    if "key" in row and not row["key"]:
        row["key"] = uuid7().hex[-10:]
    if "minutes" in row:
        row["minutes"] = _minutes(row["minutes"])
    if not row.get("mark", "K"):
        row["mark"] = "K"
    return row | {name: kept(old.get(name), given[name]) if given[name] else {} for name in texts}


def _minutes(written: str) -> int | str | None:
    return int(written) if written.isdigit() else written or None


async def rewrite(
    session: AsyncSession, playbook: Playbook, raw: Mapping[str, Any], based_on: int, reason: str, actor: Actor,
    now: datetime,
) -> PlaybookVersion:  # fmt: skip
    """The next version. The same words again make none; Conflict where somebody wrote another one meanwhile."""
    playbook = await queries.playbook(session, playbook.id, lock=True)
    newest = await queries.version(session, playbook.id, playbook.version)
    plan = read(raw, plan_of(newest))
    if plan == plan_of(newest):
        return newest
    if based_on != newest.number:
        raise Conflict(
            _("Version %(n)s was written meanwhile: what you typed stands here, look at the new one first.",
              n=newest.number)
        )  # fmt: skip
    version = PlaybookVersion(
        playbook_id=playbook.id, number=newest.number + 1, written_by=actor.id, written_at=now, reason=reason,
        **plan.stored(),
    )  # fmt: skip
    session.add(version)
    playbook.version = version.number
    record(session, actor, "playbooks.rewrite", now, subject=playbook, summary=playbook.title, version=version.number)
    await session.flush()
    return version
