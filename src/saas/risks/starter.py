"""What every firm begins with: risks, limits and playbooks of tenants/_starter, copied into its own tables."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel import clock
from saas.kernel.access import SYSTEM
from saas.kernel.clock import CHINA
from saas.kernel.money import Money
from saas.kernel.months import months_after
from saas.kernel.pages import ROOT
from saas.kernel.perform import calendar_of
from saas.kernel.tenancy import of_this_firm
from saas.risks.models import Risk
from saas.risks.playbooks.plan import Plan, plan_from
from saas.risks.playbooks.playbook_models import Playbook, PlaybookVersion
from saas.risks.watch.watch_models import Trigger

FOLDER = ROOT / "tenants" / "_starter"
Both = dict[str, str]


class StarterRisk(Struct):
    """One [[risk]] of register.toml; `exposure` in yuan, `after` is likelihood and impact with treatment."""

    key: str
    category: str
    name: Both
    cause: Both
    event: Both
    effect: Both
    control: Both
    source: str
    likelihood: int
    impact: int
    after: tuple[int, int]
    exposure: int
    treatment: Literal["avoid", "reduce", "transfer", "accept"]
    plan: Both
    watch: list[str]
    playbook: str = ""


class StarterTrigger(Struct):
    key: str
    name: Both
    kind: str
    at_least: int
    days: int
    role: str
    about: str = ""


class StarterPlaybook(Struct):
    key: str
    name: Both
    when: Both
    review_months: int
    plan: Plan


async def begin(session: AsyncSession, subject_id: str = "") -> None:
    """The job after `firm.created`; what is there already stays as it is, so it may run again."""
    now = clock.now()
    await give_playbooks(session, now)
    await _triggers(session, now)
    await _risks(session, now)


async def give_playbooks(session: AsyncSession, now: datetime) -> None:
    """Those of the starter that the firm does not have yet, each as its first version."""
    known = set((await session.scalars(select(Playbook.key).where(of_this_firm(Playbook)))).all())
    for given in starter_playbooks():
        if given.key in known:
            continue
        playbook = Playbook(
            key=given.key, name=given.name, when=given.when, review_months=given.review_months,
            review_on=await _review_day(session, now, given.review_months),
        )  # fmt: skip
        session.add(playbook)
        await session.flush()
        session.add(PlaybookVersion(playbook_id=playbook.id, number=1, written_at=now, **given.plan.stored()))
    await session.flush()


async def _triggers(session: AsyncSession, now: datetime) -> None:
    known = set((await session.scalars(select(Trigger.key).where(of_this_firm(Trigger)))).all())
    session.add_all(
        Trigger(**msgspec.structs.asdict(given), changed_at=now)
        for given in starter_triggers()
        if given.key not in known
    )
    await session.flush()


async def _risks(session: AsyncSession, now: datetime) -> None:
    from saas.risks.register.adding import add  # the register reads levels from here

    known = set((await session.scalars(select(Risk.key).where(of_this_firm(Risk)))).all())
    for given in starter_risks():
        if given.key not in known:
            await add(session, await _risk(session, given, now), SYSTEM, now)


async def _risk(session: AsyncSession, given: StarterRisk, now: datetime) -> Risk:
    return Risk(
        key=given.key, category=given.category, name=given.name, cause=given.cause, event=given.event,
        effect=given.effect, control=given.control, source=given.source, likelihood=given.likelihood,
        impact=given.impact, residual_likelihood=given.after[0], residual_impact=given.after[1],
        exposure=Money(given.exposure * 100), treatment=given.treatment, plan=given.plan, watches=given.watch,
        playbook_key=given.playbook, review_on=await _review_day(session, now, 6),
    )  # fmt: skip


async def _review_day(session: AsyncSession, now: datetime, months: int) -> date:
    calendar = await calendar_of(session)
    return calendar.next_working_day(months_after(now.astimezone(CHINA).date(), months))


@cache
def starter_risks() -> tuple[StarterRisk, ...]:
    return tuple(msgspec.convert(_read(FOLDER / "risks" / "register.toml")["risk"], list[StarterRisk]))


@cache
def starter_triggers() -> tuple[StarterTrigger, ...]:
    return tuple(msgspec.convert(_read(FOLDER / "risks" / "triggers.toml")["trigger"], list[StarterTrigger]))


@cache
def starter_playbooks() -> tuple[StarterPlaybook, ...]:
    """By file name."""
    return tuple(_playbook(_read(path)) for path in sorted((FOLDER / "playbooks").glob("*.toml")))


def _playbook(given: dict[str, Any]) -> StarterPlaybook:
    return StarterPlaybook(given["key"], given["name"], given["when"], given["review_months"], plan_from(given))


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))
