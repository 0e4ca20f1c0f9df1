"""Slips inside a voucher: sides, digits, sums, and the voucher entered twice."""

from __future__ import annotations

from datetime import timedelta

from saas.demo.books.desk import last_day
from saas.demo.books.errors.registry import CannotInject, ErrorSpec, Mistake, Scene, Stage, error
from saas.demo.books.voucher import Entry, Voucher

PAID = ("pay_supplier", "utility", "freight", "ad", "advice", "office", "travel", "phone")
STEADY = ("rent", "depreciation", "amortisation", "interest")  # the same amount every month
SMALL_CHANGE = 1_000_00  # fen; duplicates below would drown in bank fees and taxi fares


@error("unbalanced", "N01", also=("N07",), stage=Stage.NUMBERED)
def unbalanced(scene: Scene, spec: ErrorSpec) -> Mistake:
    """One line's amount mistyped, as a damaged export or a hand-edited file shows it."""
    voucher = scene.pick(spec, "sale", "purchase", "subcontract", *PAID)
    right = voucher.copy().entries
    entry = scene.rng.choice([e for e in voucher.entries if e.role not in ("cash", "bank.main")])
    slip = scene.rng.choice((9, 27, 90, 100, 180, 360)) * 100
    if entry.debit:
        entry.debit += slip
    else:
        entry.credit += slip
    return Mistake([voucher], voucher.period, right=right, note="one line's amount mistyped")


@error("slip_of_ten", "N38", also=("N08", "N10", "N22", "N34"))
def slip_of_ten(scene: Scene, spec: ErrorSpec) -> Mistake:
    """A steady monthly entry with a zero too many."""
    voucher = scene.pick(spec, *STEADY, where=lambda v: _affordable(scene, v, 9), skip_first=3)
    right = voucher.copy().entries
    for entry in voucher.entries:
        entry.debit, entry.credit = entry.debit * 10, entry.credit * 10
    return Mistake([voucher], voucher.period, _first_debit(scene, right), right, "a zero too many")


@error("transposition", "N38", also=("N08", "N10", "N22", "N34"))
def transposition(scene: Scene, spec: ErrorSpec) -> Mistake:
    """Two neighbouring digits of a steady entry swapped."""

    def fits(voucher: Voucher) -> bool:
        return bool(_swappable(voucher)) and _affordable(scene, voucher, 9)

    voucher = scene.pick(spec, *STEADY, where=fits, skip_first=3)
    right, amount = voucher.copy().entries, _swappable(voucher)
    for entry in voucher.entries:
        if entry.debit == amount:
            entry.debit = _swapped(amount)
        elif entry.credit == amount:
            entry.credit = _swapped(amount)
    return Mistake([voucher], voucher.period, _first_debit(scene, right), right, "two digits swapped")


@error("reversed_sides", "N39", also=("N08", "N09", "N10", "N35"))
def reversed_sides(scene: Scene, spec: ErrorSpec) -> Mistake:
    """Debit and credit the wrong way round."""
    voucher = scene.pick(spec, "collect", "pay_supplier", where=lambda v: _affordable(scene, v, 2, "collect"))
    right = voucher.copy().entries
    for entry in voucher.entries:
        entry.debit, entry.credit = entry.credit, entry.debit
    return Mistake([voucher], voucher.period, _first_debit(scene, right), right, "sides swapped")


@error("duplicate_voucher", "N25", also=("N08", "N44"))
def duplicate_voucher(scene: Scene, spec: ErrorSpec) -> Mistake:
    """The same document booked again some days later."""
    return _again(scene, spec, keep_invoice=False)


@error("duplicate_invoice", "N25", "N44", also=("N08",))
def duplicate_invoice(scene: Scene, spec: ErrorSpec) -> Mistake:
    """The same invoice, number and all, booked again some days later."""
    return _again(scene, spec, keep_invoice=True)


def _again(scene: Scene, spec: ErrorSpec, keep_invoice: bool) -> Mistake:
    def fits(voucher: Voucher) -> bool:
        room = voucher.date.day + 3 < last_day(voucher.date).day
        large = max(e.debit for e in voucher.entries) >= SMALL_CHANGE
        return room and large and bool(voucher.reference) >= keep_invoice and _affordable(scene, voucher, 1)

    kinds = ("purchase", "freight", "ad", "subcontract", "advice") if keep_invoice else (*PAID[:5], "office", "travel")
    voucher = scene.pick(spec, *kinds, where=fits)
    again = voucher.copy()
    days = min(scene.rng.randrange(1, 6), last_day(voucher.date).day - voucher.date.day)
    again.date = voucher.date + timedelta(days=days)
    if not keep_invoice:
        again.reference = ""
    scene.insert(again)
    red = [Entry(e.role, e.aux, -e.debit, -e.credit) for e in voucher.entries]
    return Mistake([voucher, again], voucher.period, _first_debit(scene, voucher.entries), red, "booked twice")


def _affordable(scene: Scene, voucher: Voucher, times: int, only: str = "") -> bool:
    """Whether money and stock stay above zero when the voucher counts `times` more (or is turned round)."""
    if only and voucher.kind != only:
        return True
    for role in ("cash", "bank.main", "goods", "raw"):
        moved = abs(voucher.side(role))
        if moved and scene.spare(role, voucher.date) < moved * times:
            return False
    return True


def _swappable(voucher: Voucher) -> int:
    """An amount that stands once on either side and has digits worth swapping; 0 when there is none."""
    debits, credits = [e.debit for e in voucher.entries], [e.credit for e in voucher.entries]
    fit = (fen for fen in debits if fen and debits.count(fen) == credits.count(fen) == 1 and _swapped(fen))
    return next(fit, 0)


def _swapped(fen: int) -> int:
    """The amount with two neighbouring leading digits swapped, at least 9 % away; 0 when there is none."""
    digits = str(fen)
    for at in (0, 1):
        if len(digits) > at + 3 and digits[at] != digits[at + 1] and digits[at + 1] != "0":
            wrong = int(digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :])
            if abs(wrong - fen) >= 0.09 * fen:
                return wrong
    return 0


def _first_debit(scene: Scene, entries: list[Entry]) -> str:
    debits = [entry for entry in entries if entry.debit]
    if not debits:
        raise CannotInject("a voucher without a debit line")
    return scene.chart.code(debits[0].role)
