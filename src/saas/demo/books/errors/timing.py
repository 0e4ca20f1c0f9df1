"""The wrong month, the wrong hour, the wrong hand, and red ink at the period's end."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from saas.demo.books.errors.registry import CannotInject, ErrorSpec, Mistake, Scene, Stage, error
from saas.demo.books.events.sales import REVENUE
from saas.demo.books.voucher import Entry, Voucher, credit, debit
from saas.kernel.months import month_end


@error("cut_off", "N42", also=("N33", "N34", "N25"))
def cut_off(scene: Scene, spec: ErrorSpec) -> Mistake:
    """Wages of one month accrued in the next, under the month they belong to."""
    voucher = scene.pick(spec, "social", "amortisation", where=lambda v: _next_month(scene, v) != "", skip_first=3)
    right, month = voucher.copy().entries, voucher.date.month
    scene.remove(voucher)
    voucher.date = date.fromisoformat(f"{_next_month(scene, voucher)}-03")
    if f"{month}月" not in voucher.summary:
        voucher.summary += f"({month}月)"
    scene.insert(voucher)
    return Mistake([voucher], voucher.period, _debited(scene, right), right, f"belongs to month {month}")


@error("late_revenue", "N42", also=("N08", "N35"))
def late_revenue(scene: Scene, spec: ErrorSpec) -> Mistake:
    """A sale of next month booked on the last day of this one, and named so."""
    voucher = scene.pick(spec, "sale", where=lambda v: v.date.day > 20 and _next_month(scene, v) != "")
    scene.remove(voucher)
    month = voucher.date.month % 12 + 1
    voucher.date, voucher.document_date = month_end(voucher.date), month_end(voucher.date)
    voucher.summary = f"{voucher.summary}({month}月服务)"
    scene.insert(voucher)
    return Mistake(
        [voucher], voucher.period, _debited(scene, voucher.entries), voucher.entries, f"belongs to month {month}"
    )


@error("red_without_reference", "N26", also=("N08", "N23"))
def red_without_reference(scene: Scene, spec: ErrorSpec) -> Mistake:
    """Revenue reduced in red on the last day, with no invoice, no reason and no voucher named."""
    revenue = REVENUE[scene.company.industry]
    for period in scene.periods(spec, skip_first=1):
        sales = scene.draft.of("sale", "takings", period=period)
        if sales:
            whole = sum(-v.side(revenue) for v in sales)
            fen = round(whole * scene.rng.uniform(0.15, 0.3) / 100_000) * 100_000
            customer = next((e.aux for v in sales for e in v.entries if e.role == "ar"), "")
            other = ("ar", customer) if customer else ("payable.other", scene.draft.suppliers[0])
            line = Entry(*other, debit=-fen) if customer else debit(other[0], -fen, other[1])
            voucher = Voucher(
                month_end(sales[0].date),
                "red_revenue",
                scene.rng.choice(("冲减收入", "调整收入", "冲账", "红冲")),
                [line, credit(revenue, -fen)],
            )
            scene.insert(voucher)
            return Mistake([voucher], period, scene.chart.code(revenue), [], "no ground for the red entry")
    raise CannotInject("red_without_reference: no revenue")


@error("odd_preparer", "N36", stage=Stage.NUMBERED)
def odd_preparer(scene: Scene, spec: ErrorSpec) -> Mistake:
    """Entered by somebody who enters nothing else."""
    voucher = scene.pick(spec, "pay_supplier", "collect", "travel", "office", skip_first=2)
    voucher.preparer = "admin"
    return Mistake([voucher], voucher.period, right=voucher.copy().entries, note="entered by admin")


@error("odd_hour", "N37", stage=Stage.NUMBERED)
def odd_hour(scene: Scene, spec: ErrorSpec) -> Mistake:
    """Entered on a Sunday at night."""
    voucher = scene.pick(spec, "pay_supplier", "collect", "travel", "office", skip_first=2)
    sunday = voucher.date + timedelta(days=7 - voucher.date.isoweekday())
    voucher.entered = datetime.combine(sunday, time(2, scene.rng.randrange(60), scene.rng.randrange(60)))
    return Mistake([voucher], voucher.period, right=voucher.copy().entries, note=f"entered {voucher.entered}")


def _next_month(scene: Scene, voucher: Voucher) -> str:
    after = scene.draft.months.index(voucher.period) + 1
    return scene.draft.months[after] if after < len(scene.draft.months) else ""


def _debited(scene: Scene, entries: list[Entry]) -> str:
    return scene.chart.code(next(e.role for e in entries if e.debit))
