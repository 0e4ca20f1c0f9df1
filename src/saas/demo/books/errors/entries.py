"""Slips inside a voucher: sides, digits, sums."""

from __future__ import annotations

from saas.demo.books.errors.registry import CannotInject, ErrorSpec, Mistake, Scene, Stage, error
from saas.demo.books.voucher import Entry, Voucher

STEADY = ("rent", "depreciation", "amortisation", "interest")  # the same amount every month


@error("unbalanced", "N01", also=("N07", "N08"), stage=Stage.NUMBERED)
def unbalanced(scene: Scene, spec: ErrorSpec) -> Mistake:
    """One line's amount mistyped, as a damaged export or a hand-edited file shows it."""
    voucher = scene.pick(spec, "sale", "purchase", "subcontract", "pay_supplier", "utility", "freight", "ad", "office")
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
    voucher = scene.pick(spec, *STEADY, where=lambda v: affordable(scene, v, 9), skip_first=3)
    right = voucher.copy().entries
    for entry in voucher.entries:
        entry.debit, entry.credit = entry.debit * 10, entry.credit * 10
    return Mistake([voucher], voucher.period, first_debit(scene, right), right, "a zero too many")


@error("transposition", "N38", also=("N08", "N10", "N22", "N34"))
def transposition(scene: Scene, spec: ErrorSpec) -> Mistake:
    """Two neighbouring digits of a steady entry swapped: of the kind `what` names, else of any."""

    def fits(voucher: Voucher) -> bool:
        return _swap_fits(scene, voucher)

    voucher = scene.pick(spec, *(kind for kind in STEADY if spec.what in ("", kind)), where=fits, skip_first=3)
    right, amount = voucher.copy().entries, _swappable(voucher)
    for entry in voucher.entries:
        if entry.debit == amount:
            entry.debit = _swapped(amount)
        elif entry.credit == amount:
            entry.credit = _swapped(amount)
    return Mistake([voucher], voucher.period, first_debit(scene, right), right, "two digits swapped")


@error("slip_in_varying", "N38", "N34", also=("N08", "N10"))
def slip_in_varying(scene: Scene, spec: ErrorSpec) -> Mistake:
    """A zero too many in an amount that varies from month to month."""

    def fits(voucher: Voucher) -> bool:
        return affordable(scene, voucher, 9)

    voucher = scene.pick(spec, "utility", "phone", "social", "cloud", where=fits, skip_first=3)
    right = voucher.copy().entries
    for entry in voucher.entries:
        entry.debit, entry.credit = entry.debit * 10, entry.credit * 10
    return Mistake([voucher], voucher.period, first_debit(scene, right), right, "a zero too many")


@error("payment_transposed", "N38", also=("N08", "N10", "N15"))
def payment_transposed(scene: Scene, spec: ErrorSpec) -> Mistake:
    """An invoice paid or collected in full, two digits of the amount swapped."""
    invoiced = {(e.aux, e.amount) for v in scene.draft.of("sale", "purchase") for e in v.entries if e.aux}

    def fits(voucher: Voucher) -> bool:
        whole = any((e.aux, e.amount) in invoiced for e in voucher.entries)
        return whole and _swap_fits(scene, voucher)

    voucher = scene.pick(spec, "pay_supplier", "collect", where=fits)
    right, amount = voucher.copy().entries, _swappable(voucher)
    for entry in voucher.entries:
        entry.debit = _swapped(amount) if entry.debit else 0
        entry.credit = _swapped(amount) if entry.credit else 0
    return Mistake([voucher], voucher.period, first_debit(scene, right), right, "two digits swapped")


@error("reversed_sides", "N39", also=("N08", "N09", "N10", "N35"))
def reversed_sides(scene: Scene, spec: ErrorSpec) -> Mistake:
    """Debit and credit the wrong way round."""
    kinds = ("collect", "pay_supplier", "utility", "phone", "pay_iit")
    voucher = scene.pick(spec, *kinds, where=lambda v: affordable(scene, v, 2, "collect"))
    right = voucher.copy().entries
    for entry in voucher.entries:
        entry.debit, entry.credit = entry.credit, entry.debit
    return Mistake([voucher], voucher.period, first_debit(scene, right), right, "sides swapped")


def affordable(scene: Scene, voucher: Voucher, times: float, only: str = "") -> bool:
    """Whether money and stock stay above zero when the voucher counts `times` more (or is turned round)."""
    if only and voucher.kind != only:
        return True
    for role in ("cash", "bank.main", "goods", "raw"):
        moved = abs(voucher.side(role))
        if moved and scene.spare(role, voucher.date) < moved * times:
            return False
    return True


def _swap_fits(scene: Scene, voucher: Voucher) -> bool:
    amount = _swappable(voucher)
    return amount > 0 and affordable(scene, voucher, abs(_swapped(amount) - amount) / amount)


def _swappable(voucher: Voucher) -> int:
    """An amount that stands once on either side and has digits worth swapping; 0 when there is none."""
    debits, credits = [e.debit for e in voucher.entries], [e.credit for e in voucher.entries]
    fit = (fen for fen in debits if fen and debits.count(fen) == credits.count(fen) == 1 and _swapped(fen))
    return next(fit, 0)


def _swapped(fen: int) -> int:
    """The amount with two neighbouring digits swapped, the leading ones if that tells, at least 0.5 % away; else 0."""
    digits = str(fen)
    for at in range(min(len(digits) - 3, 4)):
        if digits[at] != digits[at + 1] and digits[at + 1] != "0":
            wrong = int(digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :])
            if abs(wrong - fen) >= 0.005 * fen:
                return wrong
    return 0


def first_debit(scene: Scene, entries: list[Entry]) -> str:
    debits = [entry for entry in entries if entry.debit]
    if not debits:
        raise CannotInject("a voucher without a debit line")
    return scene.chart.code(debits[0].role)
