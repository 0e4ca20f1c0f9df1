"""Marking a voucher exercise against the plan of the product's own engine, line by line, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from saas.adjustments.correction.methods import NAMES, Method
from saas.adjustments.correction.vouchers import Line, Voucher, balanced
from saas.kernel.i18n import Text, _
from saas.kernel.money import ZERO, Money
from saas.training.questions.kinds import Given
from saas.training.questions.voucher import Exercise, exercise

FULL = 100
METHOD = 30  # of a hundred: the rest is shared by the lines
Remark = tuple[bool, Text]


@dataclass(frozen=True, slots=True)
class Typed:
    """A line as typed; `line` is None where it cannot be read, and `fault` says why."""

    line: Line | None
    fault: Text | None = None


def mark(given: Given, answer: dict[str, Any]) -> tuple[int, list[dict[str, Any]]]:
    """Points of 100 and the remarks: [{part, ok, text}], part "method" or the slip's number from 1."""
    solved = exercise(given)
    points, remarks = _method(solved, str(answer.get("method", "")))
    slips = [
        lines
        for slip in answer.get("slips", [])
        if (lines := [typed(row, solved) for row in slip if any(row.get(k) for k in ("account", "debit", "credit"))])
    ]
    share = FULL - METHOD
    if not solved.expected:
        clean = not slips
        text = _("No voucher is to be written here.") if clean else _("No voucher is to be written here; yours goes.")
        return points + share * clean, [*remarks, _remark("1", clean, text)]
    right, wanted, extra = 0, sum(len(v.lines) for v in solved.expected), 0
    for number, (voucher, slip) in enumerate(_paired(solved.expected, slips), 1):
        good, surplus, said = _slip(voucher, slip, solved.expected)
        right, extra = right + good, extra + surplus
        remarks += [_remark(str(number), ok, text) for ok, text in said]
    return points + share * max(0, right - extra) // wanted, remarks


def _method(solved: Exercise, chosen: str) -> tuple[int, list[dict[str, Any]]]:
    choice = solved.plan.choice
    if chosen == choice.method.value:
        said = _("%(method)s: right. %(law)s", method=NAMES[choice.method], law=choice.law)
        return METHOD, [_remark("method", True, said)]
    right = NAMES[choice.method]
    against = dict(choice.refused).get(Method(chosen)) if chosen in set(Method) else None
    if not chosen:
        text = _("No method was chosen. Right is: %(right)s. %(law)s", right=right, law=choice.law)
    elif against is not None:
        text = _("Not this one: %(reason)s Right is: %(right)s. %(law)s", reason=against, right=right, law=choice.law)
    else:
        text = _("The method does not fit this error. Right is: %(right)s. %(law)s", right=right, law=choice.law)
    return 0, [_remark("method", False, text)]


def typed(row: dict[str, str], solved: Exercise) -> Typed:
    """ "1122[乙] 应收账款—乙" with an amount on one side."""
    code, _bracket, aux = row.get("account", "").split(" ")[0].partition("[")
    account = solved.books.chart.accounts.get(code.strip())
    if account is None:
        return Typed(None, _("%(account)s is no account of this chart.", account=row.get("account", "") or "—"))
    try:
        debit, credit = (Money.of(row[side]) if row.get(side) else ZERO for side in ("debit", "credit"))
    except ValueError:
        return Typed(None, _("%(account)s: the amount cannot be read.", account=_name(account.code, account.name)))
    if bool(debit) == bool(credit):
        return Typed(None, _("%(account)s: exactly one side has an amount.", account=_name(account.code, account.name)))
    return Typed(Line(account.code, debit, credit, aux.rstrip("]").strip(), account.name))


def _paired(expected: Sequence[Voucher], slips: list[list[Typed]]) -> list[tuple[Voucher | None, list[Typed]]]:
    """Each expected voucher with the slip that is most like it; slips that are like none stand at the end."""
    left = list(slips)
    pairs: list[tuple[Voucher | None, list[Typed]]] = []
    for voucher in expected:
        closest = max(left, key=lambda slip: _likeness(voucher, slip), default=[])
        if closest and _likeness(voucher, closest):
            left.remove(closest)
            pairs.append((voucher, closest))
        else:
            pairs.append((voucher, []))
    for position, (wanted, slip) in enumerate(pairs):
        if not slip and left:
            pairs[position] = (wanted, left.pop(0))
    return [*pairs, *((None, slip) for slip in left)]


