"""Every SELECT on cases and what belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    String,
    any_,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession

from saas.cases.models import Case, Lesson, Note
from saas.cases.question_models import Question, QuestionAnswer
from saas.cases.workflow import OPEN
from saas.clients.models import Communication
from saas.kernel.clock import CHINA
from saas.kernel.prepared import FIRM, here
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm

FACETS = ("severity", "rule", "client_id", "owner_id")  # filters of the list whose choices are counted
_GROUPING = (0b0111, 0b1011, 0b1101, 0b1110, 0b1111)  # grouping() of a row counted by each of them, and of all
IS_OPEN = Case.state == any_(literal(sorted(OPEN), ARRAY(String)))  # one parameter, however many states
ORDER = (Case.closed_at.desc().nulls_first(), Case.due_at.asc().nulls_last(), Case.id)
SHOWN = (
    Case.id, Case.number, Case.title, Case.severity, Case.rule, Case.period, Case.client_id, Case.owner_id, Case.state,
    Case.due_at, Case.closed_at,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of the list, as they stand in the address; "" is no filter."""

    state: str = "open"  # open, closed, all, or one state of the workflow
    severity: str = ""
    rule: str = ""
    client_id: UUID | None = None
    owner_id: UUID | None = None
    search: str = ""
    opened: tuple[datetime | None, datetime | None] = (None, None)  # the age filter, as moments: after, until
    cause: str = ""  # a cause code; then only cases in which it was found to be true, as the Pareto chart counts
    between: tuple[date | None, date | None] = (None, None)  # opened on these days, both included
    source: str = ""  # who told us; complaints are counted apart

    def facets(self, *, without: str = "") -> list[ColumnElement[bool]]:
        """What the filters say whose choices are counted."""
        given = {name: getattr(self, name) for name in FACETS if name != without}
        return [getattr(Case, name) == value for name, value in given.items() if value] or [true()]

    def conditions(self) -> list[ColumnElement[bool]]:
        return [of_this_firm(Case), *self.facets(), *self.others()]

    def others(self) -> list[ColumnElement[bool]]:
        """What the other filters say."""
        found: list[ColumnElement[bool]] = []
        if self.state == "open":
            found.append(IS_OPEN)
        elif self.state == "closed":
            found.append(Case.state.not_in(OPEN))
        elif self.state != "all":
            found.append(Case.state == self.state)
        if self.search:
            like = f"%{self.search.strip()}%"
            title = cast(Case.title, String)  # the sentence with its parameters, as it is stored
            found.append(or_(Case.number.ilike(like), Case.description.ilike(like), title.ilike(like)))
        found += [Case.source == self.source] if self.source else []
        after, until = self.opened
        found += [Case.opened_at > after] if after else []
        found += [Case.opened_at <= until] if until else []
        if self.cause:
            innocent = Case.outcome.in_(("explained", "dismissed"))
            found += [Case.cause_code == self.cause, Case.likelihood.is_not(None), ~innocent]
        first, last = self.between
        found += [Case.opened_at >= datetime.combine(first, time(), CHINA)] if first else []
        found += [Case.opened_at < datetime.combine(last + timedelta(days=1), time(), CHINA)] if last else []
        return found


async def case(session: AsyncSession, case_id: UUID) -> Case:
    """One case of this firm; Missing for any other id."""
    return await own_row(session, Case, case_id)


async def case_or_none(session: AsyncSession, case_id: UUID) -> Case | None:
    found: Case | None = await session.scalar(select(Case).where(of_this_firm(Case), Case.id == case_id))
    return found


async def cases(session: AsyncSession, wanted: Wanted, *, limit: int = 50) -> Sequence[Case]:
    """The one due first stands first; closed ones the newest first."""
    return (await session.scalars(select(Case).where(*wanted.conditions()).order_by(*ORDER).limit(limit))).all()


async def listed(session: AsyncSession, wanted: Wanted, *, offset: int, limit: int) -> Sequence[Any]:
    """The same, nothing but what a list shows of each (SHOWN)."""
    return (await session.execute(_listing(wanted), {**here(), "offset": offset, "limit": limit})).all()


@lru_cache(maxsize=64)  # for every firm: whose cases it lists is said when it is asked
def _listing(wanted: Wanted) -> Any:
    query = select(*SHOWN).where(Case.firm_id == FIRM, *wanted.facets(), *wanted.others()).order_by(*ORDER)
    return query.offset(bindparam("offset", type_=Integer())).limit(bindparam("limit", type_=Integer()))


OPEN_CASES = select(func.count()).select_from(Case).where(Case.firm_id == FIRM, IS_OPEN)


