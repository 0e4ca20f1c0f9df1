"""Booking what was approved, and proving on the re-imported ledger that the rule is green."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.adjustments import letter, planning
from saas.adjustments.correction.by_month import BETWEEN
from saas.adjustments.models import Adjustment, PlannedVoucher
from saas.adjustments.planning import Desk
from saas.adjustments.review import checks
from saas.cases.forms import Reason
from saas.cases.workflow import CASE
from saas.checks import queries as finding_queries
from saas.checks.corrections import Correction, CorrectionLine
from saas.checks.cure import Cure, cured
from saas.checks.finding import Finding
from saas.checks.models import FoundAnomaly
from saas.checks.outside import supplied
from saas.clients.queries import approvers
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Conflict, Forbidden, Invalid
from saas.kernel.i18n import Text, _
from saas.kernel.perform import perform
from saas.ledgers import snapshots
from saas.ledgers.frame import LINES, Ledger
from saas.ledgers.models import Import
from saas.ledgers.store import books
from saas.notices import drafts, issue
from saas.notices import queries as notice_queries
from saas.notices.models import Notice


async def begin(session: AsyncSession, at: Desk, adjustment: Adjustment, actor: Actor, now: datetime) -> None:
    """Look once more before anything is booked: nothing may have changed since the approval."""
    if adjustment.status != "approved":
        raise Conflict(_("Only an approved plan is booked."))
    _plan, list_ = await checks(session, at, adjustment)
    problems = [problem for check in list_ for problem in check.problems]
    if problems:
        raise Forbidden(problems[0], action="adjustment.begin", subject_id=adjustment.id)
    await perform(session, CASE, at.case.id, "execute", actor, now=now)
    adjustment.begun_at = now


async def finish(
    session: AsyncSession, at: Desk, adjustment: Adjustment, numbers: Sequence[str], actor: Actor, now: datetime
) -> None:
    """Record the numbers the vouchers got, seal the books with them, and draft the completion letter."""
    if adjustment.status != "executing":
        raise Conflict(_("Booking has not begun, or is finished already."))
    rows = await planning.vouchers_of(session, adjustment)
    if len(numbers) != len(rows) or not all(number.strip() for number in numbers):
        raise Invalid(_("Give every voucher the number it got in the client’s program."))
    for row, number in zip(rows, numbers, strict=True):
        row.posted_as = number.strip()
    await session.flush()
    plan = planning.stored_plan(adjustment, rows, at.books)
    after = replace(at.ledger, lines=pl.concat([at.ledger.lines, _as_lines(rows)]))
    accounts = {line.account for line in plan.lines} | {line.account for v in plan.rewritten for line in v.lines}
    snapshot = await snapshots.take(
        session,
        after,
        accounts,
        client_id=at.client.id,
        subject_kind="case",
        subject_id=at.case.id,
        moment="after",
        import_ids=[],
        now=now,
    )
    adjustment.after_sha256, adjustment.executed_by, adjustment.executed_at = snapshot.sha256, actor.id, now
    adjustment.completion_id = (await _completion(session, at, adjustment, rows, actor, now)).id
    await perform(session, CASE, at.case.id, "finish", actor, now=now)


async def prove(session: AsyncSession, at: Desk, adjustment: Adjustment, actor: Actor, now: datetime) -> Cure:
    """Compare the re-imported books with those of the finding: verified, or back to analysis with the reason."""
    if adjustment.status != "executed" or adjustment.executed_at is None:
        raise Conflict(_("Nothing is booked yet that could be proved."))
    if not await _imported_since(session, at, adjustment.executed_at):
        raise Forbidden(_("Import the client’s ledger again first: the proof is made on the new file."))
    cure = await cure_of(session, at, adjustment)
    adjustment.cure = {"ok": cure.ok, "reason": cure.reason.store(), "at": now.isoformat()}
    adjustment.verified_by, adjustment.verified_at = actor.id, now
    if cure.ok:
        await perform(session, CASE, at.case.id, "verify", actor, now=now)
    else:
        await perform(session, CASE, at.case.id, "not_cured", actor, Reason(str(cure.reason)), now=now)
    record(session, actor, "adjustment.prove", now, subject=adjustment, client_id=at.client.id, reason=str(cure.reason))
    if cure.ok and adjustment.completion_id is not None:
        query = select(Notice).where(Notice.firm_id == adjustment.firm_id, Notice.id == adjustment.completion_id)
        await issue.approve(session, (await session.execute(query)).scalar_one(), actor, now)
    return cure


async def cure_of(session: AsyncSession, at: Desk, adjustment: Adjustment) -> Cure:
    """Every finding of the case by its rule's own test; the first that is not cured decides."""
    standard = at.ledger.standard
    versions = [UUID(version) for version in adjustment.found_versions]
    before = await books(session, at.client.id, standard, versions=versions)
    rows = await planning.vouchers_of(session, adjustment)
    corrections = [correction(row) for row in rows]
    missing = _not_posted(at.ledger, corrections)
    if missing is not None:
        return Cure(False, missing)
    found = await finding_queries.of_case(session, at.case.id)
    asks = any(row.rule in supplied.RULES for row in found)
    outside = await supplied.settings_of(session, at.client.id) if asks else {}
    for row in found:
        known = {**row.settings, **outside.get(row.rule, {})}
        cure = cured(_as_finding(row), before, at.ledger, corrections, known or None)
        if not cure.ok:
            return cure
    return Cure(True, _("The vouchers stand in the books as approved, and no rule finds the anomaly any more."))


