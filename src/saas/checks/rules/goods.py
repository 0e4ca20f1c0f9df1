"""N18: what was bought against what was sold, as a whole from year to year, and by class of goods.

Classes come from the ledger where sales and cost (or stock) are kept by the same details or auxiliary items, and from
the lists of the invoice platform (*茶*茶叶) where they were imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saas.checks import flows
from saas.checks.finding import Finding, Rule
from saas.checks.signals.goods import Traded, by_class, invoiced, is_maker
from saas.checks.wording import yuan
from saas.kernel.i18n import Text, _
from saas.kernel.money import Money
from saas.ledgers.frame import Ledger

YEAR = 12
LONG = 6  # months in which goods should have moved


def mismatched(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """The growth of input against output VAT, then the classes of the ledger, then those of the invoice lists."""
    return [*_outgrow(ledger, settings), *_of_ledger(ledger, settings), *_of_invoices(ledger, settings)]


def _outgrow(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding at the last month when input VAT grew by so much more than output VAT from one year to the next."""
    over = sorted(flows.closed_months(ledger))
    if flows.taxpayer(ledger, settings) != "G" or len(over) < 2 * YEAR:
        return []
    bought = flows.flow(ledger, "net", "tax.vat.input")
    sold = {period: -net for period, net in flows.flow(ledger, "net", "tax.vat.output").items()}
    year, before = over[-YEAR:], over[-2 * YEAR : -YEAR]
    now_in, was_in, now_out, was_out = (sum(f[p] for p in span) for f in (bought, sold) for span in (year, before))
    if was_in <= 0 or was_out <= 0 or now_in - was_in < settings["least_fen"]:
        return []
    grown_in, grown_out = now_in / was_in - 1, now_out / was_out - 1
    if grown_in - grown_out <= settings["gap"]:
        return []
    return [
        Finding(
            rule="N18",
            object=f"purchases@{over[-1]}",
            severity="low",
            confidence=0.4,
            message=_("Input VAT of the twelve months to %(period)s changed by %(bought)s, output VAT by %(sold)s",
                      period=over[-1], bought=f"{grown_in:+.0%}", sold=f"{grown_out:+.0%}"),
            period=over[-1],
            amount=Money(now_in - was_in),
            compared={"input_tax": yuan(now_in), "input_tax_before": yuan(was_in), "output_tax": yuan(now_out),
                      "output_tax_before": yuan(was_out)},
        )
    ]  # fmt: skip


def _of_ledger(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """Classes sold without cost or below cost, and classes bought that nobody sold or used for half a year."""
    found = []
    for one in by_class(ledger):
        values = {"goods": one.goods, "sales": str(Money(one.sales)), "cost": str(Money(one.cost)),
                  "bought": str(Money(one.bought))}  # fmt: skip
        if one.sales >= settings["class_fen"] and one.cost <= 0:
            found.append(_class("no_cost", one, one.sales, _(
                "%(goods)s was sold for %(sales)s, and no cost of it was carried over", **values)))  # fmt: skip
        elif one.months >= 3 and one.cost - one.sales >= settings["class_fen"] and one.sales > 0:
            found.append(_class("below", one, one.cost - one.sales, _(
                "%(goods)s was sold for %(sales)s and cost %(cost)s: below cost", **values)))  # fmt: skip
        elif one.bought >= settings["class_fen"] and one.cost == one.used == 0 and one.since >= LONG:
            found.append(_class("unsold", one, one.bought, _(
                "%(goods)s was bought for %(bought)s and has neither been sold nor used for half a year",
                **values)))  # fmt: skip
    return found


def _class(kind: str, one: Traded, fen: int, message: Text) -> Finding:
    margin = {"margin": f"{1 - one.cost / one.sales:.1%}"} if one.sales > 0 else {}
    return Finding(
        rule="N18",
        object=f"{kind}@{one.goods}",
        severity="low",
        confidence=0.5,
        message=message,
        period=one.last,
        account=one.account,
        amount=Money(fen),
        compared={"goods": one.goods, "sales": yuan(one.sales), "cost": yuan(one.cost), **margin},
    )


def _of_invoices(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """A trader's main classes by its invoices: sold and never bought, bought and never sold.

    A maker sells other goods than it buys; services need no goods; what a service firm buys it uses.
    """
    lists = settings["invoices"]
    if not {"in", "out"} <= lists.keys() or is_maker(ledger):
        return []
    bought, sold = invoiced(lists["in"]), invoiced(lists["out"])
    if not bought or not sold:
        return []
    least = settings["class_share"]
    never_bought = [g for g, fen in sold.items() if g not in bought and fen >= least * sum(sold.values())]
    never_sold = [g for g, fen in bought.items() if g not in sold and fen >= least * sum(bought.values())]
    last = f"{max(lists['out']['date']):%Y-%m}"
    return [
        *(_listed("sold", g, sold[g], last, _(
            "%(goods)s was invoiced to customers for %(amount)s, and no invoice shows that it was bought",
            goods=g, amount=str(Money(sold[g])))) for g in never_bought),
        *(_listed("bought", g, bought[g], last, _(
            "%(goods)s was bought for %(amount)s by invoice, and none of it was invoiced to customers",
            goods=g, amount=str(Money(bought[g])))) for g in never_sold),
    ]  # fmt: skip


def _listed(kind: str, goods: str, fen: int, period: str, message: Text) -> Finding:
    return Finding(
        rule="N18",
        object=f"invoices_{kind}@{goods}",
        severity="medium" if kind == "sold" else "low",
        confidence=0.6 if kind == "sold" else 0.4,
        message=message,
        period=period,
        amount=Money(fen),
        compared={"goods": goods, "amount": yuan(fen)},
    )


RULES = [
    Rule(
        id="N18",
        name=_("Purchases against sales"),
        explanation=_(
            "Input VAT grew far more than output VAT, or a class of goods was sold without cost, below cost, without "
            "being bought, or was bought and never sold."
        ),
        reason=_(
            "Goods bought are sold, used or in stock; input without sales, and sales of what nobody bought, point to "
            "unbooked sales or false invoices."
        ),
        cure=_("Stock, new equipment or prices explain the difference, or the missing sales or cost are booked."),
        severity="low",
        weight=0.3,
        run=mismatched,
        settings={"gap": 0.5, "least_fen": 50_000_00, "class_fen": 20_000_00, "class_share": 0.2, "taxpayer": None,
                  "invoices": {}},
    ),
]  # fmt: skip