async def count(session: AsyncSession, wanted: Wanted) -> int:
    return await session.scalar(select(func.count()).select_from(Case).where(*wanted.conditions())) or 0


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases a list has, and how many it would have with each value of a filter, the other filters kept."""

    total: int
    severity: dict[str, int]
    rule: dict[str, int]
    client: dict[UUID, int]
    owner: dict[UUID, int]


@lru_cache(maxsize=64)
def _counting(wanted: Wanted) -> Select[Any]:
    columns = [getattr(Case, name) for name in FACETS]
    numbers = [func.count().filter(*wanted.facets(without=name)) for name in (*FACETS, "")]
    sets = func.grouping_sets(*(tuple_(column) for column in columns), tuple_())
    query = select(func.grouping(*columns), *columns, *numbers)
    return query.where(Case.firm_id == FIRM, *wanted.others()).group_by(sets)


async def counts(session: AsyncSession, wanted: Wanted) -> Counts:
    """All of them in one statement, which reads the cases once."""
    found: dict[str, dict[Any, int]] = {name: {} for name in (*FACETS, "")}
    for which, *row in (await session.execute(_counting(wanted), here())).all():
        at = _GROUPING.index(which)
        value, number = (row[at] if at < len(FACETS) else True), row[len(FACETS) + at]
        if value and number:
            found[(*FACETS, "")[at]][value] = number
    return Counts(found[""].get(True, 0), *(found[name] for name in FACETS))


async def open_of_client(session: AsyncSession, client_id: UUID, limit: int = 50) -> Sequence[Case]:
    return await cases(session, Wanted(client_id=client_id), limit=limit)


async def questions(session: AsyncSession, case_id: UUID) -> Sequence[Question]:
    query = select(Question).where(of_this_firm(Question), Question.case_id == case_id)
    return (await session.scalars(query.order_by(Question.asked_at, Question.id))).all()


async def question(session: AsyncSession, case_id: UUID, question_id: UUID) -> Question:
    return await own_row(session, Question, question_id, Question.case_id == case_id)


async def unanswered(session: AsyncSession) -> Sequence[tuple[Question, Case]]:
    """Questions that are out and not answered, with their cases, the oldest first: what is chased."""
    query = (
        select(Question, Case)
        .join(Case, (Case.firm_id == Question.firm_id) & (Case.id == Question.case_id))
        .where(of_this_firm(Question), Case.state == "waiting_client")
        .where(Question.sent_at.is_not(None), Question.answered_at.is_(None), Question.withdrawn_at.is_(None))
        .order_by(Question.sent_at)
    )
    return [(row[0], row[1]) for row in (await session.execute(query)).all()]


async def answers(session: AsyncSession, question_ids: Sequence[UUID]) -> Sequence[QuestionAnswer]:
    query = select(QuestionAnswer).where(of_this_firm(QuestionAnswer), QuestionAnswer.question_id.in_(question_ids))
    return (await session.scalars(query.order_by(QuestionAnswer.at))).all()


async def notes(session: AsyncSession, case_id: UUID) -> Sequence[Note]:
    query = select(Note).where(of_this_firm(Note), Note.case_id == case_id)
    return (await session.scalars(query.order_by(Note.at.desc(), Note.id.desc()))).all()


async def lesson(session: AsyncSession, case_id: UUID) -> Lesson | None:
    found: Lesson | None = await session.scalar(select(Lesson).where(of_this_firm(Lesson), Lesson.case_id == case_id))
    return found


async def reported_since(session: AsyncSession, client_id: UUID, day: date) -> int:
    """How many problems a client told us through links since the beginning of a day."""
    begin = datetime.combine(day, time(), CHINA)
    query = select(func.count()).select_from(Case)
    mine = (
        of_this_firm(Case),
        Case.client_id == client_id,
        Case.source.in_(("client", "complaint")),
        Case.opened_at >= begin,
    )
    return await session.scalar(query.where(*mine)) or 0


async def lately_closed(session: AsyncSession, client_id: UUID, now: datetime) -> Sequence[Case]:
    """What was closed within the last 90 days, the newest first."""
    query = select(Case).where(
        of_this_firm(Case),
        Case.client_id == client_id,
        Case.state == "closed",
        Case.closed_at > now - timedelta(days=90),
    )
    return (await session.scalars(query.order_by(Case.closed_at.desc()).limit(20))).all()


async def last_word(session: AsyncSession, case_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When something was last exchanged with the client about each case; a case never talked about is not here."""
    query = (
        select(Communication.subject_id, func.max(Communication.at))
        .where(of_this_firm(Communication), Communication.subject_id.in_(case_ids))
        .group_by(Communication.subject_id)
    )
    return {row[0]: row[1] for row in (await session.execute(query)).all() if row[0] is not None}


async def of_bulk(session: AsyncSession, bulk_id: UUID) -> Sequence[Case]:
    """The cases of one matter for many clients, in the order of their numbers."""
    query = select(Case).where(of_this_firm(Case), Case.extra["bulk_id"].astext == str(bulk_id))
    return (await session.scalars(query.order_by(Case.number))).all()