def correction(row: PlannedVoucher) -> Correction:
    """An approved voucher as the checks look for it, under the number it was posted with."""
    digits = "".join(c for c in row.posted_as.rpartition("-")[2] if c.isdigit())
    word = row.posted_as.rpartition("-")[0].strip() or row.word
    targets = row.refers_to.split(BETWEEN)
    return Correction(
        kind="red" if row.kind == "red" else "blue",
        date=row.date,
        word=word,
        number=int(digits) if digits else row.number,
        lines=tuple(
            CorrectionLine(line["account"], line.get("aux", ""), line["debit_fen"], line["credit_fen"])
            for line in row.lines
        ),
        refers_to=targets[0] or None,
        also=tuple(targets[1:]),
    )


def _not_posted(ledger: Ledger, corrections: Sequence[Correction]) -> Text | None:
    """The first approved voucher the books do not hold with the same accounts, sides and amounts."""
    for wanted in corrections:
        rows = ledger.lines.filter(
            (pl.col("number") == wanted.number)
            & (pl.col("word").fill_null("") == wanted.word)
            & (pl.col("period") == f"{wanted.date:%Y-%m}")
        )
        booked = sorted((r["account"], r["debit"], r["credit"]) for r in rows.iter_rows(named=True))
        if booked != sorted((line.account, line.debit, line.credit) for line in wanted.lines):
            return _(
                "The books do not hold %(number)s of %(month)s as it was approved.",
                number=f"{wanted.word}-{wanted.number}",
                month=f"{wanted.date:%Y-%m}",
            )
    return None


async def _imported_since(session: AsyncSession, at: Desk, moment: datetime) -> bool:
    query = select(func.count()).where(
        Import.firm_id == at.case.firm_id, Import.client_id == at.client.id, Import.stored_at > moment
    )
    return bool(await session.scalar(query))


async def _completion(
    session: AsyncSession, at: Desk, adjustment: Adjustment, rows: Sequence[PlannedVoucher], actor: Actor, now: datetime
) -> Notice:
    """Drafted by the preparer; issued by whoever proves the cure, in place of a report that proved wrong."""
    people = await approvers(session, at.client.id)
    locale = people[0].locale if people else "zh"
    query = select(Notice).where(Notice.firm_id == adjustment.firm_id, Notice.id == adjustment.notice_id)
    issued = (await session.execute(query)).scalar_one()
    serial = str(issued.content.get("letter", {}).get("serial", ""))
    plan = planning.stored_plan(adjustment, rows, at.books)
    content = letter.completion_letter(at, adjustment, rows, plan, serial)
    return await drafts.draft(
        session,
        actor,
        kind="completion",
        client=at.client,
        subject_kind="case",
        subject_id=at.case.id,
        title=at.case.title,
        content=content,
        locale=locale,
        answer_by=None,
        now=now,
        supersedes=await notice_queries.standing(session, at.case.id, reports=True),
    )


def _as_lines(rows: Sequence[PlannedVoucher]) -> pl.DataFrame:
    """The posted vouchers as canonical lines, for the snapshot afterwards."""
    found = []
    for row in rows:
        wanted = correction(row)
        for position, line in enumerate(row.lines, start=1):
            found.append(
                {
                    "row": 0,
                    "period": f"{row.date:%Y-%m}",
                    "date": row.date,
                    "voucher": f"{row.date:%Y-%m} {wanted.word}-{wanted.number}",
                    "word": wanted.word,
                    "number": wanted.number,
                    "number_text": row.posted_as,
                    "line": position,
                    "summary": row.summary,
                    "account": line["account"],
                    "account_name": line.get("name", ""),
                    "aux": line.get("aux", ""),
                    "debit": line["debit_fen"],
                    "credit": line["credit_fen"],
                }
            )
    return pl.DataFrame(found, schema_overrides=LINES).select(
        [pl.col(n) if found and n in found[0] else pl.lit(None, dtype=t).alias(n) for n, t in LINES.items()]
    )


def _as_finding(row: FoundAnomaly) -> Finding:
    """A kept finding as the rules made it."""
    return Finding(
        rule=row.rule,
        object=row.object,
        severity=row.severity,  # type: ignore[arg-type]
        confidence=1.0,
        message=row.message,
        vouchers=list(row.vouchers),
        rows=list(row.rows),
        period=row.period,
        account=row.account,
        amount=row.amount,
        compared=dict(row.compared),
    )
