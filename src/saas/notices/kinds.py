"""The letters that belong to notices itself (accounting.md §7.1)."""

from __future__ import annotations

from saas.kernel.i18n import _
from saas.notices.letters import Letter, LetterKind, Slot

ADJUSTMENT_SLOTS = (
    Slot("found_by", "found_by", editor=""),
    Slot("period", "period", editor="line"),
    Slot("facts", "facts"),
    Slot("evidence", "evidence"),
    Slot("cause_class", "cause_class", editor=""),
    Slot("cause", "cause"),
    Slot("responsibility", "responsibility", editor=""),
    Slot("basis", "basis"),
    Slot("contract_basis", "contract_clause", required=False, editor="line"),
    Slot("method", "method", editor=""),
    Slot("booking_date", "booking_date", editor="date"),
    Slot("booking_period", "booking_period", editor="line"),
    Slot("correcting_lines", "correcting_vouchers", editor=""),
    Slot("tax.vat", "vat"),
    Slot("tax.cit", "cit"),
    Slot("tax.iit", "iit"),
    Slot("tax.other", "other_taxes"),
    Slot("tax_due_fen", "tax_amount", editor="amount"),
    Slot("late_fee_fen", "late_fee", editor="amount"),
    Slot("late_fee_until", "late_fee_until", required=False, editor="date"),
    Slot("amended_returns", "amended_returns"),
    Slot("statements", "statements"),
    Slot("cost_borne_by", "cost_bearer", editor=""),
    Slot("duties", "duties", editor="list"),
    Slot("expectation", "expectation"),
    Slot("expected_by", "wished_date", required=False, editor="date"),
    Slot("done_by", "effective_date", editor="date"),
    Slot("returns_by", "returns_date", required=False, editor="date"),
    Slot("report_days", "report_days", editor="line"),
    Slot("answer_by", "reply_by", editor=""),
    Slot("review_days", "review_days", editor="line"),
    Slot("before_sha256", "snapshot", editor=""),
    Slot("handler", "handler", editor="line"),
    Slot("head", "head", editor="line"),
    Slot("contact", "contact", editor="line"),
)
COMPLETION_SLOTS = (
    Slot("notice", "notice", editor=""),
    Slot("vouchers", "vouchers"),
    Slot("balances", "balances", editor=""),
    Slot("result", "result"),
    Slot("payments", "payments"),
    Slot("lesson", "lesson", required=False),
    Slot("before_sha256", "snapshot", editor=""),
    Slot("after_sha256", "snapshot_after", editor=""),
    Slot("handler", "handler", editor="line"),
    Slot("head", "head", editor="line"),
    Slot("contact", "contact", editor="line"),
)
GENERAL_SLOTS = (
    Slot("text", "text"),
    Slot("duties", "duties", required=False, editor="list"),
    Slot("handler", "handler", editor="line"),
    Slot("head", "head", editor="line"),
    Slot("contact", "contact", editor="line"),
)


def _required(slots: tuple[Slot, ...]) -> tuple[str, ...]:
    return tuple(slot.name for slot in slots if slot.required)


ADJUSTMENT = Letter.register_kind(
    LetterKind(
        "adjustment",
        _("Adjustment notice"),
        _required(ADJUSTMENT_SLOTS),
        "documents/notices/adjustment.html",
        mark="调",
        wording="adjustment",
        slots=ADJUSTMENT_SLOTS,
    )
)
COMPLETION = Letter.register_kind(
    LetterKind(
        "completion",
        _("Completion report"),
        _required(COMPLETION_SLOTS),
        "documents/notices/completion.html",
        mark="结",
        wording="completion",
        slots=COMPLETION_SLOTS,
        asks=False,
    )
)
GENERAL = Letter.register_kind(
    LetterKind(
        "general",
        _("Letter"),
        _required(GENERAL_SLOTS),
        "documents/notices/general.html",
        slots=GENERAL_SLOTS,
    )
)
