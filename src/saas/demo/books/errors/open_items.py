"""Debts nobody looks at: shareholder loans, old estimates, receivables that stand still."""

from __future__ import annotations

from datetime import date

from saas.demo.books.amounts import agreed
from saas.demo.books.errors.registry import CannotInject, ErrorSpec, Mistake, Scene, error
from saas.demo.books.parties import CITIES
from saas.demo.books.voucher import Voucher, credit, debit


@error("shareholder_loan", "N11", also=("N08", "N15"))
def shareholder_loan(scene: Scene, spec: ErrorSpec) -> Mistake:
    """Money lent to a shareholder and not back by 31 December (财税〔2003〕158号)."""
    december = next((m for m in scene.draft.months if m.endswith("-12")), None)
    if december is None:
        raise CannotInject("shareholder_loan: the books hold no December")
    fen = (spec.amount_yuan or scene.rng.choice((50_000, 80_000, 120_000, 200_000))) * 100
    for month in scene.periods(spec):
        day = date.fromisoformat(f"{month}-16")
        spare = scene.spare("bank.main", day) // 1_000_000 * 1_000_000
        if month[:4] == december[:4] and month <= december and spare > 0:
            return _lend_to_shareholder(scene, day, min(fen, spare), december)
    raise CannotInject("shareholder_loan: the bank holds too little")


def _lend_to_shareholder(scene: Scene, day: date, fen: int, december: str) -> Mistake:
    person = scene.company.shareholders[-1]
    voucher = Voucher(
        day, "shareholder_loan", f"{person}借款", [debit("receivable.person", fen, person), credit("bank.main", fen)]
    )
    scene.insert(voucher)
    right = [debit("bank.main", fen), credit("receivable.person", fen, person)]
    code = scene.chart.code("receivable.person")
    return Mistake([voucher], december, code, right, "repay by 31 December, or pay 20 % income tax")


@error("aged_estimate", "N14", also=("N15",))
def aged_estimate(scene: Scene, spec: ErrorSpec) -> Mistake:
    """暂估 of an early month, never reversed though the invoice came (or never came)."""
    if not scene.company.keeps_stock:
        raise CannotInject("aged_estimate: the company keeps no stock")
    month = scene.periods(spec, skip_last=min(4, len(scene.draft.months) - 1))[0]
    supplier = scene.rng.choice(CITIES) + "顺昌供应链有限公司"
    stock = "goods" if scene.company.industry == "trading" else "raw"
    fen = agreed(scene.rng, scene.company.revenue_yuan / 12 * 0.05, 0.3)
    first = date.fromisoformat(f"{month}-28")
    voucher = Voucher(
        first,
        "estimate",
        f"{first.month}月暂估入库-{supplier}",
        [debit(stock, fen), credit("ap.estimate", fen, supplier)],
    )
    scene.insert(voucher)
    right = [debit(stock, -fen), credit("ap.estimate", -fen, supplier)]
    return Mistake([voucher], month, scene.chart.code("ap.estimate"), right, "estimate older than 90 days")


@error("stale_receivable", "N15", also=("N08",))
def stale_receivable(scene: Scene, spec: ErrorSpec) -> Mistake:
    """A receivable carried in the opening balance that never moves."""
    if len(scene.draft.months) < 12:
        raise CannotInject("stale_receivable: fewer than twelve months")
    customer = scene.rng.choice(CITIES) + "久远贸易有限公司"
    fen = (spec.amount_yuan * 100) if spec.amount_yuan else agreed(scene.rng, 28_000, 0.4)
    scene.draft.opening["ar", customer] += fen
    scene.draft.opening["retained", ""] -= fen
    right = [debit("loss.fine", fen), credit("ar", fen, customer)]
    return Mistake(
        [], scene.draft.months[-1], scene.chart.code("ar"), right, f"{customer}: no movement in twelve months"
    )
