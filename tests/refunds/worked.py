"""The worked examples R01–R12 of the accounting reference (refund presets), as data, and a ladder as text."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from saas.kernel.i18n import Locale, reading
from saas.kernel.money import Money
from saas.refunds.calculation import Ladder
from saas.refunds.calculation.service import Agreed, Harm, Item, Loss, Service
from saas.refunds.terms import GiftMonths, Preset, Reason, Terms

CONTRACT = Agreed(
    starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31), paid_months=12, gift_months=0, price=360000,
    list_month=40000, received=360000, refunded=0, notice_on=date(2026, 5, 18),
)  # fmt: skip


def terms(
    preset: Preset, *, at_fault: bool = False, most: int = 100, gifts: GiftMonths = "last", **more: object
) -> Terms:
    reason = Reason("r", "理由", "Reason", preset, at_fault=at_fault, most_percent=most)
    return msgspec.structs.replace(Terms("退费政策", "Refund policy", (), (reason,), gifts=gifts), **more)


def agreed(**changed: object) -> Agreed:
    return msgspec.structs.replace(CONTRACT, **changed)


PACKAGE = (Item("企业所得税年度汇算", 50000), Item("工商年报", 10000, delivered=True, shown_by="公示回执 2026-03-12"))
HARMS = (Harm("滞纳金", 4500, "完税凭证"), Harm("罚款", 20000, "处罚决定书"))
KEY = Loss("third_party", "UKey 与印章", amount=20000, proof="发票 0123")
HOURS = Loss("labour", "建账", hours=Decimal("2.5"), rate=8000, proof="工时单 2026-01")

EXAMPLES: dict[str, tuple[Terms, Agreed, Service, tuple[int, int, int, int]]] = {
    # id: terms, contract, service, (refund, receivable, claim, credit) in fen
    "R01": (terms("P1"), CONTRACT, Service(), (210000, 0, 0, 0)),
    "R02": (terms("P1"), agreed(gift_months=2), Service(), (210000, 0, 0, 0)),
    "R03": (terms("P1", gifts="spread"), agreed(gift_months=2), Service(), (231429, 0, 0, 0)),
    "R04": (terms("P2"), CONTRACT, Service(), (160000, 0, 0, 0)),
    "R05": (terms("P3"), CONTRACT, Service(items=PACKAGE), (225000, 0, 0, 0)),
    "R06": (terms("P4", penalty=30000), CONTRACT, Service(losses=(HOURS,)), (184000, 0, 0, 0)),
    "R07": (terms("P5", at_fault=True), CONTRACT, Service(faulty_months=("2026-04",), harms=HARMS), (264500, 0, 0, 0)),
    "R08": (terms("P6"), CONTRACT, Service(losses=(KEY,), delivered_any=False), (340000, 0, 0, 0)),
    "R09": (terms("P7"), CONTRACT, Service(), (222581, 0, 0, 0)),
    "R10": (terms("P1"), agreed(received=90000), Service(), (0, 60000, 0, 0)),
    "R11": (terms("P2"), CONTRACT, Service(served_months=10, served_why="移交清册"), (0, 0, 0, 0)),
    "R12": (terms("P9", credit_bonus_percent=10), CONTRACT, Service(), (210000, 0, 0, 231000)),
    # beyond the reference: what each other rule of the common rules comes to
    "P8": (terms("P8"), agreed(notice_on=date(2026, 1, 6)), Service(delivered_any=False), (360000, 0, 0, 0)),
    "P8 over": (terms("P8"), CONTRACT, Service(delivered_any=False), (210000, 0, 0, 0)),
    "P10": (terms("P10"), agreed(received=720000), Service(), (360000, 0, 0, 0)),
    "P6 begun": (terms("P6"), CONTRACT, Service(losses=(KEY,)), (210000, 0, 0, 0)),
    "ratio": (terms("P1", most=50), CONTRACT, Service(), (180000, 0, 0, 0)),
    "claim": (terms("P5", at_fault=True), CONTRACT,
              Service(faulty_months=("2026-04",), harms=(Harm("罚款", 500000, "处罚决定书"),)), (360000, 0, 380000, 0)),
    "again": (terms("P1"), agreed(refunded=100000), Service(), (110000, 0, 0, 0)),
    "third": (terms("P7"), agreed(price=100000, received=100000), Service(), (61828, 0, 0, 0)),
}  # fmt: skip


def as_text(name: str, ladder: Ladder, locale: Locale) -> str:
    """A ladder as it reads: one line a step, then what it comes to."""
    with reading(locale):
        rows = [
            f"  {line.rule:<12} {Money(line.amount)!s:>10}  {line.label}"
            + (f" | {line.quantity} × {Money(line.unit_fen)}" if line.quantity and line.unit_fen is not None else "")
            + f" | {line.basis}"
            for line in ladder.lines
        ]
    totals = f"= {Money(ladder.refund)}  {Money(ladder.receivable)}  {Money(ladder.claim)}  {Money(ladder.credit)}"
    return "\n".join([name, *rows, f"  {totals}", ""])
