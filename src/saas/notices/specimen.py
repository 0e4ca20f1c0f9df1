"""A letter that shows what a firm's wording looks like: every slot says its own name, the figures are a sample."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from saas.firms.models import FirmProfile
from saas.kernel.i18n import Locale, _
from saas.notices.documents import Letterform, Pictures
from saas.notices.wording import Words, label

NAMED = (
    "facts", "evidence", "cause", "basis", "method", "amended_returns", "statements", "report_days", "review_days",
)  # fmt: skip
TAXES = {"vat": "vat", "cit": "cit", "iit": "iit", "other": "other_taxes"}
RED, BLUE = 100_000, 10_000  # fen: an amount of 1,000.00 that should have been 100.00
EXPENSE, BANK = ("560201", "管理费用—办公费"), ("100201", "银行存款")


def specimen(kind: str, profile: FirmProfile, words: Words, locale: Locale, today: date) -> Letterform:
    """A letter of this kind that is nobody's: as it would look in these words."""
    letter = {
        "title": _("Sample of a letter").store(),
        "locale": locale,
        "serial": f"{profile.name[:1]}调字〔{today.year}〕第 ____ 号",
        "version": 1,
        "date": today.isoformat(),
        "verify_code": "",
        "sender": _sender(profile),
        "addressee": {"name": "客户有限公司", "name_en": "A Client Ltd", "uscc": "", "standard": "small", "person": ""},
        "words": words,
    }
    content = _completion() if kind == "completion" else _adjustment(today)
    return Letterform(kind, content, letter, "", Pictures())


def _slot(name: str) -> dict[str, str]:
    return {"zh": "{" + label(name, "zh") + "}", "en": "{" + label(name, "en") + "}"}


def _adjustment(today: date) -> dict[str, Any]:
    soon = (today + timedelta(days=5)).isoformat()
    return {
        **{name: _slot(name) for name in NAMED},
        "contract_basis": _slot("contract_clause"),
        "tax": {name: "none" if name == "iit" else _slot(word) for name, word in TAXES.items()},
        "found_by": "rule",
        "cause_class": "entry",
        "responsibility": "firm",
        "cost_borne_by": "firm",
        "period": today.strftime("%Y-%m"),
        "booking_period": today.strftime("%Y-%m"),
        "booking_date": today.isoformat(),
        "original_lines": [_line("记-12", EXPENSE, debit=RED), _line("记-12", BANK, credit=RED)],
        "correcting_lines": [
            _line("", EXPENSE, debit=BLUE - RED, red=True),
            _line("", BANK, credit=BLUE - RED, red=True),
        ],
        "tax_due_fen": 0,
        "late_fee_fen": 0,
        "late_fee_until": today.isoformat(),
        "duties": [_slot("duties")],
        "done_by": soon,
        "returns_by": soon,
        "answer_by": soon,
        "prior_year": True,
        "before_sha256": "0" * 64,
        "handler": _slot("handler"),
        "head": _slot("head"),
        "contact": _slot("contact"),
    }


def _completion() -> dict[str, Any]:
    words = ("notice", "vouchers", "balances", "result", "payments", "lesson")
    return {
        **{name: _slot(name) for name in words},
        "before_sha256": "0" * 64,
        "after_sha256": "0" * 64,
        "handler": _slot("handler"),
        "contact": _slot("contact"),
    }


def _line(
    voucher: str, account: tuple[str, str], *, debit: int = 0, credit: int = 0, red: bool = False
) -> dict[str, Any]:
    code, name = account
    shown = {"voucher": voucher, "summary": "办公用品", "account": code, "name": name, "red": red}
    return shown | {"debit_fen": debit, "credit_fen": credit}


def _sender(profile: FirmProfile) -> dict[str, str]:
    names = ("name", "name_en", "address", "address_en", "phone", "email")
    return {name: getattr(profile, name) for name in names} | {"licence": profile.licence_number}
