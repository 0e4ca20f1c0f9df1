"""From the facts a bookkeeper confirms to a stored plan, and from a stored plan back to the engine's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from saas.adjustments import desk, own_accounts, typed
from saas.adjustments.correction.books import OpenBooks
from saas.adjustments.correction.by_month import BETWEEN
from saas.adjustments.correction.drafting import draft, edited, restored
from saas.adjustments.correction.facts import Facts, Period, year_of
from saas.adjustments.correction.method import Choice, choose
from saas.adjustments.correction.net import touches
from saas.adjustments.correction.plan import Plan
from saas.adjustments.correction.storage import (
    dump_facts,
    dump_line,
    dump_mistake,
    load_facts,
    load_line,
    load_mistake,
)
from saas.adjustments.correction.vouchers import Mistake, Stage, Voucher
from saas.adjustments.forms import Facts as FactsForm
from saas.adjustments.models import Adjustment, PlannedVoucher
from saas.adjustments.options import settings_of
from saas.adjustments.tax import suggested, tax_effect
from saas.adjustments.tax.storage import dump_effect
from saas.cases.models import Case
from saas.clients.models import Client
from saas.kernel.access import Actor
from saas.kernel.audit import record
from saas.kernel.errors import Invalid
from saas.kernel.i18n import _
from saas.ledgers.frame import Ledger
from saas.ledgers.store import books_of, standard_of

TWICE = timedelta(minutes=2)  # the same facts again so soon are the same form sent twice


@dataclass(frozen=True, slots=True)
class Desk:
    """A case's client, its books, and where they stand today."""

    case: Case
    client: Client
    ledger: Ledger
    books: OpenBooks


async def desk_of(session: AsyncSession, case: Case, client: Client, open_period: str = "") -> Desk:
    standard = standard_of(client)  # corrections know three; where it is none of them, the small one's
    ledger = await books_of(session, client, standard="small" if standard == "other" else standard)
    return Desk(case, client, ledger, desk.open_books(client, ledger, open_period))


def with_own_accounts(at: Desk, raw: Mapping[str, Any], actor: Actor, now: datetime, session: AsyncSession) -> Desk:
    """The desk with the accounts a person has just named, which the client keeps from here on."""
    known = at.client.settings.get("accounts", {})
    given = {role: one for role, one in own_accounts.taken(at.books.chart, raw).items() if known.get(role) != one}
    if not given:
        return at
    own = {**known, **given}
    at.client.settings = {**at.client.settings, "accounts": own}
    for account in given.values():
        label = f"{account['code']} {account['name']}"
        record(session, actor, "adjustment.name_account", now, subject=at.client, client_id=at.client.id, summary=label)
    return replace(at, books=replace(at.books, chart=own_accounts.supplied(at.ledger.chart, own)))


def mistakes_of(at: Desk, form: FactsForm, raw: Mapping[str, Any]) -> list[Mistake]:
    """The wrong vouchers with their right entries as typed. Invalid says what is missing, and where."""
    period = Period.parse(form.period) if form.period else None
    original = desk.voucher(at.ledger, form.original) if form.original else None
    if not form.voucher:
        right = typed.lines(raw, "right-0-", at.books.chart)
        if form.kind not in ("omission", "asset_surplus"):
            raise Invalid(_("Choose the voucher that is wrong."))
        if not right or period is None:
            raise Invalid(_("An omission needs the entry that is missing and the month it belongs to."))
        return [Mistake(None, right, form.subject, period)]
    found = []
    for position, key in enumerate(form.voucher):
        wrong = desk.voucher(at.ledger, key)
        if wrong is None:
            raise Invalid(_("The books hold no voucher %(voucher)s.", voucher=key))
        right = typed.lines(raw, f"right-{position}-", at.books.chart)
        if form.kind in ("early", "late") and not right:
            right = wrong.lines
        found.append(Mistake(wrong, right, form.subject, period, original))
    return found


def facts_of(at: Desk, form: FactsForm, mistakes: Sequence[Mistake]) -> Facts:
    """The table's input: what the person said, and what the books say."""
    days = [m.wrong.date if m.wrong else m.belongs_to.last for m in mistakes]
    return Facts(
        posting=form.posting,
        year=year_of(min(days), at.books.open_period, at.books.today, form.annual_return_filed),
        kind=form.kind,
        standard=at.ledger.standard,
        material=form.material,
        touches=touches(mistakes, at.books),
        right_month_over=form.kind == "early" and mistakes[0].belongs_to < at.books.open_period,
        statements_approved=form.statements_approved,
        settings=settings_of(at.client, by_month=form.by_month),
    )


def plan_for(at: Desk, facts: Facts, mistakes: Sequence[Mistake]) -> Plan:
    """The draft with the tax entries an earlier year brings; other suggestions are the bookkeeper's to accept."""
    choice = choose(facts)
    first = draft(choice, mistakes, at.books)
    effect = tax_effect(
        first, at.books, desk.taxpayer(at.client), desk.filings(at.client, at.books.today), desk.rates()
    )
    entries = suggested(effect, first, at.books)
    return draft(choice, mistakes, at.books, added=entries) if entries else first


