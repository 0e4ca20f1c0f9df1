"""The letters about a refund before any payment (accounting.md §7.2): offer, rejection, decision on an appeal."""

from __future__ import annotations

from saas.kernel.i18n import _
from saas.notices.letters import Letter, LetterKind, Slot

SIGNERS = (
    Slot("handler", "handler", editor="line"),
    Slot("head", "head", editor="line"),
    Slot("contact", "contact", editor="line"),
)
OFFER_SLOTS = (
    Slot("request", "refund_request", editor=""),
    Slot("agreed", "refund_contract", editor=""),
    Slot("policy", "refund_policy", editor=""),
    Slot("lines", "refund_calculation", editor=""),
    Slot("refund_fen", "refund_calculation", editor=""),
    Slot("deduction", "refund_deduction", editor=""),
    Slot("choices", "refund_choices", editor=""),
    Slot("way", "refund_way"),
    Slot("invoice", "refund_invoice"),
    Slot("pay_days", "refund_days", editor=""),
    Slot("hand_over", "hand_over"),
    Slot("remedy", "refund_remedy", editor=""),
    Slot("answer_by", "reply_by", editor=""),
    *SIGNERS,
)
REJECTION_SLOTS = (
    Slot("request", "refund_request", editor=""),
    Slot("policy", "refund_policy", editor=""),
    Slot("ground", "refund_ground", editor=""),
    Slot("reason", "refund_ground"),
    Slot("remedy", "refund_remedy", editor=""),
    Slot("answer_by", "reply_by", editor=""),
    *SIGNERS,
)
DECISION_SLOTS = (
    Slot("request", "refund_request", editor=""),
    Slot("appeal", "refund_appeal", editor=""),
    Slot("reason", "refund_ground"),
    Slot("remedy", "refund_remedy", required=False, editor=""),
    *SIGNERS,
)


def _required(slots: tuple[Slot, ...]) -> tuple[str, ...]:
    return tuple(slot.name for slot in slots if slot.required)


OFFER = Letter.register_kind(
    LetterKind(
        "refund_offer",
        _("Refund offer"),
        _required(OFFER_SLOTS),
        "documents/notices/refund_offer.html",
        mark="退方",
        about=_("your refund request"),
        slots=OFFER_SLOTS,
    )
)
REJECTION = Letter.register_kind(
    LetterKind(
        "refund_rejection",
        _("Answer to a refund request"),
        _required(REJECTION_SLOTS),
        "documents/notices/refund_rejection.html",
        mark="退复",
        about=_("your refund request"),
        slots=REJECTION_SLOTS,
    )
)
DECISION = Letter.register_kind(
    LetterKind(
        "refund_refusal",
        _("Decision on an objection"),
        _required(DECISION_SLOTS),
        "documents/notices/refund_refusal.html",
        mark="退决",
        about=_("your refund request"),
        slots=DECISION_SLOTS,
        asks=False,
    )
)
