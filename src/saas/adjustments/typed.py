"""Voucher lines as people type them: an account, its auxiliary in brackets ("1122 应收账款 [乙公司]"), an amount."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from saas.adjustments.correction.vouchers import Line
from saas.kernel.errors import Invalid
from saas.kernel.i18n import _
from saas.kernel.money import ZERO, Money
from saas.ledgers.charts import Chart


def lines(raw: Mapping[str, Any], prefix: str, chart: Chart) -> tuple[Line, ...]:
    """The lines under `{prefix}account`, `{prefix}debit`, `{prefix}credit`; empty rows are left out.

    Invalid names the row whose account is unknown or whose amount is none.
    """
    accounts, debits, credits = (_listed(raw.get(f"{prefix}{name}")) for name in ("account", "debit", "credit"))
    found = []
    for row, account in enumerate(accounts):
        debit, credit = (_amount(column[row] if row < len(column) else "", row) for column in (debits, credits))
        if not account.strip() and not debit and not credit:
            continue
        code, aux = _account(account)
        known = chart.accounts.get(code)
        if known is None:
            raise Invalid(_("Row %(row)s: the chart has no account “%(account)s”.", row=row + 1, account=account))
        if bool(debit) == bool(credit):
            raise Invalid(_("Row %(row)s: an amount on one side, please.", row=row + 1))
        found.append(Line(code, debit=debit, credit=credit, aux=aux, name=known.name))
    return tuple(found)


def shown(rows: Sequence[Line]) -> list[dict[str, str]]:
    """Lines as the editor shows them: text as a person would type it."""
    return [
        {
            "account": f"{line.account} {line.name}".strip() + (f" [{line.aux}]" if line.aux else ""),
            "debit": str(line.debit) if line.debit else "",
            "credit": str(line.credit) if line.credit else "",
        }
        for line in rows
    ]


def _account(text: str) -> tuple[str, str]:
    """The code, and the auxiliary between the last brackets."""
    text = text.strip()
    name, bracket, aux = text.removesuffix("]").rpartition(" [") if text.endswith("]") else (text, "", "")
    return (name if bracket else text).split(" ")[0], aux.strip()


def _listed(value: Any) -> list[str]:
    return [] if value is None else [str(v) for v in value] if isinstance(value, list) else [str(value)]


def _amount(text: str, row: int) -> Money:
    try:
        return Money.of(text.replace("−", "-")) if text.strip() else ZERO
    except ValueError:
        raise Invalid(_("Row %(row)s: “%(text)s” is not an amount.", row=row + 1, text=text)) from None
