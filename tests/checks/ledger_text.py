"""Reads a ledger from the text in a test's docstring, as accounting.md writes its worked examples.

    small                                   the standard; "enterprise" or "other" likewise
    account 220202 暂估应付款               a detail account with its name (level 1 is known)
    balance 2026-01 1002 100.00 20.00 0.00 120.00     opening, debit, credit, closing (signed, debit positive)
    2026-03-15 记-12 付广告费 | D 5602 1200.00 | C 1002[工行] 1200.00 {preparer=王, void}
    + 付运费 | D 5602 30.00 | C 1002 30.00  further lines of the voucher above, with another summary
    -                                       a row of the file that is no line (a subtotal)

Lines take the file's rows from 2 on. The voucher is "2026-03 记-12"; a number without a word stands alone.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import polars as pl

from saas.checks.catalogue import BY_ID
from saas.checks.finding import Finding
from saas.ledgers.charts import build
from saas.ledgers.frame import BALANCES, LINES, Ledger, Standard

Rows = list[dict[str, Any]]
VOUCHER = re.compile(r"(?P<date>\S+) +(?P<number>\S+) +(?P<summary>.*?) *\|(?P<lines>.*?)(?:\{(?P<fields>.*)\})?$")
LINE = re.compile(
    r"(?P<side>[DC]) +(?P<account>\S+?)(?:\[(?P<aux>.*)\])? +(?P<amount>-?[\d.]+)(?: +x(?P<quantity>\S+))?$"
)


def ledger_of(text: str, name: str | None = None) -> Ledger:
    standard: Standard = "small"
    names: dict[str, str] = {}
    lines: Rows = []
    balances: Rows = []
    row = 1
    last: dict[str, str | None] = {}
    for raw in text.splitlines():
        words = raw.split()
        if not words:
            continue
        if words[0] in get_args(Standard):
            standard = words[0]  # type: ignore[assignment]
        elif words[0] == "account":
            names[words[1]] = words[2]
        elif words[0] == "balance":
            row += 1
            balances.append(_balance(row, words[1:]))
        elif words[0] == "-":
            row += 1
        elif found := VOUCHER.match(raw.strip()):
            head, first = found.groupdict(), 1
            if head["date"] == "+":
                head = {**last, "summary": f"{head['number']} {head['summary']}".strip()}
                first = lines[-1]["line"] + 1
            last = head
            for line, part in enumerate(found["lines"].strip().split(" | "), first):
                row += 1
                lines.append(_line(row, line, head, part.strip()))
    return _ledger(standard, names, lines, balances, name)


def _ledger(
    standard: Standard,
    names: dict[str, str],
    lines: list[dict[str, Any]],
    balances: list[dict[str, Any]],
    name: str | None,
) -> Ledger:
    codes = {item["account"]: "" for item in [*lines, *balances]}
    chart = build(standard, {**codes, **names}.items())
    for item in [*lines, *balances]:
        account = chart.accounts.get(item["account"])
        item["account_name"] = account.name if account else ""
    return Ledger(
        name=name,
        layout="generic",
        standard=standard,
        chart=chart,
        lines=pl.DataFrame([{**dict.fromkeys(LINES), **item} for item in lines], schema=LINES),
        balances=pl.DataFrame([{**dict.fromkeys(BALANCES), **item} for item in balances], schema=BALANCES),
    )


def _line(row: int, line: int, voucher: dict[str, str | None], part: str) -> dict[str, Any]:
    found = LINE.match(part)
    assert found, part
    amount = int(Decimal(found["amount"]) * 100)
    day = date.fromisoformat(voucher["date"]) if len(voucher["date"]) == 10 else None
    word, _, digits = voucher["number"].rpartition("-")
    fields = dict(pair.strip().partition("=")[::2] for pair in (voucher["fields"] or "").split(",") if pair.strip())
    period = fields.pop("period", voucher["date"][:7])
    void = "void" in fields and not fields.pop("void")
    return {
        "row": row, "period": period, "date": day, "voucher": f"{period} {voucher['number']}", "word": word,
        "number": int(digits), "number_text": digits, "line": line, "summary": voucher["summary"],
        "account": found["account"], "aux": found["aux"] or "", "void": void,
        "debit": amount if found["side"] == "D" else 0, "credit": amount if found["side"] == "C" else 0,
        "quantity": float(found["quantity"]) if found["quantity"] else None, "currency": "CNY", **fields,
    }  # fmt: skip


def _balance(row: int, words: list[str]) -> dict[str, Any]:
    period, account, *amounts = words
    code, _, aux = account.rstrip("]").partition("[")
    opening, debit, credit, closing = (int(Decimal(amount) * 100) for amount in amounts)
    return {
        "row": row, "period": period, "account": code, "aux": aux, "opening": opening, "debit": debit,
        "credit": credit, "closing": closing,
    }  # fmt: skip


def found(rule: str, ledger: Ledger, **settings: Any) -> list[Finding]:
    """What one rule says about a ledger, with these settings over its own."""
    chosen = BY_ID[rule]
    return chosen.run(ledger, {**chosen.settings, **settings})
