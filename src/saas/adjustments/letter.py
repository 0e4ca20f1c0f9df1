"""What the client reads: the adjustment notice and the completion letter, filled in from plan, case and books."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from saas.adjustments import desk
from saas.adjustments.correction.balances import by_class
from saas.adjustments.correction.methods import NAMES
from saas.adjustments.correction.plan import STATEMENTS, Plan
from saas.adjustments.correction.vouchers import Voucher
from saas.adjustments.models import Adjustment, PlannedVoucher
from saas.adjustments.planning import Desk, stored_mistakes
from saas.adjustments.tax.effect import TaxEffect
from saas.adjustments.tax.figures import CannotKnow, Figure
from saas.adjustments.tax.storage import load_effect
from saas.kernel.i18n import _, listed
from saas.kernel.money import ZERO, Money
from saas.notices.content import in_both_languages

REPORT_DAYS, REVIEW_DAYS, ANSWER_DAYS = 3, 3, 5


def adjustment_notice(at: Desk, adjustment: Adjustment, plan: Plan) -> dict[str, Any]:
    """The slots of the kind "adjustment" (accounting.md §7.1), in both languages where the words are ours."""
    return in_both_languages(lambda: _notice(at, adjustment, plan))


def _notice(at: Desk, adjustment: Adjustment, plan: Plan) -> dict[str, Any]:
    wrong = [m.wrong for m in stored_mistakes(adjustment) if m.wrong is not None]
    return {
        **_anomaly(at, wrong),
        **_correction(at, adjustment, plan, wrong),
        **_taxes(at, load_effect(adjustment.tax)),
        **_promises(at, adjustment),
        "before_sha256": adjustment.before_sha256,
        "annexes": [str(_("Copy of the original voucher")), str(_("Correcting vouchers"))],
    }


def _anomaly(at: Desk, wrong: Sequence[Voucher]) -> dict[str, Any]:
    """What was found, by whom, and why it happened."""
    case = at.case
    return {
        "found_by": _found_by(case.source),
        "period": case.period or str(at.books.open_period),
        "facts": str(case.title),
        "evidence": listed(v.key for v in wrong) or str(_("The contract and the bank records")),
        "cause_class": case.cause_class,
        "cause_code": case.cause_code,
        "cause": case.cause,
        "responsibility": case.responsibility,
    }


def _correction(at: Desk, adjustment: Adjustment, plan: Plan, wrong: Sequence[Voucher]) -> dict[str, Any]:
    """How and when it is corrected: the lines that stand, those that are booked, and what they change."""
    return {
        "basis": str(adjustment.law),
        "contract_basis": "",
        "method": str(NAMES[plan.choice.method]),
        "booking_date": (plan.vouchers[0].date if plan.vouchers else at.books.today).isoformat(),
        "booking_period": str(at.books.open_period),
        "original_lines": [row for v in wrong for row in _rows(v)],
        "correcting_lines": [row for v in (*plan.vouchers, *plan.rewritten) for row in _rows(v)],
        "comparison": _comparison(at, plan),
        "statements": listed(STATEMENTS[s] for s in sorted(plan.statements)) or str(_("none")),
    }


def _taxes(at: Desk, effect: TaxEffect) -> dict[str, Any]:
    return {
        "tax": {
            "vat": _words(effect.vat),
            "cit": _words(effect.cit),
            "iit": _words(effect.iit),
            "other": _words(effect.surcharges),
        },
        "tax_due_fen": _due(effect),
        "late_fee_fen": 0 if isinstance(effect.late_fee, CannotKnow) else effect.late_fee.amount.fen,
        "late_fee_until": at.books.today.isoformat(),
        "amended_returns": _returns(effect),
    }


def _promises(at: Desk, adjustment: Adjustment) -> dict[str, Any]:
    """Who bears the cost, who does what by when."""
    case, done_by = at.case, (adjustment.effective_on or at.books.today).isoformat()
    return {
        "cost_borne_by": case.responsibility if case.responsibility != "external" else "shared",
        "duties": [{"what": what, "by": done_by} for what in adjustment.duties],
        "expectation": case.expectation,
        "expected_by": case.expected_by.isoformat() if case.expected_by else "",
        "done_by": done_by,
        "returns_by": done_by if load_effect(adjustment.tax).amended_returns else "",
        "report_days": REPORT_DAYS,
        "review_days": REVIEW_DAYS,
    }


def completion_letter(
    at: Desk, adjustment: Adjustment, rows: Sequence[PlannedVoucher], plan: Plan, notice_serial: str
) -> dict[str, Any]:
    """The slots of the kind "completion": what was booked under which number, and both fingerprints."""
    return in_both_languages(lambda: _completion(at, adjustment, rows, plan, notice_serial))


def _completion(
    at: Desk, adjustment: Adjustment, rows: Sequence[PlannedVoucher], plan: Plan, notice_serial: str
) -> dict[str, Any]:
    numbers = [
        str(_("%(number)s of %(date)s", number=row.posted_as, date=row.date.isoformat()))
        for row in rows
        if row.posted_as
    ]
    due = _due(load_effect(adjustment.tax))
    return {
        "notice": notice_serial,
        "vouchers": listed(numbers) or str(_("The draft was rewritten; no voucher was added.")),
        "balances": _comparison(at, plan),
        "result": str(_("The ledger was imported again; the rule that found the anomaly no longer finds it.")),
        "payments": str(_("Tax: %(amount)s", amount=Money(due))) if due else str(_("none")),
        "lesson": at.case.cause,
        "before_sha256": adjustment.before_sha256,
        "after_sha256": adjustment.after_sha256,
    }


def _found_by(source: str) -> str:
    sources = {
        "rule": _("an automatic check"),
        "staff": _("our monthly review"),
        "client": _("your own question"),
        "complaint": _("your own question"),
        "authority": _("a notice of the authority"),
    }
    return str(sources.get(source, sources["staff"]))


def _rows(voucher: Voucher) -> list[dict[str, Any]]:
    number = f"{voucher.word}-{voucher.number}" if voucher.number is not None else voucher.word
    return [
        {
            "voucher": number,
            "date": voucher.date.isoformat(),
            "summary": voucher.summary,
            "account": line.account,
            "name": line.name + (f"（{line.aux}）" if line.aux else ""),
            "debit_fen": line.debit.fen,
            "credit_fen": line.credit.fen,
            "red": line.amount < ZERO,
        }
        for line in voucher.lines
    ]


def _comparison(at: Desk, plan: Plan) -> list[dict[str, Any]]:
    return [
        {"item": str(c.name), "before_fen": c.before.fen, "change_fen": c.change.fen, "after_fen": c.after.fen}
        for c in by_class(plan, at.books, desk.balances(at.ledger))
    ]


def _words(figure: Figure) -> str:
    if isinstance(figure, CannotKnow):
        return str(_("cannot be known yet: needs %(needs)s", needs=listed(figure.needs)))
    if not figure.amount:
        return str(_("none"))
    return listed([_("%(amount)s yuan", amount=figure.amount), *figure.basis])


def _due(effect: TaxEffect) -> int:
    """Tax to pay more (or to get back) by this correction, late fee apart, as far as it is known."""
    figures = (effect.vat, effect.surcharges, effect.cit, effect.iit)
    return sum(f.amount.fen for f in figures if not isinstance(f, CannotKnow))


def _returns(effect: TaxEffect) -> str:
    returns = [f"{r.name} {r.first.isoformat()}–{r.last.isoformat()}" for r in effect.amended_returns]
    return listed(returns) or str(_("none"))
