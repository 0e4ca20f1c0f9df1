"""Every SELECT on findings, rule settings and check runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, case, cast, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from saas.checks.models import CheckRun, Exemption, FoundAnomaly, PeriodFigure, RuleSetting
from saas.kernel.outbox import Outbox
from saas.kernel.prepared import FIRM
from saas.kernel.rows import own_row
from saas.kernel.tenancy import of_this_firm
from saas.ledgers.models import Import, LedgerLine, PeriodVersion

SEVERITIES = ("critical", "high", "medium", "low", "info")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of the list, as they stand in the address; "" is no filter."""

    state: str = "open"  # open, quiet, gone, confirmed, dismissed, excepted, cured, all
    severity: str = ""
    rule: str = ""
    client_id: UUID | None = None
    voucher: str = ""
    account: str = ""

    def conditions(self, *, without: str = "") -> list[ColumnElement[bool]]:
        """What the rows must meet; `without` leaves one filter out, to count its choices."""
        found = [of_this_firm(FoundAnomaly), *self._of_state()]
        if self.severity and without != "severity":
            found.append(FoundAnomaly.severity == self.severity)
        elif self.state == "open" and not self.severity:
            found.append(FoundAnomaly.severity != "info")  # remarks wait under their own filter
        if self.rule and without != "rule":
            found.append(FoundAnomaly.rule == self.rule)
        if self.client_id is not None and without != "client":
            found.append(FoundAnomaly.client_id == self.client_id)
        if self.voucher:
            found.append(FoundAnomaly.vouchers.contains([self.voucher]))
        if self.account:
            found.append(FoundAnomaly.account == self.account)
        return found

    def _of_state(self) -> list[ColumnElement[bool]]:
        if self.state == "gone":
            return [FoundAnomaly.state == "open", FoundAnomaly.gone_at.is_not(None)]
        if self.state in ("open", "quiet"):
            quiet = FoundAnomaly.quiet.is_(self.state == "quiet")
            return [FoundAnomaly.state == "open", FoundAnomaly.gone_at.is_(None), quiet]
        return [FoundAnomaly.state == self.state] if self.state != "all" else []


async def finding(session: AsyncSession, finding_id: UUID) -> FoundAnomaly:
    """One finding of this firm; Missing for any other id."""
    return await own_row(session, FoundAnomaly, finding_id)


async def findings(
    session: AsyncSession, wanted: Wanted, *, offset: int = 0, limit: int = 50
) -> Sequence[FoundAnomaly]:
    """The most pressing first: severity, then priority, then the newest."""
    query = select(FoundAnomaly).where(*wanted.conditions()).order_by(*in_order())
    return (await session.scalars(query.offset(offset).limit(limit))).all()


def in_order() -> tuple[Any, ...]:
    """What ORDER BY takes to show the most pressing first."""
    return (rank(), FoundAnomaly.priority.desc(), FoundAnomaly.found_at.desc(), FoundAnomaly.id)


def rank() -> ColumnElement[int]:
    """0 for critical … 4 for information."""
    return case({name: at for at, name in enumerate(SEVERITIES)}, value=FoundAnomaly.severity, else_=9)


WAITING = (  # as Wanted() says it: open, still found, no remark, and not for the digest
    select(func.count())
    .select_from(FoundAnomaly)
    .where(FoundAnomaly.firm_id == FIRM, FoundAnomaly.state == "open", FoundAnomaly.gone_at.is_(None))
    .where(FoundAnomaly.quiet.is_(False), FoundAnomaly.severity != "info")
)


async def count(session: AsyncSession, wanted: Wanted) -> int:
    return await session.scalar(select(func.count()).select_from(FoundAnomaly).where(*wanted.conditions())) or 0


async def facet(session: AsyncSession, wanted: Wanted, name: str) -> dict[Any, int]:
    """How many there are by each value of one filter ("severity", "rule", "client"), the other filters kept."""
    column: Any = {
        "severity": FoundAnomaly.severity,
        "rule": FoundAnomaly.rule,
        "client": FoundAnomaly.client_id,
    }[name]
    query = select(column, func.count()).where(*wanted.conditions(without=name)).group_by(column).order_by(column)
    rows = (await session.execute(query)).all()
    return {row[0]: row[1] for row in rows}


async def by_ids(session: AsyncSession, ids: Iterable[UUID]) -> Sequence[FoundAnomaly]:
    query = select(FoundAnomaly).where(of_this_firm(FoundAnomaly), FoundAnomaly.id.in_(list(ids)))
    return (await session.scalars(query.order_by(FoundAnomaly.priority.desc(), FoundAnomaly.id))).all()


async def of_client(session: AsyncSession, client_id: UUID) -> Sequence[FoundAnomaly]:
    """Every finding ever kept of a client: the identity rule + object goes over all of them."""
    query = select(FoundAnomaly).where(of_this_firm(FoundAnomaly), FoundAnomaly.client_id == client_id)
    return (await session.scalars(query)).all()


async def of_case(session: AsyncSession, case_id: UUID) -> Sequence[FoundAnomaly]:
    query = select(FoundAnomaly).where(of_this_firm(FoundAnomaly), FoundAnomaly.case_id == case_id)
    return (await session.scalars(query.order_by(FoundAnomaly.score.desc(), FoundAnomaly.id))).all()


