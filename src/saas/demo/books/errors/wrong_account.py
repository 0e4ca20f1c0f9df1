"""The right amount in the wrong place."""

from __future__ import annotations

from saas.demo.books.amounts import agreed, percent
from saas.demo.books.errors.registry import CannotInject, ErrorSpec, Mistake, Scene, error
from saas.demo.books.voucher import Entry, Voucher, credit, debit

CLAIMED = ("office", "travel", "entertain", "transport", "courier", "phone")
EQUIPMENT = ("服务器及机柜一台", "生产设备一台", "办公家具一批", "空调机组三台", "数控机床配套设备")


@error("non_leaf", "N05", also=("N07", "N43"))
def non_leaf(scene: Scene, spec: ErrorSpec) -> Mistake:
    """Posted to an account that has sub-accounts."""
    voucher = scene.pick(spec, *CLAIMED)
    right = voucher.copy().entries
    account = scene.chart.by_role[voucher.entries[0].role]
    voucher.entries[0].code = account.parent
    return Mistake([voucher], voucher.period, account.parent, right, "posted to a parent account")


@error("unknown_account", "N05", also=("N07", "N21", "N43"))
def unknown_account(scene: Scene, spec: ErrorSpec) -> Mistake:
    """A code mistyped in the exported file: no chart has it, and the balances know the right one."""
    voucher = scene.pick(spec, *CLAIMED)
    right = voucher.copy().entries
    code = scene.chart.code(voucher.entries[0].role)
    voucher.entries[0].misprint = code[:-2] + "98"
    wrong = voucher.entries[0].misprint
    return Mistake([voucher], voucher.period, wrong, right, "account not in the chart", accounts=(code,))


@error("equipment_expensed", "N41", "N43", also=("N22", "N35"))
def equipment_expensed(scene: Scene, spec: ErrorSpec) -> Mistake:
    """A large lasting thing bought and charged to office expenses at once."""
    net = spec.amount_yuan * 100 if spec.amount_yuan else agreed(scene.rng, 42_000, 0.4)
    tax = percent(net, 13) if scene.company.general else 0
    place = scene.pick(spec, "utility", "phone", where=lambda v: scene.spare("bank.main", v.date) > net + tax)
    thing = spec.what or scene.rng.choice(EQUIPMENT)
    bank = [*([debit("vat.input", tax)] if tax else []), credit("bank.main", net + tax)]
    voucher = Voucher(place.date, "office", f"购{thing}", [debit("admin.office", net), *bank])
    scene.insert(voucher)
    right = [debit("asset.office", net), *(Entry(e.role, e.aux, e.debit, e.credit) for e in bank)]
    return Mistake([voucher], voucher.period, scene.chart.code("admin.office"), right, "equipment charged to expense")


@error("wrong_expense_account", "N43", "N24", also=("N35",))
def wrong_expense_account(scene: Scene, spec: ErrorSpec) -> Mistake:
    """Words that always go to one account, this time in another."""
    voucher = scene.pick(spec, "utility", "phone", "fee", "freight", skip_first=4)
    right = voucher.copy().entries
    voucher.entries[0].role = "admin.entertain"
    return Mistake(
        [voucher], voucher.period, scene.chart.code("admin.entertain"), right, "unusual account for the words"
    )


@error("tax_split_missed", "N45", "N17", also=("N08", "N35"))
def tax_split_missed(scene: Scene, spec: ErrorSpec) -> Mistake:
    """Revenue booked gross, without its VAT line."""
    voucher = scene.pick(spec, "sale", "takings", "deliver")
    right = voucher.copy().entries
    tax = next((e for e in voucher.entries if e.role in ("vat.output", "vat.levy")), None)
    revenue = next(e for e in voucher.entries if e.role.startswith("revenue."))
    if tax is None:
        raise CannotInject("tax_split_missed: a sale without VAT")
    revenue.credit += tax.credit
    voucher.entries.remove(tax)
    return Mistake([voucher], voucher.period, scene.chart.code(revenue.role), right, "VAT not split from revenue")