def same_form(
    last: Adjustment | None, at: Desk, facts: Facts, mistakes: Sequence[Mistake], actor: Actor, now: datetime
) -> bool:
    """Whether this is the form of a moment ago sent twice: the draft it made stands already."""
    if last is None or last.status != "draft" or last.prepared_by != actor.id or now - last.prepared_at > TWICE:
        return False
    return last.facts == facts_kept(at, facts) and last.wrong == [dump_mistake(m) for m in mistakes]


def facts_kept(at: Desk, facts: Facts) -> dict[str, Any]:
    return dump_facts(facts) | {"open_period": str(at.books.open_period)}


async def keep(
    session: AsyncSession,
    at: Desk,
    facts: Facts,
    mistakes: Sequence[Mistake],
    plan: Plan,
    actor: Actor,
    now: datetime,
    *,
    version: int,
    threshold_fen: int,
) -> Adjustment:
    """Store a drafted plan as the case's newest version."""
    adjustment = Adjustment(
        case_id=at.case.id,
        client_id=at.client.id,
        version=version,
        facts=facts_kept(at, facts),
        wrong=[dump_mistake(m) for m in mistakes],
        prepared_by=actor.id,
        edited_by=[str(actor.id)],
        prepared_at=now,
    )
    restate(adjustment, plan, at, threshold_fen)
    session.add(adjustment)
    await session.flush()
    session.add_all(planned(adjustment, position, v) for position, v in enumerate(plan.vouchers))
    await session.flush()
    return adjustment


def restate(adjustment: Adjustment, plan: Plan, at: Desk, threshold_fen: int) -> None:
    """What follows from the vouchers as they are now: method, law, tax, reminders, and who has to look."""
    choice = plan.choice
    effect = tax_effect(plan, at.books, desk.taxpayer(at.client), desk.filings(at.client, at.books.today), desk.rates())
    adjustment.method, adjustment.method_row, adjustment.law = choice.method.value, choice.row, choice.law
    adjustment.refused = [{"method": method.value, "reason": reason.store()} for method, reason in choice.refused]
    adjustment.tax = dump_effect(effect)
    adjustment.reminders = [
        {"text": r.text.store(), "year": r.year, "amount_fen": r.amount.fen} for r in plan.reminders
    ]
    adjustment.total = plan.amount
    adjustment.needs_manager = plan.touches_prior_year or effect.any  # the risk asks by itself (cases/facts.py)
    adjustment.needs_second_entry = plan.amount.fen >= threshold_fen
    adjustment.second_entry_by = adjustment.second_entry_at = None


def planned(adjustment: Adjustment, position: int, voucher: Voucher) -> PlannedVoucher:
    return PlannedVoucher(
        adjustment_id=adjustment.id,
        position=position,
        kind=voucher.colour,
        stage=int(voucher.stage),
        about=str(voucher.about) if voucher.about else "",
        date=voucher.date,
        word=voucher.word,
        number=voucher.number,
        summary=voucher.summary,
        refers_to=voucher.refers_to,
        lines=[dump_line(line) for line in voucher.lines],
    )


def drafted(row: PlannedVoucher) -> Voucher:
    """A stored voucher as the engine's."""
    return Voucher(
        date=row.date,
        word=row.word,
        number=row.number,
        summary=row.summary,
        lines=tuple(load_line(line) for line in row.lines),
        colour=row.kind,  # type: ignore[arg-type]
        stage=Stage(row.stage),
        about=Period.parse(row.about) if row.about else None,
        refers_to=row.refers_to,
    )


def stored_choice(adjustment: Adjustment) -> Choice:
    facts = {name: value for name, value in adjustment.facts.items() if name != "open_period"}
    return choose(load_facts(facts))


def stored_mistakes(adjustment: Adjustment) -> list[Mistake]:
    return [load_mistake(stored) for stored in adjustment.wrong]


def stored_plan(adjustment: Adjustment, rows: Sequence[PlannedVoucher], books: OpenBooks) -> Plan:
    """The plan as it was kept, with reminders and warnings as of now."""
    return restored(stored_choice(adjustment), stored_mistakes(adjustment), [drafted(row) for row in rows], books)


async def vouchers_of(session: AsyncSession, adjustment: Adjustment) -> Sequence[PlannedVoucher]:
    query = select(PlannedVoucher).where(
        PlannedVoucher.firm_id == adjustment.firm_id, PlannedVoucher.adjustment_id == adjustment.id
    )
    return (await session.scalars(query.order_by(PlannedVoucher.position))).all()


def listed(adjustment: Adjustment, rows: Sequence[PlannedVoucher]) -> list[Voucher]:
    """The list attached to summary pairs: the wrong vouchers. Empty where each voucher names the one it corrects."""
    if not any(BETWEEN in row.refers_to for row in rows):
        return []
    return [mistake.wrong for mistake in stored_mistakes(adjustment) if mistake.wrong is not None]


async def newest(session: AsyncSession, case: Case) -> Adjustment | None:
    """The case's newest plan."""
    query = select(Adjustment).where(Adjustment.firm_id == case.firm_id, Adjustment.case_id == case.id)
    return (await session.scalars(query.order_by(Adjustment.version.desc()).limit(1))).first()


def retyped(at: Desk, plan: Plan, position: int, summary: str, raw: Mapping[str, Any]) -> Plan:
    """The plan with one voucher as the bookkeeper typed it; preflight says whether it holds."""
    kept = plan.vouchers[position]
    lines = typed.lines(raw, f"v{position}-", at.books.chart)
    return edited(plan, position, summary.strip() or kept.summary, lines, at.books)
