"""The firm's own entry for a refund (accounting.md §8): out of the advance as far as it goes, the rest red revenue."""

from __future__ import annotations

from typing import Any

from saas.kernel.i18n import _
from saas.kernel.money import ZERO, Money


def own_entry(amount: Money, unserved: Money) -> list[dict[str, Any]]:
    """Lines as ui.voucher_slip takes them: Dr 2203 as far as the advance reaches, red revenue beyond, Cr 1002.

    2203 and 1002 have the same code in both standards; revenue is 5001 under the one for small enterprises.
    """
    from_advance = min(amount, max(unserved, ZERO))
    red = amount - from_advance
    lines: list[dict[str, Any]] = []
    if from_advance:
        lines.append({"code": "2203", "name": _("Advances from customers"), "debit": from_advance, "credit": None})
    if red:
        lines.append({"code": "5001", "name": _("Revenue, red letters"), "debit": None, "credit": -red})
    lines.append({"code": "1002", "name": _("Cash at bank"), "debit": None, "credit": amount})
    return lines
