"""N14: estimates of purchases (暂估) that were not reversed in time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from saas.checks.finding import Finding, Rule
from saas.checks.positions import positions
from saas.checks.roles import role_in
from saas.checks.voucher_kinds import ESTIMATE, lines, vouchers
from saas.checks.wording import yuan
from saas.kernel.i18n import _
from saas.kernel.money import Money
from saas.kernel.months import month_end, next_month
from saas.ledgers.frame import REPEATED, Ledger
from saas.ledgers.texts import says

HABIT = 3  # reversals in the month after that make a habit
HABITUAL = 0.7  # share of estimates reversed so


@dataclass(slots=True)
class Layer:
    """One estimate and what is still open of it. voucher is None for what was open before the file begins."""

    voucher: str | None
    rows: list[int]
    day: date
    period: str
    open: int  # fen


def stale_estimates(ledger: Ledger, settings: Mapping[str, Any]) -> list[Finding]:
    """One finding per supplier whose estimates are open for longer than allowed, first in first out.

    A reversal that mirrors one estimate closes that one; every other debit closes the oldest. Where the books reverse
    estimates the month after as a habit, one left out is reported once that month is over.
    """
    until = settings["as_of"] or last_day(ledger)
    if until is None:
        return []
    overdue = _overdue(ledger)
    found = []
    for account, aux, layers in _open_layers(ledger):
        old = [layer for layer in layers if layer.open > 0 and (until - layer.day).days > settings["days"]]
        late = [layer for layer in layers if layer.open > 0 and layer not in old and layer.voucher in overdue]
        if old:
            found.append(_finding(account, aux, old, until, 0.9))
        if late:
            found.append(_finding(account, aux, late, until, 0.6))
    return found


def _overdue(ledger: Ledger) -> set[str]:
    """Estimates without a reversal after the month that should have brought it, in books that reverse most so."""
    heads = vouchers(ledger).filter(pl.col("period").is_not_null())
    closed = set(heads.filter(pl.col("kind") == "closing")["period"].to_list())
    last = str(heads["period"].max())
    finished = {p for p in heads["period"].unique() if p in closed or p < last}
    made = heads.filter(pl.col("kind") == "estimate").select("voucher", "period", "pair").rows()
    paired = heads.filter(pl.col("voucher").is_in([pair for _v, _p, pair in made if pair is not None]))
    periods = dict(paired.select("voucher", "period").iter_rows())
    due = [(v, pair, next_month(period)) for v, period, pair in made if next_month(period) in finished]
    kept = [pair for _v, pair, month in due if pair is not None and periods[pair] == month]
    if len(kept) < HABIT or len(kept) < HABITUAL * len(due):
        return set()
    return {v for v, pair, _month in due if pair is None}


def last_day(ledger: Ledger) -> date | None:
    """The last day of the last month with vouchers."""
    period = ledger.lines["period"].max()
    return month_end(str(period)) if period is not None else None


def _open_layers(ledger: Ledger) -> Iterator[tuple[str, str, list[Layer]]]:
    own = role_in("ap.accrued")
    said = role_in("ap") & says("summary", ESTIMATE)
    accrued = {positions(ledger).units.get(code, code) for code in ledger.chart.having("ap.accrued")}
    moves = (
        lines(ledger)
        .filter(own | said, pl.col("net") != 0, pl.col("period").is_not_null())
        .with_columns(account=pl.col("account").replace(positions(ledger).units))
        .group_by("account", "aux", "voucher", maintain_order=True)
        .agg(pl.col("row"), pl.col("date", "period").first(), pl.col("net").sum())
        .join(vouchers(ledger).select("voucher", "pair"), on="voucher", maintain_order="left")
        .sort("account", "aux", "period", "date", "row", nulls_last=True)
    )
    began = _began_with(ledger, accrued)
    for key in sorted({*moves.select("account", "aux").unique().rows(), *began}):
        account, aux = key
        part = moves.filter(pl.col("account") == account, pl.col("aux") == aux)
        first = began.get(key, 0)
        opening = [Layer(None, [], month_end(_first(ledger)), _first(ledger), first)] if first > 0 else []
        yield account, aux, _after(opening, part.to_dicts())


def _after(layers: list[Layer], moves: list[dict[str, Any]]) -> list[Layer]:
    """The layers left after these moves in time order."""
    estimates = {m["voucher"] for m in moves if m["net"] < 0}
    for move in moves:
        if move["net"] < 0:
            day = move["date"] or month_end(move["period"])
            layers.append(Layer(move["voucher"], move["row"], day, move["period"], -move["net"]))
            continue
        left = move["net"]
        mirrored = [layer for layer in layers if move["pair"] in estimates and layer.voucher == move["pair"]]
        for layer in [*mirrored, *layers]:
            taken = min(left, layer.open)
            layer.open -= taken
            left -= taken
    return layers


def _first(ledger: Ledger) -> str:
    return str(ledger.lines["period"].min())


def _began_with(ledger: Ledger, accrued: set[str]) -> dict[tuple[str, str], int]:
    """Open estimates at the start by account and supplier, where known (fen, credit positive)."""
    stood = positions(ledger)
    frames = [stood.parties] if stood.parties.filter(pl.col("account").is_in(list(accrued))).height else []
    frames = frames or [stood.ends.with_columns(aux=pl.lit("", REPEATED))]
    first = pl.concat([f.select("account", "aux", "period", "closing", "net") for f in frames])
    first = first.filter(pl.col("account").is_in(list(accrued))).sort("period").group_by("account", "aux").first()
    return {(a, x): net - closing for a, x, _period, closing, net in first.iter_rows() if closing < net}


def _finding(account: str, aux: str, old: list[Layer], until: date, confidence: float) -> Finding:
    oldest = old[0]
    amount = Money(sum(layer.open for layer in old))
    deadline = date(oldest.day.year + 1, 5, 31)  # annual return of the estimate's year (汇算清缴)
    name = f"{account}[{aux}]" if aux else account
    return Finding(
        rule="N14",
        object=f"{name}@{oldest.voucher or 'opening'}",
        severity="high",
        confidence=confidence,
        message=_("Estimate of %(period)s on %(account)s is still open: %(amount)s, %(days)s days old",
                  period=oldest.period, account=name, amount=str(amount), days=(until - oldest.day).days),
        vouchers=[layer.voucher for layer in old if layer.voucher],
        rows=[row for layer in old for row in layer.rows],
        period=oldest.period,
        account=account,
        amount=amount,
        compared={"open": yuan(amount.fen), "days": (until - oldest.day).days, "as_of": until.isoformat(), "aux": aux,
                  "deadline": deadline.isoformat(), "deadline_passed": until >= deadline},
    )  # fmt: skip


RULES = [
    Rule(
        id="N14",
        name=_("Estimate not reversed"),
        explanation=_("Goods or costs were estimated without an invoice, and the estimate is still open."),
        reason=_("Estimates are reversed when the invoice comes; by 31 May unsupported cost is added back (汇算清缴)."),
        cure=_("The estimate is reversed, by the invoice's entry or a red one."),
        severity="high",
        weight=0.7,
        run=stale_estimates,
        settings={"days": 90, "as_of": None},  # as_of: a date; the end of the file's last month when None
    )
]
