"""The skills every firm begins with: tenants/_starter/skills/skills.toml."""

from __future__ import annotations

import tomllib
from datetime import datetime
from functools import cache

import msgspec
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.kernel.pages import ROOT
from saas.kernel.tenancy import of_this_firm
from saas.teams.skills.skill_models import Skill

FILE = ROOT / "tenants" / "_starter" / "skills" / "skills.toml"


class StarterSkill(Struct, forbid_unknown_fields=True):
    key: str
    name: dict[str, str]
    about: dict[str, str]
    course_key: str
    levels: dict[str, int]


@cache
def starter_skills() -> tuple[StarterSkill, ...]:
    return tuple(msgspec.convert(tomllib.loads(FILE.read_text("utf-8"))["skill"], list[StarterSkill]))


async def fill(session: AsyncSession, now: datetime) -> None:
    """Those the firm does not have, by key; also not again those it took out of use."""
    known = set((await session.scalars(select(Skill.key).where(of_this_firm(Skill)))).all())
    session.add_all(Skill(**msgspec.structs.asdict(given)) for given in starter_skills() if given.key not in known)
    await session.flush()