async def open_by_severity(session: AsyncSession, client_id: UUID) -> dict[str, int]:
    """How many of a client's findings wait to be looked at."""
    query = (
        select(FoundAnomaly.severity, func.count())
        .where(*Wanted(client_id=client_id).conditions())
        .group_by(FoundAnomaly.severity)
    )
    counted = {str(name): n for name, n in (await session.execute(query)).all()}
    return {name: counted[name] for name in SEVERITIES if name in counted}


async def exemptions(session: AsyncSession, client_id: UUID) -> Sequence[Exemption]:
    query = select(Exemption).where(
        of_this_firm(Exemption), Exemption.client_id == client_id, Exemption.ended_at.is_(None)
    )
    return (await session.scalars(query.order_by(Exemption.until))).all()


async def current_settings(session: AsyncSession, at: datetime) -> dict[str, RuleSetting]:
    """What the firm set for each rule, as it holds at a moment; a rule it never touched is not here."""
    query = (
        select(RuleSetting)
        .where(of_this_firm(RuleSetting), RuleSetting.valid_from <= at)
        .ext(distinct_on(RuleSetting.rule))
        .order_by(RuleSetting.rule, RuleSetting.valid_from.desc())
    )
    return {setting.rule: setting for setting in (await session.scalars(query)).all()}


async def settings_history(session: AsyncSession, rule: str) -> Sequence[RuleSetting]:
    """What held before, the newest first."""
    query = select(RuleSetting).where(of_this_firm(RuleSetting), RuleSetting.rule == rule)
    return (await session.scalars(query.order_by(RuleSetting.valid_from.desc()).limit(50))).all()


async def judged(session: AsyncSession) -> dict[str, tuple[int, int]]:
    """(confirmed, dismissed) by rule. Confirmed are those that became a case and were not rejected there."""
    confirmed = and_(FoundAnomaly.case_id.is_not(None), FoundAnomaly.state != "dismissed")
    query = (
        select(
            FoundAnomaly.rule,
            func.count().filter(confirmed),
            func.count().filter(FoundAnomaly.state == "dismissed"),
        )
        .where(of_this_firm(FoundAnomaly))
        .group_by(FoundAnomaly.rule)
    )
    return {str(rule): (yes, no) for rule, yes, no in (await session.execute(query)).all()}


async def last_run(session: AsyncSession, client_id: UUID) -> CheckRun | None:
    query = select(CheckRun).where(of_this_firm(CheckRun), CheckRun.client_id == client_id)
    return (await session.scalars(query.order_by(CheckRun.at.desc()).limit(1))).first()


async def promised(session: AsyncSession, client_id: UUID) -> UUID | None:
    """The job that will check (or is checking) a client's books: by button, or after one of its imports."""
    imports = select(cast(Import.id, String)).where(of_this_firm(Import), Import.client_id == client_id)
    by_button = and_(Outbox.job == "checks.run", Outbox.args["client_id"].astext == str(client_id))
    after_import = and_(Outbox.job == "checks.after_import", Outbox.args["subject_id"].astext.in_(imports))
    query = select(Outbox.id).where(
        of_this_firm(Outbox), Outbox.finished_at.is_(None), ~Outbox.dead, or_(by_button, after_import)
    )
    return (await session.scalars(query.order_by(Outbox.created_at).limit(1))).first()


async def runs_by_client(session: AsyncSession) -> dict[UUID, datetime]:
    """When each client's books were last checked."""
    query = select(CheckRun.client_id, func.max(CheckRun.at)).where(of_this_firm(CheckRun)).group_by(CheckRun.client_id)
    rows = (await session.execute(query)).all()
    return {row[0]: row[1] for row in rows}


async def lines_on(session: AsyncSession, client_id: UUID, account: str, limit: int = 400) -> Sequence[LedgerLine]:
    """The newest lines on one account in the versions that count now: what a finding is compared with."""
    query = (
        select(LedgerLine)
        .join(
            PeriodVersion,
            and_(
                PeriodVersion.firm_id == LedgerLine.firm_id,
                PeriodVersion.import_id == LedgerLine.import_id,
                PeriodVersion.period == LedgerLine.period,
                PeriodVersion.content == "lines",
            ),
        )
        .where(of_this_firm(LedgerLine), PeriodVersion.client_id == client_id, PeriodVersion.is_current)
        .where(LedgerLine.account == account, LedgerLine.void.is_not(True))
    )
    return (await session.scalars(query.order_by(LedgerLine.period.desc(), LedgerLine.row.desc()).limit(limit))).all()


async def account_names(session: AsyncSession, client_id: UUID, accounts: Sequence[str]) -> dict[str, str]:
    """What the client's books call these accounts."""
    if not accounts:
        return {}
    query = (
        select(LedgerLine.account, func.max(LedgerLine.account_name))
        .where(of_this_firm(LedgerLine), LedgerLine.client_id == client_id, LedgerLine.account.in_(accounts))
        .group_by(LedgerLine.account)
    )
    return {str(row[0]): str(row[1] or "") for row in (await session.execute(query)).all()}


async def figures(session: AsyncSession, client_id: UUID) -> Sequence[PeriodFigure]:
    """What was supplied for a client from outside its ledger, the newest month first."""
    query = select(PeriodFigure).where(of_this_firm(PeriodFigure), PeriodFigure.client_id == client_id)
    return (await session.scalars(query.order_by(PeriodFigure.period.desc(), PeriodFigure.name))).all()
