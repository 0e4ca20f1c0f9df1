"""What letters say, in words of somebody's choice: every place of a kind where a person's words may stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from saas.firms.models import FirmProfile
from saas.kernel.i18n import Listed
from saas.notices.documents import Letterform
from saas.notices.specimen import specimen

DAY = date(2026, 11, 22)


def letter(kind: str, words: str, locale: Any) -> Letterform:
    """A letter of this kind in which firm, client and every free text are these words."""
    profile = FirmProfile(name=words[:200], name_en=words[:200], address=words, phone=words[:40])
    form = specimen("completion" if kind == "completion" else "adjustment", profile, {}, locale, DAY)
    form.letter["addressee"].update(name=words, name_en=words, person=words)
    if kind in CONTENTS:
        return Letterform(kind, CONTENTS[kind](words), form.letter, "", form.pictures)
    form.content.update({name: {"zh": words, "en": words} for name in ("facts", "notice", "result", "evidence")})
    return form


def _request(words: str) -> dict[str, Any]:
    return {"number": words, "contract": words, "on": DAY.isoformat(), "notice_on": DAY.isoformat(),
            "reason": {"zh": words, "en": words}, "asked_fen": 100}  # fmt: skip


def _policy(words: str) -> dict[str, Any]:
    return {"name": {"zh": words, "en": words}, "version": 1, "clause": words}


def _remedy(words: str) -> dict[str, Any]:
    return {"by": words, "clause": words, "until": DAY.isoformat()}


def _refund_offer(words: str) -> dict[str, Any]:
    row = Listed([words, words]).store()
    agreed = {"from": DAY.isoformat(), "to": DAY.isoformat(), "price_fen": 100, "received_fen": 100, "payers": row,
              "months": words, "work": row, "failed": words, "open": row}  # fmt: skip
    line = {"label": words, "basis": words, "quantity": words, "unit_fen": 100, "amount_fen": 100}
    return {
        "request": _request(words), "agreed": agreed, "policy": _policy(words), "lines": [line], "refund_fen": 100,
        "deduction": words, "receivable_fen": 0, "choices": [{"value": "refund", "label": words}], "way": words,
        "invoice": words, "pay_days": 3, "hand_over": words, "remedy": _remedy(words), "text": words,
        "answer_by": DAY.isoformat(),
    }  # fmt: skip


def _rejection(words: str) -> dict[str, Any]:
    return {"request": _request(words), "policy": _policy(words), "ground": words, "reason": words,
            "remedy": _remedy(words), "text": words}  # fmt: skip


def _refusal(words: str) -> dict[str, Any]:
    return {"request": _request(words), "appeal": words, "reason": words, "remedy": _remedy(words), "text": words}


def _service_offer(words: str) -> dict[str, Any]:
    line = {"label": words, "basis": words, "quantity": 1, "unit_fen": 100, "amount_fen": 100}
    return {
        "text": words, "number": words, "lines": [line], "effective_on": DAY.isoformat(), "months": 12,
        "gift_months": 1, "discount_fen": 1, "monthly_fen": 100, "price_fen": 1200, "before_fen": 90,
        "replaces": Listed([words]).store(), "recipients": [], "answer_by": DAY.isoformat(),
    }  # fmt: skip


CONTENTS: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "refund_offer": _refund_offer,
    "refund_rejection": _rejection,
    "refund_refusal": _refusal,
    "service_offer": _service_offer,
}
KINDS = ("adjustment", "completion", *CONTENTS)
