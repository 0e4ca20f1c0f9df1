"""What the parts weigh and by which rules money is proposed, on a day; the starter's values for a new firm."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from functools import cache

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.insights.scorecards.card_models import ScoreWeights
from saas.insights.scorecards.pay_models import PayRule
from saas.insights.targets.reading import FROM_THE_START
from saas.kernel import clock
from saas.kernel.money import Money
from saas.kernel.pages import ROOT
from saas.kernel.tenancy import of_this_firm

FILE = ROOT / "tenants" / "_starter" / "scorecards.toml"


class StarterRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`amount` and `most` in yuan, as texts so that they are exact."""

    kind: str
    name: dict[str, str]
    part: str
    points: int
    amount: str
    most: str
    clause: str = ""


class Starter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    weights: dict[str, int]
    rules: dict[str, StarterRule]


@cache
def starter() -> Starter:
    return msgspec.convert(tomllib.loads(FILE.read_text("utf-8")), Starter)


async def weights_history(session: AsyncSession) -> Sequence[ScoreWeights]:
    """Every weighing ever set, the one that counts first."""
    newest = (ScoreWeights.applies_from.desc(), ScoreWeights.set_at.desc(), ScoreWeights.id.desc())
    return (await session.scalars(select(ScoreWeights).where(of_this_firm(ScoreWeights)).order_by(*newest))).all()


async def weights_on(session: AsyncSession, day: date) -> dict[str, int]:
    """By part, in percent."""
    found = next((row for row in await weights_history(session) if row.applies_from <= day), None)
    return found.parts if found is not None else dict(starter().weights)


async def rules_history(session: AsyncSession) -> Sequence[PayRule]:
    """Every version of every rule, the one that counts first within each."""
    newest = (PayRule.key, PayRule.applies_from.desc(), PayRule.set_at.desc(), PayRule.id.desc())
    return (await session.scalars(select(PayRule).where(of_this_firm(PayRule)).order_by(*newest))).all()


def counting(versions: Sequence[PayRule], day: date) -> list[PayRule]:
    """The version of each rule that is in force on a day; ended ones are left out."""
    found: dict[str, PayRule] = {}
    for version in versions:
        if version.applies_from <= day:
            found.setdefault(version.key, version)
    return [rule for rule in found.values() if rule.amount]


async def begin(session: AsyncSession, subject_id: str = "") -> None:
    """The starter's weights and rules for a firm that has none of them yet."""
    now = clock.now()
    if not await weights_history(session):
        session.add(ScoreWeights(**starter().weights, applies_from=FROM_THE_START, set_at=now, set_by=None))
    known = {rule.key for rule in await rules_history(session)}
    session.add_all(
        PayRule(
            key=key, kind=rule.kind, name=rule.name, clause=rule.clause, part=rule.part, points=rule.points,
            amount=Money.of(rule.amount), most=Money.of(rule.most), applies_from=FROM_THE_START, set_at=now,
            set_by=None,
        )
        for key, rule in starter().rules.items()
        if key not in known
    )  # fmt: skip
    await session.flush()
