"""Numbers: one missing, one used twice."""

from __future__ import annotations

from saas.demo.books.closing import DERIVED
from saas.demo.books.errors.registry import CannotInject, ErrorSpec, Mistake, Scene, Stage, error
from saas.demo.books.voucher import Voucher

ORDINARY = ("office", "travel", "transport", "entertain", "courier", "fee", "phone", "utility", "freight")


@error("missing_number", "N02", also=("N33",), stage=Stage.NUMBERED)
def missing_number(scene: Scene, spec: ErrorSpec) -> Mistake:
    """A voucher deleted in the program after others were numbered behind it."""
    voucher = scene.pick(spec, *ORDINARY, where=lambda v: v.number > 1 and not _last_of_word(scene, v))
    scene.remove(voucher)
    note = f"{voucher.word}-{voucher.number} deleted"
    return Mistake([], voucher.period, right=voucher.entries, note=note)


@error("duplicate_number", "N03", stage=Stage.NUMBERED)
def duplicate_number(scene: Scene, spec: ErrorSpec) -> Mistake:
    """Two people saved a voucher under one number; those behind moved up, so nothing is missing."""
    for voucher in scene.candidates(spec, *ORDINARY):
        month = [v for v in scene.draft.of(*ORDINARY, period=voucher.period) if v.word == voucher.word]
        earlier = [v for v in month if v.number < voucher.number - 2 and v.date < voucher.date]
        if scene.company.month_end_dating:
            earlier = [v for v in month if v.number < voucher.number - 2]
        if earlier:
            return _share_number(scene, scene.rng.choice(earlier), voucher)
    raise CannotInject("duplicate_number: no two ordinary vouchers far enough apart")


def _share_number(scene: Scene, first: Voucher, second: Voucher) -> Mistake:
    own = second.number
    for other in scene.draft.vouchers:
        if (other.period, other.word) == (second.period, second.word) and other.number > own:
            other.number -= 1
    second.number = first.number
    scene.touched |= {id(first), id(second)}
    return Mistake([first, second], first.period, right=second.entries, note=f"number {first.number} used twice")


def _last_of_word(scene: Scene, voucher: Voucher) -> bool:
    others = [v for v in scene.draft.vouchers if (v.period, v.word) == (voucher.period, voucher.word)]
    return all(v.number <= voucher.number or v.kind in DERIVED for v in others)