def _likeness(voucher: Voucher, slip: list[Typed]) -> int:
    exact = {(line.key, line.debit, line.credit) for line in voucher.lines}
    keys = {line.account for line in voucher.lines}
    found = [entry.line for entry in slip if entry.line is not None]
    return sum(10 * ((line.key, line.debit, line.credit) in exact) + (line.account in keys) for line in found)


def _slip(voucher: Voucher | None, slip: list[Typed], all_of: Sequence[Voucher]) -> tuple[int, int, list[Remark]]:
    """(right lines, surplus lines, remarks) of one slip. A line of another voucher is neither right nor surplus."""
    if voucher is None:
        return 0, len(slip), [(False, _("This voucher is one too many: the correction is complete without it."))]
    if not slip:
        return 0, 0, [(False, _("Missing: %(voucher)s", voucher=_whole(voucher)))]
    left, remarks, right = list(voucher.lines), list[Remark](), 0
    loose: list[Typed] = []
    for entry in slip:
        match = next((line for line in left if entry.line is not None and _same(line, entry.line)), None)
        if match is None:
            loose.append(entry)
            continue
        left.remove(match)
        right += 1
        remarks.append((True, _("%(line)s: right.", line=_words(match))))
    surplus = 0
    for entry in loose:
        near = _near(entry, left)
        if near is not None:
            left.remove(near)
        elsewhere = near is None and _belongs(entry, all_of)
        surplus += near is None and entry.line is not None and not elsewhere
        remarks.append((False, _elsewhere(entry) if elsewhere else _difference(entry, near)))
    remarks += [(False, _("Missing: %(line)s", line=_words(line))) for line in left]
    if not balanced(entry.line for entry in slip if entry.line is not None):
        remarks.append((False, _("Debit and credit of this voucher are not equal.")))
    return right, surplus, remarks


def _belongs(entry: Typed, vouchers: Sequence[Voucher]) -> bool:
    return any(entry.line is not None and _same(line, entry.line) for voucher in vouchers for line in voucher.lines)


def _elsewhere(entry: Typed) -> Text:
    return _("%(line)s belongs into a voucher of its own.", line=_words(entry.line) if entry.line else "")


def _same(one: Line, other: Line) -> bool:
    return (one.key, one.debit, one.credit) == (other.key, other.debit, other.credit)


def _near(entry: Typed, left: list[Line]) -> Line | None:
    """The expected line that was probably meant: the account, else the same amount on the same side."""
    line = entry.line
    if line is None:
        return None
    same = [wanted for wanted in left if wanted.account == line.account]
    return next(iter(same + [w for w in left if (w.debit, w.credit) == (line.debit, line.credit)]), None)


def _difference(entry: Typed, wanted: Line | None) -> Text:
    line = entry.line
    if line is None:
        return entry.fault or _("This line cannot be read.")
    if wanted is None:
        return _("%(line)s does not belong here.", line=_words(line))
    if line.account != wanted.account:
        return _("%(line)s: another account is right: %(wanted)s", line=_words(line), wanted=_words(wanted))
    if line.aux != wanted.aux:
        return _("%(line)s: somebody else is meant: %(wanted)s", line=_words(line), wanted=_words(wanted))
    if line.net == wanted.net:
        return _(
            "%(line)s: a cancelled amount stays on its side and turns negative: %(wanted)s",
            line=_words(line),
            wanted=_words(wanted),
        )
    if abs(line.amount.fen) == abs(wanted.amount.fen):
        return _("%(line)s: the side or the sign is wrong: %(wanted)s", line=_words(line), wanted=_words(wanted))
    return _("%(line)s: the amount is wrong: %(wanted)s", line=_words(line), wanted=_words(wanted))


def _words(line: Line) -> Text:
    account = _name(line.account + (f"[{line.aux}]" if line.aux else ""), line.name)
    if line.on_debit:
        return _("Debit %(account)s %(amount)s", account=account, amount=str(line.debit))
    return _("Credit %(account)s %(amount)s", account=account, amount=str(line.credit))


def _name(code: str, name: str) -> str:
    return f"{code} {name}".strip()


def _whole(voucher: Voucher) -> Text:
    return _(
        "%(summary)s (%(lines)s)",
        summary=voucher.summary,
        lines="; ".join(f"{'D' if line.on_debit else 'C'} {line.account} {line.amount}" for line in voucher.lines),
    )


def _remark(part: str, ok: bool, text: Text) -> dict[str, Any]:
    return {"part": part, "ok": ok, "text": text.store()}
