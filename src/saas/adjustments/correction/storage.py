"""Facts, mistakes and vouchers as JSON, and back: what a case keeps so that its plan can be drafted again.

Amounts are integer fen under the names of the planned vouchers' columns; dates are ISO; Money never meets a float.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from saas.adjustments.correction.facts import Facts, Period, Settings
from saas.adjustments.correction.vouchers import Entry, Line, Mistake, Stage, Voucher
from saas.kernel.i18n import Text
from saas.kernel.money import Money

Json = dict[str, Any]


def dump_facts(facts: Facts) -> Json:
    stored = {**asdict(facts), "touches": sorted(facts.touches)}
    reserve = facts.settings.surplus_reserve
    return {**stored, "settings": {**stored["settings"], "surplus_reserve": None if reserve is None else str(reserve)}}


def load_facts(stored: Json) -> Facts:
    reserve = stored["settings"]["surplus_reserve"]
    options = {**stored["settings"], "surplus_reserve": None if reserve is None else Decimal(reserve)}
    return Facts(**{**stored, "touches": frozenset(stored["touches"]), "settings": Settings(**options)})


def dump_line(line: Line) -> Json:
    """{account, name, aux, debit_fen, credit_fen}, and the rarer parts where the line has them."""
    stored: Json = {
        "account": line.account,
        "name": line.name,
        "aux": line.aux,
        "debit_fen": line.debit.fen,
        "credit_fen": line.credit.fen,
    }
    rare = {
        "stands_for": line.stands_for,
        "quantity": None if line.quantity is None else str(line.quantity),
        "currency": line.currency,
    }
    return stored | {name: value for name, value in rare.items() if value}


def load_line(stored: Json) -> Line:
    return Line(
        account=stored["account"],
        debit=Money(stored["debit_fen"]),
        credit=Money(stored["credit_fen"]),
        aux=stored.get("aux", ""),
        name=stored.get("name", ""),
        stands_for=stored.get("stands_for", ""),
        quantity=Decimal(stored["quantity"]) if stored.get("quantity") else None,
        currency=stored.get("currency", ""),
    )


def dump_entry(entry: Entry) -> Json:
    """An accepted suggestion, before it has date and number."""
    return _common(entry) | {"waits_for": str(entry.waits_for) if entry.waits_for else None}


def load_entry(stored: Json) -> Entry:
    return Entry(**_loaded(stored), waits_for=_period(stored["waits_for"]))


def dump_voucher(voucher: Voucher) -> Json:
    return _common(voucher) | {"date": voucher.date.isoformat(), "number": voucher.number}


def load_voucher(stored: Json) -> Voucher:
    return Voucher(**_loaded(stored), date=date.fromisoformat(stored["date"]), number=stored["number"])


def dump_mistake(mistake: Mistake) -> Json:
    return {
        "wrong": dump_voucher(mistake.wrong) if mistake.wrong else None,
        "right": [dump_line(line) for line in mistake.right],
        "subject": mistake.subject,
        "period": str(mistake.period) if mistake.period else None,
        "original": dump_voucher(mistake.original) if mistake.original else None,
        "restricted": mistake.restricted,
    }


def load_mistake(stored: Json) -> Mistake:
    return Mistake(
        wrong=load_voucher(stored["wrong"]) if stored["wrong"] else None,
        right=tuple(load_line(line) for line in stored["right"]),
        subject=stored["subject"],
        period=_period(stored["period"]),
        original=load_voucher(stored["original"]) if stored["original"] else None,
        restricted=stored["restricted"],
    )


def _common(kept: Entry | Voucher) -> Json:
    return {
        "summary": kept.summary,
        "lines": [dump_line(line) for line in kept.lines],
        "colour": kept.colour,
        "stage": int(kept.stage),
        "about": str(kept.about) if kept.about else None,
        "refers_to": kept.refers_to,
        "word": kept.word,
        "basis": kept.basis.store() if kept.basis else None,
    }


def _loaded(stored: Json) -> Json:
    return {
        "summary": stored["summary"],
        "lines": tuple(load_line(line) for line in stored["lines"]),
        "colour": stored["colour"],
        "stage": Stage(stored["stage"]),
        "about": _period(stored["about"]),
        "refers_to": stored["refers_to"],
        "word": stored["word"],
        "basis": Text.restore(stored["basis"]) if stored["basis"] else None,
    }


def _period(text: str | None) -> Period | None:
    return Period.parse(text) if text else None
