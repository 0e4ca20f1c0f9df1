"""Running costs: rent, utilities, reimbursements, fees."""

from __future__ import annotations

from datetime import timedelta

from saas.demo.books.amounts import agreed, measured
from saas.demo.books.desk import Desk
from saas.demo.books.events.vat import bought, gross
from saas.demo.books.voucher import credit, debit
from saas.kernel.months import month_end

CLAIMS = {  # what employees claim: account, median yuan, how often (weight), whether agreed or measured
    "travel": ("admin.travel", 1_150, 5),
    "office": ("admin.office", 380, 6),
    "entertain": ("admin.entertain", 620, 4),
    "transport": ("admin.transport", 210, 5),
    "courier": ("admin.courier", 130, 4),
    "welfare": ("admin.welfare", 900, 1),
}


def pay_rent(desk: Desk, months: int = 1) -> None:
    """Monthly and always equal; now and then two months at once, and nothing the month after."""
    lines = bought(desk, "admin.rent", desk.rent * months, 9)
    paid = desk.from_bank(gross(lines))
    if months == 1:
        desk.post("rent", desk.say("rent"), *lines, paid, series="rent")
        return
    following = desk.today.month % 12 + 1
    desk.rent_paid_until = f"{(month_end(desk.today) + timedelta(days=1)):%Y-%m}"
    desk.post("rent_twice", desk.say("rent_twice", n=following), *lines, paid)


def prepay_rent(desk: Desk) -> None:
    """Three months at once, to be shared out by `share_rent`."""
    lines = bought(desk, "prepaid", desk.rent * 3, 9, desk.landlord)
    paid = desk.from_bank(gross(lines))
    months = {"m": desk.today.month, "n": desk.today.month + 2}
    desk.post("rent_prepaid", desk.say("rent_prepaid", **months), *lines, paid, invoice=desk.invoice())


def share_rent(desk: Desk) -> None:
    left = desk.balance["prepaid", desk.landlord]
    share = min(desk.rent if desk.company.general else round(desk.rent * 1.09), left)
    if share > 0:
        if left - share < 100:  # the last share takes the rounding
            share = left
        desk.post(
            "rent",
            desk.say("rent_share"),
            debit("admin.rent", share),
            credit("prepaid", share, desk.landlord),
            series="rent",
        )


def pay_utility(desk: Desk) -> None:
    factory = desk.company.industry == "manufacturing"
    net = measured(desk.rng, 9_000 if factory else 300 + desk.company.headcount * 45)
    lines = bought(desk, "overhead.power" if factory else "admin.utility", net, 13)
    paid = desk.from_bank(gross(lines))
    desk.post("utility", desk.say("utility"), *lines, paid, series="utility")


def pay_phone(desk: Desk) -> None:
    fen = measured(desk.rng, 180 + desk.company.headcount * 12, 0.08)
    desk.post("phone", desk.say("phone"), debit("admin.phone", fen), desk.from_bank(fen), series="phone")


def pay_cloud(desk: Desk) -> None:
    lines = bought(desk, "admin.rd", measured(desk.rng, desk.company.headcount * 420, 0.15), 6)
    paid = desk.from_bank(gross(lines))
    desk.post("cloud", desk.say("cloud"), *lines, paid, series="cloud")


def pay_bookkeeping(desk: Desk, monthly: int) -> None:
    """The agency's own fee, a quarter ahead."""
    months = {"m": desk.today.month, "n": desk.today.month + 2}
    fen = monthly * 3
    desk.post("books_fee", desk.say("books_fee", **months), debit("admin.advice", fen), desk.from_bank(fen))


def reimburse(desk: Desk) -> None:
    """An employee's claim, paid in cash when small, else from the bank."""
    kind = desk.rng.choices(list(CLAIMS), [weight for *_, weight in CLAIMS.values()])[0]
    role, median, _ = CLAIMS[kind]
    fen = measured(desk.rng, median, 0.55) if kind in ("travel", "transport") else agreed(desk.rng, median, 0.55)
    person = desk.rng.choice(desk.staff)
    paid = desk.from_cash(fen) if fen < 80_000 else desk.from_bank(fen)
    desk.post(kind, desk.say(kind, person=person), debit(role, fen), paid)


def lend_for_travel(desk: Desk, person: str, fen: int) -> None:
    paid = desk.from_cash(fen)
    desk.post(
        "travel_advance", desk.say("travel_advance", person=person), debit("receivable.person", fen, person), paid
    )


def settle_travel(desk: Desk, person: str, spent: int) -> None:
    """The trip cost `spent`; the rest of the advance comes back in cash, or cash is added."""
    lent = desk.balance["receivable.person", person]
    rest = debit("cash", lent - spent) if spent <= lent else desk.from_cash(spent - lent)
    desk.post(
        "travel_settle",
        desk.say("travel_settle", person=person),
        debit("admin.travel", spent),
        rest,
        credit("receivable.person", lent, person),
    )


def pay_fee(desk: Desk) -> None:
    fen = desk.rng.choice((500, 1_000, 1_000, 1_500, 2_000, 5_050, 10_000))
    desk.post("fee", desk.say("fee"), debit("finance.fee", fen), desk.from_bank(fen))


def buy_service(desk: Desk, phrase: str, role: str, net: int) -> None:
    """Freight, advertising, advice, platform fees: invoiced and paid at once."""
    lines = bought(desk, role, net, 9 if phrase == "freight" else 6)
    paid = desk.from_bank(gross(lines))
    desk.post(phrase, desk.say(phrase), *lines, paid, invoice=desk.invoice())
