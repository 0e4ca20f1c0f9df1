"""The calculation as a page shows it, to members and to the client alike: every step, and the rule it comes from."""

from __future__ import annotations

from typing import Any

from saas.kernel.i18n import Text, _, reader
from saas.kernel.money import Money
from saas.refunds.calculation import Ladder, Line
from saas.refunds.calculation.presets import PRESETS
from saas.refunds.models import Refund
from saas.refunds.policies.policy_models import RefundPolicy
from saas.refunds.terms import Terms

PARTS: dict[str, int] = {  # of the policy as it is printed (templates/refunds/policy/_terms.html)
    "not_begun": 1, "cooling_off": 1, "price": 1, "limit": 1,
    "months": 2, "days": 2, "gifts": 2, "faulty": 2, "items": 2,
    "deduction": 3, "third_party": 3,
    "compensation": 4, "received": 4, "refunded": 4, "floor": 4, "ceiling": 4,
}  # fmt: skip


def ladder_view(refund: Refund, terms: Terms, policy: RefundPolicy | None = None) -> dict[str, Any]:
    """The context of refunds/_ladder.html; `shown` is False while nothing was reckoned.

    `policy` is the pinned version: its number stands at each step.
    """
    if not refund.ladder:
        return {"shown": False}
    ladder = Ladder.restore(refund.ladder)
    rule = terms.reason(refund.reason)
    return {
        "shown": True,
        "lines": _lines(ladder, policy.version if policy is not None else None),
        "total": _total(ladder),
        "preset": _("%(code)s %(name)s", code=rule.preset, name=PRESETS[rule.preset].name),
        "formula": PRESETS[rule.preset].formula,
        "version": policy.version if policy is not None else None,
        "outside": _outside(ladder, terms),
        "override": _override(refund),
    }


def _lines(ladder: Ladder, version: int | None) -> list[dict[str, Any]]:
    """The lines with the balance after each, and bars in percent of what was received (the first line)."""
    rows: list[dict[str, Any]] = []
    received, balance = ladder.lines[0].amount, 0
    for line in ladder.lines:
        bars = _bars(balance, line.amount, received) if rows else {"kept": 100}
        balance += line.amount
        sign = "" if not rows or not line.amount else "+" if line.amount > 0 else "−"
        words = {"label": line.label, "basis": _basis(line, version)}
        rows.append({"rule": line.rule, "sign": sign, "change": line.amount, "balance": balance, **words, **bars})
    return rows


def _bars(before: int, change: int, received: int) -> dict[str, int]:
    shares = {"kept": before + min(change, 0), "taken": -change, "added": change}
    return {name: max(0, min(100, round(fen * 100 / received))) if received else 0 for name, fen in shares.items()}


def _basis(line: Line, version: int | None) -> str:
    """Quantity × price, the ground, and where the policy says so."""
    counted = f"{line.quantity} × {Money(line.unit_fen)}" if line.quantity and line.unit_fen is not None else ""
    part = PARTS[line.rule]
    if version is None:
        where = _("policy, part %(part)s", part=part)
    else:
        where = _("policy version %(version)s, part %(part)s", version=version, part=part)
    return " · ".join(text for text in (counted, str(line.basis), str(where)) if text)


def _total(ladder: Ladder) -> dict[str, Any]:
    amount, received = Money(ladder.refund), ladder.lines[0].amount
    percent = f"{amount.fen * 100 / received:.1f}" if received else "0"
    return {
        "label": _("To refund"),
        "amount": amount,
        "capitals": amount.capitals if reader() == "zh" else "",
        "note": _("%(percent)s %% of received", percent=percent),
    }


def _outside(ladder: Ladder, terms: Terms) -> list[Text]:
    """What comes out of the calculation and is no refund."""
    said = []
    if ladder.receivable:
        said.append(_("%(amount)s are still to be paid by the client: a receivable is proposed, nothing is set off.",
                      amount=Money(ladder.receivable)))  # fmt: skip
    if ladder.claim:
        said.append(_("%(amount)s of the client’s loss go beyond what was received: a claim of its own.",
                      amount=Money(ladder.claim)))  # fmt: skip
    if ladder.credit:
        said.append(_("As service credit: %(amount)s, with a bonus of %(percent)s %%, for %(months)s months.",
                      amount=Money(ladder.credit), percent=terms.credit_bonus_percent,
                      months=terms.credit_months))  # fmt: skip
    return said


def _override(refund: Refund) -> dict[str, Any] | None:
    """Another amount than the calculation's, and why."""
    if not refund.overridden or refund.amount is None or refund.computed is None:
        return None
    difference = refund.amount - refund.computed
    return {"amount": refund.amount, "difference": difference, "reason": refund.override_reason}
