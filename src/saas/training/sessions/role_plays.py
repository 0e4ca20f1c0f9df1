"""Role-plays: the scenarios with their rubric, and scoring one in a team session (requirement R7.2)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Annotated, Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from saas.identity.models import Membership
from saas.kernel import tenancy
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Forbidden
from saas.kernel.forms import Submitted
from saas.kernel.i18n import _
from saas.kernel.identifiers import uuid7
from saas.kernel.pages import ROOT
from saas.kernel.tenancy import of_this_firm
from saas.training.duty_models import TeamSession
from saas.training.sessions import session_queries
from saas.training.sessions.roleplay_models import RolePlay
from saas.training.wording import said

FILE = ROOT / "tenants" / "_starter" / "role_plays.toml"
MOST = 4  # points of each line of the rubric
Words = dict[str, str]


class Criterion(msgspec.Struct, forbid_unknown_fields=True):
    """A line of the rubric, with what 0, 2 and 4 points look like."""

    name: Words
    none: Words
    half: Words
    full: Words


class Scenario(msgspec.Struct, forbid_unknown_fields=True):
    """What whoever talks knows, and how the client behaves."""

    key: str
    title: Words
    player: Words
    client: Words


class Content(msgspec.Struct):
    criterion: list[Criterion]
    scenario: list[Scenario]


class Score(msgspec.Struct):
    """`points` in the order of the rubric."""

    member_id: UUID
    scenario: str
    points: list[Annotated[int, msgspec.Meta(ge=0, le=MOST)]]
    remark: Annotated[str, msgspec.Meta(max_length=1000)]


@cache
def content() -> Content:
    return msgspec.convert(tomllib.loads(FILE.read_text("utf-8")), Content)


async def of_session(session: AsyncSession, session_id: UUID) -> Sequence[RolePlay]:
    query = select(RolePlay).where(of_this_firm(RolePlay), RolePlay.session_id == session_id)
    return (await session.scalars(query.order_by(RolePlay.scored_at, RolePlay.id))).all()


async def score(session: AsyncSession, held: TeamSession, form: Submitted[Score], actor: Actor, now: datetime) -> None:
    """Once for each person and scenario of a session; the same again changes nothing. After form.ok."""
    given, known = form.taken, {scenario.key: scenario for scenario in content().scenario}
    rubric = content().criterion
    if given.scenario not in known or len(given.points) != len(rubric):
        form.refuse("points", _("Every line of the rubric gets its points."))
        return
    if held.called_off_at is not None or held.held_at > now:
        raise Conflict(_("The session has not begun: a talk is scored when it was played."))
    if given.member_id not in {row.member_id for row in await session_queries.invited(session, held.id)}:
        form.refuse("member_id", _("Choose somebody of this session."))
        return
    if given.member_id == actor.id or actor.id is None:
        raise Forbidden(_("Nobody scores their own talk."), action="training.role_play", subject_id=held.id)
    marks = [{"name": line.name, "points": n, "most": MOST} for line, n in zip(rubric, given.points, strict=True)]
    new = insert(RolePlay).values(
        firm_id=tenancy.current_firm_id(), id=uuid7(), session_id=held.id, member_id=given.member_id,
        scenario=given.scenario, title=known[given.scenario].title, marks=marks, remark=given.remark,
        scored_by=actor.id, scored_at=now,
    )  # fmt: skip
    made = await session.scalar(new.on_conflict_do_nothing().returning(RolePlay.id))
    if made is not None:
        record(session, actor, "training.role_play", now, subject=held, scenario=given.scenario,
               summary=known[given.scenario].title["zh"])  # fmt: skip


async def shown(
    session: AsyncSession, held: TeamSession, actor: Actor, members: Mapping[UUID, Membership]
) -> list[dict[str, Any]]:
    """For the session's page: everybody's for those who see results, else one's own."""
    rows = await of_session(session, held.id)
    return [
        {
            "name": members[row.member_id].name,
            "title": said(row.title),
            "percent": row.percent,
            "marks": [{"label": said(m["name"]), "value": f"{m['points']} / {m['most']}"} for m in row.marks],
            "remark": row.remark,
            "by": members[row.scored_by].name,
        }
        for row in rows
        if row.member_id == actor.id or actor.may("training.results")
    ]
