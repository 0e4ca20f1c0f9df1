"""Errors that show only in the balances: closings forgotten, openings changed, lines lost on the way out."""

from __future__ import annotations

from saas.demo.books.closing import DERIVED
from saas.demo.books.errors.registry import CannotInject, ErrorSpec, Mistake, Scene, Stage, error
from saas.demo.books.voucher import Entry, Shift


@error("not_closed", "N21")
def not_closed(scene: Scene, spec: ErrorSpec) -> Mistake:
    """The carry-forward forgot one account, which stands open at the month's end."""
    for period in scene.periods(spec):
        closing = scene.draft.of("close_expense", period=period)
        lines = [entry for voucher in closing for entry in voucher.entries if entry.role.startswith("finance.")]
        if lines:
            entry = scene.rng.choice(lines)
            scene.draft.unclosed.add((period, entry.role))
            right = [Entry("year_profit", debit=entry.credit), Entry(entry.role, credit=entry.credit)]
            return Mistake([], period, scene.chart.code(entry.role), right, "not carried to 本年利润")
    raise CannotInject("not_closed: no financial expense")


@error("lines_lost", "N07", "N02", also=("N10", "N21", "N33"), stage=Stage.NUMBERED)
def lines_lost(scene: Scene, spec: ErrorSpec) -> Mistake:
    """The last ordinary voucher of a month is in the program's balances but not in the exported file."""
    for period in scene.periods(spec):
        month = [v for v in scene.draft.vouchers if v.period == period and v.kind not in DERIVED]
        usable = [
            v for v in month if id(v) not in scene.touched and v.kind in ("collect", "office", "travel", "utility")
        ]
        if usable:
            voucher = usable[-1]
            scene.touched.add(id(voucher))
            voucher.exported = False
            code = scene.chart.code(voucher.entries[0].role)
            return Mistake([], period, code, voucher.entries, f"{voucher.word}-{voucher.number} missing from the file")
    raise CannotInject("lines_lost: nothing to lose")


@error("opening_mismatch", "N06", also=("N07", "N08"))
def opening_mismatch(scene: Scene, spec: ErrorSpec) -> Mistake:
    """Openings edited: two accounts start a month otherwise than they ended the one before."""
    return _shift(scene, spec, at_opening=True)


@error("rollforward_broken", "N07", also=("N06", "N08"))
def rollforward_broken(scene: Scene, spec: ErrorSpec) -> Mistake:
    """Two closing balances that opening and movements do not give, as a damaged database shows it."""
    return _shift(scene, spec, at_opening=False)


def _shift(scene: Scene, spec: ErrorSpec, at_opening: bool) -> Mistake:
    period = scene.periods(spec, skip_first=1)[0]
    fen = (spec.amount_yuan or scene.rng.randrange(800, 30_000)) * 100
    first, second = scene.rng.sample(("bank.main", "payroll.wage", "retained", "tax.iit"), 2)
    scene.draft.shifts += [Shift(period, first, fen, at_opening), Shift(period, second, -fen, at_opening)]
    codes = scene.chart.code(first), scene.chart.code(second)
    where = "opening differs from the last closing" if at_opening else "closing differs from opening and movements"
    return Mistake([], period, codes[0], note=where, accounts=codes)
