"""Things that last: bought, depreciated and amortised."""

from __future__ import annotations

from collections import defaultdict

from saas.demo.books.desk import Asset, Desk
from saas.demo.books.events.vat import bought, gross
from saas.demo.books.voucher import Voucher, credit, debit

LIFE = {"asset.office": 36, "asset.vehicle": 48, "asset.plant": 120, "software": 60, "fitting": 60}  # months
RESIDUAL = {"asset.office": 5, "asset.vehicle": 5, "asset.plant": 5, "software": 0, "fitting": 0}  # per cent
WORN = {
    "asset.office": "worn.office",
    "asset.vehicle": "worn.vehicle",
    "asset.plant": "worn.plant",
    "software": "software.worn",
    "fitting": "fitting",
}


def held(role: str, cost: int, age: int = 0) -> Asset:
    expense = {
        "asset.plant": "overhead.depreciation",
        "software": "admin.amortisation",
        "fitting": "admin.amortisation",
    }
    return Asset(role, WORN[role], expense.get(role, "admin.depreciation"), cost, LIFE[role], RESIDUAL[role], age)


def buy_asset(desk: Desk, role: str, thing: str, net: int) -> Voucher:
    """Capitalise a purchase; it depreciates from next month."""
    lines = bought(desk, role, net, 13)
    paid = desk.from_bank(gross(lines))
    desk.assets.append(held(role, lines[0].debit, age=-1))
    return desk.post("asset", desk.say("asset", thing=thing), *lines, paid, invoice=desk.invoice())


def depreciate(desk: Desk) -> None:
    _write_off(desk, "depreciation", [a for a in desk.assets if a.role.startswith("asset.")])


def amortise(desk: Desk) -> None:
    _write_off(desk, "amortisation", [a for a in desk.assets if not a.role.startswith("asset.")])


def _write_off(desk: Desk, kind: str, assets: list[Asset]) -> None:
    debits: dict[str, int] = defaultdict(int)
    credits: dict[str, int] = defaultdict(int)
    for asset in assets:
        if asset.age >= 0:
            debits[asset.expense_role] += asset.monthly
            credits[asset.worn_role] += asset.monthly
        asset.age += 1
    if any(debits.values()):
        lines = [debit(role, fen) for role, fen in debits.items()] + [
            credit(role, fen) for role, fen in credits.items()
        ]
        desk.post(kind, desk.say(kind), *lines, series=kind)
