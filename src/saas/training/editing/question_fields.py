"""A question's content as the fields of its form, and back. Rows left empty are no rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saas.kernel.i18n import Text, _

OPTIONS, STEPS, WAYS = 6, 20, 6  # rows a form may have
Raw = Mapping[str, Any]


def empty(kind: str) -> dict[str, Any]:
    """What a new question of this kind begins with."""
    begun: dict[str, dict[str, Any]] = {
        "truefalse": {"answer": True},
        "number": {"answer": "", "tolerance": "0.01"},
        "scenario": {"start": "1", "steps": [], "rubric": {"zh": "", "en": ""}},
        "voucher": {"given": {"error": "account", "wrong": {"date": "", "number": 0, "summary": "", "lines": []}}},
    }
    return begun.get(kind, {"options": []})


def content_from(kind: str, raw: Raw) -> tuple[dict[str, Any], dict[str, Text]]:
    """(content as kept, errors by field) of a submitted form."""
    if kind in ("single", "several"):
        return {"options": _options(raw, kind)}, {}
    if kind == "truefalse":
        return {"answer": raw.get("answer") == "yes"}, {}
    if kind == "order":
        return {"options": [{"zh": o["zh"], "en": o["en"]} for o in _options(raw, kind)]}, {}
    if kind == "number":
        return _number(raw), {}
    if kind == "scenario":
        return _scenario(raw)
    return _voucher(raw)


def _count(typed: str, name: str, errors: dict[str, Text]) -> int:
    if typed.isascii() and typed.isdigit():
        return int(typed)
    errors[name] = _("This is not a number.")
    return 0


def _text(raw: Raw, name: str) -> str:
    value = raw.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def both(raw: Raw, name: str) -> dict[str, str]:
    return {"zh": _text(raw, f"{name}_zh"), "en": _text(raw, f"{name}_en")}


def _options(raw: Raw, kind: str) -> list[dict[str, Any]]:
    right = {raw.get("right")} if kind == "single" else {n for n in range(OPTIONS) if raw.get(f"right{n}")}
    rows = []
    for n in range(OPTIONS):
        row: dict[str, Any] = both(raw, f"option{n}")
        if row["zh"] or row["en"]:
            rows.append(row | ({"right": True} if n in right or str(n) in right else {}))
    return rows


def _number(raw: Raw) -> dict[str, Any]:
    unit = both(raw, "unit")
    return {
        "answer": _text(raw, "answer"),
        "tolerance": _text(raw, "tolerance") or "0",
        "unit": unit if unit["zh"] else None,
    }


def _scenario(raw: Raw) -> tuple[dict[str, Any], dict[str, Text]]:
    errors: dict[str, Text] = {}
    steps = []
    for n in range(1, STEPS + 1):
        ways = [_way(raw, f"s{n}w{w}", errors) for w in range(WAYS) if _text(raw, f"s{n}w{w}_zh")]
        text = both(raw, f"s{n}")
        if text["zh"] or ways:
            steps.append({"id": str(n), "text": text, "options": ways})
    return {"start": "1", "steps": steps, "rubric": both(raw, "rubric")}, errors


def _way(raw: Raw, name: str, errors: dict[str, Text]) -> dict[str, Any]:
    points = _count(_text(raw, f"{name}_points") or "0", f"{name}_points", errors)
    texts = both(raw, name)
    return texts | {"points": points, "next": _text(raw, f"{name}_next"), "say": both(raw, f"{name}_say")}


def _voucher(raw: Raw) -> tuple[dict[str, Any], dict[str, Text]]:
    given: dict[str, Any] = {name: _text(raw, name) for name in ("error", "standard", "posting", "year", "subject")}
    given |= {"material": bool(raw.get("material")), "period": _text(raw, "period"), "right": _lines(raw, "right_")}
    given |= {name: _text(raw, name) for name in ("today", "open_period") if _text(raw, name)}
    errors: dict[str, Text] = {}
    if last := _text(raw, "last_number"):
        given["last_number"] = _count(last, "last_number", errors)
    for found, prefix in (("wrong", "wrong_"), ("original", "original_")):
        given[found] = _found(raw, prefix, errors)
    accounts = [line.split(maxsplit=1) for line in _text(raw, "accounts").splitlines() if line.strip()]
    if any(len(account) != 2 for account in accounts):
        errors["accounts"] = _("Write one account a line: its code, a space, its name.")
        accounts = [account for account in accounts if len(account) == 2]
    return {"given": given | {"accounts": accounts, "added": _added(raw)}}, errors


def _found(raw: Raw, prefix: str, errors: dict[str, Text]) -> dict[str, Any] | None:
    """A voucher of the form; None where it was left empty."""
    lines, number, day = _lines(raw, prefix), _text(raw, f"{prefix}number"), _text(raw, f"{prefix}date")
    if not lines and not day and not number:
        return None
    count = _count(number, f"{prefix}number", errors)
    if not day:
        errors[f"{prefix}date"] = _("Please fill this in.")
    return {"date": day, "number": count, "summary": _text(raw, f"{prefix}summary"), "lines": lines}


def _lines(raw: Raw, prefix: str) -> list[str]:
    """ "D 5602 1200.00" of the slip's columns."""
    columns = [_column(raw, f"{prefix}{name}") for name in ("account", "debit", "credit")]
    written = []
    for row in range(max(len(column) for column in columns)):
        account, debit, credit = (column[row] if row < len(column) else "" for column in columns)
        if account or debit or credit:
            side, amount = ("D", debit) if debit else ("C", credit)
            written.append(f"{side} {account.split(' ')[0]} {amount.replace(',', '') or '0'}")
    return written


def _column(raw: Raw, name: str) -> list[str]:
    value = raw.get(name, [])
    return [str(v).strip() for v in (value if isinstance(value, list) else [value])]


def _added(raw: Raw) -> list[dict[str, Any]]:
    """Further vouchers, one a line: "tax | summary | D 222105 1800 | C 5801 1800"."""
    rows = [[part.strip() for part in line.split("|")] for line in _text(raw, "added").splitlines() if line.strip()]
    return [{"stage": row[0], "summary": row[1] if len(row) > 1 else "", "lines": row[2:]} for row in rows]


def slip_rows(lines: list[str]) -> list[dict[str, str]]:
    """The same lines back in the slip's columns."""
    rows = []
    for line in lines:
        side, _space, rest = line.partition(" ")
        account, _space, amount = rest.rpartition(" ")
        rows.append(
            {"account": account, "debit": amount if side == "D" else "", "credit": amount if side == "C" else ""}
        )
    return rows


def added_text(added: list[dict[str, Any]]) -> str:
    return "\n".join(" | ".join([row.get("stage", "catch_up"), row["summary"], *row["lines"]]) for row in added)
