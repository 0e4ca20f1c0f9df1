"""The assessment as a form sends it: rows of items, losses and harms under repeated names, read without loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from saas.kernel.forms import Submitted
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.refunds.calculation.service import Harm, Item, Loss, Service
from saas.refunds.models import Refund
from saas.refunds.terms import Terms

SPARE = 2  # empty rows to fill
KINDS = frozenset({"labour", "sunk", "third_party", "depreciation"})
GIVEN = ("kind", "delivered", "rate")  # an empty row comes with these filled in
MOST_HOURS = Decimal(10_000)
Row = Mapping[str, str]
R = TypeVar("R")


def read_service(form: Submitted[Any]) -> Service:
    """The service as far as it can be read; what cannot stands in `form.errors` at its row ("losses-0-hours")."""
    raw = form.raw
    months = _number(form, "served_months")
    return Service(
        faulty_months=tuple(sorted(_listed(raw, "faulty_month"))),
        items=tuple(_rows(form, "items", ("name", "price", "delivered", "shown_by"), _item)),
        losses=tuple(_rows(form, "losses", ("kind", "name", "hours", "rate", "amount", "proof"), _loss)),
        harms=tuple(_rows(form, "harms", ("name", "amount", "proof"), _harm)),
        served_months=months,
        served_why=_text(raw, "served_why"),
        delivered_any=_text(raw, "nothing_delivered") != "yes",
    )


def typed(refund: Refund, service: Service, terms: Terms) -> dict[str, Any]:
    """What the form begins with: what was kept, and two empty rows of each kind; labour at the policy's rate."""
    rate = str(Money(terms.hour_cost)) if terms.hour_cost else ""
    losses = [
        {"kind": one.kind, "name": one.name, "hours": str(one.hours or ""), "rate": _yuan(one.rate),
         "amount": _yuan(one.amount), "proof": one.proof}
        for one in service.losses
    ]  # fmt: skip
    return {
        "items": [{"name": one.name, "price": _yuan(one.price), "delivered": "yes" if one.delivered else "no",
                   "shown_by": one.shown_by} for one in service.items],
        "losses": losses,
        "harms": [{"name": one.name, "amount": _yuan(one.amount), "proof": one.proof} for one in service.harms],
        "faulty_month": list(service.faulty_months),
        "served_months": "" if service.served_months is None else str(service.served_months),
        "served_why": service.served_why,
        "nothing_delivered": "" if service.delivered_any else "yes",
        "case_id": str(refund.case_id or ""),
        "amount": str(refund.amount) if refund.amount is not None and refund.overridden else "",
        "override_reason": refund.override_reason,
        "rate": rate,
    }  # fmt: skip


def sent_rows(raw: Mapping[str, Any], kind: str, names: tuple[str, ...]) -> list[dict[str, str]]:
    """Rows as they were sent, in their order, empty ones left out."""
    columns = {name: _listed(raw, f"{kind}-{name}", keep_empty=True) for name in names}
    count = max((len(column) for column in columns.values()), default=0)
    rows = [
        {name: column[n].strip() if n < len(column) else "" for name, column in columns.items()} for n in range(count)
    ]
    return [row for row in rows if any(value for name, value in row.items() if name not in GIVEN)]


def as_sent(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The same shape as `typed`, from what a form sent: a refused form comes back as it was."""
    return {
        **{name: value for name, value in raw.items() if isinstance(value, str)},
        "items": sent_rows(raw, "items", ("name", "price", "delivered", "shown_by")),
        "losses": sent_rows(raw, "losses", ("kind", "name", "hours", "rate", "amount", "proof")),
        "harms": sent_rows(raw, "harms", ("name", "amount", "proof")),
        "faulty_month": _listed(raw, "faulty_month"),
    }


def _rows(
    form: Submitted[Any], kind: str, names: tuple[str, ...], made: Callable[[Submitted[Any], str, Row], R | None]
) -> list[R]:
    found = [made(form, f"{kind}-{n}", row) for n, row in enumerate(sent_rows(form.raw, kind, names))]
    return [one for one in found if one is not None]


def _item(form: Submitted[Any], at: str, row: Row) -> Item | None:
    price = _fen(form, f"{at}-price", row["price"])
    if not row["name"]:
        form.refuse(f"{at}-name", _("Please fill this in."))
    if price is None or not row["name"]:
        return None
    return Item(row["name"][:200], price, row["delivered"] == "yes", row["shown_by"][:200])


def _loss(form: Submitted[Any], at: str, row: Row) -> Loss | None:
    amount = _fen(form, f"{at}-amount", row["amount"] or "0")
    rate = _fen(form, f"{at}-rate", row["rate"] or "0")
    hours = _hours(form, f"{at}-hours", row["hours"] or "0")
    if not row["name"]:
        form.refuse(f"{at}-name", _("Please fill this in."))
    if amount is None or rate is None or hours is None or not row["name"] or row["kind"] not in KINDS:
        return None
    return Loss(row["kind"], row["name"][:200], hours, rate, amount, row["proof"][:200])  # type: ignore[arg-type]


def _harm(form: Submitted[Any], at: str, row: Row) -> Harm | None:
    amount = _fen(form, f"{at}-amount", row["amount"])
    if not row["name"]:
        form.refuse(f"{at}-name", _("Please fill this in."))
    return Harm(row["name"][:200], amount, row["proof"][:200]) if amount is not None and row["name"] else None


def _fen(form: Submitted[Any], at: str, text: str) -> int | None:
    try:
        fen = Money.of(text).fen
    except ValueError:
        form.refuse(at, _("This is not an amount. Write it like 1,234.50."))
        return None
    if fen < 0:
        form.refuse(at, _("Write the amount without a minus sign."))
        return None
    return fen


def _hours(form: Submitted[Any], at: str, text: str) -> Decimal | None:
    try:
        hours = Decimal(text)
    except InvalidOperation:
        hours = Decimal(-1)
    if not Decimal(0) <= hours <= MOST_HOURS:
        form.refuse(at, _("This is not a number."))
        return None
    return hours.quantize(Decimal("0.01"))


def _number(form: Submitted[Any], name: str) -> int | None:
    text = _text(form.raw, name)
    if not text:
        return None
    if not text.isdecimal() or int(text) > 600:
        form.refuse(name, _("This is not a number."))
        return None
    return int(text)


def _text(raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name, "")
    return value.strip()[:400] if isinstance(value, str) else ""


def _listed(raw: Mapping[str, Any], name: str, *, keep_empty: bool = False) -> list[str]:
    value = raw.get(name, [])
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, str) and (one or keep_empty)]


def _yuan(fen: int) -> str:
    return str(Money(fen)) if fen else ""
