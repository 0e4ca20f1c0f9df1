"""The next version of a checklist: read from the form, checked, kept; a run that began keeps the version it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checklists import queries
from saas.checklists.models import Checklist, ChecklistVersion
from saas.checklists.plan import EVENTS, MOST_STEPS, STEP_ROLES, Evidence, Plan, StepPlan, Words
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Invalid
from saas.kernel.filing import filing_table
from saas.kernel.forms import Submitted
from saas.kernel.i18n import Text, _
from saas.kernel.tenancy import of_this_firm

LONGEST, LONGEST_DAYS = 400, 120
SPARE = 3  # empty rows under the steps
STEP_FIELDS = ("order", "zh", "en", "help_zh", "help_en", "evidence", "role", "two", "due")


@dataclass(frozen=True, slots=True)
class NextVersion:
    """What is to be kept. `key`, made with the page, makes one version of two posts; `after` was edited."""

    key: UUID
    after: int
    plan: Plan
    note: str


def typed(plan: Plan) -> dict[str, Any]:
    """A plan as its form shows it."""
    raw: dict[str, Any] = {
        "name_zh": plan.name.zh, "name_en": plan.name.en, "purpose_zh": plan.purpose.zh, "purpose_en": plan.purpose.en,
        "every": plan.every, "who": plan.who, "filing": plan.filing, "base": plan.base, "event": plan.event,
        "opens_days": "" if plan.opens_days is None else str(plan.opens_days), "due_days": str(plan.due_days),
        "lead": plan.lead, "two_person": "yes" if plan.two_person else "", "procedure": plan.procedure,
        "sample_percent": str(plan.sample_percent), "after_leaving": "yes" if plan.after_leaving else "",
        "source": plan.source,
    }  # fmt: skip
    return {**raw, "rows": [_row(n, step) for n, step in enumerate(plan.steps, 1)]}


def _row(number: int, step: StepPlan) -> dict[str, str]:
    return {
        "order": str(number), "zh": step.title.zh, "en": step.title.en, "help_zh": step.help.zh,
        "help_en": step.help.en, "evidence": step.evidence, "role": step.role,
        "two": "yes" if step.two_person else "no", "due": "" if step.due_days is None else str(step.due_days),
    }  # fmt: skip


def empty_row(number: int) -> dict[str, str]:
    return {
        **dict.fromkeys(STEP_FIELDS, ""),
        "order": str(number),
        "evidence": "none",
        "role": "bookkeeper",
        "two": "no",
    }


def rows_of(raw: Mapping[str, Any]) -> list[dict[str, str]]:
    """The steps as sent: one list a field, in row order."""
    columns = {name: _list(raw.get(f"step_{name}")) for name in STEP_FIELDS}
    size = max((len(column) for column in columns.values()), default=0)
    return [
        {name: (column[n] if n < len(column) else "").strip() for name, column in columns.items()} for n in range(size)
    ]


def _list(value: Any) -> list[str]:
    return [] if value is None else [str(v) for v in value] if isinstance(value, list) else [str(value)]


def read(raw: Mapping[str, Any]) -> Submitted[Plan]:
    """The form as a plan, or what is wrong with it; nothing typed is lost."""
    rows = rows_of(raw)
    form: Submitted[Plan] = Submitted({**raw, "rows": rows})
    told = {name: str(raw.get(name) or "").strip() for name in typed(_EMPTY) if name != "rows"}
    name = _words(told["name_zh"], told["name_en"])
    if name is None:
        form.refuse("name_zh", _("Please fill this in."))
    opens, due = _days(form, "opens_days", told["opens_days"]), _days(form, "due_days", told["due_days"])
    percent = _days(form, "sample_percent", told["sample_percent"]) or 0
    steps = _steps(form, rows)
    _timing(form, told, percent)
    if not form.ok or name is None:
        return form
    values = {
        **{key: told[key] for key in ("every", "who", "lead", "filing", "event", "procedure", "source")},
        "base": told["base"] or "period", "name": name, "steps": steps, "opens_days": opens, "due_days": due or 0,
        "purpose": _words(told["purpose_zh"], told["purpose_en"]) or Words("", ""), "sample_percent": percent,
        "two_person": bool(told["two_person"]), "after_leaving": bool(told["after_leaving"]),
    }  # fmt: skip
    try:
        form.value = msgspec.convert(msgspec.to_builtins(values), Plan)
    except msgspec.ValidationError:
        form.refuse("every", _("This cannot be taken: please choose or correct it."))
    return form


_EMPTY = Plan(Words("", ""), Words("", ""), "hand", ())


def _words(zh: str, en: str) -> Words | None:
    """What is missing in one language is taken from the other."""
    return Words((zh or en)[:LONGEST], (en or zh)[:LONGEST]) if zh or en else None


def _days(form: Submitted[Plan], name: str, text: str) -> int | None:
    """Working days, negative before the base day."""
    if not text:
        return None
    try:
        days = int(text.replace("−", "-"))
    except ValueError:
        form.refuse(name, _("This is not a number."))
        return None
    if abs(days) > LONGEST_DAYS:
        form.refuse(name, _("At most %(n)s.", n=LONGEST_DAYS))
    return days


def _timing(form: Submitted[Plan], told: Mapping[str, str], percent: int) -> None:
    filed = told["every"] == "filing" or told["base"] == "filing"
    if filed and told["filing"] not in filing_table().filings:
        form.refuse("filing", _("Choose the return whose filing day counts."))
    if told["every"] == "event" and told["event"] not in EVENTS:
        form.refuse("event", _("Choose what it waits for."))
    if told["who"] == "sample" and not 1 <= percent <= 100:
        form.refuse("sample_percent", _("A sample is between 1 and 100 percent of the clients."))


def _steps(form: Submitted[Plan], rows: list[dict[str, str]]) -> list[StepPlan]:
    """Rows with a title, in the order their numbers give."""
    kept = [row for row in rows if row["zh"] or row["en"]]
    if not kept:
        form.refuse("steps", _("A checklist has at least one step."))
    if len(kept) > MOST_STEPS:
        form.refuse("steps", _("A checklist has at most %(n)s steps: make two of it.", n=MOST_STEPS))
    kept.sort(key=lambda row: int(row["order"]) if row["order"].isdigit() else len(rows) + 1)
    return [step for row in kept if (step := _step(form, row)) is not None]


def _step(form: Submitted[Plan], row: Mapping[str, str]) -> StepPlan | None:
    title = _words(row["zh"], row["en"])
    if title is None or row["evidence"] not in get_args(Evidence) or row["role"] not in STEP_ROLES:
        form.refuse("steps", _("Choose evidence and role of each step."))
        return None
    return StepPlan(
        title=title,
        evidence=row["evidence"],  # type: ignore[arg-type]  # one of get_args(Evidence)
        role=row["role"],
        help=_words(row["help_zh"], row["help_en"]) or Words("", ""),
        two_person=row["two"] == "yes",
        due_days=_days(form, "steps", row["due"]),
    )


async def publish(
    session: AsyncSession, checklist: Checklist, actor: Actor, new: NextVersion, now: datetime
) -> ChecklistVersion:
    """The next version. Conflict: another was made since the page was opened."""
    known = await queries.versions(session, checklist.id)
    again = next((v for v in known if v.id == new.key), None)
    if again is not None:
        return again
    last = known[0].version if known else 0
    if last != new.after:
        raise _overtaken(last)
    if known and queries.plan_of(known[0]) == new.plan:
        raise Invalid(_("Nothing was changed: version %(n)s stays as it is.", n=last))
    version = ChecklistVersion(
        id=new.key, checklist_id=checklist.id, version=last + 1, plan=msgspec.to_builtins(new.plan), note=new.note,
        made_by=actor.id, made_at=now,
    )  # fmt: skip
    try:
        async with session.begin_nested():
            session.add(version)
    except IntegrityError as error:  # of two that save in the same moment, the number lets one win
        raise _overtaken(last + 1) from error
    record(session, actor, "checklists.change", now, subject=checklist, version=version.version,
           summary=new.plan.name.zh, reason=new.note)  # fmt: skip
    return version


def _overtaken(version: int) -> Conflict:
    text: Text = _("Version %(n)s was published meanwhile. Look at it, then make your change again.", n=version)
    return Conflict(text)


async def own(session: AsyncSession, key: UUID) -> Checklist:
    """A checklist of the firm's own, once for each form that was opened."""
    found = await session.scalar(select(Checklist).where(of_this_firm(Checklist), Checklist.id == key))
    if found is not None:
        return found
    last = await session.scalar(select(func.max(Checklist.position)).where(of_this_firm(Checklist)))
    made = Checklist(id=key, starter_key=str(key), position=(last or 0) + 1)
    session.add(made)
    await session.flush()
    return made
